"""Noise over the pixels of a window, and how fields are softened and bent."""

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.simulate.damages.noise import Values

Pixels = NDArray[np.float32]
"""H×W×3, linear light, 1 is white."""
Mask = NDArray[np.bool_]


def clouds(
    rng: np.random.Generator, shape: tuple[int, ...], cell: float, octaves: int = 3
) -> Values:
    """Smooth noise of about unit variance; `cell`: pixels over which the coarsest octave varies."""
    height, width = shape[:2]
    total, power = np.zeros((height, width)), 0.0
    for octave in range(octaves):
        size = max(cell / 2**octave, 1.0)
        rows, columns = (int(np.ceil(side / size)) + 3 for side in (height, width))
        coarse = rng.standard_normal((rows, columns))
        offset = rng.uniform(0, 1, 2)
        y = (np.arange(height) / size + offset[0])[:, None] + np.zeros(width)
        x = (np.arange(width) / size + offset[1])[None, :] + np.zeros((height, 1))
        bent = cv2.remap(
            coarse.astype(np.float32),
            x.astype(np.float32) + 0.5,
            y.astype(np.float32) + 0.5,
            cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REFLECT,
        )
        weight = 0.55**octave
        total += weight * bent
        power += (0.75 * weight) ** 2
    return np.asarray(total / np.sqrt(power))


def soften(values: Values, sigma: float) -> Values:
    """Blurred by sigma pixels; below a quarter of a pixel as it is."""
    if sigma < 0.25:
        return values
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float64)


def slope(height: Values) -> tuple[Values, Values]:
    """Change per pixel along x and along y."""
    along_y, along_x = np.gradient(height)
    return np.asarray(along_x), np.asarray(along_y)


def srgb(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Linear light to sRGB in [0, 1], not rounded to bytes as a sensor would."""
    value = np.clip(light, 0, 1)
    bright = 1.055 * np.power(np.maximum(value, 0.0031308), 1 / 2.4) - 0.055
    return np.asarray(np.where(value <= 0.0031308, 12.92 * value, bright), np.float32)
