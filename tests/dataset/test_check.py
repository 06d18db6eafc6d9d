"""Data sets with one thing wrong each, and what the check says of them."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from dataset_helpers import make_capture, make_labels
from PIL import Image

from amiss.dataset.check.dataset import check_dataset
from amiss.dataset.check.report import EXAMPLES
from amiss.dataset.labels import Damage, Labels, Masks
from amiss.dataset.reader import open_dataset
from amiss.dataset.writer import writing
from amiss.domain.errors import DatasetError
from amiss.domain.words import DamageType, Severity
from amiss.vision.decode import decode

ALL = tuple(Damage(kind, Severity.MAJOR) for kind in DamageType)


def grow(root):
    """In each of two splits a sound capture and one with every damage, and a reference."""
    with writing(root) as writer:
        for number, split in enumerate(("train", "test")):
            product = f"p-{split}"
            for place, damages in enumerate(((), ALL)):
                capture = make_capture(10 * number + place, product=product)
                mask = np.zeros((24, 32), np.uint8)
                if damages:
                    mask[3, : len(ALL)] = 1 + np.arange(len(ALL))
                labels = replace(make_labels(damages=damages, product=product), twin=None)
                item = np.ones((24, 32), bool)
                writer.add(capture, labels, [Masks(item, mask), Masks(item)], split=split)
            view = make_capture(10 * number + 5).views[0]
            writer.add_reference(f"r{number}", view, Labels(product=product), split=split)
    return root


def check(root, **options):
    return check_dataset(open_dataset(root), **options)


def kinds(report):
    return {problem.kind: problem.count for problem in report.problems}


def edit(root, split="train", kind="query", **columns):
    """Changes columns of a manifest; each is an expression."""
    path = root / f"{kind}-{split}.parquet"
    pl.read_parquet(path).with_columns(**columns).write_parquet(path)


def test_a_sound_data_set_passes_and_is_counted(tmp_path):
    seen = []
    report = check(grow(tmp_path), progress=lambda *step: seen.append(step))
    assert report.sound
    assert kinds(report) == {}
    report.require_sound()
    train = report.export()["splits"]["train"]
    assert train.pop("types") == dict.fromkeys(
        ("actuation", "deconstruction", "deformation", "missing_unit", "penetration", "spillage",
         "superficial"), 1,
    )  # fmt: skip
    assert train == {
        "captures": 2, "pictures": 4, "items": 1, "references": 1, "good": 1, "damaged": 1,
        "unlabelled": 0,
    }  # fmt: skip
    assert seen[:4] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert json.loads(json.dumps(report.export(), allow_nan=False))["sound"] is True


def test_missing_and_unreadable_files_are_counted_each_once(tmp_path):
    grow(tmp_path)
    images = sorted((tmp_path / "data/train/query-data/image").iterdir())
    images[0].unlink()
    images[1].write_bytes(images[1].read_bytes()[:-300])
    images[2].write_bytes(b"")
    images[3].write_text("no picture")
    (tmp_path / "data/test/reference-data/image/r1.jpg").unlink()
    next((tmp_path / "data/test/query-data/depth").iterdir()).unlink()
    tray = next((tmp_path / "data/train/query-data/empty-tray").iterdir())
    tray.unlink()  # named by two pictures, missed once
    report = check(tmp_path)
    assert kinds(report) == {"missing_file": 4, "unreadable_picture": 3}
    with pytest.raises(DatasetError) as refused:
        report.require_sound()
    words = str(refused.value)
    assert "files that are not there: 4 (" in words
    assert "pictures that cannot be read: 3 (" in words
    assert words.count(".jpg") == 2  # an example of each
    assert words.endswith(".")


@pytest.mark.parametrize("decoder", [None, decode])
def test_silhouettes_and_depth_that_cannot_be_read_are_told(tmp_path, decoder):
    grow(tmp_path)
    for kind in ("mask", "depth"):
        file = next((tmp_path / "data/train/query-data" / kind).iterdir())
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert kinds(check(tmp_path, decode=decoder)) == {"unreadable_picture": 2}


def test_a_picture_with_much_after_its_end_is_whole(tmp_path):
    grow(tmp_path)
    image = next((tmp_path / "data/train/query-data/image").iterdir())
    image.write_bytes(image.read_bytes() + bytes(10_000))
    assert kinds(check(tmp_path)) == {}


def test_what_only_pixels_tell_shows_where_each_is_decoded(tmp_path):
    grow(tmp_path)
    image = next((tmp_path / "data/train/query-data/image").iterdir())
    whole = image.read_bytes()
    Image.effect_noise((300, 300), 90).save(tmp_path / "big.jpg")
    big = (tmp_path / "big.jpg").read_bytes()
    image.write_bytes(big[: len(big) // 2] + whole[-2:])  # cut off, with an end all the same
    assert kinds(check(tmp_path)) == {}
    assert kinds(check(tmp_path, decode=decode)) == {"unreadable_picture": 1}


def test_wrong_columns_are_told_with_the_split(tmp_path):
    grow(tmp_path)
    path = tmp_path / "query-test.parquet"
    pl.read_parquet(path).drop("item_identifier").write_parquet(path)
    report = check(tmp_path)
    assert kinds(report) == {"unreadable_split": 1}
    (problem,) = report.problems
    assert problem.examples[0].startswith("test: ")
    assert "no column item_identifier" in problem.examples[0]
    assert not report.sound


def test_cells_that_cannot_be_read_are_told(tmp_path):
    grow(tmp_path)
    edit(tmp_path, damage_types=pl.lit("dent"))
    edit(tmp_path, kind="reference", pose=pl.lit("[1"))
    # None is left to train on, which is another thing wrong.
    assert kinds(check(tmp_path)) == {"unreadable_record": 3, "one_class": 1}


@pytest.mark.parametrize(
    ("split", "damaged", "expected"),
    [
        ("train", True, {"one_class": 1}),
        ("train", False, {"one_class": 1}),
        ("test", True, {"one_class_to_measure": 1}),
    ],
)
def test_one_class_only(tmp_path, split, damaged, expected):
    grow(tmp_path)
    path = tmp_path / f"query-{split}.parquet"
    table = pl.read_parquet(path)
    ids = table.filter(pl.col("defect") == True)["capture"].unique()  # noqa: E712
    chosen = pl.col("capture").is_in(ids.implode())
    table.filter(chosen if damaged else ~chosen).write_parquet(path)
    report = check(tmp_path)
    assert kinds(report) == expected
    assert report.sound == (split != "train")


def test_types_without_examples_are_a_warning(tmp_path):
    grow(tmp_path)
    clear = {"severity": pl.lit(None, pl.String), "locus": pl.lit(None, pl.String)}
    hurt = pl.when(pl.col("damage_types") != "").then(pl.lit("crush")).otherwise(pl.lit(""))
    edit(tmp_path, damage_types=hurt, damage_details=pl.lit(""), **clear)
    report = check(tmp_path)
    assert kinds(report) == {"empty_class": 6}
    assert report.sound
    (problem,) = report.problems
    assert len(problem.examples) == EXAMPLES


def test_a_set_without_a_split_to_train_on(tmp_path):
    grow(tmp_path)
    for kind in ("query", "reference"):
        (tmp_path / f"{kind}-train.parquet").unlink()
    assert kinds(check(tmp_path)) == {"one_class": 1}
    assert check(tmp_path, train="test").sound


def test_labels_that_masks_contradict(tmp_path):
    grow(tmp_path)
    torn = pl.lit("32x24 5 3t")
    edit(
        tmp_path,
        damage_mask=pl.when(pl.col("damage_types") == "").then(torn).otherwise(pl.lit("32x24")),
        defect=pl.col("damage_types") != "",
    )
    report = check(tmp_path)
    # Two pictures of the sound capture, and the one damaged capture.
    assert kinds(report) == {"sound_but_masked": 2, "damaged_but_unmasked": 1}


def test_damage_out_of_sight_is_a_warning(tmp_path):
    grow(tmp_path)
    hurt = pl.col("damage_types") != ""
    edit(
        tmp_path,
        damage_mask=pl.lit("32x24"),
        damage_pixels=pl.lit(0),
        defect=pl.lit(value=False),
        major_defect=pl.lit(value=False),
        defect_types=pl.lit(""),
    )
    report = check(tmp_path)
    assert kinds(report) == {"hidden_damage": 1}
    assert report.sound
    edit(tmp_path, defect_types=pl.when(hurt).then(pl.lit("spillage")).otherwise(pl.lit("")))
    assert kinds(check(tmp_path))["labels_disagree"] == 2


def test_masks_that_cannot_be_read(tmp_path):
    grow(tmp_path)
    edit(tmp_path, damage_mask=pl.lit("32x24 9999t"))
    assert kinds(check(tmp_path)) == {"unreadable_mask": 4}


def test_numbers_that_are_not_finite(tmp_path):
    grow(tmp_path)
    pose = "[[1,0,0,NaN],[0,1,0,0],[0,0,1,Infinity],[0,0,0,1]]"
    hurt = pl.col("damage_types") != ""
    details = '[{"numbers":{"depth_mm":NaN}}' + ",{}" * 7 + "]"
    edit(tmp_path, damage_details=pl.when(hurt).then(pl.lit(details)).otherwise(pl.lit("")))
    edit(tmp_path, split="test", pose=pl.lit(pose))
    edit(tmp_path, split="test", kind="reference", pose=pl.lit(pose))
    report = check(tmp_path)
    assert kinds(report) == {"not_finite": 1 + 2 * 4 + 2}
    assert "depth_mm of 000001 is nan" in report.problems[0].examples


def test_items_and_pictures_in_two_splits_are_leaks(tmp_path):
    grow(tmp_path)
    images = [
        sorted((tmp_path / f"data/{split}/query-data/image").iterdir())
        for split in ("train", "test")
    ]
    images[1][0].write_bytes(images[0][0].read_bytes())
    assert kinds(check(tmp_path)) == {"picture_in_two_splits": 1}
    # Another picture of the same size and the same end is none.
    data = bytearray(images[0][0].read_bytes())
    data[5] ^= 1
    images[1][0].write_bytes(bytes(data) + bytes(5000))
    images[0][0].write_bytes(images[0][0].read_bytes() + bytes(5000))
    assert "picture_in_two_splits" not in kinds(check(tmp_path))
    # Within a split the same picture twice is no leak.
    images[0][1].write_bytes(images[0][0].read_bytes())
    assert "picture_in_two_splits" not in kinds(check(tmp_path))
    edit(tmp_path, split="test", item_identifier=pl.lit("p-train"), product=pl.lit("p-train"))
    report = check(tmp_path)
    assert kinds(report)["item_in_two_splits"] == 1
    leak = next(one for one in report.problems if one.kind == "item_in_two_splits")
    assert leak.examples == ("p-train in test and train",)


def test_what_nobody_has_looked_at_is_a_warning(tmp_path):
    grow(tmp_path)
    edit(
        tmp_path,
        split="test",
        defect=pl.lit(None, pl.Boolean),
        damage_types=pl.lit(None, pl.String),
        damage_mask=pl.lit(None, pl.String),
        damage_pixels=pl.lit(None, pl.Int64),
    )
    report = check(tmp_path)
    assert kinds(report) == {"unlabelled": 2, "one_class_to_measure": 1}
    assert report.splits["test"].unlabelled == 2
    assert report.sound


def test_other_layouts_are_checked_alike(tmp_path):
    """COCO: a picture in two splits, one missing, one broken outline, a type that masks miss."""
    square = [[2, 2, 9, 2, 9, 9, 2, 9]]
    for split, names in (("train", "abcd"), ("val", "ae")):
        told = {
            "images": [
                {"id": n, "file_name": f"{name}.png", "width": 20, "height": 12}
                for n, name in enumerate(names)
            ],
            "annotations": [
                {"image_id": n, "category_id": 1, "segmentation": square if n == 1 else [[1, 2]]}
                for n in range(1, len(names) - 1)
            ],
            "categories": [{"id": 1, "name": "tear"}],
        }
        (tmp_path / "annotations").mkdir(exist_ok=True)
        (tmp_path / "annotations" / f"{split}.json").write_text(json.dumps(told))
    (tmp_path / "images").mkdir()
    for n, name in enumerate("abce"):
        Image.new("RGB", (20, 12), (40 * n, 0, 0)).save(tmp_path / "images" / f"{name}.png")
    found = kinds(check(tmp_path))
    assert found.pop("empty_class") == 6
    assert found == {
        "missing_file": 1,
        "unreadable_mask": 1,
        "picture_in_two_splits": 1,
        "one_class_to_measure": 1,
    }


def test_a_list_that_names_more_than_there_is_is_a_warning(tmp_path):
    folder = tmp_path / "data" / "A"
    folder.mkdir(parents=True)
    for camera, label in ((1, "nominal"), (2, "package_defect")):
        told = {"id": f"A_{camera}", "label": label, "sublabel": "open_box", "polygon": []}
        (folder / f"A_{camera}.json").write_text(json.dumps(told))
        Image.new("RGB", (20, 20), (0, 90 * camera, 0)).save(folder / f"A_{camera}.jpg")
    (tmp_path / "train.csv").write_text("A\nB\n")
    report = check(tmp_path)
    found = kinds(report)
    assert found.pop("empty_class") == 6
    assert found == {"left_out": 1}
    assert report.sound
