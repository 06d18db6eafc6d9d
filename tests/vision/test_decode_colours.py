"""Grey, bits, palettes, transparency and ink, all to RGB."""

import numpy as np
import pytest
from decode_helpers import encode, near, png, scene
from PIL import Image

from amiss.vision.decode import decode


def ramp(dtype=np.uint8, top=255):
    return np.linspace(0, top, 32 * 32).round().astype(dtype).reshape(32, 32)


def grey(values):
    return np.repeat(values[..., None], 3, -1).astype(np.uint8)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_grey(form):
    near(decode(encode(ramp(), form)).rgb, grey(ramp()), 12 if form == "JPEG" else 0)


def test_bits():
    bits = np.indices((32, 32)).sum(0) % 2 == 0
    data = encode(Image.fromarray(bits))
    assert np.array_equal(decode(data).rgb, grey(bits * 255))
    assert np.ptp(decode(data, min_side=16).rgb) <= 1  # averaged, not one bit of four
    near(decode(data, min_side=16).rgb, np.full((16, 16, 3), 128, np.uint8), 1)


def test_grey_of_16_bits_is_scaled_not_clipped():
    values = ramp(np.uint16, 65535)
    near(decode(encode(values)).rgb, grey((values / 257).round()), 1)
    exact = (ramp().astype(np.uint16)) * 257
    assert np.array_equal(decode(encode(exact)).rgb, grey(ramp()))


def test_colour_of_16_bits():
    wide = scene(32, 32).astype(">u2") * 257
    rows = b"".join(b"\0" + row.tobytes() for row in wide)
    assert np.array_equal(decode(png(32, 32, 16, 2, rows)).rgb, scene(32, 32))


def test_transparent_is_white():
    opacity = ramp()
    expected = scene(32, 32) * (opacity / 255.0)[..., None] + 255 - opacity[..., None]
    rgba = np.dstack([scene(32, 32), opacity])
    near(decode(encode(rgba)).rgb, expected.round(), 1)
    la = np.dstack([ramp().T, opacity])
    expected = ramp().T * (opacity / 255.0) + 255 - opacity
    near(decode(encode(Image.fromarray(la, "LA"))).rgb, grey(expected.round()), 1)


def test_transparent_colour_does_not_bleed_when_reduced():
    rgba = np.zeros((32, 32, 4), np.uint8)
    rgba[:, ::2] = (200, 100, 50, 255)  # every other column is black, and invisible
    mixed = (np.array([200, 100, 50]) + 255) / 2
    near(decode(encode(rgba), min_side=16).rgb, np.broadcast_to(mixed, (16, 16, 3)), 2)


def test_palette():
    exact = np.array([[0, 0, 255], [255, 0, 0], [9, 99, 199]], np.uint8)
    indices = np.indices((32, 32)).sum(0) % 2
    picture = Image.fromarray(indices.astype(np.uint8), "P")
    picture.putpalette(exact.tobytes())
    assert np.array_equal(decode(encode(picture)).rgb, exact[indices])
    half = decode(encode(picture), min_side=16).rgb
    near(half, np.broadcast_to(np.array([128, 0, 128]), half.shape), 1)


@pytest.mark.parametrize("transparency", [1, b"\xff\0", b"\xff\x80"])
def test_palette_with_transparency(transparency):
    picture = Image.fromarray(np.eye(32, dtype=np.uint8), "P")
    picture.putpalette([10, 20, 30, 200, 0, 0])
    rgb = decode(encode(picture, transparency=transparency)).rgb
    expected = (228, 127, 127) if transparency == b"\xff\x80" else (255, 255, 255)
    near(rgb[5, 5], np.array(expected), 1)
    assert tuple(rgb[5, 6]) == (10, 20, 30)


def test_colour_key():
    data = encode(Image.fromarray(scene()), transparency=tuple(map(int, scene()[7, 7])))
    assert tuple(decode(data).rgb[7, 7]) == (255, 255, 255)
    assert tuple(decode(data).rgb[8, 40]) == tuple(scene()[8, 40])


def test_cmyk_as_adobe_stores_it():
    cmyk = Image.fromarray(scene()).convert("CMYK")
    near(decode(encode(cmyk, "JPEG", quality=98)).rgb, scene(), 6)


def test_ycck():
    # An Adobe JPEG that says "the first three channels are YCbCr" (of the inverted picture).
    ycc = np.asarray(Image.fromarray(255 - scene()).convert("YCbCr"))
    stored = np.dstack([255 - ycc, np.zeros(ycc.shape[:2], np.uint8)])  # Pillow inverts at saving
    data = bytearray(encode(Image.fromarray(stored, "CMYK"), "JPEG", quality=98, subsampling=0))
    data[data.index(b"Adobe") + 11] = 2
    near(decode(bytes(data)).rgb, scene(), 8)
