"""`amiss paint`, on photographs that are drawn here."""

import pytest

from amiss.dataset.reader import open_dataset
from sound_photographs import shop

QUICK = ("--seed", 7, "--types", "hole", "--families", "0,1")


@pytest.fixture
def folders(tmp_path):
    return shop(tmp_path)


def test_paint(document, folders, tmp_path):
    out = tmp_path / "out"
    said = document("paint", *folders, "--out", out, *QUICK, "--copies", 2, "--references", 2)
    assert (said["photographs"], said["products"], said["references"]) == (9, 3, 3)
    assert (said["captures"], said["sound"], said["damaged"]) == (12, 6, 6)
    assert said["by_type"] == {**dict.fromkeys(said["by_type"], 0), "hole": 6}
    assert sum(said["left_out"].values()) == 0
    assert (said["written"], said["doubles"], said["ignored"]) == (12, 0, 1)
    data = open_dataset(out)
    assert said["by_split"] == {name: len(data.split(name)) for name in data.splits}
    records = [record for split in data for record in split]
    assert said["item_masks"] == sum(record.views[0].item_mask is not None for record in records)
    again = document("paint", *folders, "--out", out, *QUICK, "--copies", 2, "--references", 2)
    assert {**again, "written": 12, "seconds": 0} == {**said, "seconds": 0}
    assert again["written"] == 0


def test_people_are_told_what_stands(amiss, folders, tmp_path):
    call = ("paint", *folders, "--out", tmp_path / "out", *QUICK, "--split", "test")
    code, out, err = amiss(*call, "--copies", 1, "--damaged", 0)
    assert (code, err) == (0, "")
    text = " ".join(out.split())
    assert "9 photographs of 3 products: 6 captures, 0 of them damaged, and 3 references" in text
    assert "test 6." in text
    assert "1 files are no JPEG or PNG" in text
    assert "6 captures were written now." in text


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ((), "--seed"),
        (("--seed", -1), "--seed"),
        (("--seed", 1, "--copies", 0), "--copies"),
        (("--seed", 1, "--damaged", 2), "--damaged"),
        (("--seed", 1, "--size", 64), "--size"),
        (("--seed", 1, "--surface", "surroundings"), "--surface"),
        (("--seed", 1, "--split", "dev"), "--split"),
        (("--seed", 1, "--types", "hole,scorch"), "'scorch': choose from crush"),
        (("--seed", 1, "--families", "0,x"), "not 'x'"),
        (("--seed", 1, "--families", "0,7"), "no family 7"),
        (("--seed", 1, "--families", "2", "--types", "tear"), "No recipe paints tear"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_is_refused(refused, folders, tmp_path, options, word):
    assert word in refused("paint", folders[0], "--out", tmp_path / "out", *options)
    assert not (tmp_path / "out").exists()


def test_folders_that_do_not_do_are_named(refused, folders, tmp_path):
    call = ("--out", tmp_path / "out", "--seed", 1)
    assert "no folder" in refused("paint", tmp_path / "nowhere", *call)
    (tmp_path / "empty").mkdir()
    assert "no photograph" in refused("paint", tmp_path / "empty", *call)
    (folders[0] / "milk" / "0.jpg").write_bytes(b"\xff\xd8\xff")
    assert "milk/0.jpg" in refused("paint", folders[0], *call)
    assert not (tmp_path / "out").exists()


def test_the_data_set_must_not_lie_among_the_photographs(refused, folders):
    inside = folders[0] / "painted"
    assert "elsewhere" in refused("paint", *folders, "--out", inside, "--seed", 1)


def test_a_folder_that_holds_something_else_is_refused(refused, folders, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "photo.jpg").touch()
    call = ("paint", *folders, "--out", tmp_path / "mine", *QUICK)
    assert "name a new folder" in refused(*call)
