"""Pictures made here, byte by byte where need be; every refusal is one sentence."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from amiss.domain.capture import View
from amiss.domain.errors import ImageError
from amiss.vision.decode import MAX_PIXELS, decode

ORIENTATION = 0x0112
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
    assert width * height <= MAX_PIXELS


def near(one, other, tolerance):
    assert one.shape == other.shape
    difference = np.abs(one.astype(int) - other.astype(int))
    assert difference.max() <= tolerance, difference.max()


FORMS = {
    "baseline": lambda a: encode(a, "JPEG", exif=exif(1)),
    "progressive": lambda a: encode(a, "JPEG", progressive=True),
    "restarts": lambda a: encode(a, "JPEG", restart_marker_blocks=2),
    "full chroma": lambda a: encode(a, "JPEG", subsampling=0),
    "png": encode,
    "adam7": lambda _: adam7(),
    "palette": lambda a: encode(Image.fromarray(a).quantize(32)),
}


WHOLE = {
    name: FORMS[name](scene(40, 32))
    for name in ("baseline", "progressive", "restarts", "png", "palette")
}
