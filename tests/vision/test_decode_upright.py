"""Which way up, and how large."""

import struct

import numpy as np
import pytest
from decode_helpers import (
    ORIENTATION,
    STORE,
    TURN,
    chunk,
    encode,
    exif,
    near,
    sane,
    scene,
    with_segment,
)

from amiss.vision.decode import decode


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("min_side", [896, 80, 40])
def test_orientation(orientation, min_side):
    stored = np.ascontiguousarray(STORE[orientation](scene(320, 256)))
    upright = decode(encode(scene(320, 256)), min_side=min_side)
    view = decode(encode(stored, exif=exif(orientation)), min_side=min_side)
    assert view.size == (320, 256)
    assert np.array_equal(view.rgb, upright.rgb)
    jpeg = encode(stored, "JPEG", quality=98, subsampling=0)
    view = decode(with_segment(jpeg, 0xE1, exif(orientation)), min_side=min_side)
    assert view.size == (320, 256)
    assert np.array_equal(view.rgb, TURN[orientation](decode(jpeg, min_side=min_side).rgb))
    near(view.rgb, upright.rgb, 4)


def test_orientation_of_either_byte_order():
    stored = np.ascontiguousarray(STORE[6](scene()))
    big = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, 6, 0, 0)
    little = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, ORIENTATION, 3, 1, 6, 0, 0)
    for block in (big, little):
        data = with_segment(encode(stored, "JPEG"), 0xE1, b"Exif\0\0" + block)
        assert decode(data).size == (64, 48)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"MM",
        b"nonsense",
        b"MM\0*\xff\xff\xff\xff",
        b"MM\0*\0\0\0\x08",
        b"MM\0*\0\0\0\x08\xff\xff",
        b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, 99, 0, 0),
        b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 7, 1, 6, 0, 0),
        b"MM\0*" + struct.pack(">IHHHII", 8, 1, 0x011A, 5, 1, 2**32 - 1),  # a resolution from afar
    ],
)
def test_corrupt_exif_does_not_stop_a_sound_picture(block):
    jpeg = with_segment(encode(scene(), "JPEG"), 0xE1, b"Exif\0\0" + block)
    assert np.array_equal(decode(jpeg).rgb, decode(encode(scene(), "JPEG")).rgb)
    assert decode(jpeg).size == (64, 48)
    data = encode(scene())
    assert np.array_equal(decode(data[:33] + chunk(b"eXIf", block) + data[33:]).rgb, scene())


@pytest.mark.parametrize(
    ("size", "min_side", "reduced"),
    [
        ((320, 200), 160, (160, 100)),
        ((319, 200), 160, (319, 200)),
        ((200, 321), 160, (100, 161)),
        ((320, 200), 80, (80, 50)),
        ((320, 200), 40, (40, 25)),
        ((320, 200), 1, (40, 25)),  # JPEG ends at one eighth, and so does PNG
        ((320, 16), 40, (40, 2)),
    ],
)
def test_reduced_alike_in_every_form(size, min_side, reduced):
    picture = scene(*size)
    exact = decode(picture, min_side=min_side)
    png_view = decode(encode(picture), min_side=min_side)
    jpeg = decode(encode(picture, "JPEG", quality=98, subsampling=0), min_side=min_side)
    assert np.array_equal(exact.rgb, png_view.rgb)
    near(jpeg.rgb[:-1, :-1], exact.rgb[:-1, :-1], 6)
    for view in (exact, png_view, jpeg):
        sane(view)
        assert view.size == size
        assert view.rgb.shape[1::-1] == reduced
