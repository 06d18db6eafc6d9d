"""benchmarks/stories on rows whose sums can be told by hand, and on some of the recording."""

from dataclasses import replace

import pytest

from amiss.inspector import Inspector
from amiss.recordings import BOOTH

pytest.importorskip("benchmarks.stories", reason="run pytest where benchmarks/ is")
from benchmarks.stories.judge import judge
from benchmarks.stories.right import Row
from benchmarks.stories.sets import further_items, telling
from benchmarks.stories.show import figures, markdown

RIGHT = Row("a", "crush", "crush", "sideline", "sideline", 0.9, (), ("crush",), True, True, True)
MISSED = replace(RIGHT, item="b", decision="pass", right=False, well=False, on_place=False)
SOUND = replace(RIGHT, item="c", truth="sound", wanted="pass", decision="pass", kinds=())


def test_a_telling_counts_as_unchanged_where_all_its_outcomes_are():
    recorded = {one.item: one for one in (RIGHT, MISSED, SOUND)}
    changed = {**recorded, "b": replace(MISSED, decision="sideline", right=True)}
    found = figures(["a", "b"], recorded, {"c": SOUND}, [recorded, changed])
    assert found["stories"] == {"items": 2, "right": 1, "for_the_right_reason": 1}
    assert found["others"] == {"items": 1, "right": 1, "for_the_right_reason": 1}
    assert found["tellings"] == {"count": 2, "unchanged": 1, "right": [1, 2]}
    assert found["further"] == {"items": 1, "sideline": 0, "pass": 1, "not_inspected": 0}
    told = markdown(found)
    assert "no story's outcome changed in 1" in told
    assert "Stories: 1 of 2 right" in told


def test_further_items_are_sound_and_go_through_all_products():
    items = further_items()
    some = [next(items) for _ in range(30)]
    assert len({one.id for one in some}) == 30
    assert not any(one.harms for one in some)
    assert len({one.product.name for one in some}) == 14


def test_a_telling_has_seeds_of_its_own():
    first, second = telling(1), telling(2)
    assert not set(list(first.seeds)[:50]) & set(list(second.seeds)[:50])
    assert all(entry.tells for _, _, entry in first.entries())


def test_items_of_the_recording_are_judged_as_the_demo_judges_them():
    names = sorted(judged_ids())[:2]
    found = judge(BOOTH, Inspector.load(), only=names)
    assert sorted(found) == names
    for row in found.values():
        assert row.decision in {"pass", "sideline", "not_inspected"}
        assert row.right is (row.decision == row.wanted)


def judged_ids():
    from amiss.dataset.reader import open_dataset

    return [record.id for record in open_dataset(BOOTH).split("test")]
