"""ARMBench's defect data sets, on generated miniature trees with their exact schema."""

import json

import cv2
import numpy as np
import pytest
from dataset_helpers import decode
from PIL import Image

from amiss.dataset.frames import Frame
from amiss.dataset.reader import layout_of, open_dataset
from amiss.domain.capture import View
from amiss.domain.errors import DatasetError, ImageError
from amiss.domain.words import DamageType

POLYGON = [[5, 4], [25, 4], [25, 16], [5, 16]]
PICTURES = [
    # transfer, camera, label, sublabel, polygon, whether the id ends in .jpg
    ("AAA1", 1, "nominal", "nominal", POLYGON, False),
    ("AAA1", 2, "package_defect", "open_box", [], True),
    ("BBB2", 1, "multi_pick", "multi_pick", POLYGON, False),
    ("BBB2", 3, "package_defect", "book_jacket", POLYGON, True),
    ("CCC3", 1, "package_defect", "torn_bag", POLYGON, False),
]


def grow_images(root, train=("AAA1",), test=("BBB2", "CCC3")):
    for transfer, camera, label, sublabel, polygon, suffix in PICTURES:
        folder = root / "data" / transfer
        folder.mkdir(parents=True, exist_ok=True)
        stem = f"{transfer}_{camera}"
        Image.new("RGB", (40, 30), (200, 10 * camera, 0)).save(folder / f"{stem}.jpg")
        told = {
            "id": f"{stem}.jpg" if suffix else stem,
            "label": label,
            "sublabel": sublabel,
            "polygon": polygon,
        }
        (folder / f"{stem}.json").write_text(json.dumps(told))
    for name, transfers in (("train", train), ("test", test)):
        (root / f"{name}.csv").write_text("".join(f"{one}\r\n" for one in transfers))
    return root


def test_each_picture_is_an_item_of_its_transfer(tmp_path):
    grow_images(tmp_path)
    assert layout_of(tmp_path) == "armbench-defects"
    data = open_dataset(tmp_path)
    assert data.splits == ("train", "test")
    nominal, opened = data.split("train")
    assert [nominal.id, opened.id] == ["AAA1_1", "AAA1_2"]
    assert nominal.item == opened.item == "AAA1"
    assert nominal.product is None
    assert [one.views[0].camera for one in (nominal, opened)] == ["1", "2"]
    assert (nominal.defects.any, nominal.labels.damages) == (False, ())
    assert [damage.type for damage in opened.labels.damages] == [DamageType.OPENED]
    assert opened.defects.types == ("actuation",)
    assert data.split("train").references("AAA1") == ()
    both, jacket, torn = data.split("test")
    assert both.defects is None  # neither damaged nor sound, as far as is told
    assert both.labels.tags == ("multi_pick",)
    assert (jacket.defects.any, jacket.defects.types, jacket.labels.damages) == (True, (), None)
    assert jacket.labels.tags == ("book_jacket",)
    assert [damage.type for damage in torn.labels.damages] == [DamageType.TEAR]
    assert torn.load(decode).views[0].rgb.shape == (30, 40, 3)


def test_the_polygon_is_around_the_item_and_never_the_damage(tmp_path):
    nominal, opened = open_dataset(grow_images(tmp_path)).split("train")
    mask = nominal.views[0].load_item_mask()
    expected = np.zeros((30, 40), bool)
    expected[4:16, 5:25] = True
    np.testing.assert_array_equal(mask, expected)
    assert opened.views[0].load_item_mask() is None
    for split in open_dataset(tmp_path):
        assert all(record.views[0].load_damage_mask() is None for record in split)


def test_what_is_listed_and_not_there_is_told(tmp_path):
    grow_images(tmp_path, test=("BBB2", "DDD4", "", "BBB2"))
    split = open_dataset(tmp_path).split("test")
    assert [record.id for record in split] == ["BBB2_1", "BBB2_3"]
    assert split.left_out == ("DDD4 is listed, and has no labels",)
    (tmp_path / "data" / "BBB2" / "BBB2_4.jpg").touch()
    left_out = open_dataset(tmp_path).split("test").left_out
    assert left_out == ("BBB2_4.jpg has no label", "DDD4 is listed, and has no labels")
    (tmp_path / "data" / "BBB2" / "BBB2_1.jpg").unlink()
    assert len(open_dataset(tmp_path).split("test")) == 2  # it counts, seen or not


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "no JSON object"),
        ('{"id": "AAA1_1"}', "KeyError: 'label'"),
        ('{"id": "AAA1_2", "label": "nominal"}', "it is for AAA1_2"),
        ('{"id": "../AAA1_1", "label": "nominal"}', "no name of a file"),
        ('{"id": "AAA1_1", "label": "fine"}', "no label 'fine'"),
        ('{"id": "AAA1_1", "label": "nominal", "polygon": [[1, "x"]]}', "ValueError"),
    ],
)
def test_broken_labels_are_one_sentence(tmp_path, text, words):
    grow_images(tmp_path)
    (tmp_path / "data" / "AAA1" / "AAA1_1.json").write_text(text)
    data = open_dataset(tmp_path)
    assert len(data.split("test")) == 3
    with pytest.raises(DatasetError, match=words) as refused:
        data.split("train")
    assert str(refused.value).endswith(".")


def test_lists_never_lead_out(tmp_path):
    grow_images(tmp_path, train=("../elsewhere",))
    with pytest.raises(DatasetError, match="no name of a file"):
        open_dataset(tmp_path).split("train")


# Videos


def film(path, count, size=(900, 700)):
    """Frame n is n × 20 grey where the benchmark looks, and white around it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 10, size)
    assert writer.isOpened()
    for n in range(count):
        frame = np.full((size[1], size[0], 3), 255, np.uint8)
        frame[80:650, 100:850] = (0, 0, 20 * n)  # red, as OpenCV has it
        writer.write(frame)
    writer.release()


LABELS = {"v1": "nominal", "v2": "open", "v3": "deconstruction"}


def grow_videos(root, count=10):
    for name, label in LABELS.items():
        film(root / "videos" / f"{name}.mp4", count)
        (root / "annotations").mkdir(exist_ok=True)
        told = {"id": name, "label": label}
        (root / "annotations" / f"{name}.json").write_text(json.dumps(told))
    (root / "train.csv").write_text("v1\nv2\n")
    (root / "test.csv").write_text("v3\nv4\n")
    return root


def plain(source):
    return View(rgb=source, source="frame")


def test_a_video_is_a_capture_of_a_few_frames_cut_as_published(tmp_path):
    grow_videos(tmp_path)
    assert layout_of(tmp_path) == "armbench-defects"
    data = open_dataset(tmp_path)
    nominal, opened = data.split("train")
    assert (nominal.id, nominal.item, len(nominal.views)) == ("v1", "v1", 4)
    assert not nominal.defects.any
    assert nominal.views[0].defects == nominal.defects
    assert [damage.type for damage in opened.labels.damages] == [DamageType.OPENED]
    assert opened.views[0].defects is None  # which frames show it is not told
    capture = opened.load(plain)
    assert [view.rgb.shape for view in capture.views] == [(570, 750, 3)] * 4
    reds = [float(view.rgb[..., 0].mean()) for view in capture.views]
    # Of 10 frames those nearest to 1/8, 3/8, 5/8 and 7/8 of the way.
    for red, wanted in zip(reds, (20, 60, 120, 160), strict=True):
        assert abs(red - wanted) < 8
    assert all(view.rgb[..., 2].mean() < 12 for view in capture.views)
    assert capture.views[0].source.endswith("v2.mp4")
    (broken,) = data.split("test")
    assert [damage.type for damage in broken.labels.damages] == [DamageType.DECONSTRUCTION]
    assert data.split("test").left_out == ("v4 is listed, and has no label",)


def test_videos_that_cannot_be_read_are_one_sentence(tmp_path):
    film(tmp_path / "small.mp4", 3, (64, 48))
    with pytest.raises(ImageError, match="too small for its crop"):
        Frame(tmp_path / "small.mp4", 0.5, (100, 80, 850, 650)).read()
    assert Frame(tmp_path / "small.mp4", 1.0).read().shape == (48, 64, 3)
    (tmp_path / "broken.mp4").write_bytes(b"\0" * 500)
    for name in ("broken.mp4", "nowhere.mp4"):
        with pytest.raises(ImageError, match=r"cannot be read; restore it\.$"):
            Frame(tmp_path / name, 0.0).read()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"id": "v1", "label": "multi_pick"}', "no label 'multi_pick'"),
        ('{"id": "a/v1", "label": "open"}', "no name of a file"),
        ('{"label": "open"}', "KeyError: 'id'"),
    ],
)
def test_broken_labels_of_videos_are_one_sentence(tmp_path, text, words):
    grow_videos(tmp_path, count=1)
    (tmp_path / "annotations" / "v1.json").write_text(text)
    with pytest.raises(DatasetError, match=words):
        open_dataset(tmp_path).split("train")
