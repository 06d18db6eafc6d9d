"""Patch against patch, both ways.

Distances are those between unit vectors: sqrt(2 − 2·cosine), 0 for the same, about 1.41 for
unrelated patches.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from amiss.vision.look import Patches

Map = NDArray[np.float32]


def distance(cosine: Map) -> Map:
    """Distance between unit vectors from their cosine, element by element."""
    return np.asarray(np.sqrt(np.maximum(0, 2 - 2 * cosine)), np.float32)


def novelty(query: Patches, bank: Patches) -> Map:
    """Distance of each of N query patches to its nearest of M bank patches (PatchCore's idea).

    Roth et al., "Towards total recall in industrial anomaly detection", CVPR 2022.
    """
    return distance((query @ bank.T).max(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class InPlace:
    """Distances to the best match near the same place, N each, both ways.

    surplus: per query patch; large where something is that should not be. missing: per reference
    patch; large where something should be and is not. in_place: per query patch, whether its match
    near the place is as good as its best match anywhere.
    """

    surplus: Map
    missing: Map
    in_place: NDArray[np.bool_]


def compare_in_place(
    query: Mapping[str, Patches],
    reference: Mapping[str, Patches],
    weights: Sequence[tuple[str, float]],
    grid: tuple[int, int],
    radius: int,
    tolerance: float,
) -> InPlace:
    """Compares aligned looks of one grid, both ways, within `radius` cells of each place.

    weights: of the encoder's outputs, by name, whose distances are added up. tolerance: distance by
    which a match near the place may be worse than the best one anywhere.
    """
    found = [
        weight * _one_output(query[name], reference[name], grid, radius) for name, weight in weights
    ]
    surplus, missing, anywhere = np.asarray(np.sum(found, axis=0), np.float32)
    return InPlace(surplus, missing, surplus - anywhere < tolerance)


def _one_output(query: Patches, reference: Patches, grid: tuple[int, int], radius: int) -> Map:
    """3×N distances to the best match: near the place, back from there, and anywhere."""
    cosine = query @ reference.T
    there, back = _neighbours(grid, radius)
    flat = cosine.ravel()
    best = [flat.take(there).max(axis=1), flat.take(back).max(axis=1), cosine.max(axis=1)]
    return distance(np.stack(best))


@lru_cache(maxsize=16)
def _neighbours(grid: tuple[int, int], radius: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where in a flat N×N matrix of cosines the neighbours of each place are.

    Twice N×(2·radius + 1)²: along the place's row, and along its column. A neighbour outside the
    grid is replaced by the place itself, which is its own neighbour anyway.
    """
    rows, columns = grid
    row, column = (steps.reshape(-1, 1) for steps in np.mgrid[:rows, :columns])
    down, right = (steps.ravel() for steps in np.mgrid[-radius : radius + 1, -radius : radius + 1])
    near_row, near_column = row + down, column + right
    inside = (near_row >= 0) & (near_row < rows) & (near_column >= 0) & (near_column < columns)
    place = row * columns + column
    near = np.where(inside, near_row * columns + near_column, place)
    return place * rows * columns + near, near * rows * columns + place
