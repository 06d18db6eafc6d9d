"""Arms: what each looks at, and that nothing is inspected twice which cannot differ."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from capture_helpers import CAMERAS, CRUSH, SIZE, TORN, Answer, view

from amiss.dataset.labels import Damage, Labels
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.reader import open_dataset
from amiss.dataset.writer import writing
from amiss.domain.capture import Capture
from amiss.domain.words import Locus
from amiss.evaluate.arms import ARMS, Arm, arms_of, covering
from amiss.evaluate.captures import evaluate_captures
from amiss.evaluate.worst import worst_errors

NAMES = ["none", "references", "depth+empty_tray", "references+depth+empty_tray"]


def full_view(level, camera, *, depth=True, tray=True):
    return replace(
        view(level, camera),
        depth=np.full(SIZE, 0.5, np.float32) if depth else None,
        empty_tray=np.full((*SIZE, 3), 7, np.uint8) if tray else None,
    )


def write(root, items, *, references=("p",), of_references=(True, True)):
    """items: (product, damage or None, depth, tray). of_references: do they bring depth, a tray."""
    depth, tray = of_references
    with writing(root, Encoding(form="png")) as writer:
        for product in references:
            pristine = full_view(5, "top", depth=depth, tray=tray)
            writer.add_reference(f"{product}-r", pristine, Labels(product=product), split="test")
        for number, (product, damage, has_depth, has_tray) in enumerate(items):
            views = tuple(
                full_view(10 * number, name, depth=has_depth, tray=has_tray) for name in CAMERAS
            )
            damages = () if damage is None else (Damage(*damage, Locus.PRODUCT),)
            labels = Labels(damages=damages, product=product or "p")
            capture = Capture(views, product=product, id=f"c{number}")
            writer.add(capture, labels, split="test")
    return open_dataset(root).split("test")


@dataclass
class Looks:
    """Scores by what it was shown: .1 for the pictures, and more for all that came with them."""

    prepared: list = field(default_factory=list)
    asked: list = field(default_factory=list)

    def prepare(self, references):
        self.prepared.append(covering(references))
        return self.prepared[-1]

    def __call__(self, item, references):
        seen = covering(item.views)
        self.asked.append((item.id, seen, references))
        score = 0.1 + 0.2 * (references is not None) + 0.3 * seen.depth + 0.3 * seen.empty_tray
        n = len(item.views)
        return Answer(score, "pass", [None] * n, [score] * n, [0.0] * n)


FOUR = [("p", None), ("p", CRUSH), ("p", None), ("p", TORN)]


def test_every_arm_looks_at_what_it_says_and_at_nothing_else(tmp_path):
    split = write(tmp_path, [(*item, True, True) for item in FOUR])
    inspect = Looks()
    report = evaluate_captures(inspect, split, references=1)
    document = report.export(details=True)
    assert list(document["arms"]) == NAMES
    assert document["arm"] == NAMES[-1]
    for item in document["items"]:
        assert item["scores"] == pytest.approx(dict(zip(NAMES, (0.1, 0.3, 0.7, 0.9), strict=True)))
        assert (item["score"], item["score_without"]) == pytest.approx((0.9, 0.7))
    full, bare = Arm(depth=True, empty_tray=True), Arm()
    assert inspect.prepared == [bare, full]  # once with what they bring, once without
    of_one = [(seen, references) for name, seen, references in inspect.asked if name == "c0"]
    assert of_one == [(bare, None), (bare, bare), (full, None), (full, full)]
    assert document["n_with"] == {"references": 4, "depth": 4, "empty_tray": 4}
    assert document["gains"].keys() == {"references", "depth_and_tray"}
    assert document["gains"]["depth_and_tray"]["before"] == "references"


@pytest.mark.parametrize(
    ("depth", "tray", "names"),
    [
        (False, False, NAMES[:2]),
        (True, False, ["none", "references", "depth", "references+depth"]),
        (False, True, ["none", "references", "empty_tray", "references+empty_tray"]),
    ],
)
def test_what_the_data_lack_has_no_arm(tmp_path, depth, tray, names):
    split = write(tmp_path, [(*i, depth, tray) for i in FOUR], of_references=(depth, tray))
    inspect = Looks()
    document = evaluate_captures(inspect, split, references=1).export()
    assert list(document["arms"]) == names
    assert len(inspect.asked) == len(names) * 4
    assert len(inspect.prepared) == 1 + (depth or tray)
    assert document["n_with"] == {"references": 4, "depth": 4 * depth, "empty_tray": 4 * tray}
    alone = evaluate_captures(Looks(), split, references=0).export()
    assert list(alone["arms"]) == [name for name in names if "references" not in name]
    assert alone["with"] is None
    assert "references" not in alone["gains"]


def test_an_item_that_lacks_something_counts_in_every_arm_with_what_it_has(tmp_path):
    """c1 has no depth and no tray, c2 a product without references, c3 is of no known product."""
    items = [
        ("p", None, True, True),
        ("p", CRUSH, False, False),
        ("q", None, True, True),
        (None, TORN, True, True),
    ]
    inspect = Looks()
    split = write(tmp_path, items, of_references=(False, False))
    report = evaluate_captures(inspect, split, references=1)
    document = report.export(details=True)
    asked = [name for name, _, _ in inspect.asked]
    assert [asked.count(f"c{number}") for number in range(4)] == [4, 2, 2, 2]
    assert document["n_with"] == {"references": 2, "depth": 3, "empty_tray": 3}
    assert list(document["arms"]) == NAMES
    by_id = {row.id: row for row in report.rows}
    said = {
        name: [by_id[name].said(arm).score for arm in report.arms] for name in ("c0", "c1", "c2")
    }
    assert said["c0"] == pytest.approx([0.1, 0.3, 0.7, 0.9])
    assert said["c1"] == pytest.approx([0.1, 0.3, 0.1, 0.3])
    assert said["c2"] == pytest.approx([0.1, 0.1, 0.7, 0.7])


def test_depth_of_references_alone_is_an_arm(tmp_path):
    """The inspector may make something of it: it is not for evaluation to say."""
    split = write(tmp_path, [(*item, False, False) for item in FOUR])
    inspect = Looks()
    document = evaluate_captures(inspect, split, references=1).export()
    assert list(document["arms"]) == NAMES
    assert document["arms"]["none"]["auroc"] == document["arms"]["depth+empty_tray"]["auroc"]
    assert len(inspect.asked) == 12


def test_the_worst_are_shown_as_the_fullest_arm_saw_them(tmp_path):
    split = write(tmp_path, [(*item, True, True) for item in FOUR])
    inspect = Looks()
    report = evaluate_captures(inspect, split, references=1)
    inspect.asked.clear()
    worst_errors(report, split, inspect, count=1)
    full = Arm(depth=True, empty_tray=True)
    assert [(seen, references) for _, seen, references in inspect.asked] == [(full, full)] * 2


def test_arms_are_told_apart_by_name_and_the_fullest_is_last():
    assert [arm.name for arm in ARMS] == NAMES
    assert arms_of(Arm()) == (Arm(),)
    for there in (Arm(True, True, True), Arm(True, False, True), Arm(False, True, False)):
        arms = arms_of(there)
        assert arms[-1] == there
        assert arms[0] == Arm()
        assert len(set(arms)) == len(arms)
