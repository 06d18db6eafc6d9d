"""Files that are no sound picture: other formats, bombs, odd sizes, wrong checksums."""

import struct

import numpy as np
import pytest
from decode_helpers import encode, refusal, scene, with_header

from amiss.vision.containers.jpeg import MAX_SCANS
from amiss.vision.decode import decode


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "WEBP"])
def test_other_formats(form):
    assert "neither JPEG nor PNG" in refusal(encode(scene(), form))


@pytest.mark.parametrize("data", [b"hello", b"<svg/>", bytes(1000), b"\xff\xd8 no", b"%PDF-1.7"])
def test_no_picture(data):
    assert "neither JPEG nor PNG" in refusal(data)


def test_bomb_is_refused_from_its_header():
    bomb = with_header(encode(scene()), width=60_000, height=60_000)
    assert "claims 60000×60000 pixels" in refusal(bomb)


def test_jpeg_bomb_is_refused_from_its_header():
    data = encode(scene(), "JPEG")
    at = data.index(b"\xff\xc0") + 5
    bomb = data[:at] + struct.pack(">HH", 65_500, 65_000) + data[at + 4 :]
    assert "claims 65000×65500 pixels" in refusal(bomb)


def test_array_over_the_limit():
    assert "over 100 million" in refusal(np.broadcast_to(np.uint8(0), (10_001, 10_000, 3)))


@pytest.mark.parametrize("size", [{"width": 0}, {"height": 0}, {"width": 0, "height": 0}])
def test_zero_pixels(size):
    refusal(with_header(encode(scene()), **size))
    refusal(np.zeros((size.get("height", 48), size.get("width", 64), 3), np.uint8))


def test_jpeg_with_zero_rows():
    data = encode(scene(), "JPEG")
    at = data.index(b"\xff\xc0") + 5
    refusal(data[:at] + b"\0\0" + data[at + 2 :])


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
@pytest.mark.parametrize("size", [(1, 1), (15, 64), (64, 15)])
def test_too_small(form, size):
    picture = scene(*size)
    assert f"has {size[0]}×{size[1]} pixels" in refusal(encode(picture, form))
    assert f"has {size[0]}×{size[1]} pixels" in refusal(picture)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_smallest(form):
    assert decode(encode(scene(16, 16), form)).size == (16, 16)


def test_png_with_wrong_checksum():
    data = bytearray(encode(scene()))
    data[-14] ^= 1  # in the checksum of the pixels, which Pillow does not look at
    assert "is damaged" in refusal(bytes(data))


def test_jpeg_with_endless_scans():
    data = encode(scene(), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    assert f"more than {MAX_SCANS} scans" in refusal(data[:-2] + last * MAX_SCANS + b"\xff\xd9")
