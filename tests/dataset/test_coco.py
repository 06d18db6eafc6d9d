"""COCO in its usual places, on generated miniature trees."""

import json
import pickle

import numpy as np
import pytest
from dataset_helpers import decode, index_of
from PIL import Image

from amiss.dataset.labels import UNTYPED, Damage
from amiss.dataset.reader import layout_of, open_dataset
from amiss.dataset.split import split_of
from amiss.domain.errors import DatasetError
from amiss.domain.words import DamageType, Severity

CATEGORIES = [
    {"id": 1, "name": "Crush"},
    {"id": 2, "name": "missing-unit"},
    {"id": 3, "name": "penetration"},
    {"id": 4, "name": "actuation"},
    {"id": 9, "name": "items", "supercategory": "none"},  # some tools add one that nothing uses
]
SQUARE = [[4, 3, 10, 3, 10, 8, 4, 8]]


def annotation(image, category, segmentation=SQUARE, **more):
    return {
        "id": more.pop("id", 1),
        "image_id": image,
        "category_id": category,
        "segmentation": segmentation,
        "bbox": [4, 3, 6, 5],
        "area": 30,
        "iscrowd": 0,
        **more,
    }


def document(names, annotations=(), **fields):
    """fields: lists, one value per picture."""
    images = [
        {"id": n, "file_name": name, "width": 20, "height": 12}
        | {key: values[n] for key, values in fields.items() if values[n] is not None}
        for n, name in enumerate(names)
    ]
    return {"images": images, "annotations": list(annotations), "categories": CATEGORIES}


def write(root, path, told, folder=""):
    """The file and its pictures, as red as their number is high."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(json.dumps(told))
    for n, image in enumerate(told["images"]):
        file = root / folder / image["file_name"]
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((12, 20, 3), (10 * n, 0, 0), np.uint8)).save(file)
    return root


NAMES = ["a.png", "b.png", "c.png", "d.png"]
TOLD = document(
    NAMES,
    [
        annotation(1, 1, severity="major"),
        annotation(2, 2, attributes={"severity": "minor"}),
        annotation(2, 3, [[0, 0, 2, 0, 2, 2, 0, 2]]),
        annotation(3, 4, []),
    ],
)


def only(data):
    """All records of all splits, by their names."""
    return {record.id: record for split in data for record in split}


def test_a_picture_is_a_capture(tmp_path):
    write(tmp_path, "annotations.json", TOLD)
    assert layout_of(tmp_path) == "coco"
    records = only(open_dataset(tmp_path))
    assert sorted(records) == NAMES
    pristine, crushed, two, boxed = (records[name] for name in NAMES)
    assert pristine.defects == pristine.views[0].defects
    assert not pristine.defects.any
    assert pristine.labels.damages == ()
    assert not pristine.views[0].load_damage_mask().any()
    assert crushed.labels.damages == (Damage(DamageType.CRUSH, Severity.MAJOR),)
    assert (crushed.defects.any, crushed.defects.major) == (True, True)
    assert crushed.defects.types == ("deformation",)
    expected = np.zeros((12, 20), np.uint8)
    expected[3:8, 4:10] = index_of(DamageType.CRUSH)
    np.testing.assert_array_equal(crushed.views[0].load_damage_mask(), expected)
    assert two.labels.damages is None  # a penetration may be a tear or a hole
    assert two.defects.types == ("missing_unit", "penetration")
    assert not two.defects.major
    mask = two.views[0].load_damage_mask()
    assert mask[1, 1] == UNTYPED
    assert mask[4, 5] == index_of(DamageType.MISSING_UNIT)
    assert (mask > 0).sum() == 30 + 4
    assert boxed.labels.damages == (Damage(DamageType.OPENED),)
    assert boxed.views[0].load_damage_mask() is None  # a box is no mask
    capture = crushed.load(decode)
    assert capture.views[0].rgb[0, 0].tolist() == [10, 0, 0]
    assert capture.product is None


@pytest.mark.parametrize(
    ("file", "folder"),
    [
        ("annotations/instances_train2017.json", "train2017"),
        ("annotations/instances_train.json", "images/train"),
        ("annotations/train.json", "images"),
        ("train/_annotations.coco.json", "train"),
        ("train.json", ""),
    ],
)
def test_usual_places_are_found_and_splits_are_as_files_are_named(tmp_path, file, folder):
    write(tmp_path, file, TOLD, folder)
    data = open_dataset(tmp_path)
    assert data.splits == ("train",)
    assert [record.id for record in data.split("train")] == NAMES
    assert all(record.views[0].image.is_file() for record in data.split("train"))
    assert len(only(open_dataset(tmp_path / file))) == 4  # the file itself may be named


def test_several_files_are_several_splits(tmp_path):
    for split in ("train", "val", "test"):
        write(tmp_path, f"annotations/instances_{split}.json", TOLD, split)
    data = open_dataset(tmp_path)
    assert data.splits == ("train", "validation", "test")
    names = [record.id for split in data for record in split]
    assert len(set(names)) == 12


def test_items_stay_together_and_share_references(tmp_path):
    items = [f"p{n % 40}" for n in range(160)]
    told = document(
        [f"{n}.png" for n in range(160)],
        item_identifier=items,
        reference=[n < 40 for n in range(160)],
    )
    write(tmp_path, "all.json", told)
    data = open_dataset(tmp_path)
    assert data.splits == ("train", "validation", "test")
    seen = {split.name: set(split.items) for split in data}
    assert not seen["train"] & seen["test"]
    assert set.union(*seen.values()) == set(items)
    for split in data:
        for record in split:
            assert split_of(record.item) == split.name
            assert record.product == record.item
            (reference,) = split.references(record.item)
            assert reference.item == record.item
            assert reference.view.image.is_file()
    assert sum(len(split) for split in data) == 120
    again = open_dataset(tmp_path)
    assert [r.id for s in again for r in s] == [r.id for s in data for r in s]


def test_records_go_to_other_processes(tmp_path):
    write(tmp_path, "train.json", TOLD)
    record = open_dataset(tmp_path).split("train")[1]
    again = pickle.loads(pickle.dumps(record))
    np.testing.assert_array_equal(
        again.views[0].load_damage_mask(), record.views[0].load_damage_mask()
    )


def test_the_caller_says_how_large_splits_are(tmp_path):
    write(tmp_path, "all.json", TOLD)
    assert open_dataset(tmp_path, shares={"test": 1.0}).splits == ("test",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t["annotations"].append(annotation(99, 1)), "1 annotations are of images"),
        (lambda t: t["annotations"].append(annotation(0, 77)), "KeyError: 77"),
        (lambda t: t["annotations"].append(annotation(0, 9)), r"name no damage: items \(1\)"),
        (lambda t: t["annotations"].append(annotation(0, 1, severity="bad")), "'bad'"),
        (lambda t: t["images"].append(t["images"][0]), "1 images have an id"),
        (lambda t: t["images"][0].update(file_name="b.png"), "listed more than once"),
        (lambda t: t["images"][0].pop("height"), "KeyError: 'height'"),
        (lambda t: t["images"][0].update(height=0), "cannot be"),
        (lambda t: t["images"][0].update(height=float("nan")), "NaN"),
        (lambda t: t["images"][0].update(file_name="../a.png"), "leads out"),
        (lambda t: t["images"][1].update(reference=True), "must have an item"),
        (lambda t: t["images"][1].update(reference="no"), "neither true nor false"),
        (lambda t: t.pop("categories"), "give images, annotations and categories"),
    ],
)
def test_what_does_not_fit_together_is_refused(tmp_path, change, words):
    told = json.loads(json.dumps(TOLD))
    change(told)
    (tmp_path / "all.json").write_text(json.dumps(told))
    with pytest.raises(DatasetError, match=words) as refused:
        open_dataset(tmp_path)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"images": 3}'])
def test_files_of_another_kind_are_refused(tmp_path, text):
    (tmp_path / "all.json").write_text(text)
    with pytest.raises(DatasetError, match=r"annotations .*all.json"):
        open_dataset(tmp_path, layout="coco")


def test_a_broken_outline_names_its_picture(tmp_path):
    told = document(["a.png"], [annotation(0, 1, [[1, 2, 3]])])
    write(tmp_path, "all.json", told)
    (record,) = only(open_dataset(tmp_path)).values()
    with pytest.raises(DatasetError, match=r"annotation of a\.png is broken"):
        record.views[0].load_damage_mask()
