"""benchmarks/photographs on scores whose figures can be told by hand, and its draws."""

import json

import numpy as np
import pytest
from PIL import Image

from amiss.domain.errors import DatasetError

pytest.importorskip("benchmarks.photographs", reason="run pytest where benchmarks/ is")
from benchmarks.journal import add, begin
from benchmarks.photographs.figures import FLAGGED, figures
from benchmarks.photographs.shop import FROM_GALLERY, PLAN, Shop, other_than
from benchmarks.photographs.show import markdown
from benchmarks.place import on_place


def row(place, kind, own, alone=None, **more):
    """One picture; own, alone: its scores beside its references and without."""
    scores = {"own": own, "alone": own if alone is None else alone, "alike": own, "other": own}
    return {
        "id": f"i{place}",
        "photograph": f"p{place}",
        "kind": kind,
        "type": "hole" if kind == "damaged" else None,
        "severity": "major" if kind == "damaged" else None,
        "recipe": None,
        "area_share": None,
        "familiarity": 0.5,
        "arms": {
            arm: {"score": score, "decision": "pass", "finding": None, "on_place": score > 0.5}
            for arm, score in scores.items()
        },
        **more,
    }


def lines(*products):
    return [
        {"product": f"product-{number}", "alike": "product-0", "other": "product-1", "items": rows}
        for number, rows in enumerate(products)
    ]


def shown(document):
    return {one["what"]: one for one in document["must_show"]}


def test_what_references_gain_is_told_beside_what_is_asked():
    found = figures(
        lines(
            [row(0, "sound", 0.1, 0.6), row(1, "damaged", 0.9, 0.5), row(2, "pasted", 0.1, 0.1)],
            [row(3, "sound", 0.2, 0.4), row(4, "damaged", 0.8, 0.3), row(5, "pasted", 0.2, 0.4)],
        )
    )
    assert found["by_arm"]["own"]["auroc/damaged"]["value"] == 1.0
    assert found["by_arm"]["alone"]["auroc/damaged"]["value"] == 0.25
    gain = shown(found)["AUROC with references − without"]
    assert (gain["value"], gain["met"]) == (0.75, True)
    pasted = shown(found)["identity paste against untouched, AUROC"]
    assert (pasted["value"], pasted["met"]) == (0.5, True)
    assert found["counts"]["major"] == 2
    assert "AUROC with references − without" in markdown(found)


def test_sound_ones_are_flagged_where_four_of_five_major_damages_are_caught():
    damaged = [row(at, "damaged", 0.9 - 0.1 * at) for at in range(5)]  # the fourth has 0.6
    sound = [row(10 + at, "sound", score) for at, score in enumerate((0.7, 0.55, 0.1, 0.0))]
    found = figures(lines([*damaged, *sound]))
    flagged = found["by_arm"]["own"][f"sound/{FLAGGED}"]
    assert flagged["value"] == 0.25
    assert not shown(found)["sound flagged where 80 % of major damage is caught"]["met"]


def test_what_was_not_inspected_counts_against_amiss():
    unseen = row(0, "damaged", 0.9)
    unseen["arms"]["own"] = {"score": None, "decision": "not_inspected", "finding": None}
    found = figures(lines([unseen, row(1, "damaged", 0.9), row(2, "sound", 0.1)]))
    assert found["by_arm"]["own"]["auroc/damaged"]["value"] == 0.5
    assert found["by_arm"]["own"]["damaged/not_inspected"]["value"] == 0.5
    assert found["by_arm"]["own"]["damaged/on_place"]["value"] == 0.5


def test_another_product_is_neither_it_nor_its_look_alike():
    names = ["a", "b", "c", "d"]
    assert {other_than("a", names, but="b") for _ in range(3)} <= {"c", "d"}
    with pytest.raises(DatasetError, match="too few products"):
        other_than("a", ["a", "b"], but="b")


@pytest.fixture
def photographs(tmp_path):
    """Two products with one photograph each, a catalogue picture, and some of the gallery."""
    rng = np.random.default_rng(0)
    names = [
        *(f"iconic/{product}.png" for product in ("milk", "juice")),
        *(
            f"{folder}/{product}/{number}.png"
            for product in ("milk", "juice")
            for folder, count in (("query", 2), ("gallery", FROM_GALLERY + 1))
            for number in range(count)
        ),
    ]
    for name in names:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (64, 64, 3), np.uint8)).save(file)
    return tmp_path


def test_a_product_is_shown_by_its_catalogue_picture_and_some_of_the_gallery(photographs):
    shop = Shop.open(photographs, limit=1)
    assert {name: len(some) for name, some in shop.queries.items()} == {"milk": 1, "juice": 1}
    for product, some in shop.references.items():
        assert some[0].path == photographs / "iconic" / f"{product}.png"
        assert [one.path.parent.parent.name for one in some[1:]] == ["gallery"] * FROM_GALLERY
    again = Shop.open(photographs, limit=1)
    assert again.references == shop.references


def test_a_photograph_that_is_also_a_reference_is_refused(photographs):
    taken = Shop.open(photographs).references["milk"][1].path
    (photographs / "query/juice/double.png").write_bytes(taken.read_bytes())
    with pytest.raises(DatasetError, match="also a reference"):
        Shop.open(photographs)


def test_a_product_with_too_few_references_is_refused(photographs):
    (photographs / "iconic/milk.png").unlink()
    with pytest.raises(DatasetError, match="milk has no catalogue picture"):
        Shop.open(photographs)


def test_what_is_painted_here_is_painted_by_no_family_that_is_trained_on():
    from amiss.train.default import PAINTED

    families = PAINTED[PAINTED.index("--families") + 1].split(",")
    assert not {int(one) for one in families} & set(PLAN.families)
    assert str(PLAN.seed) != PAINTED[PAINTED.index("--seed") + 1]


# --- the journal ------------------------------------------------------------------------------


def test_a_line_that_was_cut_off_is_made_anew(tmp_path):
    file = tmp_path / "some" / "scores.jsonl"
    assert begin(file, {"bundle": "a"}) == []
    add(file, {"product": "milk"})
    with file.open("a") as stream:
        stream.write('{"product": "jui')
    assert begin(file, {"bundle": "a"}) == [{"product": "milk"}]
    assert [json.loads(line) for line in file.read_text().splitlines()][1:] == [{"product": "milk"}]


def test_scores_of_another_bundle_are_not_mixed_in(tmp_path):
    begin(tmp_path / "scores.jsonl", {"bundle": "a", "code": "1"})
    with pytest.raises(DatasetError, match="another bundle"):
        begin(tmp_path / "scores.jsonl", {"bundle": "b", "code": "1"})


# --- the place --------------------------------------------------------------------------------


def test_the_hottest_place_is_on_the_damage_or_hardly_beside_it():
    mask = np.zeros((100, 100), np.bool_)
    mask[40:50, 40:50] = True
    for at, hit in (((45, 45), True), ((51, 45), True), ((60, 45), False)):
        heat = np.zeros((100, 100), np.float32)
        heat[at] = 1
        assert on_place(heat, mask) is hit
    assert not on_place(np.ones((100, 100), np.float32), mask)  # everywhere is nowhere
