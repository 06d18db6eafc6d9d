"""Folds and grains as pure functions of position, so that they run on from patch to patch.

Smooth noise is in `shapes.noise`.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from amiss.simulate.shapes.patch import Points

Values = NDArray[np.float64]
Noise = Callable[[Points], Values]


def folds(
    rng: np.random.Generator, wavelength: float, count: int = 4
) -> Callable[[Points], tuple[Values, Values]]:
    """Crumpled paper: the mean of triangle waves in [−1, 1], and metres to the nearest fold."""
    vectors = rng.standard_normal((count, 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) * wavelength
    vectors *= rng.uniform(0.6, 1.5, (count, 1))
    phases = rng.uniform(0, 1, count)
    per_metre = np.linalg.norm(vectors, axis=1)

    def noise(points: Points) -> tuple[Values, Values]:
        turns = (points @ vectors.T + phases) % 1.0
        triangle = 4 * np.abs(turns - 0.5) - 1
        to_fold = (1 - np.abs(triangle)) / 4 / per_metre
        return triangle.mean(-1), to_fold.min(-1)

    return noise


def speckle(rng: np.random.Generator, cell: float) -> Noise:
    """White noise in [0, 1), one value per cube of `cell` metres: grains, fibres, dust."""
    odd = rng.integers(1, 2**31, 3) * 2 + 1
    start = rng.uniform(0, 1, 3)

    def noise(points: Points) -> Values:
        cells = np.floor(points / cell + start).astype(np.int64)
        mixed = (cells * odd).sum(-1).astype(np.uint64)
        mixed = (mixed ^ (mixed >> np.uint64(15))) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
        return np.asarray((mixed >> np.uint64(40)) / float(1 << 24))

    return noise


def smooth(values: Values, low: float, high: float) -> Values:
    """0 at or below low, 1 at or above high, a smooth step between."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))
