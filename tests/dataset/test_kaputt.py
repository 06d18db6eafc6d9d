"""Kaputt in each of its layouts, on generated miniature trees with its exact columns."""

import numpy as np
import polars as pl
import pytest
from dataset_helpers import decode
from PIL import Image

from amiss.dataset.labels import Defects
from amiss.dataset.reader import layout_of, open_dataset
from amiss.dataset.words import DEFECT_OF, DefectType, Material
from amiss.domain.errors import DatasetError
from amiss.domain.words import DamageType

QUERY = {
    "capture_id": pl.String, "item_identifier": pl.String, "defect": pl.Boolean,
    "major_defect": pl.Boolean, "defect_types": pl.String, "item_material": pl.String,
    "query_image": pl.String, "query_crop": pl.String, "query_mask": pl.String,
}  # fmt: skip
REFERENCE = dict.fromkeys(
    ("item_identifier", "reference_image", "reference_crop", "reference_mask"), pl.String
)
LABELS = [
    (False, False, "", "cardboard"),
    (True, False, "deformation", "book_other"),
    (True, True, "deconstruction,penetration", "plastic_loose_bag"),
]
LAYOUTS = {
    "as one": ("", lambda value, _: value),
    "by archives": ("datasets", lambda value, archive: f"{archive}/{value}"),
    "by archives below the release": (
        "kaputt-release/datasets",
        lambda value, archive: f"kaputt-release/{archive}/{value}",
    ),
    "as one below the release": ("kaputt-release", lambda value, _: f"kaputt-release/{value}"),
    "as published": (
        "kaputt-release",
        lambda value, _: f"kaputt-release/{value.removeprefix('data/')}",
    ),
}


def paths(split, who, stem):
    base = f"data/{split}/{who}-data"
    return f"{base}/image/{stem}.jpg", f"{base}/crop/{stem}.jpg", f"{base}/mask/{stem}.png"


def query_rows(split, labels=LABELS):
    return [
        (
            f"0000-{split}-{n}",
            f"a1b2c3d{n % 2}",
            *label,
            *paths(split, "query", f"0000-{split}-{n}"),
        )
        for n, label in enumerate(labels)
    ]


def reference_rows(split, joined=False):
    """Two references for the first item, one for the second; another item has none."""
    rows = [
        (item, *paths(split, "reference", stem))
        for item, stem in (("a1b2c3d0", "f0"), ("a1b2c3d1", "f1"), ("a1b2c3d0", "f2"))
    ]
    if joined:
        both = [f"{one},{other}" for one, other in zip(rows[0][1:], rows[2][1:], strict=True)]
        return [("a1b2c3d0", *both), rows[1]]
    return rows


def draw(path, stem, kind):
    """Pictures tell who they are by their colour; masks are 0 and 1, as some are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "mask":
        mask = np.zeros((40, 40), np.uint8)
        mask[10:30, 5:35] = 1
        Image.fromarray(mask).save(path)
    else:
        side = 40 if kind == "image" else 20
        shade = (sum(map(ord, stem)) % 200, 0, 0)
        Image.fromarray(np.full((side, side, 3), shade, np.uint8)).save(path, quality=95)


def grow(root, layout="as one", splits=("train", "test"), joined=False):
    folder, place = LAYOUTS[layout]
    (root / folder).mkdir(parents=True, exist_ok=True)
    for split in splits:
        tables = {
            "query": pl.DataFrame(query_rows(split), QUERY, orient="row"),
            "reference": pl.DataFrame(reference_rows(split, joined), REFERENCE, orient="row"),
        }
        for who, table in tables.items():
            table.write_parquet(root / folder / f"{who}-{split}.parquet")
        names = {"query": [row[0] for row in query_rows(split)], "reference": ["f0", "f1", "f2"]}
        for who, stems in names.items():
            for stem in stems:
                for value in paths(split, who, stem):
                    kind = value.split("/")[-2]
                    draw(root / place(value, f"{who}-{kind}"), stem, kind)
    return root


def shade_of(picture):
    return round(float(decode(picture).rgb[..., 0].mean()))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_opens(tmp_path, layout):
    data = open_dataset(grow(tmp_path, layout))
    assert layout_of(tmp_path) == "booth"
    assert open_dataset(tmp_path, layout="kaputt").splits == data.splits == ("train", "test")
    for split in data:
        assert [record.id for record in split] == [f"0000-{split.name}-{n}" for n in range(3)]
        for record, label in zip(split, LABELS, strict=True):
            (view,) = record.views
            assert view.id == record.id
            assert record.defects == view.defects
            assert (record.defects.any, record.defects.major) == label[:2]
            assert ",".join(record.defects.types) == label[2]
            assert record.material == label[3]
            assert record.labels is None
            assert abs(shade_of(view.image) - sum(map(ord, record.id)) % 200) <= 1
            capture = record.load(decode)
            assert (capture.id, capture.product) == (record.id, record.item)
            assert capture.views[0].rgb.shape == (40, 40, 3)
            assert capture.views[0].depth is None
            assert view.load_item_mask().sum() == 20 * 30
            assert view.load_damage_mask() is None  # Kaputt's masks show items, not damage
            assert decode(view.picture("crop", smallest=16)).rgb.shape == (20, 20, 3)
        first, second = split.references("a1b2c3d0")
        assert [first.view.image.stem, second.view.image.stem] == ["f0", "f2"]
        assert second.view.load_item_mask().any()
        assert second.view.load(decode).rgb.shape == (40, 40, 3)
        assert split.items == ("a1b2c3d0", "a1b2c3d1")


def test_lists_of_references_in_one_row_are_the_same(tmp_path):
    apart = open_dataset(grow(tmp_path / "apart")).split("test")
    joined = open_dataset(grow(tmp_path / "joined", joined=True)).split("test")
    for item in ("a1b2c3d0", "a1b2c3d1", "none"):
        one, other = (
            [
                path.relative_to(root)
                for record in split.references(item)
                for path in (record.view.image, record.view.crop, record.view.item_mask)
            ]
            for split, root in ((apart, tmp_path / "apart"), (joined, tmp_path / "joined"))
        )
        assert one == other
    names = [record.view.id for record in joined.references("a1b2c3d0")]
    assert len(set(names)) == 2


def test_kaputt_rare_names_the_pictures_of_kaputt(tmp_path):
    root = grow(tmp_path / "kaputt", "by archives")
    rare = tmp_path / "kaputt-rare" / "datasets"
    rare.mkdir(parents=True)
    pl.DataFrame(query_rows("train")[:1], QUERY, orient="row").write_parquet(
        rare / "query-train.parquet"
    )
    for manifests in (rare, rare.parent):
        data = open_dataset(root, manifests=manifests)
        assert data.splits == ("train",)
        (record,) = data.split("train")
        assert record.views[0].image.is_file()
        assert data.split("train").references("a1b2c3d0") == ()


def test_kaputt_2_has_no_labels(tmp_path):
    grow(tmp_path, splits=("test",))
    path = tmp_path / "query-test.parquet"
    pl.read_parquet(path).drop(
        "defect", "major_defect", "defect_types", "item_material"
    ).write_parquet(path)
    records = list(open_dataset(tmp_path).split("test"))
    assert len(records) == 3
    assert all(record.defects is record.material is record.labels is None for record in records)
    assert records[0].load(decode).views[0].rgb.any()


def test_nulls_are_guarded(tmp_path):
    grow(tmp_path, splits=("test",))
    path = tmp_path / "query-test.parquet"
    rows = [(*row[:2], *([None] * 4), row[6], None, None) for row in query_rows("test")]
    rows[1] = (rows[1][0], None, False, *rows[1][3:])
    pl.DataFrame(rows, QUERY, orient="row").write_parquet(path)
    pl.DataFrame([("a1b2c3d0", None, None, None)], REFERENCE, orient="row").write_parquet(
        tmp_path / "reference-test.parquet"
    )
    split = open_dataset(tmp_path).split("test")
    assert [record.defects for record in split] == [None, Defects(False, False, ()), None]
    assert (split[1].item, split[1].product) == ("", None)
    assert split[0].views[0].load_item_mask() is None
    assert split.references("a1b2c3d0") == ()
    with pytest.raises(DatasetError, match=r"crop of .* is not there"):
        split[0].views[0].picture("crop")


def test_tiny_crops_give_way_to_the_whole_picture(tmp_path):
    view = open_dataset(grow(tmp_path)).split("test")[0].views[0]
    Image.new("RGB", (7, 7)).save(view.crop)
    assert view.picture("crop") == view.image
    Image.new("RGB", (64, 64)).save(view.crop)
    assert view.picture("crop") == view.crop
    view.crop.write_bytes(b"broken")
    with pytest.raises(DatasetError, match="cannot be read"):
        view.picture("crop")


def test_crops_alone_are_enough(tmp_path):
    root = grow(tmp_path, "by archives")
    (root / "query-image").rename(root / "elsewhere")
    (view,) = open_dataset(root).split("test")[0].views
    assert view.picture("crop") == view.crop
    assert view.crop.is_file()
    with pytest.raises(DatasetError, match=r"The image of .* unpack its archive"):
        view.load(decode)


def test_rows_of_one_capture_are_its_views_and_rows_without_are_their_own(tmp_path):
    grow(tmp_path, splits=("test",))
    path = tmp_path / "query-test.parquet"
    frame = pl.read_parquet(path).with_columns(
        item_identifier=pl.lit("a1b2c3d0"), item_material=pl.lit("paper")
    )
    frame.with_columns(
        capture=pl.Series(["x", None, "x"]), view=pl.Series([1, None, 0])
    ).write_parquet(path)
    records = list(open_dataset(tmp_path).split("test"))
    assert [(record.id, len(record.views)) for record in records] == [("x", 2), ("0000-test-1", 1)]
    assert [view.id for view in records[0].views] == ["0000-test-2", "0000-test-0"]
    assert records[0].defects.types == ("deconstruction", "penetration")
    assert records[0].defects.major


def test_records_are_taken_by_place_and_in_slices(tmp_path):
    split = open_dataset(grow(tmp_path)).split("test")
    assert split[-1].id == split[2].id == "0000-test-2"
    assert [record.id for record in split[:2]] == ["0000-test-0", "0000-test-1"]
    with pytest.raises(IndexError):
        split[3]


def test_missing_parts_are_said_in_one_sentence(tmp_path):
    with pytest.raises(DatasetError, match="no folder"):
        open_dataset(tmp_path / "nowhere")
    for layout in (None, "booth", "kaputt"):
        with pytest.raises(DatasetError, match="needs a manifest"):
            open_dataset(tmp_path, layout=layout)
    with pytest.raises(DatasetError, match=r"needs train\.csv or test\.csv"):
        open_dataset(tmp_path, layout="armbench-defects")
    with pytest.raises(DatasetError, match="no annotations of COCO"):
        open_dataset(tmp_path, layout="coco")
    with pytest.raises(DatasetError, match="has no manifests"):
        open_dataset(tmp_path, manifests=tmp_path, layout="coco")
    data = open_dataset(grow(tmp_path, splits=("test",)))
    with pytest.raises(DatasetError, match="choose from test"):
        data.split("train")


def test_broken_manifests_are_one_clear_error(tmp_path):
    grow(tmp_path, splits=("test",))
    path = tmp_path / "query-test.parquet"
    whole = path.read_bytes()
    for data in (b"", b"PAR1", whole[: len(whole) // 2], whole[:-30] + bytes(22) + whole[-8:]):
        path.write_bytes(data)
        with pytest.raises(DatasetError, match=r"cannot be read as Parquet; restore it\.$"):
            open_dataset(tmp_path).split("test")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.drop("item_identifier"), "no column item_identifier"),
        (lambda f: f.with_columns(defect=pl.lit("maybe")), "another type"),
        (lambda f: f.with_columns(capture_id=pl.lit(None, pl.String)), "without capture_id"),
    ],
)
def test_manifests_of_another_form_are_one_clear_error(tmp_path, change, words):
    grow(tmp_path, splits=("test",))
    path = tmp_path / "query-test.parquet"
    change(pl.read_parquet(path)).write_parquet(path)
    with pytest.raises(DatasetError, match=words) as refused:
        open_dataset(tmp_path).split("test")
    assert str(refused.value).endswith(".")


def test_lists_of_different_lengths_are_refused(tmp_path):
    grow(tmp_path, splits=("test",))
    rows = [("a1b2c3d0", "a.jpg,b.jpg", "a.jpg", None)]
    pl.DataFrame(rows, REFERENCE, orient="row").write_parquet(tmp_path / "reference-test.parquet")
    with pytest.raises(DatasetError, match="2 images, 1 crops and 0 masks"):
        open_dataset(tmp_path).split("test").references("a1b2c3d0")


def test_the_words_are_kaputt_s():
    assert sorted(DefectType) == [
        "actuation", "deconstruction", "deformation", "missing_unit", "penetration", "spillage",
        "superficial",
    ]  # fmt: skip
    assert sorted(Material) == [
        "book_other", "book_paper", "book_plastic_tight_wrap", "cardboard", "other", "paper",
        "plastic_bubble_wrap", "plastic_hard", "plastic_loose_bag", "plastic_tight_wrap",
    ]  # fmt: skip
    assert set(DEFECT_OF) == set(DamageType)
    assert set(DEFECT_OF.values()) == set(DefectType)
