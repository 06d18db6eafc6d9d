"""PNG files: a row of chunks, each with its checksum.

Pillow pads a picture whose data stop early with zeros, without a word. Such a picture is refused.
"""

import io
import struct
import zlib
from collections.abc import Iterator

from PIL.ImageFile import ImageFile
from PIL.PngImagePlugin import PngImageFile

from amiss.domain.errors import ImageError
from amiss.vision.containers import CUT, DAMAGED, last_pixel

START = b"\x89PNG\r\n\x1a\n"

_PIXELS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
_PIECE = 2**18  # bytes unpacked at a time


def core(data: bytes) -> tuple[bytes, bytes]:
    """The file without metadata, and its EXIF block (a TIFF header and what follows).

    Raises:
        ImageError: the file is cut short, or a checksum is wrong.
    """
    kept: list[bytes | memoryview] = [START]
    exif = b""
    for kind, chunk in _chunks(data):
        if zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):  # Pillow checks but some
            raise ImageError(DAMAGED)
        if kind in _PIXELS:
            kept.append(chunk)
        elif kind == b"eXIf":
            exif = bytes(chunk[8:-4])
    return b"".join(kept), exif


def _chunks(png: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Each chunk's kind, and all its bytes: length, kind, content, checksum."""
    view, at, kind = memoryview(png), len(START), b""
    while kind != b"IEND":
        end = at + 12 + int.from_bytes(view[at : at + 4], "big")
        if end > len(view):
            raise ImageError(CUT)
        kind = bytes(view[at + 4 : at + 8])
        yield kind, view[at:end]
        at = end


def opened(core: bytes) -> ImageFile:
    """The header, nothing decoded yet."""
    # The class itself, not Image.open, which warns.
    return PngImageFile(io.BytesIO(core))


def is_whole(picture: ImageFile, core: bytes) -> bool:
    """Whether a core holds all pixels of what it was decoded to.

    Padding is zero: a quick look at the last pixel saves the slow proof, but for interlaced
    pictures, whose passes end elsewhere too.
    """
    may_be_padded = "interlace" in picture.info or not any(last_pixel(picture))
    return not may_be_padded or _all_rows_are_packed(core)


def _all_rows_are_packed(core: bytes) -> bool:
    """Whether as many bytes are packed as the header's size, depth and colour type ask for."""
    width, height, depth, colour = struct.unpack_from(">IIBB", core, 16)
    row = 1 + (width * depth * _CHANNELS[colour] + 7) // 8  # 1: the row's filter
    needed = height * row
    unpack, found = zlib.decompressobj(), 0
    for kind, chunk in _chunks(core):
        packed = bytes(chunk[8:-4]) if kind == b"IDAT" else b""
        while packed and found < needed:  # no further: the rest may be a bomb
            found += len(unpack.decompress(packed, _PIECE))
            packed = unpack.unconsumed_tail
    return bool(found >= needed)
