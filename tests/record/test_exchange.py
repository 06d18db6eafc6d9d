"""Data sets in and out: what goes round comes back the same."""

import shutil
import zipfile

import numpy as np
import polars as pl
import pytest
from exchange_helpers import SHAPE, TYPES, live, made
from PIL import Image

from amiss.dataset.labels import Damage
from amiss.dataset.reader import open_dataset
from amiss.domain.errors import ConflictError, DatasetError, RecordError
from amiss.domain.words import Answer, DamageType, Severity
from amiss.record.examine.site import examine
from amiss.record.exchange.bring import bring
from amiss.record.exchange.give import give
from amiss.record.exchange.table import harmless, to_csv
from amiss.record.exchange.unzip import unzip
from amiss.record.people import Annotation, Mark, Review
from amiss.record.queries.inspections import Wanted, page
from amiss.recordings import BOOTH
from amiss.vision.decode import decode


def same(first, second):
    """Whether two data sets are: manifests row for row, files byte for byte."""
    names = [{p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()}
             for root in (first, second)]  # fmt: skip
    assert names[0] == names[1]
    for name in names[0]:
        one, other = first / name, second / name
        if name.endswith(".parquet"):
            assert pl.read_parquet(one).equals(pl.read_parquet(other)), name
        assert one.read_bytes() == other.read_bytes(), name


def test_a_data_set_comes_out_as_it_went_in(site, dataset, tmp_path):
    done = bring(site, open_dataset(dataset), "set")
    assert (done.captures, done.references, done.again, done.left_out) == (6, 3, 0, [])
    again = bring(site, open_dataset(dataset), "set")
    assert (again.captures, again.references, again.again) == (0, 0, 9)
    given = give(site, tmp_path / "out")
    assert (given.captures, given.references, given.left_out) == (6, 3, {})
    same(dataset, tmp_path / "out")
    give(site, tmp_path / "out")  # goes on where nothing is left to do
    same(dataset, tmp_path / "out")
    assert examine(site).is_clean


def test_the_recorded_booth_comes_out_as_it_went_in(small, tmp_path):
    bring(small, open_dataset(BOOTH), "booth")
    assert give(small, tmp_path / "out").left_out == {}
    for split in open_dataset(BOOTH):
        other = open_dataset(tmp_path / "out").split(split.name)
        assert [split.rows(n) for n in range(len(split))] == [
            other.rows(n) for n in range(len(other))
        ]
        for one, two in zip(split, other, strict=True):
            for first, second in zip(one.views, two.views, strict=True):
                assert first.picture().read_bytes() == second.picture().read_bytes()


def test_a_name_stands_for_one_data_set(small, dataset, tmp_path):
    bring(small, open_dataset(dataset), "set")
    changed = tmp_path / "changed"
    shutil.copytree(dataset, changed)
    (picture,) = changed.glob("data/test/query-data/image/2a-0.png")
    Image.new("RGB", SHAPE[::-1]).save(picture)
    with pytest.raises(ConflictError):
        bring(small, open_dataset(changed), "set")
    assert bring(small, open_dataset(changed), "another").captures == 6


def test_what_people_say_of_it_since_goes_out(small, dataset, tmp_path):
    bring(small, open_dataset(dataset), "set")
    by_name = {one.document["capture"]["id"]: one.id
               for one in page(small.database, Wanted(), limit=100).inspections}  # fmt: skip
    small.annotate(Annotation(by_name["0a"], "anna", damaged=False))
    square = ((1.0, 1.0), (9.0, 1.0), (9.0, 9.0), (1.0, 9.0))
    mark = Mark(1, DamageType.CRUSH, (1, 1, 8, 8), Severity.MINOR, polygon=square)
    small.annotate(Annotation(by_name["0b"], "anna", damaged=True, marks=[mark]))
    give(small, tmp_path / "out")
    records = {record.id: record for record in open_dataset(tmp_path / "out").split("train")}
    assert records["0a"].labels.damages == ()
    assert records["0b"].labels.damages == (Damage(DamageType.CRUSH, Severity.MINOR),)
    masks = [view.load_damage_mask() for view in records["0b"].views]
    assert masks[0].sum() == 0
    assert masks[1][5, 5] == 1 + TYPES.index(DamageType.CRUSH)
    assert [view.picture().read_bytes() for view in records["0b"].views] == [
        (dataset / f"data/train/query-data/image/0b-{n}.png").read_bytes() for n in (0, 1)
    ]
    depth = records["0b"].load(decode).views[0].depth
    assert np.array_equal(depth, made(0).depth)


def test_what_people_say_takes_nothing_else_away(small, dataset, tmp_path):
    bring(small, open_dataset(dataset), "set")
    by_name = {one.document["capture"]["id"]: one.id
               for one in page(small.database, Wanted(), limit=100).inspections}  # fmt: skip
    for name, answers in (("0a", [Answer.DAMAGED]), ("0b", [Answer.UNSURE]),
                          ("1a", [Answer.UNSURE, Answer.DAMAGED]), ("1b", [Answer.DAMAGED]),
                          ("2a", [Answer.DAMAGED, Answer.NOT_DAMAGED])):  # fmt: skip
        for person, answer in enumerate(answers):
            small.review(Review(by_name[name], f"person {person}", answer))
    give(small, tmp_path / "out")
    before = {one.id: one for split in open_dataset(dataset) for one in split}
    after = {one.id: one for split in open_dataset(tmp_path / "out") for one in split}
    for name in ("0a", "0b", "1a", "2b"):  # said already, or not said by anybody who can tell
        assert after[name].labels == before[name].labels
    assert after["1b"].labels.damages is None  # damaged, and nobody says of which type
    assert after["1b"].defects.any
    assert after["2a"].labels.damages is None
    assert after["2a"].labels.tags == ("a", "b", "people_disagree")
    for name in ("1b", "2a"):
        assert after[name].labels.design == before[name].labels.design
        for one, other in zip(after[name].views, before[name].views, strict=True):
            assert one.item_mask.read_bytes() == other.item_mask.read_bytes()
            assert one.camera == other.camera


def test_two_data_sets_do_not_take_each_others_names(small, dataset, tmp_path):
    bring(small, open_dataset(dataset), "set")
    changed = tmp_path / "changed"
    shutil.copytree(dataset, changed)
    (picture,) = changed.glob("data/test/query-data/image/2a-0.png")
    Image.new("RGB", SHAPE[::-1]).save(picture)
    bring(small, open_dataset(changed), "another")
    given = give(small, tmp_path / "out")
    assert (given.captures, given.references) == (6, 3)
    assert len(given.left_out) == 9
    assert all("another data set" in reason.lower() for reason in given.left_out.values())


def test_what_is_seen_of_a_product_goes_where_its_data_set_is(small, dataset, tmp_path):
    bring(small, open_dataset(dataset), "set")
    for product in ("p0", "p1", "p2"):
        receipt = live(small, 1, product=product)
        small.review(Review(receipt.id, "anna", Answer.NOT_DAMAGED))
    given = give(small, tmp_path / "out")
    assert (given.captures, given.left_out) == (9, {})
    for split in open_dataset(tmp_path / "out"):
        assert len(split) == 3
        assert len({record.product for record in split}) == 1


def test_damage_of_no_known_type_is_damage(site, tmp_path):
    """What passed and people call damaged has no finding to take its type from."""
    receipt = live(site, 1, kinds=("discrepancy",))
    site.review(Review(receipt.id, "anna", Answer.DAMAGED))
    assert give(site, tmp_path / "out").captures == 1
    ((record,),) = open_dataset(tmp_path / "out")
    assert record.labels.damages is None
    assert record.defects.any


def test_what_was_inspected_becomes_a_training_set(site, tmp_path):
    ids = [live(site, n).id for n in range(5)]
    site.review(Review(ids[0], "anna", Answer.NOT_DAMAGED))
    site.review(Review(ids[1], "anna", Answer.DAMAGED))
    box = Mark(0, DamageType.HOLE, (3, 3, 9, 9))
    site.annotate(Annotation(ids[2], "ben", damaged=True, marks=[box]))
    site.review(Review(ids[3], "anna", Answer.DAMAGED))
    site.review(Review(ids[3], "ben", Answer.NOT_DAMAGED))
    given = give(site, tmp_path / "out")
    assert (given.captures, given.unknown) == (4, 1)
    records = {one.id: one for split in open_dataset(tmp_path / "out") for one in split}
    assert records[ids[0]].labels.damages == ()
    assert records[ids[1]].labels.damages == (Damage(DamageType.TEAR),)  # as was found
    assert records[ids[2]].labels.damages == (Damage(DamageType.HOLE),)
    assert records[ids[2]].views[0].load_damage_mask() is None  # a box is no mask
    assert records[ids[3]].labels.damages is None
    assert records[ids[3]].labels.tags == ("people_disagree",)
    assert not records[ids[0]].defects.any
    assert give(site, tmp_path / "all", everything=True).captures == 5


def test_a_picture_that_is_gone_is_left_out_of_what_goes_out(small, dataset, tmp_path):
    bring(small, open_dataset(dataset), "set")
    one = page(small.database, Wanted(), limit=1).inspections[0]
    small.images.delete(one.document["views"][0]["pictures"]["rgb"])
    given = give(small, tmp_path / "out")
    assert given.left_out
    assert given.captures + len(given.left_out) >= 6


def test_another_folder_is_not_written_into(small, tmp_path):
    (tmp_path / "query-test.parquet").write_bytes(b"something else")
    with pytest.raises(DatasetError):
        give(small, tmp_path)


def test_archives_cannot_lead_out(tmp_path):
    def pack(name, *entries):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as file:
            for entry, data in entries:
                file.writestr(entry, data)
        return tmp_path / name

    unzip(pack("good.zip", ("a/b.txt", "hello")), tmp_path / "good")
    assert (tmp_path / "good/a/b.txt").read_text() == "hello"
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    for entry, word in (("../a", "leads out"), ("/a", "leads out"), ("C:\\a", "leads out"),
                        ("b\\..\\..\\a", "leads out"), (link, "link")):  # fmt: skip
        with pytest.raises(RecordError, match=word):
            unzip(pack("bad.zip", ("fine", "x"), (entry, "x")), tmp_path / "into")
        assert not (tmp_path / "into").exists()
    with pytest.raises(RecordError, match="MiB"):
        unzip(pack("bomb.zip", ("zeros", bytes(50 << 20))), tmp_path / "into")
    (tmp_path / "none.zip").write_bytes(b"no archive")
    with pytest.raises(RecordError, match="unpacked"):
        unzip(tmp_path / "none.zip", tmp_path / "into")


def test_kaputt_s_rows_come_in_and_out(small, tmp_path):
    """Nine columns, no captures, references as a list in one cell, one crop alone."""
    root = tmp_path / "kaputt"
    paths = {
        who: [f"data/test/{who}-data/image/{n}.jpg" for n in range(2)]
        for who in ("query", "reference")
    }
    for path in (*paths["query"], *paths["reference"]):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        Image.effect_noise(SHAPE[::-1], 50).convert("RGB").save(root / path)
    query = pl.DataFrame({
        "capture_id": ["a", "b"], "item_identifier": ["i", "i"], "defect": [True, False],
        "major_defect": [False, False], "defect_types": ["deformation", ""],
        "item_material": ["cardboard", "cardboard"], "query_image": paths["query"],
        "query_crop": [None, None], "query_mask": [None, None],
    }, schema_overrides={"query_crop": pl.String, "query_mask": pl.String})  # fmt: skip
    query.write_parquet(root / "query-test.parquet")
    pl.DataFrame({
        "item_identifier": ["i"], "reference_image": [",".join(paths["reference"])],
        "reference_crop": [None], "reference_mask": [None],
    }, schema_overrides={"reference_crop": pl.String, "reference_mask": pl.String}).write_parquet(
        root / "reference-test.parquet"
    )  # fmt: skip
    done = bring(small, open_dataset(root), "kaputt")
    assert (done.captures, done.references) == (2, 1)
    assert give(small, tmp_path / "out").left_out == {}
    again = pl.read_parquet(tmp_path / "out/query-test.parquet")
    assert again.select(query.columns).equals(query)
    for path in (*paths["query"], *paths["reference"]):
        assert (tmp_path / "out" / path).read_bytes() == (root / path).read_bytes()
    split = open_dataset(tmp_path / "out").split("test")
    assert [record.defects.any for record in split] == [True, False]
    assert len(split.references("i")) == 2
    assert examine(small).is_clean


def test_spreadsheets_are_handed_no_formulas():
    for bad in ("=1+1", "+1", "-1", "@A1", "\tx", "\rx"):
        assert harmless(bad) == f"'{bad}"
    assert [harmless(good) for good in ("tea", -1, -0.5, None, "a=b")] == [
        "tea",
        -1,
        -0.5,
        None,
        "a=b",
    ]
    assert to_csv(["a", "b"], [{"a": "=cmd", "b": 1}, {"a": 'q"'}]) == (
        'a,b\r\n\'=cmd,1\r\n"q""",\r\n'
    )


def test_other_layouts_come_in(small, tmp_path):
    root = tmp_path / "folder"
    for kind, level in (("good", 0), ("good", 1), ("hole", 2)):
        (root / "test" / kind).mkdir(parents=True, exist_ok=True)
        shade = np.full((*SHAPE, 3), 40 * level, np.uint8)
        Image.fromarray(shade).save(root / "test" / kind / f"{level}.png")
    (root / "good").mkdir()
    Image.new("RGB", (60, 40)).save(root / "good" / "r.png")
    data = open_dataset(root)
    done = bring(small, data, "folder")
    assert done.captures == sum(len(split) for split in data)
    give(small, tmp_path / "out")
    found = sorted(
        bool(record.labels.damages) for split in open_dataset(tmp_path / "out") for record in split
    )
    told = sorted(record.defects.any for split in data for record in split)
    assert found == told
    assert examine(small).is_clean
