"""Pictures are made here, byte by byte where need be; every refusal is one sentence."""

import io
import os
import struct
import subprocess
import sys
import threading
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from amiss.domain.capture import View
from amiss.domain.errors import ImageError
from amiss.vision import decode as module
from amiss.vision.decode import MAX_FILE_BYTES, MAX_SCANS, decode

ORIENTATION = 0x0112
ZLIB_DECOMPRESSOBJ = zlib.decompressobj
TURN = {  # what a viewer does with an array that is stored with this EXIF orientation
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a, 1),
}
STORE = {**TURN, 6: TURN[8], 8: TURN[6]}  # the inverse: how the camera stored it


def scene(width=64, height=48):
    """Smooth, without any symmetry, never mid grey or black in a corner."""
    y, x = np.mgrid[:height, :width] / max(width, height)
    channels = [60 + 180 * x, 40 + 150 * y, 220 - 100 * x * y]
    return np.stack(channels, -1).round().astype(np.uint8)


def encode(picture, form="PNG", **options):
    if isinstance(picture, np.ndarray):
        picture = Image.fromarray(picture)
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def exif(orientation):
    block = Image.Exif()
    block[ORIENTATION] = orientation
    return block.tobytes()


def chunk(kind, content=b""):
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def png(width, height, depth, colour, rows, *extra, interlace=0):
    """A PNG from its raw rows (each with its filter byte)."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    chunks = [chunk(b"IHDR", header), *extra, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def adam7(height=32, missing=0):
    """An interlaced PNG, 40 wide, in seven passes; the last may lack rows."""
    picture = scene(40, height)
    passes = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ]
    lines = [line for x, y, dx, dy in passes for line in picture[y::dy, x::dx]]
    rows = b"".join(b"\0" + line.tobytes() for line in lines[: len(lines) - missing])
    return png(40, height, 8, 2, rows, interlace=1)


def with_header(data, **fields):
    """The same PNG with another width or height in its header, checksum made good."""
    width, height = struct.unpack(">II", data[16:24])
    size = struct.pack(">II", fields.get("width", width), fields.get("height", height))
    return data[:8] + chunk(b"IHDR", size + data[24:29]) + data[33:]


def with_segment(jpeg, marker, content):
    """The same JPEG with one more segment right after its start."""
    return (
        jpeg[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content + jpeg[2:]
    )


def refusal(source, **options):
    """The sentence of the refusal, after a look at its form."""
    with pytest.raises(ImageError) as caught:
        decode(source, **options)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert ". " not in sentence
    return sentence


def outcome(data, **options):
    """Pixels, or None where the bytes are refused; any other exception is a failure."""
    try:
        view = decode(data, **options)
    except ImageError:
        return None
    sane(view)
    return view.rgb


def sane(view):
    assert isinstance(view, View)
    assert view.rgb.dtype == np.uint8
    assert view.rgb.ndim == 3
    assert view.rgb.shape[2] == 3
    assert view.rgb.flags.c_contiguous
    assert view.rgb.flags.writeable
    width, height = view.size
    assert view.rgb.shape[0] <= height
    assert view.rgb.shape[1] <= width
    assert width * height <= module.MAX_PIXELS


def near(one, other, tolerance):
    assert one.shape == other.shape
    difference = np.abs(one.astype(int) - other.astype(int))
    assert difference.max() <= tolerance, difference.max()


# ---- where pictures come from


def test_path_bytes_and_array_give_the_same(tmp_path):
    path = tmp_path / "item.png"
    path.write_bytes(encode(scene()))
    views = [decode(path), decode(str(path)), decode(path.read_bytes()), decode(scene())]
    assert [view.source for view in views] == [str(path), str(path), "<bytes>", "<array>"]
    for view in views:
        sane(view)
        assert view.size == (64, 48)
        assert np.array_equal(view.rgb, scene())


def test_view_without_size_is_at_full_resolution():
    assert View(scene(), "here").size == (64, 48)


def test_array_is_copied():
    frame = scene()
    view = decode(frame)
    frame[:] = 0  # a camera reuses its buffer
    assert np.array_equal(view.rgb, scene())


def test_view_of_any_memory_order_is_read():
    assert np.array_equal(decode(scene(64, 48)[:, ::-1]).rgb, scene()[:, ::-1])


@pytest.mark.parametrize(
    "array",
    [
        scene()[..., 0],
        scene()[..., :2],
        np.zeros((32, 32, 4), np.uint8),
        np.zeros((1, 32, 32, 3), np.uint8),
        np.zeros((32, 32, 3), np.float32),
        np.zeros((32, 32, 3), np.uint16),
        np.zeros((32, 32, 3), object),
    ],
)
def test_array_of_wrong_form(array):
    assert "give height×width×3 uint8" in refusal(array)


@pytest.mark.parametrize("source", [None, 7, bytearray(b"x"), [scene()]])
def test_source_of_wrong_type(source):
    assert "not " + type(source).__name__ in refusal(source)


def test_missing_file(tmp_path):
    path = tmp_path / "no such.png"
    assert refusal(path) == f"The picture {str(path)!r} does not exist: check the path."
    (tmp_path / "file").touch()
    assert "does not exist" in refusal(tmp_path / "file" / "below.png")


def test_folder(tmp_path):
    assert "is a folder" in refusal(tmp_path)


def test_forbidden_file(tmp_path, monkeypatch):
    path = tmp_path / "item.png"
    path.write_bytes(encode(scene()))
    path.chmod(0)
    if os.geteuid() == 0:  # nothing is forbidden to root

        def forbid(*_args, **_kwargs):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", forbid)
    assert "check the path and its permissions" in refusal(path)


@pytest.mark.parametrize("path", ["zero\0byte.png", "x" * 5000])
def test_impossible_path(path):
    assert "cannot be opened" in refusal(path)


def test_name_with_a_line_break_stays_one_line():
    assert r"two\nlines" in refusal("two\nlines.png")


def test_fifo_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    assert "not a regular file" in refusal(tmp_path / "pipe.png")


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_device(device):
    assert "not a regular file" in refusal(device)


def test_empty(tmp_path):
    path = tmp_path / "empty.jpg"
    path.touch()
    assert "is empty" in refusal(path)
    assert "is empty" in refusal(b"")


def test_too_many_bytes(tmp_path):
    path = tmp_path / "large.jpg"
    with path.open("wb") as file:
        file.write(encode(scene(), "JPEG"))
        file.truncate(MAX_FILE_BYTES + 1)
    assert "more than 64 MiB" in refusal(path)
    os.truncate(path, MAX_FILE_BYTES)
    sane(decode(path))


# ---- what is not a sound picture


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


FORMS = {
    "baseline": lambda a: encode(a, "JPEG", exif=exif(1)),
    "progressive": lambda a: encode(a, "JPEG", progressive=True),
    "restarts": lambda a: encode(a, "JPEG", restart_marker_blocks=2),
    "full chroma": lambda a: encode(a, "JPEG", subsampling=0),
    "png": encode,
    "adam7": lambda _: adam7(),
    "palette": lambda a: encode(Image.fromarray(a).quantize(32)),
}


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


def test_png_with_wrong_checksum():
    data = bytearray(encode(scene()))
    data[-14] ^= 1  # in the checksum of the pixels, which Pillow does not look at
    assert "is damaged" in refusal(bytes(data))


def test_jpeg_with_endless_scans():
    data = encode(scene(), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    assert f"more than {MAX_SCANS} scans" in refusal(data[:-2] + last * MAX_SCANS + b"\xff\xd9")


# ---- orientation


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


# ---- size


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


# ---- colours


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


# ---- several pictures in one file, and metadata


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


# ---- any bytes at all

WHOLE = {
    name: FORMS[name](scene(40, 32))
    for name in ("baseline", "progressive", "restarts", "png", "palette")
}
BOUNDS = settings(max_examples=150, deadline=None)


@BOUNDS
@given(st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_random_bytes(data, start):
    outcome(start + data)


@BOUNDS
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_any_prefix(form, data):
    whole = WHOLE[form]
    assert outcome(whole[: data.draw(st.integers(0, len(whole) - 1))]) is None


@settings(max_examples=600, deadline=None)
@given(
    st.sampled_from(sorted(WHOLE)),
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=6
    ),
    st.sampled_from([896, 10]),
)
def test_any_corruption(form, flips, min_side):
    data = bytearray(WHOLE[form])
    for place, mask in flips:
        data[int(place * len(data))] ^= mask
    pixels = outcome(bytes(data), min_side=min_side)
    if form in {"png", "palette"} and bytes(data) != WHOLE[form]:
        assert pixels is None  # checksums find it


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 64),
    st.sampled_from([1, 2, 4, 8, 16, 3]),
    st.sampled_from([0, 2, 3, 4, 6, 1]),
    st.binary(max_size=200),
    st.binary(max_size=30),
    st.integers(0, 1),
)
def test_png_that_lies_with_sound_checksums(size, depth, colour, rows, palette, interlace):
    extra = [chunk(b"PLTE", palette), chunk(b"tRNS", palette[:7])]
    outcome(png(size, 20, depth, colour, rows * 40, *extra, interlace=interlace))


# ---- the house's own resources


def test_nothing_global_is_touched():
    before = (list(warnings.filters), Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES)
    for data in WHOLE.values():
        decode(data)
        outcome(data[:-50])
    assert before == (
        list(warnings.filters),
        Image.MAX_IMAGE_PIXELS,
        ImageFile.LOAD_TRUNCATED_IMAGES,
    )


def test_many_threads():
    results = []

    def work():
        results.extend(decode(data).rgb for _ in range(5) for data in WHOLE.values())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4 * 5 * len(WHOLE)


PEAK = r"""
import pathlib, re, sys
from amiss.vision.decode import decode
from amiss.domain.errors import ImageError
def peak():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024
before = peak()
try:
    print(decode(sys.argv[1]).rgb.shape, end=" ")
except ImageError:
    print("refused", end=" ")
print(peak() - before)
"""


def peak(path):
    """What decoding said, and by how many MiB it raised the peak of a fresh process.

    Not by getrusage: its ru_maxrss starts at the peak of the parent, which hides the child's.
    """
    if not Path("/proc/self/status").exists():
        pytest.skip("the peak of a process is read from /proc")
    done = subprocess.run([sys.executable, "-c", PEAK, path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said, _, grown = done.stdout.rpartition(" ")
    return said, int(grown)


def test_bomb_takes_no_memory(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(with_header(encode(scene()), width=60_000, height=60_000))
    said, grown = peak(path)
    assert said == "refused"
    assert grown < 20


def test_endless_file_is_read_no_further_than_the_limit(tmp_path):
    path = tmp_path / "endless.jpg"
    path.touch()
    os.truncate(path, 2**29)  # sparse: it takes no room on disk
    said, grown = peak(path)
    assert said == "refused"
    assert grown < 80


def test_largest_png_takes_bounded_memory(tmp_path):
    path = tmp_path / "large.png"
    row = b"\0" + b"\x80" * 30_000
    path.write_bytes(png(10_000, 10_000, 8, 2, row * 10_000))
    said, grown = peak(path)
    assert said == "(1250, 1250, 3)"
    assert grown < 500  # 4 bytes a pixel


def test_largest_jpeg_takes_little_memory(tmp_path):
    path = tmp_path / "large.jpg"
    Image.new("L", (10_000, 10_000), 90).save(path)
    said, grown = peak(path)
    assert said == "(1250, 1250, 3)"
    assert grown < 60
