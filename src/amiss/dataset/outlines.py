"""Masks that other data sets hold as polygons or as COCO's run-length code, drawn as pixels.

Pixel (x, y) covers x…x+1 and y…y+1; a pixel belongs to a polygon where its middle does (even-odd).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import DatasetError

Mask = NDArray[np.bool_]
Size = tuple[int, int]


def draw_polygon(points: NDArray[np.float64], size: Size) -> Mask:
    """H×W bool, the pixels whose middles lie inside.

    Args:
        points: N×2, (x, y) in pixels; the last is joined to the first.
        size: (height, width) of the mask.

    Raises:
        DatasetError: fewer than 3 points, or one that is not finite.
    """
    height, width = size
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 3:
        raise DatasetError("A polygon needs three points of two numbers or more; correct it.")
    if not np.isfinite(points).all():
        raise DatasetError("A polygon has a point that is not finite; correct it.")
    (x0, y0), (x1, y1) = points.T, np.roll(points, -1, axis=0).T
    first = int(np.clip(np.floor(points[:, 1].min()), 0, height))
    last = int(np.clip(np.ceil(points[:, 1].max()) + 1, first, height))
    middles = np.arange(first, last)[:, None] + 0.5
    crossed = (y0 > middles) != (y1 > middles)  # rows × edges
    rows, edges = np.nonzero(crossed)
    along = (middles[rows, 0] - y0[edges]) / (y1[edges] - y0[edges])
    x = x0[edges] + along * (x1[edges] - x0[edges])
    columns = np.clip(np.ceil(x - 0.5), 0, width).astype(np.intp)
    # Each crossing turns inside to outside for all that lies to its right.
    turns = np.zeros((height, width + 1), np.int64)
    np.add.at(turns, (rows + first, columns), 1)
    return np.asarray(np.cumsum(turns, axis=1)[:, :width] % 2 == 1)


def draw_coco(segmentation: Sequence[Sequence[float]] | Mapping[str, Any], size: Size) -> Mask:
    """H×W bool of one COCO segmentation: polygons as [x0, y0, x1, y1, …], or run-length code.

    Raises:
        DatasetError: it is neither, or of another size.
    """
    if isinstance(segmentation, Mapping):
        return _draw_runs(segmentation, size)
    if not isinstance(segmentation, Sequence):
        raise DatasetError("A segmentation is neither polygons nor run-length code; correct it.")
    mask = np.zeros(size, bool)
    for numbers in segmentation:
        try:
            points = np.asarray(numbers, np.float64).reshape(-1, 2)
        except (TypeError, ValueError) as error:
            raise DatasetError("A polygon is no list of x and y in turn; correct it.") from error
        mask |= draw_polygon(points, size)
    return mask


def _draw_runs(code: Mapping[str, Any], size: Size) -> Mask:
    """Lengths of runs, column by column, the first outside; packed as text or plain."""
    counts, found = code.get("counts"), code.get("size")
    if not isinstance(found, Sequence) or list(found) != list(size):
        raise DatasetError(
            f"A run-length code is for a picture of {found} (height, width), not of {list(size)}; "
            "correct it."
        )
    runs = _unpack_text(counts) if isinstance(counts, str) else counts
    try:
        lengths = np.asarray(runs, np.int64)
    except (TypeError, ValueError, OverflowError) as error:
        raise DatasetError("A run-length code holds no whole numbers; correct it.") from error
    if lengths.ndim != 1 or (lengths < 0).any() or int(lengths.sum()) != size[0] * size[1]:
        raise DatasetError("A run-length code does not fill its picture; correct it.")
    inside = np.arange(len(lengths)) % 2 == 1
    return np.repeat(inside, lengths).reshape(size[1], size[0]).T.copy()


def _unpack_text(text: str) -> list[int]:
    """COCO's text of a list of lengths.

    Each character holds 5 bits of a number, lowest first, and 32 while more follow; the highest bit
    of the last is the sign. From the fourth on, a number is the difference to the last but one.
    """
    lengths: list[int] = []
    value = shift = 0
    for character in text:
        bits = ord(character) - 48
        if not 0 <= bits < 64:
            raise DatasetError("A run-length code holds a letter that it never does; correct it.")
        value |= (bits & 31) << shift
        shift += 5
        if not bits & 32:
            if bits & 16:
                value -= 1 << shift
            lengths.append(value + (lengths[-2] if len(lengths) > 2 else 0))
            value = shift = 0
    if shift:
        raise DatasetError("A run-length code ends within a number; correct it.")
    return lengths
