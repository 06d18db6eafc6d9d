"""Pictures whose data stop early, which decoders pad without a word."""

import zlib

import numpy as np
import pytest
from decode_helpers import FORMS, adam7, encode, outcome, png, refusal, sane, scene, with_header
from PIL import Image, ImageFile

from amiss.vision.decode import decode


@pytest.mark.parametrize("min_side", [896, 8])
@pytest.mark.parametrize("form", FORMS)
def test_cut_at_every_byte(form, min_side):
    data = FORMS[form](scene(40, 32))
    assert outcome(data, min_side=min_side) is not None
    for length in range(len(data)):
        assert outcome(data[:length], min_side=min_side) is None, length


def test_cut_is_refused_whatever_pillow_is_told(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    for form in ("baseline", "progressive", "png"):
        data = FORMS[form](scene())
        assert "cut short" in refusal(data[: len(data) * 2 // 3])
        assert "cut short" in refusal(data[:2])


@pytest.mark.parametrize("min_side", [896, 40, 16])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize(
    "options", [{"subsampling": 0}, {"subsampling": 2}, {"restart_marker_blocks": 3}]
)
def test_jpeg_whose_lower_part_would_be_grey(mode, options, min_side):
    data = encode(Image.fromarray(scene(160, 128)).convert(mode), "JPEG", **options)
    whole = decode(data, min_side=min_side).rgb
    block = 2 + 16 * len(whole) // 128  # chroma is smoothed across the border
    for cut in range(data.index(b"\xff\xda") + 40, len(data) - 2, 7):
        # a camera's broken transfer: the rest is missing, the end marker is there
        pixels = outcome(data[:cut] + b"\xff\xd9", min_side=min_side)
        if pixels is not None:  # then no more than a part of the very last block is missing
            pixels[-block:, -block:] = whole[-block:, -block:]
            assert np.array_equal(pixels, whole)


@pytest.mark.parametrize(
    "options", [{}, {"subsampling": 0}, {"progressive": True}, {"restart_marker_blocks": 1}]
)
@pytest.mark.parametrize("min_side", [896, 24])
def test_mid_grey_picture_is_whole(options, min_side):
    grey = scene(96, 80)
    grey[40:, 40:] = 128
    sane(decode(encode(grey, "JPEG", **options), min_side=min_side))
    sane(decode(encode(np.full_like(grey, 128), "JPEG", **options), min_side=min_side))


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P", "LA", "RGBA"])
def test_png_with_missing_rows(mode):
    data = encode(Image.fromarray(scene()).convert(mode))
    assert "cut short" in refusal(with_header(data, height=49))
    black = Image.new(mode, (64, 48))
    assert decode(encode(black)).size == (64, 48)


ZLIB_DECOMPRESSOBJ = zlib.decompressobj


def test_packed_rows_are_unpacked_no_further_than_needed(monkeypatch):
    unpacked = []

    class Counting:
        def __init__(self):
            self.inner = ZLIB_DECOMPRESSOBJ()

        def decompress(self, *args):
            unpacked.append(self.inner.decompress(*args))
            return unpacked[-1]

        @property
        def unconsumed_tail(self):
            return self.inner.unconsumed_tail

    monkeypatch.setattr(zlib, "decompressobj", Counting)
    assert decode(png(32, 32, 8, 0, bytes(2**25))).size == (32, 32)
    assert sum(map(len, unpacked)) <= 2**18


@pytest.mark.parametrize("height", [32, 33])
def test_interlaced_png_with_missing_rows(height):
    assert np.array_equal(decode(adam7(height)).rgb, scene(40, height))
    assert "cut short" in refusal(adam7(height, missing=1))
    assert "cut short" in refusal(adam7(height, missing=9))
