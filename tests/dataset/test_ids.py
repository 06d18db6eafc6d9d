"""Data sets to identify in, as miniatures of the exact layout."""

import json
import pickle

import pytest

from amiss.dataset.ids import open_armbench_ids, open_ids
from amiss.domain.errors import DatasetError


def touch(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"picture")


@pytest.fixture
def ids(tmp_path):
    for name in (
        "gallery/a/1.jpg",
        "gallery/a/2.JPG",
        "gallery/b/1.png",
        "iconic/a.jpg",
        "query/a/x.jpg",
        "query/b/y.jpg",
        "query/c/z.jpg",
        "query/a/notes.txt",
    ):
        touch(tmp_path / name)
    return tmp_path


def test_ids_are_read_from_either_folder_of_references(ids):
    data = open_ids(ids)
    assert {product: len(paths) for product, paths in data.references.items()} == {"a": 2, "b": 1}
    assert [(one.id, one.product) for one in data.queries] == [
        ("a/x.jpg", "a"),
        ("b/y.jpg", "b"),
        ("c/z.jpg", "c"),
    ]  # c counts, though nothing shows it
    assert set(open_ids(ids, "iconic").references) == {"a"}


def test_ids_without_pictures_are_refused(ids, tmp_path_factory):
    with pytest.raises(DatasetError, match=r"query holds no picture"):
        open_ids(tmp_path_factory.mktemp("nothing"))
    (ids / "iconic" / "a.jpg").unlink()
    with pytest.raises(DatasetError, match=r"iconic holds no picture"):
        open_ids(ids, "iconic")


@pytest.fixture
def armbench(tmp_path):
    for pick, product, views in (
        ("P1", "B01", ("PickRGB.jpg", "FarTrayRGB.jpg")),
        ("P2", "B09", ("ToteWallRGB.jpg",)),
    ):
        for view in views:
            touch(tmp_path / "Picks" / pick / view)
        folder = tmp_path / "Picks" / pick
        held = {"B01": {"text": "Plum Jam", "weight": 0.4}, product: {"text": "It"}}
        (folder / "container.json").write_text(json.dumps(held))
        (folder / "annotation.json").write_text(json.dumps({"GT_ID": product, "segments": []}))
    for name in ("B01/1.jpg", "B01/2.jpg", "B02/1.jpg"):
        touch(tmp_path / "Reference_Images" / name)
    return tmp_path


def test_armbench_is_read_with_what_the_tote_holds(armbench):
    data = open_armbench_ids(armbench)
    first, second = data.queries
    assert (first.id, first.product, first.expected) == ("P1", "B01", ("B01",))
    assert [path.name for path in first.views] == ["PickRGB.jpg", "FarTrayRGB.jpg"]
    assert (second.product, second.expected) == ("B09", ("B01", "B09"))
    assert {product: len(paths) for product, paths in data.references.items()} == {
        "B01": 2,
        "B02": 1,
    }
    assert data.titles["B01"] == "Plum Jam"


def test_a_split_is_taken_from_json_and_never_from_a_pickle(armbench):
    (armbench / "train-test-split.pickle").write_bytes(pickle.dumps({"testset": ["P1"]}))
    with pytest.raises(DatasetError, match="pickle, which is not read"):
        open_armbench_ids(armbench)
    (armbench / "train-test-split.json").write_text('{"testset": ["P2"], "trainset": ["P7"]}')
    assert [one.id for one in open_armbench_ids(armbench).queries] == ["P2"]
    with pytest.raises(DatasetError, match="1 picks of trainset are not there, such as P7"):
        open_armbench_ids(armbench, "train")
    (armbench / "train-test-split.json").write_text("{}")
    with pytest.raises(DatasetError, match="has no list testset"):
        open_armbench_ids(armbench)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("container.json", "no json", "cannot be read"),
        ("container.json", "[]", "holds no object"),
        ("annotation.json", "{}", "names no GT_ID"),
    ],
)
def test_what_is_broken_is_refused(armbench, file, text, said):
    (armbench / "Picks" / "P1" / file).write_text(text)
    with pytest.raises(DatasetError, match=said):
        open_armbench_ids(armbench)


def test_a_pick_without_a_picture_is_refused(armbench):
    (armbench / "Picks" / "P2" / "ToteWallRGB.jpg").unlink()
    with pytest.raises(DatasetError, match="has no picture"):
        open_armbench_ids(armbench)
