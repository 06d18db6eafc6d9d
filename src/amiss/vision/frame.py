"""The working frame: every picture is looked at in one size."""

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import RgbArray

WORKING_SIZE = 448
"""Pixels of the long side."""


def frame_shape(
    height: int, width: int, multiple: int, size: int = WORKING_SIZE
) -> tuple[int, int]:
    """(height, width) of the working frame: long side `size`, sides multiples of `multiple`."""
    scale = size / max(height, width)
    rows, columns = (max(1, round(side * scale / multiple)) for side in (height, width))
    return rows * multiple, columns * multiple


def to_frame(
    rgb: RgbArray, multiple: int, size: int = WORKING_SIZE, *, square: bool = False
) -> RgbArray:
    """The picture in its working frame.

    Sides are rounded to what the encoder takes, so the aspect may change by a few per cent; it does
    so alike for all pictures of one camera. square: as wide as high, whatever that does to it.
    """
    height, width = frame_shape(rgb.shape[0], rgb.shape[1], multiple, size)
    if square:
        height = width = max(height, width)
    if rgb.shape[:2] == (height, width):
        return rgb
    shrinks = height * width < rgb.shape[0] * rgb.shape[1]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=interpolation), np.uint8)


def border_colour(picture: NDArray[np.generic]) -> NDArray[np.float32]:
    """Median colour, per channel, of the outermost ring of pixels: what the item lies on."""
    return median(np.concatenate([picture[0], picture[-1], picture[1:-1, 0], picture[1:-1, -1]]))


def median(values: NDArray[np.generic]) -> NDArray[np.float32]:
    """Median of each column of N×C numbers, as float32; N ≥ 1.

    What numpy.median gives, for a fraction of its time where N is small: numbers that are not
    finite do not occur here, and need no looking after.
    """
    low, high = (len(values) - 1) // 2, len(values) // 2
    ordered = np.partition(values, (low, high), axis=0)
    middle = ordered[low : high + 1]
    return np.asarray(middle.mean(axis=0, dtype=np.float64), np.float32)
