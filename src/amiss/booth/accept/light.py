"""Colour and evenness of a booth's light."""

from dataclasses import dataclass

import numpy as np

from amiss.booth.checks.measures import linear
from amiss.domain.capture import RgbArray
from amiss.domain.errors import ImageError

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""
BLOCKS = 8
CLIPPED = 0.95


@dataclass(frozen=True, slots=True)
class GreyCard:
    """level: linear light in [0, 1]. cast: the largest deviation of red or blue from green."""

    level: float
    cast: float


def grey_card(rgb: RgbArray, box: Box) -> GreyCard:
    """Reads a neutral grey card that fills the box.

    Raises:
        ImageError: the box is not inside the picture, or the card is saturated.
    """
    colour = np.median(linear(_inside(rgb, box)).reshape(-1, 3), axis=0)
    if colour.max() > CLIPPED or colour.min() <= 0:
        raise ImageError("The grey card is saturated or black; correct the exposure.")
    cast = max(abs(float(colour[channel] / colour[1]) - 1) for channel in (0, 2))
    return GreyCard(float(colour.mean()), cast)


def evenness(rgb: RgbArray, box: Box | None = None) -> float:
    """Darkest over brightest part of an empty tray, in [0, 1]; 1 is perfectly even.

    The box (None: the whole picture) is divided into 8×8 blocks; the median of each block's linear
    light counts, so that scratches do not.

    Raises:
        ImageError: the box is not inside the picture.
    """
    height, width = rgb.shape[:2]
    part = linear(_inside(rgb, box or (0, 0, width, height))).mean(axis=2)
    blocks = [
        float(np.median(block))
        for band in np.array_split(part, BLOCKS, axis=0)
        for block in np.array_split(band, BLOCKS, axis=1)
    ]
    return min(blocks) / max(*blocks, 1e-6)


def _inside(rgb: RgbArray, box: Box) -> RgbArray:
    x, y, width, height = box
    if min(x, y) < 0 or x + width > rgb.shape[1] or y + height > rgb.shape[0] or min(box[2:]) < 8:
        raise ImageError("The box is not inside the picture, or below 8 pixels; draw it again.")
    return rgb[y : y + height, x : x + width]
