"""COCO and Label Studio: what goes round comes back the same."""

import json

import numpy as np
import pytest
from exchange_helpers import live
from PIL import Image

from amiss.dataset.reader import open_dataset
from amiss.domain.errors import RecordError
from amiss.domain.words import Answer, DamageType, Severity
from amiss.record.examine.site import examine
from amiss.record.exchange.bring import bring
from amiss.record.exchange.coco import give_coco, runs
from amiss.record.exchange.label_studio import bring_label_studio, give_label_studio
from amiss.record.exchange.truth import truths
from amiss.record.people import Annotation, Mark, Review
from amiss.record.queries.inspections import Wanted, page
from amiss.record.site import Site


def test_coco_goes_round(small, dataset, tmp_path):
    bring(small, open_dataset(dataset), "set")
    assert give_coco(small, tmp_path / "coco") == 12
    told = json.loads((tmp_path / "coco/annotations.json").read_text())
    assert len(told["annotations"]) == 6  # two places on one view of three items
    assert {one["severity"] for one in told["annotations"]} == {"major", None}
    with Site.create(tmp_path / "other") as other:
        bring(other, open_dataset(tmp_path / "coco"), "coco")
        give_coco(other, tmp_path / "again")
        assert examine(other).is_clean
    again = json.loads((tmp_path / "again/annotations.json").read_text())

    def plain(document):
        images = {one["id"]: (one["item"], one["width"]) for one in document["images"]}
        return sorted(
            [images[one["image_id"]], one["category_id"], one["bbox"], one["segmentation"]]
            for one in document["annotations"]
        )

    assert plain(told) == plain(again)


def test_runs_are_coco_s():
    mask = np.zeros((3, 2), bool)
    mask[0, 0] = mask[2, 1] = True
    assert runs(mask) == {"size": [3, 2], "counts": [0, 1, 4, 1]}
    assert runs(~mask) == {"size": [3, 2], "counts": [1, 4, 1]}


def test_label_studio_goes_round(small, tmp_path):
    first, second = live(small, 1), live(small, 2)
    corners = ((6.0, 4.0), (30.0, 4.0), (30.0, 20.0))
    marks = [Mark(0, DamageType.TEAR, (6, 4, 24, 16), Severity.MAJOR, polygon=corners),
             Mark(0, DamageType.HOLE, (3, 8, 12, 4))]  # fmt: skip
    small.annotate(Annotation(first.id, "anna", damaged=True, marks=marks))
    small.annotate(Annotation(second.id, "anna", damaged=False))
    assert give_label_studio(small, tmp_path / "ls") == 2
    with Site.create(tmp_path / "other") as other:
        done = bring_label_studio(other, tmp_path / "ls/tasks.json", "ls")
        assert (done.captures, done.annotations, done.left_out) == (2, 2, {})
        assert bring_label_studio(other, tmp_path / "ls/tasks.json", "ls").again == 2
        give_label_studio(other, tmp_path / "again")
        assert examine(other).is_clean

    def plain(folder):
        tasks = json.loads((tmp_path / folder / "tasks.json").read_text())
        return sorted(
            json.dumps([[one["value"], one["meta"]] for one in task["annotations"][0]["result"]])
            for task in tasks
        )

    assert "tear" in plain("ls")[0] + plain("ls")[1]
    for one, other in zip(plain("ls"), plain("again"), strict=True):
        words = [[word for word in text.split('"') if word.isidentifier()] for text in (one, other)]
        assert words[0] == words[1]
        first_numbers, other_numbers = (
            [round(float(word), 6) for word in text.replace("[", " ").replace("]", " ")
             .replace(",", " ").replace("}", " ").split() if word[0].isdigit()]
            for text in (one, other)
        )  # fmt: skip
        assert first_numbers == other_numbers


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda task: task["data"].update(image="../../secret.png"), "leads out"),
        (lambda task: task["data"].update(image="gone.png"), "not below"),
        (lambda task: task.pop("data"), "data"),
        (lambda task: task["annotations"][0]["result"][0].update(type="brushlabels"), "brush"),
        (lambda task: task["annotations"][0]["result"][0].update(type="choices"), "choices"),
        (lambda task: task["annotations"][0]["result"][0]["value"].update(rotation=3), "turned"),
        (lambda task: task["data"].update(image="x" * 300 + ".png"), "name too long"),
        (lambda task: task["annotations"][0]["result"][0]["value"].update(
            rectanglelabels=["banana"]), "banana"),
        (lambda task: task["annotations"][0]["result"][0]["value"].update(width=0), "no place"),
        (lambda task: task["annotations"].append(3), "attribute"),
    ],
)  # fmt: skip
def test_a_task_that_cannot_be_used_is_left_out_with_its_reason(small, tmp_path, change, word):
    Image.new("RGB", (60, 40)).save(tmp_path / "a.png")
    value = {"x": 1, "y": 2, "width": 3, "height": 4, "rectanglelabels": ["tear"]}
    result = {"type": "rectanglelabels", "value": value}
    task = {"data": {"image": "/data/local-files/?d=a.png"}, "annotations": [{"result": [result]}]}
    good = json.loads(json.dumps(task))
    change(task)
    (tmp_path / "tasks.json").write_text(json.dumps([task, good]))
    done = bring_label_studio(small, tmp_path / "tasks.json", "ls")
    assert word in done.left_out["task 1"]
    assert (done.captures, done.annotations) == (1, 1)


def test_damage_without_marks_does_not_become_sound(small, tmp_path):
    receipt = live(small, 1)
    small.review(Review(receipt.id, "anna", Answer.DAMAGED))
    give_label_studio(small, tmp_path / "ls")
    (task,) = json.loads((tmp_path / "ls/tasks.json").read_text())
    assert task["annotations"] == []


def test_corrected_marks_come_in_as_another_word(small, tmp_path):
    Image.new("RGB", (60, 40)).save(tmp_path / "a.png")
    for width in (3, 9):
        value = {"x": 1, "y": 2, "width": width, "height": 4, "rectanglelabels": ["tear"]}
        result = {"type": "rectanglelabels", "value": value}
        task = {"id": width, "data": {"image": "a.png"}, "annotations": [{"result": [result]}]}
        (tmp_path / "tasks.json").write_text(json.dumps([task]))
        assert bring_label_studio(small, tmp_path / "tasks.json", "ls").annotations == 1
    (one,) = page(small.database, Wanted()).inspections
    with small.database.reading() as connection:
        (mark,) = truths(connection, [one.id])[one.id].marks
    assert mark.box[2] == pytest.approx(5.4)


def test_files_that_are_no_tasks_are_refused(small, tmp_path):
    for text in ("{}", "nothing"):
        (tmp_path / "t.json").write_text(text)
        with pytest.raises(RecordError):
            bring_label_studio(small, tmp_path / "t.json", "ls")
