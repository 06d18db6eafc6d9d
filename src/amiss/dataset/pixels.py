"""Pictures, silhouettes and depth as files, and back.

Pictures are only written here; reading them safely is for `amiss.vision`, above.
"""

import io
import math
import zlib
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from amiss.dataset.labels import ItemMask
from amiss.domain.capture import DepthArray, RgbArray
from amiss.domain.errors import DatasetError

PictureFormat = Literal["jpeg", "png"]
SUFFIX: dict[PictureFormat, str] = {"jpeg": ".jpg", "png": ".png"}
MM = 1000.0  # millimetres in a metre
DEEPEST_MM = 65_535  # what 16 bits hold
_UNREADABLE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)


def encode_picture(rgb: RgbArray, form: PictureFormat, quality: int) -> bytes:
    """H×W×3 uint8 as a JPEG of this quality (1 to 95), or as a PNG, which keeps every value."""
    if form == "jpeg":
        return _to_bytes(Image.fromarray(rgb), "JPEG", quality=quality)
    return _to_bytes(Image.fromarray(rgb), "PNG")


def encode_item_mask(mask: ItemMask) -> bytes:
    """H×W bool as a PNG of 0 and 255.

    Eight bits and not one: some readers compare with 127 without converting first.
    """
    return _to_bytes(Image.fromarray(mask.astype(np.uint8) * 255), "PNG", optimize=True)


def encode_depth(depth: DepthArray, step: int = 1) -> bytes:
    """H×W metres as a 16-bit PNG of whole millimetres, 0 where nothing was measured.

    step: of every step×step pixels, one in the middle is kept; never a mean, since between an
    edge and what lies behind it there is nothing.

    Raises:
        DatasetError: a depth is not finite, negative or beyond 65.535 m.
    """
    middle = slice(step // 2, None, step)
    millimetres = np.rint(depth[middle, middle].astype(np.float64) * MM)
    if not ((millimetres >= 0) & (millimetres <= DEEPEST_MM)).all():
        raise DatasetError(
            "A depth picture holds values outside 0 to 65.535 m; set what is no depth to 0."
        )
    # depth repeats itself from cell to cell: a quarter of the time, at a sixth more bytes
    image = Image.fromarray(millimetres.astype(np.uint16))
    return _to_bytes(image, "PNG", compress_type=zlib.Z_RLE)


def load_depth(path: Path | io.BytesIO) -> DepthArray:
    """A depth picture, or its bytes: h×w float32 in metres, 0 where nothing was measured.

    Raises:
        DatasetError: the file cannot be read, or is no 16-bit picture.
    """
    try:
        with Image.open(path) as image:
            if not image.mode.startswith("I"):
                raise DatasetError(
                    f"The depth picture {path} is not 16-bit grey; store whole millimetres."
                )
            millimetres = np.asarray(image)
    except _UNREADABLE as error:
        raise DatasetError(
            f"The depth picture {path} cannot be read; restore it or clear its column."
        ) from error
    return np.asarray(millimetres / MM, np.float32)


def load_item_mask(path: Path) -> ItemMask:
    """The item's silhouette, H×W bool, as stored.

    Masks in the field are not always 0 and 255, so that the middle between the darkest and the
    brightest value divides them. A mask of one value is all item, or all tray where that is 0.

    Raises:
        DatasetError: the file cannot be read.
    """
    try:
        with Image.open(path) as image:
            deep = image.mode.startswith("I")  # 16 bits, which Pillow would clip to 8
            grey = np.asarray(image if deep else image.convert("L")).astype(np.float32)
    except _UNREADABLE as error:
        raise DatasetError(
            f"The item mask {path} cannot be read as a picture; restore it."
        ) from error
    low, high = float(grey.min()), float(grey.max())
    return np.asarray(grey > (low + high) / 2 if high > low else grey > 0)


def fit_depth(depth: DepthArray, shape: tuple[int, int]) -> DepthArray:
    """Depth brought to a picture of (height, width), each pixel taking the nearest value.

    Raises:
        DatasetError: it has another aspect than the picture.
    """
    if depth.shape == shape:
        return depth
    # Sides do not always divide by the step, so that each says it only within bounds.
    least, most = zip(
        *(
            (want / (have + 1), want / (have - 1) if have > 1 else math.inf)
            for have, want in zip(depth.shape, shape, strict=True)
        ),
        strict=True,
    )
    if max(least) > min(most):
        raise DatasetError(
            f"A depth picture of {depth.shape[1]}×{depth.shape[0]} does not cover its picture of "
            f"{shape[1]}×{shape[0]}; align it first."
        )
    rows, columns = (_nearest(have, want) for have, want in zip(depth.shape, shape, strict=True))
    return np.ascontiguousarray(depth[np.ix_(rows, columns)])


def crop_box(mask: ItemMask, margin: float = 0.1) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) around an item: a square, as far as the picture reaches.

    margin: how much larger than the item. An empty mask gives the whole picture.
    """
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return 0, 0, width, height
    side = round((1 + margin) * (1 + max(np.ptp(rows), np.ptp(columns))))
    left, right = _span(columns, side, width)
    top, bottom = _span(rows, side, height)
    return left, top, right, bottom


def _span(inside: NDArray[np.intp], side: int, limit: int) -> tuple[int, int]:
    """`side` pixels around the item, moved into 0…limit, and cut where there are fewer."""
    start = int(inside[0] + inside[-1] + 1 - side) // 2
    start = max(0, min(start, limit - side))
    return start, min(limit, start + side)


def _nearest(have: int, want: int) -> NDArray[np.intp]:
    """For each of `want` places, the index of the nearest of `have`."""
    return np.asarray((np.arange(want) + 0.5) * have / want, np.intp)


def _to_bytes(image: Image.Image, form: str, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()
