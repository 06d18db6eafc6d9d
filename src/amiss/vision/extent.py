"""How far a picture reaches: over all of its rectangle, or over the circle that fits into it.

A round picture (of a lens that does not fill its sensor, or cropped to its inscribed circle) shows
nothing in its corners: they are of one colour. What the circle cuts off is cut off by the picture,
not by damage.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import RgbArray
from amiss.vision.frame import median

PLAIN_LEVELS = 3  # levels within which the corners of a round picture are one colour
EDGE_PX = 3.0  # a picture that was reduced or turned has a soft edge
LEAST_RIM = 0.5  # share of the rim that differs from the corners; without it there is no circle
LEAST_SIDE = 32


def is_round(rgb: RgbArray) -> bool:
    """Whether an H×W×3 uint8 picture shows nothing outside the circle that fits into it."""
    side = len(rgb)
    if rgb.shape[1] != side or side < LEAST_SIDE:
        return False
    outside, rim = _zones(side)
    pixels = rgb.reshape(-1, 3)
    corner = pixels[0].astype(np.int16)
    on_rim = np.abs(pixels.take(rim, axis=0) - corner).max(axis=1) > PLAIN_LEVELS
    if on_rim.mean() < LEAST_RIM:
        return False
    return bool(np.abs(pixels.take(outside, axis=0) - corner).max() <= PLAIN_LEVELS)


def with_plain_corners(rgb: RgbArray) -> RgbArray:
    """A round picture whose corners have the colour of its rim: for all who look at its border."""
    _, rim = _zones(len(rgb))
    colour = median(rgb.reshape(-1, 3)[rim]).round().astype(np.uint8)
    return np.where(disc(len(rgb), EDGE_PX)[..., None], rgb, colour)


def shown(is_round: bool, shape: tuple[int, int], margin: float = 0.0) -> NDArray[np.bool_]:
    """rows×columns bool: which places of a picture show anything.

    margin: places that a circle is made smaller by.
    """
    return disc(shape[0], margin) if is_round else np.ones(shape, np.bool_)


def disc(side: int, margin: float = 0.0) -> NDArray[np.bool_]:
    """side×side bool: places whose centre lies in the inscribed circle, smaller by `margin`."""
    offset = np.arange(side) - (side - 1) / 2
    return np.asarray(np.hypot(offset[:, None], offset[None, :]) <= side / 2 - margin)


@lru_cache(maxsize=8)
def _zones(side: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Flat indices of what lies surely outside the circle, and of a thin ring surely inside it."""
    ring = disc(side, EDGE_PX) & ~disc(side, EDGE_PX + 2)
    return np.flatnonzero(~disc(side, -EDGE_PX)), np.flatnonzero(ring)
