"""Silhouettes, depth and crops as files."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from amiss.dataset.pixels import (
    crop_box,
    encode_depth,
    encode_item_mask,
    encode_picture,
    fit_depth,
    load_depth,
    load_item_mask,
)
from amiss.domain.errors import DatasetError


def blot(shape=(20, 30)):
    mask = np.zeros(shape, bool)
    mask[4:9, 6:20] = True
    return mask


@pytest.fixture
def stored(tmp_path):
    def stored(data):
        (tmp_path / "file").write_bytes(data)
        return tmp_path / "file"

    return stored


def test_silhouettes_come_back_and_read_as_0_and_255(stored):
    path = stored(encode_item_mask(blot()))
    assert (load_item_mask(path) == blot()).all()
    with Image.open(path) as image:
        assert (image.mode, image.getextrema()) == ("L", (0, 255))


@pytest.mark.parametrize(
    ("low", "high", "dtype"),
    [(0, 1, np.uint8), (0, 255, np.uint8), (3, 9, np.uint8), (0, 60000, np.uint16)],
)  # fmt: skip
def test_silhouettes_of_any_two_values_are_understood(tmp_path, low, high, dtype):
    Image.fromarray(np.where(blot(), high, low).astype(dtype)).save(tmp_path / "m.png")
    assert (load_item_mask(tmp_path / "m.png") == blot()).all()


def test_silhouettes_with_soft_edges_noise_and_colour_channels_are_understood(tmp_path):
    rng = np.random.default_rng(0)
    noisy = np.where(blot(), 250, 5) + rng.integers(-5, 6, blot().shape)
    Image.fromarray(noisy.astype(np.uint8)).convert("RGB").save(tmp_path / "m.png")
    Image.fromarray(blot()).save(tmp_path / "bits.png")
    for name in ("m.png", "bits.png"):
        assert (load_item_mask(tmp_path / name) == blot()).all()


@pytest.mark.parametrize(("value", "item"), [(0, False), (1, True), (255, True)])
def test_silhouettes_of_one_value_are_all_item_or_all_tray(tmp_path, value, item):
    Image.fromarray(np.full((8, 8), value, np.uint8)).save(tmp_path / "m.png")
    assert (load_item_mask(tmp_path / "m.png") == item).all()


def test_depth_is_whole_millimetres_and_holes_stay_holes(stored):
    depth = np.array([[0, 0.0004, 0.0006], [0.9994, 1.5, 65.535]], np.float32)
    path = stored(encode_depth(depth))
    back = load_depth(path)
    assert back.dtype == np.float32
    assert np.array_equal(back, np.array([[0, 0, 0.001], [0.999, 1.5, 65.535]], np.float32))
    with Image.open(path) as image:
        assert np.asarray(image).tolist() == [[0, 0, 1], [999, 1500, 65535]]


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -0.1, 66.0])
def test_depth_that_is_none_is_refused(wrong):
    with pytest.raises(DatasetError, match="set what is no depth to 0"):
        encode_depth(np.array([[1.0, wrong]], np.float32))


@settings(max_examples=40, deadline=None)
@given(st.integers(8, 40), st.integers(8, 40), st.integers(1, 3))
def test_depth_at_a_part_of_the_resolution_is_one_of_the_values_near_each_pixel(
    height, width, step
):
    depth = (np.arange(height * width, dtype=np.float32).reshape(height, width) + 1) / 1000
    rows, columns = (np.arange(side) for side in depth.shape)
    coarse = depth[step // 2 :: step, step // 2 :: step]
    fine = fit_depth(coarse, depth.shape)
    assert fine.shape == depth.shape
    assert set(fine.ravel().tolist()) <= set(coarse.ravel().tolist())
    index = np.rint(fine * 1000).astype(int) - 1
    assert np.abs(index // width - rows[:, None]).max() <= step
    assert np.abs(index % width - columns).max() <= step


def test_depth_at_half_the_resolution_is_stored_so(stored):
    depth = np.arange(48, dtype=np.float32).reshape(6, 8)
    assert load_depth(stored(encode_depth(depth, step=2))).tolist() == depth[1::2, 1::2].tolist()


def test_depth_of_another_aspect_is_refused():
    with pytest.raises(DatasetError, match="does not cover"):
        fit_depth(np.ones((10, 10), np.float32), (20, 30))


@pytest.mark.parametrize("load", [load_depth, load_item_mask])
@pytest.mark.parametrize("data", [b"", b"no picture", encode_depth(np.eye(30))[:50]])
def test_files_that_are_no_pictures_are_one_clear_error(stored, load, data):
    path = stored(data)
    with pytest.raises(DatasetError, match=r"cannot be read.*restore it"):
        load(path)
    with pytest.raises(DatasetError, match="cannot be read"):
        load(path.with_name("absent"))


def test_depth_in_eight_bits_is_refused(stored):
    with pytest.raises(DatasetError, match="16-bit"):
        load_depth(stored(encode_item_mask(blot())))


def test_pictures_are_what_they_are_asked_to_be(stored):
    rgb = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    with Image.open(stored(encode_picture(rgb, "png", 1))) as image:
        assert np.array_equal(np.asarray(image), rgb)
    small, large = (encode_picture(rgb, "jpeg", quality) for quality in (30, 95))
    assert small.startswith(b"\xff\xd8\xff")
    assert len(small) < len(large)
    assert encode_picture(rgb, "jpeg", 95) == large


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_crops_hold_the_item_and_are_square_where_the_picture_allows(data):
    height, width = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40))
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    bottom, right = data.draw(st.integers(top, height - 1)), data.draw(st.integers(left, width - 1))
    mask = np.zeros((height, width), bool)
    mask[top : bottom + 1, left : right + 1] = True
    x0, y0, x1, y1 = crop_box(mask)
    assert 0 <= x0 <= left < right + 1 <= x1 <= width
    assert 0 <= y0 <= top < bottom + 1 <= y1 <= height
    side = round(1.1 * max(bottom - top + 1, right - left + 1))
    assert (x1 - x0, y1 - y0) == (min(side, width), min(side, height))


def test_a_crop_of_nothing_is_the_whole_picture():
    assert crop_box(np.zeros((4, 6), bool)) == (0, 0, 6, 4)
