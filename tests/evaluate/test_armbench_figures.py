"""ARMBench's figures, label by label, against the confusion matrix of scikit-learn."""

import json

import cv2
import numpy as np
import pytest
from capture_helpers import LevelMeansDamaged
from PIL import Image
from sklearn.metrics import confusion_matrix

from amiss.dataset.reader import open_dataset
from amiss.evaluate.armbench import class_figures
from amiss.evaluate.captures import evaluate_captures

LEVELS = {
    "nominal": [20, 100, 200, 40, 30],
    "package_defect": [250, 90, 210, 220],
    "multi_pick": [250, 10],
}
SILENT = 100


@pytest.fixture
def report(tmp_path):
    for label, levels in LEVELS.items():
        for level in levels:
            name = f"{label}{level}"
            folder = tmp_path / "data" / name
            folder.mkdir(parents=True)
            Image.fromarray(np.full((24, 32, 3), level, np.uint8)).save(folder / f"{name}_1.jpg")
            told = {"id": f"{name}_1", "label": label, "sublabel": label, "polygon": []}
            (folder / f"{name}_1.json").write_text(json.dumps(told))
    names = [f"{label}{level}" for label, levels in LEVELS.items() for level in levels]
    (tmp_path / "test.csv").write_text("\n".join(names))
    split = open_dataset(tmp_path).split("test")
    # Without references a level of 180 and more is sidelined.
    return evaluate_captures(Sterner(silent=(SILENT,)), split, references=0)


class Sterner(LevelMeansDamaged):
    def __call__(self, item, references):
        answer = super().__call__(item, references)
        if answer.score is not None:
            answer.decision = "sideline" if answer.score > 0.18 else "pass"
        return answer


def test_recall_and_fpr_of_each_label(report):
    figures = class_figures(report)
    json.dumps(figures, allow_nan=False)
    # What has no decision is a mistake: 1 is said of what is 0, and the other way round.
    truth = [label == "package_defect" for label in list(LEVELS)[:2] for _ in LEVELS[label]]
    levels = LEVELS["nominal"] + LEVELS["package_defect"]
    said = [
        (not true) if level == SILENT else level > 180
        for true, level in zip(truth, levels, strict=True)
    ]
    (tn, fp), (fn, tp) = confusion_matrix(truth, said)
    assert figures["classes"]["package_defect"] == pytest.approx(
        {"n": 4, "recall": tp / (tp + fn), "fpr": fp / (fp + tn)}
    )
    assert figures["classes"]["nominal"] == pytest.approx(
        {"n": 5, "recall": tn / (tn + fp), "fpr": fn / (fn + tp)}
    )
    assert figures["classes"]["package_defect"]["recall"] == pytest.approx(3 / 4)
    assert figures["classes"]["package_defect"]["fpr"] == pytest.approx(2 / 5)


def test_two_items_where_one_was_asked_for_are_counted_and_not_judged(report):
    figures = class_figures(report)
    assert figures["classes"]["multi_pick"] is None
    assert figures["not_expressible"] == {"multi_pick": 2}
    assert len(report.rows) == 9


def test_videos_are_evaluated_as_captures_and_a_broken_one_counts(tmp_path):
    labels = {"a": ("nominal", 20), "b": ("nominal", 40), "c": ("open", 120), "d": ("open", None)}
    for folder in ("videos", "annotations"):
        (tmp_path / folder).mkdir()
    for name, (label, level) in labels.items():
        told = {"id": name, "label": label}
        (tmp_path / "annotations" / f"{name}.json").write_text(json.dumps(told))
        film = tmp_path / "videos" / f"{name}.mp4"
        if level is None:
            film.write_bytes(b"broken")
            continue
        writer = cv2.VideoWriter(str(film), cv2.VideoWriter_fourcc(*"mp4v"), 10, (900, 700))
        for _ in range(3):
            writer.write(np.full((700, 900, 3), level, np.uint8))
        writer.release()
    (tmp_path / "test.csv").write_text("a\nb\nc\nd\n")
    split = open_dataset(tmp_path).split("test")
    found = evaluate_captures(LevelMeansDamaged(), split, references=2).export(details=True)
    assert (found["n_good"], found["n_damaged"], found["n_no_opinion"]) == (2, 2, 1)
    assert found["auroc"] == pytest.approx(0.5)  # one of two damaged ones is not seen
    assert found["by_type"]["opened"]["n"] == 2
    scores = {item["id"]: item["score_without"] for item in found["items"]}
    assert scores["c"] == pytest.approx(0.12, abs=0.01)
    assert scores["d"] is None
