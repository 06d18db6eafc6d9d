"""Folders of pictures as captures."""

import numpy as np
import pytest
from dataset_helpers import decode, index_of
from PIL import Image

from amiss.dataset.labels import UNTYPED
from amiss.dataset.reader import layout_of, open_dataset
from amiss.dataset.split import split_of
from amiss.domain.errors import DatasetError
from amiss.domain.words import DamageType


def draw(path, level=0, size=(20, 30)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((*size, 3), level, np.uint8)).save(path)


def draw_mask(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    mask = np.zeros((20, 30), np.uint8)
    mask[2:5, 3:9] = 255
    Image.fromarray(mask).save(path)


def product(root, level=0):
    draw(root / "good" / "0.png", level)
    draw(root / "damaged" / "hole" / "1.png", level + 1)
    draw(root / "damaged" / "mis print" / "2.png", level + 2)
    draw(root / "damaged" / "3.png", level + 3)
    draw(root / "reference" / "4.png", level + 4)
    draw_mask(root / "masks" / "hole" / "1_mask.png")
    draw_mask(root / "masks" / "mis print" / "2.png")
    (root / "damaged" / "notes.txt").write_text("x")
    return root


def test_one_product(tmp_path):
    root = product(tmp_path / "kettle")
    assert layout_of(root) == "folder"
    data = open_dataset(root, shares={"test": 1.0})
    (split,) = data
    assert split.items == ("kettle",)
    records = {record.id: record for record in split}
    assert sorted(records) == [
        "damaged/3.png", "damaged/hole/1.png", "damaged/mis print/2.png", "good/0.png",
    ]  # fmt: skip
    assert all(record.item == record.product == "kettle" for record in records.values())
    good, hole = records["good/0.png"], records["damaged/hole/1.png"]
    odd, bare = records["damaged/mis print/2.png"], records["damaged/3.png"]
    assert (good.defects.any, good.labels.damages) == (False, ())
    assert [damage.type for damage in hole.labels.damages] == [DamageType.HOLE]
    assert hole.defects.types == ("penetration",)
    mask = hole.views[0].load_damage_mask()
    assert (mask == index_of(DamageType.HOLE)).sum() == 18
    assert (odd.defects.any, odd.defects.types, odd.labels.damages) == (True, (), None)
    assert odd.labels.tags == ("mis_print",)
    assert np.unique(odd.views[0].load_damage_mask()).tolist() == [0, UNTYPED]
    assert bare.views[0].load_damage_mask() is None
    assert bare.defects.any
    (reference,) = split.references("kettle")
    assert reference.view.load(decode).rgb[0, 0, 0] == 4
    assert split.left_out == ("1 files of kettle that are no picture, or a mask of none",)


def test_several_products_are_split_by_their_names(tmp_path):
    names = [f"p{n}" for n in range(40)]
    for name in names:
        draw(tmp_path / name / "good" / "0.png")
        draw(tmp_path / name / "damaged" / "tear" / "0.png")
    assert layout_of(tmp_path) == "folder"
    data = open_dataset(tmp_path)
    seen = [record for split in data for record in split]
    assert len({record.id for record in seen}) == 80
    for split in data:
        assert {split_of(record.item) for record in split} == {split.name}
    assert {record.item for record in seen} == set(names)


def test_a_folder_of_nothing_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="needs a folder good/"):
        open_dataset(tmp_path, layout="folder")
    (tmp_path / "good").mkdir()
    with pytest.raises(DatasetError, match="pristine picture"):
        open_dataset(tmp_path)
