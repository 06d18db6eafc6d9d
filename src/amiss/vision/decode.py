"""Pictures to views, safely: whatever the bytes hold, the result is a sound view or one ImageError.

A file is walked here before Pillow sees it, and Pillow gets only what pixels need. Metadata is
where parsers warn, unpack bombs or give up over a picture that is sound; of it only the EXIF
orientation is used. Colour profiles are ignored: numbers are taken as sRGB, as cameras mean them.
Nothing global is touched (no warning filter, no Pillow limit), so many threads may decode at once.

Decoders pad a picture whose data stop early without a word (libjpeg with mid grey, Pillow's PNG
with zeros). Such a picture is refused, except where only late scans of a progressive JPEG are
missing before a proper end: as a file that is valid, and as a picture only coarser.
"""

import io
import re
import stat
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from amiss.domain.capture import RgbArray, View
from amiss.domain.errors import ImageError

MAX_PIXELS = 100_000_000  # beyond usual cameras; decoding that many takes up to 1.2 GB
MAX_FILE_BYTES = 64 * 2**20  # a fine JPEG of 100 megapixels; a larger file is not one capture
MAX_SCANS = 100  # progressive JPEGs have about 10; a scan of a few bytes costs a pass over all
MIN_SIDE_PX = 16  # about one patch of an encoder: fewer pixels can hold no evidence

_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_CUT = "is cut short: copy it or take it again"
_DAMAGED = "is damaged: copy it or take it again"

_JPEG_MARKER = re.compile(rb"\xff([\xc0-\xfe])")
_END_OF_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # stuffing and restarts belong to the scan
_START_OF_SCAN, _EXIF = 0xDA, 0xE1
_BARE_MARKERS = range(0xD0, 0xDA)  # restarts, start and end of image: no length follows
_METADATA = {*range(0xE0, 0xFF)} - {0xE0, 0xEE}  # JFIF and Adobe say how colours are stored
_NOISE = bytes(range(1, 65))
_MORE_SCAN = _NOISE + b"".join(bytes([0xFF, restart]) + _NOISE for restart in range(0xD0, 0xD8))

_PNG_PIXELS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type

_UPRIGHT = {  # by EXIF orientation: what turns the stored picture upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_Size = tuple[int, int]  # width, height


def decode(source: str | Path | bytes | RgbArray, *, min_side: int = 640) -> View:
    """Read one picture, upright, reduced to about the size that is looked at.

    Args:
        source: path of a JPEG or PNG file, the bytes of one, or an H×W×3 uint8 RGB array.
        min_side: pixels the long side keeps at least; a larger picture is reduced by 2, 4 or 8.

    Returns:
        The view: `rgb` is an h×w×3 uint8 array of its own, contiguous; `size` is the upright
        (width, height) in pixels before the reduction. Of several pictures in one file the first
        is read (of an animated PNG: the default image).

    Raises:
        ImageError: the picture cannot be read safely; one sentence says why and what to do.
    """
    name = _name(source)
    try:
        rgb, size = _decode(source, min_side)
    except ImageError as error:
        raise ImageError(f"The picture {name!r} {error}.") from error.__cause__
    except Exception as error:  # Pillow, zlib and struct raise nearly anything on damaged bytes
        raise ImageError(f"The picture {name!r} {_DAMAGED}.") from error
    return View(rgb=rgb, source=name, size=size)


def _name(source: str | Path | bytes | RgbArray) -> str:
    if isinstance(source, bytes):
        return "<bytes>"
    if isinstance(source, np.ndarray):
        return "<array>"
    if isinstance(source, (str, Path)):
        return str(source)
    raise ImageError(f"A picture is a path, bytes or an array, not {type(source).__name__}.")


def _decode(source: str | Path | bytes | RgbArray, min_side: int) -> tuple[RgbArray, _Size]:
    """Upright pixels and upright full size; here and below, errors do not name the source yet."""
    if isinstance(source, np.ndarray):
        size = _checked_array(source)
        return np.array(_rgb(Image.fromarray(source), _factor(size, min_side))), size
    core, exif = _core(source if isinstance(source, bytes) else _read(Path(source)))
    file, turn = _open(core), _orientation(exif)
    size = _checked(file.size)
    picture = _rgb(*_load(file, core, _factor(size, min_side)))
    if turn in _UPRIGHT:
        picture = picture.transpose(_UPRIGHT[turn])
    return np.array(picture), size[::-1] if turn >= 5 else size


def _read(path: Path) -> bytes:
    """All bytes of a regular file; of one that is too large, just enough to tell."""
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise ImageError("is a folder: name a file in it")
        if not stat.S_ISREG(kind):  # reading a pipe or a device may never end
            raise ImageError("is not a regular file: copy it to one")
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ImageError("does not exist: check the path") from error
    except (OSError, ValueError) as error:  # ValueError: a path that holds a zero byte
        raise ImageError("cannot be opened: check the path and its permissions") from error


def _core(data: bytes) -> tuple[bytes, bytes]:
    """What pixels need of a file, and its EXIF block (a TIFF header and what follows)."""
    if not data:
        raise ImageError("is empty: copy it or take it again")
    if len(data) > MAX_FILE_BYTES:
        raise ImageError(f"has more than {MAX_FILE_BYTES // 2**20} MiB: save it smaller")
    if data.startswith(_JPEG):
        return _jpeg_core(data)
    if data.startswith(_PNG):
        return _png_core(data)
    cut = _JPEG.startswith(data) or _PNG.startswith(data)
    raise ImageError(_CUT if cut else "is neither JPEG nor PNG: save it as one of them")


def _jpeg_core(data: bytes) -> tuple[bytes, bytes]:
    kept, exif, at, code = [data[:2]], b"", 2, 0
    while code != _START_OF_SCAN:
        marker = _JPEG_MARKER.search(data, at)
        if marker is None:
            raise ImageError(_CUT)
        code, body = marker[1][0], marker.end()
        bare = code in _BARE_MARKERS
        at = body if bare else body + int.from_bytes(data[body : body + 2], "big")
        if code == _EXIF and data.startswith(b"Exif\0\0", body + 2):
            exif = exif or data[body + 8 : at]
        if not bare and code not in _METADATA:
            kept.append(data[marker.start() : at])
    if data.find(b"\xff\xd9", at) < 0:  # the end of the image; two bytes that no scan holds
        raise ImageError(_CUT)
    if data.count(b"\xff\xda", at) >= MAX_SCANS:
        raise ImageError(f"has more than {MAX_SCANS} scans: save it as a plain JPEG")
    return b"".join([*kept, data[at:]]), exif


def _png_core(data: bytes) -> tuple[bytes, bytes]:
    kept: list[bytes | memoryview] = [_PNG]
    exif = b""
    for kind, chunk in _chunks(data):
        if zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):  # Pillow checks but some
            raise ImageError(_DAMAGED)
        if kind in _PNG_PIXELS:
            kept.append(chunk)
        elif kind == b"eXIf":
            exif = bytes(chunk[8:-4])
    return b"".join(kept), exif


def _chunks(png: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Each chunk's kind, and all its bytes: length, kind, content, checksum."""
    view, at, kind = memoryview(png), len(_PNG), b""
    while kind != b"IEND":
        end = at + 12 + int.from_bytes(view[at : at + 4], "big")
        if end > len(view):
            raise ImageError(_CUT)
        kind = bytes(view[at + 4 : at + 8])
        yield kind, view[at:end]
        at = end


def _orientation(exif: bytes) -> int:
    """EXIF orientation, 1 to 8; 1, upright, where the block is absent or corrupt."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        (first,) = struct.unpack_from(f"{order}I", exif, 4)
        (entries,) = struct.unpack_from(f"{order}H", exif, first)
        for at in range(first + 2, first + 2 + 12 * entries, 12):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, at)
            if tag == 0x0112 and kind == 3:
                return int(value) if value in _UPRIGHT else 1
    except struct.error:  # a corrupt block must not stop a sound picture
        pass
    return 1


def _checked(size: _Size) -> _Size:
    """The size from the header, if it may be decoded."""
    width, height = size
    if min(size) < MIN_SIDE_PX:
        raise ImageError(f"has {width}×{height} pixels, under {MIN_SIDE_PX} a side: take a larger")
    if width * height > MAX_PIXELS:
        limit = MAX_PIXELS // 10**6
        raise ImageError(f"claims {width}×{height} pixels, over {limit} million: save it smaller")
    return size


def _checked_array(array: RgbArray) -> _Size:
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3:
        form = f"{'×'.join(map(str, array.shape))} {array.dtype}"
        raise ImageError(f"is {form}: give height×width×3 uint8 in the order RGB")
    return _checked((array.shape[1], array.shape[0]))


def _factor(size: _Size, min_side: int) -> int:
    """The largest reduction that JPEG offers and that leaves the long side min_side or more."""
    return next((factor for factor in (8, 4, 2) if max(size) // factor >= min_side), 1)


def _open(core: bytes) -> ImageFile:
    """The header, nothing decoded yet."""
    # The classes themselves, not Image.open: it warns, and adopts a phone's second picture.
    return (JpegImageFile if core.startswith(_JPEG) else PngImageFile)(io.BytesIO(core))


def _load(file: ImageFile, core: bytes, factor: int) -> tuple[ImageFile, int]:
    """The decoded, whole picture, and the factor that is still to be reduced by."""
    full = file.size
    file.draft(None, (full[0] // factor, full[1] // factor))  # a PNG has none: nothing happens
    file.load()
    if _may_be_padded(file) and not _is_whole(file, core, factor):
        raise ImageError(_CUT)
    return file, factor if file.size == full else 1


def _may_be_padded(picture: ImageFile) -> bool:
    """Whether the last pixel has the colour of padding; a quick look that saves the slow proof."""
    width, height = picture.size
    last = picture.crop((width - 1, height - 1, width, height)).tobytes()
    if isinstance(picture, JpegImageFile):
        return set(last) <= {127, 128}  # 127: mid grey as inverted CMYK
    return "interlace" in picture.info or not any(last)


def _is_whole(picture: ImageFile, core: bytes, factor: int) -> bool:
    jpeg = isinstance(picture, JpegImageFile)
    return _is_whole_jpeg(picture, core, factor) if jpeg else _is_whole_png(core)


def _is_whole_jpeg(picture: ImageFile, core: bytes, factor: int) -> bool:
    """Whether the first scan holds all blocks: then nobody reads what we add behind it.

    Where blocks are missing, the decoder takes the added bytes for them and the pixels change.
    """
    end = _END_OF_SCAN.search(core, core.index(b"\xff\xda") + 2)
    at = end.start() if end else len(core)
    probe = _open(core[:at] + _MORE_SCAN + core[at:])
    probe.draft(None, (probe.width // factor, probe.height // factor))
    return bool(np.array_equal(np.asarray(picture), np.asarray(probe)))


def _is_whole_png(core: bytes) -> bool:
    """Whether as many bytes are packed as the header's size, depth and colour type ask for."""
    width, height, depth, colour = struct.unpack_from(">IIBB", core, 16)
    row = 1 + (width * depth * _PNG_CHANNELS[colour] + 7) // 8  # 1: the row's filter
    needed = height * row
    unpack, found = zlib.decompressobj(), 0
    for kind, chunk in _chunks(core):
        packed = bytes(chunk[8:-4]) if kind == b"IDAT" else b""
        while packed and found < needed:  # no further: the rest may be a bomb
            found += len(unpack.decompress(packed, 2**18))
            packed = unpack.unconsumed_tail
    return bool(found >= needed)


def _rgb(picture: Image.Image, factor: int) -> Image.Image:
    """Any mode to RGB, reduced by averaging factor×factor pixels."""
    if picture.mode == "I;16":  # the high byte, as Pillow does for 16-bit colour
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    elif picture.has_transparency_data:
        picture = picture.convert("RGBA")
    elif picture.mode in {"1", "P"}:  # neither bits nor palette indices can be averaged
        picture = picture.convert("RGB")
    if factor > 1:
        picture = picture.reduce(factor)
    if picture.mode == "RGBA":
        # Over white, as catalogues show products; the colour stored under transparency is chance.
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return picture.convert("RGB")
