"""Pictures to views, safely: whatever the bytes hold, the result is a sound view or one ImageError.

A file is walked before Pillow sees it (see `containers`), and Pillow gets only what pixels need. Of
metadata only the EXIF orientation is used. Colour profiles are ignored: numbers are taken as sRGB,
as cameras mean them. Nothing global is touched (no warning filter, no Pillow limit), so many
threads may decode at once.
"""

import stat
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from amiss.domain.capture import RgbArray, View
from amiss.domain.errors import ImageError
from amiss.vision.containers import CUT, DAMAGED, exif, jpeg, png

MAX_PIXELS = 100_000_000  # beyond usual cameras; decoding that many takes up to 1.2 GB
MAX_FILE_BYTES = 64 * 2**20  # a fine JPEG of 100 megapixels; a larger file is not one capture
MIN_SIDE_PX = 16  # about one patch of an encoder: fewer pixels can hold no evidence

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
        raise ImageError(f"The picture {name!r} {DAMAGED}.") from error
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
    core, block = _core(source if isinstance(source, bytes) else _read(Path(source)))
    file, turn = _opened(core), exif.orientation(block)
    size = _checked(file.size)
    picture = _rgb(*_load(file, core, _factor(size, min_side)))
    if turn in exif.UPRIGHT:
        picture = picture.transpose(exif.UPRIGHT[turn])
    return np.array(picture), size[::-1] if turn in exif.SIDEWAYS else size


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
    if data.startswith(jpeg.START):
        return jpeg.core(data)
    if data.startswith(png.START):
        return png.core(data)
    cut = jpeg.START.startswith(data) or png.START.startswith(data)
    raise ImageError(CUT if cut else "is neither JPEG nor PNG: save it as one of them")


def _opened(core: bytes) -> ImageFile:
    """The header, nothing decoded yet."""
    return jpeg.opened(core) if core.startswith(jpeg.START) else png.opened(core)


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


def _load(file: ImageFile, core: bytes, factor: int) -> tuple[ImageFile, int]:
    """The decoded, whole picture, and the factor that is still to be reduced by."""
    full = file.size
    file.draft(None, (full[0] // factor, full[1] // factor))  # a PNG has none: nothing happens
    file.load()
    of_jpeg = isinstance(file, JpegImageFile)
    whole = jpeg.is_whole(file, core, factor) if of_jpeg else png.is_whole(file, core)
    if not whole:
        raise ImageError(CUT)
    return file, factor if file.size == full else 1


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
    return picture if picture.mode == "RGB" else picture.convert("RGB")
