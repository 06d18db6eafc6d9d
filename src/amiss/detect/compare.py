"""Patch against patch, both ways.

Distances are those between unit vectors: sqrt(2 − 2·cosine), 0 for the same, about 1.41 for
unrelated patches.
"""

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
    near the place is about as good as its best match anywhere.
    """

    surplus: Map
    missing: Map
    in_place: NDArray[np.bool_]


def compare_in_place(
    query: Patches, reference: Patches, grid: tuple[int, int], radius: int, tolerance: float
) -> InPlace:
    """Compares aligned looks of one grid, both ways, within `radius` cells of each place.

    tolerance: distance by which a match near the place may be worse than the best one anywhere.
    """
    cosine = query @ reference.T
    near = np.where(_neighbours(grid, radius), cosine, np.float32(-1))
    surplus = distance(near.max(axis=1))
    return InPlace(
        surplus=surplus,
        missing=distance(near.max(axis=0)),
        in_place=surplus - distance(cosine.max(axis=1)) < tolerance,
    )


@lru_cache(maxsize=16)
def _neighbours(grid: tuple[int, int], radius: int) -> NDArray[np.bool_]:
    """N×N: whether two cells of a grid lie within `radius` rows and columns of each other."""
    rows, columns = np.divmod(np.arange(grid[0] * grid[1]), grid[1])
    near_rows = np.abs(rows[:, None] - rows) <= radius
    near_columns = np.abs(columns[:, None] - columns) <= radius
    return np.asarray(near_rows & near_columns)
