"""A thumbnail to find an item's pose with: small, square, and zero where there is background."""

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import RgbArray
from amiss.vision.extent import is_round, with_plain_corners
from amiss.vision.frame import border_colour

SIDE = 48
Thumbnail = NDArray[np.float32]
"""SIDE×SIDE×3 float32: colour minus the colour of the background, the picture centred."""


def thumbnail(rgb: RgbArray) -> Thumbnail:
    """The thumbnail of an H×W×3 uint8 picture; its long side fills the square."""
    scale = SIDE / max(rgb.shape[:2])
    width, height = (max(1, round(side * scale)) for side in (rgb.shape[1], rgb.shape[0]))
    # Averaging all of a large picture costs more than finding the pose; a sparse one does.
    step = max(1, max(rgb.shape[:2]) // (5 * SIDE))
    sparse = rgb[::step].take(np.arange(0, rgb.shape[1], step), axis=1)
    if is_round(sparse):
        sparse = with_plain_corners(sparse)
    small = cv2.resize(sparse, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    square = np.zeros((SIDE, SIDE, 3), np.float32)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    square[top : top + height, left : left + width] = small - border_colour(small)
    return square
