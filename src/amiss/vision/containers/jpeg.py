"""JPEG files: segments up to the first scan, then scans.

libjpeg pads a picture whose data stop early with mid grey, without a word. Such a picture is
refused, except where only late scans of a progressive JPEG are missing before a proper end: as a
file that is valid, and as a picture only coarser.
"""

import io
import re
from itertools import islice

import numpy as np
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from amiss.domain.errors import ImageError
from amiss.vision.containers import CUT, last_pixel

START = b"\xff\xd8\xff"
MAX_SCANS = 100  # progressive JPEGs have about 10; a scan of a few bytes costs a pass over all

_MARKER = re.compile(rb"\xff([\xc0-\xfe])")
_END_OF_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # stuffing and restarts belong to the scan
_SCAN = re.compile(rb"\xff\xda")
_START_OF_SCAN, _EXIF = 0xDA, 0xE1
_BARE_MARKERS = range(0xD0, 0xDA)  # restarts, start and end of image: no length follows
_METADATA = {*range(0xE0, 0xFF)} - {0xE0, 0xEE}  # JFIF and Adobe say how colours are stored
_NOISE = bytes(range(1, 65))
_MORE_SCAN = _NOISE + b"".join(bytes([0xFF, restart]) + _NOISE for restart in range(0xD0, 0xD8))
_GREY = {127, 128}  # 127: mid grey as inverted CMYK


def core(data: bytes) -> tuple[bytes, bytes]:
    """The file without metadata, and its EXIF block (a TIFF header and what follows).

    Raises:
        ImageError: the file is cut short, or holds very many scans.
    """
    kept, exif, at, code = [data[:2]], b"", 2, 0
    while code != _START_OF_SCAN:
        marker = _MARKER.search(data, at)
        if marker is None:
            raise ImageError(CUT)
        code, body = marker[1][0], marker.end()
        bare = code in _BARE_MARKERS
        at = body if bare else body + int.from_bytes(data[body : body + 2], "big")
        if code == _EXIF and data.startswith(b"Exif\0\0", body + 2):
            exif = exif or data[body + 8 : at]
        if not bare and code not in _METADATA:
            kept.append(data[marker.start() : at])
    _check_scans(data, at)
    return b"".join([*kept, data[at:]]), exif


def _check_scans(data: bytes, at: int) -> None:
    """Refuse a file that never ends, or holds very many scans, from `at` on."""
    # The end of the image: two bytes that no scan holds, sought from behind, where they are.
    if data.rfind(b"\xff\xd9", at) < 0:
        raise ImageError(CUT)
    if sum(1 for _ in islice(_SCAN.finditer(data, at), MAX_SCANS)) == MAX_SCANS:
        raise ImageError(f"has more than {MAX_SCANS} scans: save it as a plain JPEG")


def opened(core: bytes) -> ImageFile:
    """The header, nothing decoded yet."""
    # The class itself, not Image.open: it warns, and adopts a phone's second picture.
    return JpegImageFile(io.BytesIO(core))


def is_whole(picture: ImageFile, core: bytes, factor: int) -> bool:
    """Whether a core holds all pixels of what it was decoded to, reduced by `factor`.

    Padding is mid grey: a quick look at the last pixel saves the slow proof.
    """
    return not set(last_pixel(picture)) <= _GREY or _first_scan_is_whole(picture, core, factor)


def _first_scan_is_whole(picture: ImageFile, core: bytes, factor: int) -> bool:
    """Whether the first scan holds all blocks: then nobody reads what we add behind it.

    Where blocks are missing, the decoder takes the added bytes for them and the pixels change.
    """
    end = _END_OF_SCAN.search(core, core.index(b"\xff\xda") + 2)
    at = end.start() if end else len(core)
    probe = opened(core[:at] + _MORE_SCAN + core[at:])
    probe.draft(None, (probe.width // factor, probe.height // factor))
    return bool(np.array_equal(np.asarray(picture), np.asarray(probe)))
