"""Smooth randomness: what keeps a surface from looking computed.

`Waves` is a function of space, so that surfaces that meet stay together; `Relief` is one of (u, v),
for detail that a sheet has to itself.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.simulate.shapes.patch import Points

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """A sum of plane waves: mean 0, variance 1. wavenumbers: k×3 per metre. phases: k."""

    wavenumbers: Floats
    phases: Floats

    @classmethod
    def drawn(cls, rng: np.random.Generator, length: float, count: int = 6) -> "Waves":
        """Waves of about `length` metres, in all directions."""
        directions = rng.normal(size=(count, 3))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        lengths = length * rng.uniform(0.7, 1.6, (count, 1))
        return cls(2 * np.pi * directions / lengths, rng.uniform(0, 2 * np.pi, count))

    def __call__(self, points: Points) -> Floats:
        """… values at …×3 points in metres."""
        angles = points @ self.wavenumbers.T + self.phases
        return np.asarray(np.cos(angles).sum(axis=-1) * np.sqrt(2 / len(self.phases)))


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """A table over the unit square, interpolated linearly. table: rows (v) × columns (u)."""

    table: Floats

    def __call__(self, uv: Points) -> Floats:
        """… values at …×2 (u, v); outside the square its border goes on."""
        rows, columns = self.table.shape
        x = np.clip(uv[..., 0], 0, 1) * (columns - 1)
        y = np.clip(uv[..., 1], 0, 1) * (rows - 1)
        left = np.minimum(x.astype(np.intp), columns - 2)
        above = np.minimum(y.astype(np.intp), rows - 2)
        x, y = x - left, y - above
        flat, start = self.table.ravel(), above * columns + left
        first = flat[start] * (1 - x) + flat[start + 1] * x
        second = flat[start + columns] * (1 - x) + flat[start + columns + 1] * x
        return np.asarray(first * (1 - y) + second * y)


def clouds(
    rng: np.random.Generator,
    shape: tuple[int, int],
    cells: tuple[float, float],
    octaves: int = 4,
    gain: float = 0.5,
) -> Floats:
    """Fractal noise, rows×columns, about N(0, 1).

    cells: how many lumps of the largest octave lie along the rows' and the columns' axis. gain:
    amplitude of an octave relative to the one before it. Drawn coarse and enlarged: value noise.
    """
    total, weight = np.zeros(shape), 0.0
    for octave in range(octaves):
        size = [
            max(2, min(round(n * 2**octave) + 1, side))
            for n, side in zip(cells, shape, strict=True)
        ]
        coarse = rng.normal(size=size)
        fine = cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)
        total += gain**octave * fine
        weight += gain ** (2 * octave)
    return np.asarray(total / np.sqrt(weight) / 0.72)  # enlarging takes part of the variance


def ridges(noise: Floats) -> Floats:
    """Creases where noise changes its sign: 1 on the crest, falling off linearly to both sides."""
    return np.asarray(1 - np.minimum(np.abs(noise), 2))
