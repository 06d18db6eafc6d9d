"""What is written comes back, field by field, and others can read it, too."""

import json
from collections import Counter
from dataclasses import asdict, replace

import numpy as np
import polars as pl
import pytest
from dataset_helpers import (
    DAMAGES,
    SIZE,
    decode,
    fields_of,
    make_capture,
    make_labels,
    make_masks,
    make_view,
    tree,
)
from PIL import Image

from amiss.dataset.labels import Defects, Labels, Masks
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.pixels import fit_depth
from amiss.dataset.reader import open_dataset
from amiss.dataset.words import DefectType
from amiss.dataset.writer import writing
from amiss.domain.capture import Capture, View
from amiss.domain.errors import DatasetError
from amiss.domain.words import DamageType

PNG = Encoding(form="png")


def write(root, *captures, encoding=PNG, labels=None, masks=None, split="train"):
    with writing(root, encoding) as writer:
        for capture in captures:
            writer.add(capture, labels or make_labels(), masks or make_masks(), split=split)
    return open_dataset(root).split(split)


def test_every_field_comes_back(tmp_path):
    capture, masks, labels = make_capture(3), make_masks(), make_labels(5)
    (record,) = write(tmp_path, capture, labels=labels, masks=masks)
    back = record.load(decode)
    assert fields_of(back, "views") == fields_of(capture, "views")
    assert record.labels == labels
    assert record.item == capture.product
    assert record.material == "cardboard"
    for was, now, seen, mask in zip(capture.views, back.views, record.views, masks, strict=True):
        assert fields_of(now, "source") == fields_of(was, "source")
        assert now.depth.dtype == np.float32
        assert now.pose.dtype == np.float64
        assert np.array_equal(seen.load_item_mask(), mask.item)
        assert np.array_equal(seen.load_damage_mask(), mask.damage)
        assert seen.damage_pixels == np.count_nonzero(mask.damage)
    assert [view.id for view in record.views] == ["000003-0", "000003-1"]


def test_what_is_not_known_comes_back_as_not_known(tmp_path):
    bare = Capture(views=(View(np.zeros((*SIZE, 3), np.uint8), "made up"),), id="bare")
    (record,) = write(tmp_path, bare, labels=Labels(), masks=[Masks()])
    back = record.load(decode)
    assert fields_of(back, "views") == fields_of(bare, "views")
    assert fields_of(back.views[0], "source") == fields_of(bare.views[0], "source")
    assert record.labels == Labels()
    assert record.defects is record.views[0].defects is None
    assert record.views[0].load_item_mask() is None
    assert record.views[0].load_damage_mask() is None


def test_kaputt_s_columns_say_what_a_picture_shows_and_the_labels_what_is_true(tmp_path):
    capture = make_capture(0, views=3)
    (record,) = write(tmp_path, capture, masks=make_masks(views=3))
    torn = Defects(any=True, major=True, types=(DefectType.PENETRATION,))
    everything = Defects.of(DAMAGES)
    assert everything.types == ("deformation", "penetration", "spillage")
    # The third view has no damage mask, so that what is known is what is true of the item.
    assert [view.defects for view in record.views] == [torn, Defects(False, False, ()), everything]
    assert record.defects == everything


def test_severity_belongs_to_the_damage_that_is_seen(tmp_path):
    minor = tuple(replace(damage, severity="minor") for damage in DAMAGES)
    (record,) = write(tmp_path, make_capture(0), labels=make_labels(damages=minor))
    assert (record.views[0].defects.any, record.views[0].defects.major) == (True, False)


def test_a_wrong_item_keeps_the_references_of_what_it_should_be(tmp_path):
    (record,) = write(tmp_path, make_capture(0), labels=make_labels(product="simulated-tin-9"))
    assert (record.item, record.product) == ("simulated-carton-3", "simulated-carton-3")
    assert record.labels.product == "simulated-tin-9"
    unread = replace(make_capture(1), product=None, barcode=None)
    (record,) = write(tmp_path / "unread", unread)
    assert (record.item, record.product, record.barcode) == ("simulated-carton-3", None, None)


def test_numpy_s_numbers_are_numbers(tmp_path):
    labels = replace(
        make_labels(damages=(replace(DAMAGES[0], numbers={"depth_mm": np.float32(2.5)}),)),
        seed=np.int64(7),
    )
    capture = replace(make_capture(0), sequence=np.int32(4))
    (record,) = write(tmp_path, capture, labels=labels)
    assert (record.labels, record.sequence) == (labels, 4)


def test_how_a_simulated_item_lies_comes_back(tmp_path):
    lies = np.arange(16.0).reshape(4, 4) / 3
    labels = replace(make_labels(), lies=lies)
    (record,) = write(tmp_path, make_capture(0), labels=labels)
    assert np.array_equal(record.labels.lies, lies)
    with writing(tmp_path / "pristine", PNG) as writer:
        writer.add_reference("ref", make_view(0), labels, split="test")
    (reference,) = open_dataset(tmp_path / "pristine").split("test").references(labels.product)
    assert np.array_equal(reference.lies, lies)


def test_references_come_back(tmp_path):
    view = make_view(0)
    item_mask = make_masks()[0].item
    with writing(tmp_path, PNG) as writer:
        labels = make_labels()
        writer.add_reference("ref-1", view, labels, item_mask, split="test")
        writer.add_reference("ref-0", make_view(1, depth=False, tray=False), labels, split="test")
        other = make_labels(product="other")
        writer.add_reference("ref-2", view, other, split="test")
        assert writer.has_reference("ref-1")
    split = open_dataset(tmp_path).split("test")
    assert len(split) == 0
    first, second = split.references("simulated-carton-3")
    assert (first.view.id, second.view.id) == ("ref-0", "ref-1")
    assert fields_of(second.view.load(decode), "source") == fields_of(view, "source")
    assert np.array_equal(second.view.load_item_mask(), item_mask)
    assert (second.design, second.simulated, second.seed) == ("1", True, 7_000_000_000)
    assert split.references("unknown") == ()


def test_a_reader_that_knows_kaputt_s_columns_alone_reads_our_files(tmp_path):
    """As its columns are published: paths below the root, one row per picture."""
    with writing(tmp_path) as writer:
        writer.add(make_capture(0), make_labels(), make_masks(), split="train")
        writer.add(make_capture(1), make_labels(damages=()), [Masks()] * 2, split="train")
        writer.add_reference("r", make_view(7), make_labels(), make_masks()[0].item, split="train")
    query = pl.read_parquet(tmp_path / "query-train.parquet")
    text = pl.String
    assert list(query.schema.items())[:9] == [
        ("capture_id", text), ("item_identifier", text), ("defect", pl.Boolean),
        ("major_defect", pl.Boolean), ("defect_types", text), ("item_material", text),
        ("query_image", text), ("query_crop", text), ("query_mask", text),
    ]  # fmt: skip
    reference = pl.read_parquet(tmp_path / "reference-train.parquet")
    assert list(reference.schema.items())[:4] == [
        ("item_identifier", text), ("reference_image", text), ("reference_crop", text),
        ("reference_mask", text),
    ]  # fmt: skip
    joined = query.join(reference, on="item_identifier", how="inner")
    assert joined.height == query.height == query["capture_id"].n_unique() == 4
    assert query["defect"].to_list() == [True, False, False, False]
    assert query["major_defect"].to_list() == [True, False, False, False]
    assert query["defect_types"].to_list() == ["penetration", "", "", ""]
    for row in joined.iter_rows(named=True):
        with Image.open(tmp_path / row["query_image"]) as image:
            assert (image.format, image.mode, image.size) == ("JPEG", "RGB", SIZE[::-1])
        with Image.open(tmp_path / row["reference_crop"]) as crop:
            assert crop.size == (18, 18)
        assert row["query_image"].startswith("data/train/query-data/image/")
        assert (tmp_path / row["query_crop"]).is_file()
    with Image.open(tmp_path / query["query_mask"][0]) as mask:
        silhouette = np.asarray(mask)
    assert set(np.unique(silhouette).tolist()) == {0, 255}
    assert (silhouette > 127).sum() == 14 * 16


def test_crops_can_be_left_out(tmp_path):
    write(tmp_path, make_capture(0), encoding=Encoding(crops=False))
    row = pl.read_parquet(tmp_path / "query-train.parquet").row(0, named=True)
    assert row["query_crop"] == row["query_image"]
    assert not (tmp_path / "data/train/query-data/crop").exists()


def test_depth_can_be_stored_at_half_the_resolution(tmp_path):
    capture = make_capture(0)
    (record,) = write(tmp_path, capture, encoding=Encoding(form="png", depth_step=2))
    view = record.load(decode).views[0]
    assert np.array_equal(view.depth, fit_depth(capture.views[0].depth[1::2, 1::2], SIZE))


def test_an_empty_tray_is_stored_once_for_all_captures(tmp_path):
    write(tmp_path, *(make_capture(number) for number in range(3)))
    folders = Counter(name.split("/")[-2] for name in tree(tmp_path) if name.startswith("data/"))
    assert folders["empty-tray"] == 2  # one per camera
    assert folders["image"] == folders["depth"] == folders["mask"] == folders["crop"] == 6


def test_the_order_of_writing_and_pauses_change_no_byte(tmp_path):
    captures = [make_capture(number) for number in range(5)]
    write(tmp_path / "one", *captures)
    for capture in reversed(captures):
        write(tmp_path / "five", capture)
    assert tree(tmp_path / "one") == tree(tmp_path / "five")
    assert len(tree(tmp_path / "one")) == 2 + 10 * 4 + 2


def test_nothing_is_left_beside_manifests_and_pictures(tmp_path):
    write(tmp_path, make_capture(0))
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"data", "query-train.parquet", "reference-train.parquet"}


def test_a_writer_knows_what_stands(tmp_path):
    write(tmp_path, make_capture(0))
    with writing(tmp_path, PNG) as writer:
        assert "000000" in writer
        assert "000001" not in writer
        with pytest.raises(DatasetError, match="has 000000 already"):
            writer.add(make_capture(0), make_labels(), split="train")
        writer.add(make_capture(1), make_labels(), split="train")
        assert "000001" in writer
        writer.publish()
        assert len(open_dataset(tmp_path).split("train")) == 2
        writer.add(make_capture(2), make_labels(), split="train")
    assert [record.id for record in open_dataset(tmp_path).split("train")] == [
        "000000", "000001", "000002",
    ]  # fmt: skip


def test_a_product_cannot_be_in_two_splits(tmp_path):
    write(tmp_path, make_capture(0))
    for labels in (make_labels(), make_labels(product="other")):
        with (
            writing(tmp_path, PNG) as writer,
            pytest.raises(DatasetError, match="is in the split train"),
        ):
            writer.add(make_capture(1), labels, split="test")
    with (
        writing(tmp_path, PNG) as writer,
        pytest.raises(DatasetError, match="must go there, too"),
    ):
        writer.add_reference("r", make_view(0), make_labels(), split="test")


def test_one_process_writes_at_a_time(tmp_path):
    with writing(tmp_path), pytest.raises(DatasetError, match="Another process"), writing(tmp_path):
        pass  # pragma: no cover


def test_an_error_publishes_nothing_and_loses_nothing(tmp_path):
    with pytest.raises(DatasetError, match="already"):
        write(tmp_path, make_capture(0), make_capture(0))
    assert not (tmp_path / "query-train.parquet").exists()
    write(tmp_path, make_capture(1))
    write(tmp_path / "whole", make_capture(0), make_capture(1))
    whole = tree(tmp_path / "whole")
    assert {name: data for name, data in tree(tmp_path).items() if "whole" not in name} == whole


WRONG = {
    "empty id": (lambda c: replace(c, id=""), None, None, "cannot be a file name"),
    "path as id": (lambda c: replace(c, id="../a"), None, None, "cannot be a file name"),
    "no views": (lambda c: replace(c, views=()), None, [], "0 views"),
    "a mask too few": (None, None, make_masks()[:1], "2 views and 1 masks"),
    "no zone": (lambda c: replace(c, taken=c.taken.replace(tzinfo=None)), None, None, "no zone"),
    "comma in a tag": (None, replace(make_labels(), tags=("a,b",)), None, "commas"),
    "mask of another size": (None, None, [Masks(np.ones((3, 3), bool))] * 2, "one size"),
    "unnamed damage": (None, make_labels(damages=DAMAGES[1:]), None, "lack .*tear"),
    "mask without labels": (None, make_labels(damages=None), None, "lack"),
    "endless number": (
        None,
        make_labels(damages=(replace(DAMAGES[0], numbers={"depth_mm": float("nan")}),)),
        None,
        "must be finite",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_fit_is_refused_before_anything_is_written(tmp_path, wrong):
    change, labels, masks, words = WRONG[wrong]
    capture = (change or (lambda c: c))(make_capture(0))
    masks = make_masks() if masks is None else masks
    with writing(tmp_path) as writer, pytest.raises(DatasetError, match=words) as refused:
        writer.add(capture, labels or make_labels(), masks, split="train")
    assert str(refused.value).endswith(".")
    assert tree(tmp_path) == {}


def test_a_reference_needs_its_product(tmp_path):
    with writing(tmp_path) as writer, pytest.raises(DatasetError, match="has no product"):
        writer.add_reference("r", make_view(0), Labels(), split="train")


def test_others_manifests_are_not_written_to(tmp_path):
    pl.DataFrame({"capture_id": ["x"], "item_identifier": ["y"]}).write_parquet(
        tmp_path / "query-train.parquet"
    )
    with pytest.raises(DatasetError, match="not written by Amiss"), writing(tmp_path):
        pass  # pragma: no cover


def test_what_the_disk_refuses_is_one_clear_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DatasetError, match="cannot be written"), writing(tmp_path / "file"):
        pass  # pragma: no cover
    (tmp_path / "data").touch()
    with pytest.raises(DatasetError, match="cannot be written"), writing(tmp_path) as writer:
        writer.add(make_capture(0), make_labels(), split="train")


def edit(root, **cells):
    """Alters cells of the first row of a manifest."""
    path = root / "query-train.parquet"
    frame = pl.read_parquet(path)
    first = pl.int_range(pl.len()) == 0
    frame.with_columns(
        pl.when(first).then(pl.lit(value)).otherwise(name).alias(name)
        for name, value in cells.items()
    ).write_parquet(path)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"damage_types": "rust"}, "do not agree on damage_types"),
        ({"product": "other"}, "do not agree on product"),
        ({"taken": "yesterday"}, "do not agree on taken"),
        ({"view_taken": "yesterday"}, "cannot be read"),
        ({"pose": "[[1]]"}, "a pose is 4×4"),
        ({"pose": "{"}, "cannot be read"),
        ({"intrinsics": '{"width": 3}'}, "cannot be read"),
        ({"intrinsics": "[]"}, "cannot be read"),
        ({"defect_types": "rust"}, "'rust'"),
        ({"query_image": "/etc/passwd"}, "leads out"),
        ({"query_mask": "data/../../secret.png"}, "leads out"),
        ({"depth": "..\\secret.png"}, "leads out"),
    ],
)
def test_altered_cells_are_one_clear_error(tmp_path, cells, words):
    split = write(tmp_path, make_capture(0))
    edit(tmp_path, **cells)
    split = open_dataset(tmp_path).split("train")
    with pytest.raises(DatasetError, match=words) as refused:
        split[0]
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "cells",
    [
        {"damage_types": "rust"}, {"damage_types": "tear"}, {"severity": "bad,bad,bad"},
        {"locus": "tear,tear"}, {"damage_details": "["}, {"damage_details": "[1,2,3]"},
        {"process_step": "lunch"}, {"taken": "noon"}, {"item_material": "wool"},
    ],
)  # fmt: skip
def test_altered_cells_of_one_view_are_one_clear_error(tmp_path, cells):
    write(tmp_path, replace(make_capture(0), views=(make_view(0),)), masks=make_masks(1))
    edit(tmp_path, **cells)
    with pytest.raises(DatasetError, match=r"A cell of 000000 .* cannot be read"):
        open_dataset(tmp_path).split("train")[0]


def test_lost_and_broken_pictures_are_clear_errors(tmp_path):
    split = write(tmp_path, make_capture(0))
    view = split[0].views[0]
    for path in (view.item_mask, view.depth):
        path.write_bytes(b"broken")
    with pytest.raises(DatasetError, match="item mask"):
        view.load_item_mask()
    with pytest.raises(DatasetError, match="depth"):
        view.load(decode)


def test_details_are_json_that_others_can_read(tmp_path):
    write(tmp_path, make_capture(0))
    row = pl.read_parquet(tmp_path / "query-train.parquet").row(0, named=True)
    assert (row["damage_types"], row["severity"], row["locus"]) == (
        "tear,spillage,crush",
        "major,minor,",
        "outer_packaging,surroundings,",
    )
    assert json.loads(row["damage_details"])[0] == {
        "numbers": {"length_mm": 41.3, "through": 1.0},
        "words": "torn, along an edge",
    }
    assert json.loads(row["intrinsics"]) == json.loads(
        json.dumps(asdict(make_capture(0).views[0].intrinsics))
    )
    assert np.array_equal(json.loads(row["pose"]), make_capture(0).views[0].pose)
    assert row["taken"] == "2026-03-01T08:00:00+00:00"
    assert DamageType.TEAR in row["damage_types"]
