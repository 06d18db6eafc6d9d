"""What files hold beside the picture: further pictures, metadata, a trailer."""

import zlib

import numpy as np
import pytest
from decode_helpers import chunk, encode, scene, with_segment
from PIL import Image

from amiss.vision.decode import decode


def test_phone_picture_with_a_second_picture():
    extra = Image.fromarray(255 - scene(48, 64))
    data = encode(scene(), "MPO", save_all=True, append_images=[extra])
    first = decode(encode(scene(), "JPEG"))
    assert b"MPF\0" in data
    assert np.array_equal(decode(data).rgb, first.rgb)
    assert np.array_equal(decode(data[:-500]).rgb, first.rgb)
    broken = with_segment(encode(scene(), "JPEG"), 0xE2, b"MPF\0II*\0\x08\0\0\0\xff\xff")
    assert np.array_equal(decode(broken).rgb, first.rgb)


@pytest.mark.parametrize("default", [True, False])
def test_animated_png_is_its_default_image(default):
    frames = [Image.fromarray(255 - scene()), Image.fromarray(scene() // 2)]
    data = encode(scene(), save_all=True, append_images=frames, default_image=default)
    assert b"fdAT" in data
    assert np.array_equal(decode(data).rgb, scene())


@pytest.mark.parametrize("content", [b"", bytes(8), b"\0" * 26])
def test_corrupt_animation_chunks_do_not_matter(content):
    data = encode(scene())
    strange = chunk(b"acTL", content) + chunk(b"fcTL", content)
    assert np.array_equal(decode(data[:33] + strange + data[33:]).rgb, scene())


def test_packed_text_is_never_unpacked():
    bomb = chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(80 * 2**20)))
    data = encode(scene())
    assert np.array_equal(decode(data[:33] + bomb * 2 + data[33:]).rgb, scene())


def test_profile_is_ignored():
    data = encode(scene(), icc_profile=b"not a profile at all")
    assert np.array_equal(decode(data).rgb, scene())
    jpeg = encode(scene(), "JPEG", icc_profile=b"\0" * 70_000)
    assert np.array_equal(decode(jpeg).rgb, decode(encode(scene(), "JPEG")).rgb)


def test_bytes_behind_the_end_are_ignored():
    for form in ("JPEG", "PNG"):
        data = encode(scene(), form)
        assert np.array_equal(decode(data + b"trailer" * 9).rgb, decode(data).rgb)
