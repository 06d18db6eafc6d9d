"""Patch against patch, both ways.

Distances are those between unit vectors: sqrt(2 − 2·cosine), 0 for the same, about 1.41 for
unrelated patches.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from amiss.vision.look import Patches

Map = NDArray[np.float32]
T = TypeVar("T", np.float32, np.bool_)


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
    """Distances to the best match near the same place, over the view's grid, both ways.

    surplus: large where something is that should not be. missing: large where something should be
    and is not. Both are 0 where one of the pictures does not reach. in_place: whether a place's
    match near it is as good as its best match anywhere.
    """

    surplus: Map
    missing: Map
    in_place: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Near:
    """What counts as near a place.

    radius: cells around it within which the best match is looked for. in_place_radius, tolerance:
    cells within which, and distance by which a match there may be worse than the best one anywhere,
    to be in place.
    """

    radius: int
    in_place_radius: int
    tolerance: float


def compare_in_place(
    query: Mapping[str, Patches],
    reference: Mapping[str, Patches],
    weights: Sequence[tuple[str, float]],
    reaches: NDArray[np.bool_],
    shift: tuple[int, int],
    near: Near,
) -> InPlace:
    """Compares looks of one grid, both ways, near each place.

    weights: of the encoder's outputs, by name, whose distances are added up. reaches: rows×columns
    bool, the cells of the reference that show anything. shift: cells (down, right) by which the
    item in the query lies off its place in the reference.
    """
    grid = reaches.shape[0], reaches.shape[1]
    found = [
        weight * distances_in_place(query[name] @ reference[name].T, 0, grid, shift, near)
        for name, weight in weights
    ]
    return in_place(np.asarray(np.sum(found, axis=0), np.float32), reaches, shift, near)


def distances_in_place(
    cosine: Map, first: int, grid: tuple[int, int], shift: tuple[int, int], near: Near
) -> Map:
    """4×N distances to the best match: near the place, back from there, less near, anywhere.

    cosine: N×M, of the query's patches and others, among which the N of the reference begin at
    column `first`. Other arguments: see `compare_in_place`.
    """
    flat, columns = cosine.ravel(), cosine.shape[1]
    count = grid[0] * grid[1]
    place = np.arange(count)[:, None]
    there, back = _neighbours(grid, near.radius, shift)
    wider, _ = _neighbours(grid, near.in_place_radius, shift)
    best = [
        flat.take(place * columns + first + there).max(axis=1),
        flat.take(back * columns + first + place).max(axis=1),
        flat.take(place * columns + first + wider).max(axis=1),
        cosine[:, first : first + count].max(axis=1),
    ]
    return distance(np.stack(best))


def in_place(
    distances: Map, reaches: NDArray[np.bool_], shift: tuple[int, int], near: Near
) -> InPlace:
    """The 4×N distances of `distances_in_place` as maps over the view's grid."""
    surplus, missing, wider, anywhere = distances
    grid = reaches.shape
    return InPlace(
        surplus=surplus.reshape(grid) * moved(reaches, shift),
        missing=moved(missing.reshape(grid) * reaches, shift),
        in_place=(wider - anywhere < near.tolerance).reshape(grid),
    )


def moved(values: NDArray[T], shift: tuple[int, int]) -> NDArray[T]:
    """A map over the reference as one over the view; 0 where the reference does not reach."""
    rows, columns = values.shape
    down, right = shift
    over_view = np.zeros_like(values)
    if abs(down) >= rows or abs(right) >= columns:
        return over_view
    over_view[max(0, down) : rows + min(0, down), max(0, right) : columns + min(0, right)] = values[
        max(0, -down) : rows + min(0, -down), max(0, -right) : columns + min(0, -right)
    ]
    return over_view


@lru_cache(maxsize=128)
def _neighbours(
    grid: tuple[int, int], radius: int, shift: tuple[int, int]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which places of the reference are near each of the view, and the other way round.

    Twice N×(2·radius + 1)². A neighbour outside the grid is replaced by the nearest one inside.
    """
    rows, columns = grid
    row, column = (steps.reshape(-1, 1) for steps in np.mgrid[:rows, :columns])
    down, right = (steps.ravel() for steps in np.mgrid[-radius : radius + 1, -radius : radius + 1])

    def near(sign: int) -> NDArray[np.intp]:
        to_row = np.clip(row + sign * shift[0], 0, rows - 1) + down
        to_column = np.clip(column + sign * shift[1], 0, columns - 1) + right
        found = np.clip(to_row, 0, rows - 1) * columns + np.clip(to_column, 0, columns - 1)
        return np.asarray(found, np.intp)

    return near(-1), near(1)
