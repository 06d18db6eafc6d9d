"""The `--rotate` protocol: items in any in-plane pose, made from upright pictures.

Each query, good and damaged alike, is turned about the middle by its own angle and cropped to the
inscribed circle (diameter: the short side), so that corners say nothing about the angle. What lies
outside the circle is one grey, in all pictures the same: a limb that the circle cuts off ends at
the rim of the picture, where a fill in the tray's colour would make it look broken off. References
stay upright and get the same crop, so that the crop is no cue either. What lay outside the circle
cannot be seen by anyone: items longer than the short side of their picture lose their ends, in good
and damaged pictures alike.
"""

import hashlib

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import RgbArray

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]

OUTSIDE = 127
"""Grey level outside the circle; encoders see it as zero."""


def angle(name: str, seed: int) -> float:
    """The angle of one picture in degrees, uniform in [0, 360), from seed and name alone."""
    digest = hashlib.sha256(f"{seed}/{name}".encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:6]) / 2**48 * 360.0


def turn(rgb: RgbArray, degrees: float = 0.0) -> RgbArray:
    """Turns a picture counter-clockwise and crops it to its inscribed circle.

    Args:
        rgb: H×W×3 uint8.
        degrees: 0 keeps every pixel inside the circle as it is.

    Returns:
        S×S×3 uint8 with S = min(H, W); grey outside the circle.
    """
    turned = _square(rgb, degrees, cv2.INTER_LINEAR)
    turned[~_disc(len(turned))] = OUTSIDE
    return turned


def turn_mask(mask: Mask, degrees: float = 0.0) -> Mask:
    """Turns a mask (H×W bool) as `turn` turns its picture; S×S bool, false outside the circle."""
    turned = _square(mask.astype(np.uint8), degrees, cv2.INTER_NEAREST) > 0
    return np.asarray(turned & _disc(len(turned)))


def _square(pixels: Pixels, degrees: float, interpolation: int) -> Pixels:
    """Turns about the middle of the centred S×S square, S = min(H, W), and cuts that square."""
    height, width = pixels.shape[:2]
    size = min(height, width)
    # Whole pixels, so that an upright reference is cropped and not interpolated.
    left, top = (width - size) // 2, (height - size) // 2
    middle = (left + (size - 1) / 2, top + (size - 1) / 2)
    matrix = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    matrix[:, 2] -= left, top
    turned = cv2.warpAffine(
        pixels, matrix, (size, size), flags=interpolation, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(turned, dtype=np.uint8)


def _disc(size: int) -> Mask:
    """size×size bool: the pixels whose centre lies in the inscribed circle."""
    offset = np.arange(size) - (size - 1) / 2
    return np.asarray(np.hypot(offset[:, None], offset[None, :]) <= size / 2)
