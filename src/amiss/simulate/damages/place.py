"""Where on a product something happens: its outer surface, and a place on it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import SimulationError
from amiss.simulate.products.product import Product
from amiss.simulate.shapes.patch import Patch, Points

CELLS, _MANY = 24, 20
"""Samples along each side of a patch; half as many where there are more than 20 patches."""
BLIND = 0.04
"""How often damage is put without asking whether a camera could see it."""
VIEW_CELLS = 28
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A spot on the surface and the frame around it: along and across lie in it, out leaves it."""

    point: Vector
    along: Vector
    across: Vector
    out: Vector
    patch: Patch

    def local(self, points: Points) -> tuple[Vector, Vector, Vector]:
        """Metres along, metres across, and metres below the plane that touches the surface."""
        offset = points - self.point
        return offset @ self.along, offset @ self.across, -(offset @ self.out)

    def turned(self, angle: float) -> "Place":
        """The same place with its frame turned about `out` by `angle` radians."""
        along = self.along * math.cos(angle) + self.across * math.sin(angle)
        return Place(self.point, along, np.cross(self.out, along), self.out, self.patch)

    def shifted(self, along: float, across: float) -> "Place":
        """The same frame, moved by metres within its plane."""
        point = self.point + along * self.along + across * self.across
        return Place(point, self.along, self.across, self.out, self.patch)


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """The outer surface of a product in n samples: n×3 points and normals, n areas in m².

    owner: index of each sample's patch in patches. cells: along each side of a patch. ups: k×3,
    the direction that is up in each pose in which the product rests.
    """

    patches: tuple[Patch, ...]
    points: Points
    normals: Points
    areas: Vector
    owner: NDArray[np.intp]
    cells: int
    ups: Points

    @property
    def visible(self) -> float:
        """m² that a view shows on average: a quarter of the surface (Cauchy, convex bodies)."""
        return float(self.areas.sum()) / 4

    def near(self, point: Vector, reach: float) -> NDArray[np.bool_]:
        """n, true within `reach` metres."""
        return np.asarray(((self.points - point) ** 2).sum(1) < reach * reach)

    def thickness(self, place: Place) -> float:
        """Metres of product below a place."""
        along, across, below = place.local(self.points)
        beside = np.hypot(along, across)
        return float(below[beside <= max(0.015, float(beside.min()) + 1e-9)].max())

    def facing(self, place: Place, reach: float, least: float = 0.3) -> frozenset[str]:
        """Names of patches that look the way the place looks, within `reach` metres of it."""
        near = self.near(place.point, reach)
        looks = self.normals @ place.out
        chosen = {place.patch.name}
        for index in np.unique(self.owner[near]):
            of_patch = near & (self.owner == index)
            if np.average(looks[of_patch], weights=self.areas[of_patch] + 1e-12) > least:
                chosen.add(self.patches[index].name)
        return frozenset(chosen)


def outer(patch: Patch) -> bool:
    """Whether a patch belongs to the outside."""
    return not patch.hidden


def surface(
    product: Product,
    which: Callable[[Patch], bool] = outer,
    patches: tuple[Patch, ...] | None = None,
) -> Surface:
    """Samples of those patches of a product that `which` picks (by default all outer ones).

    patches: other ones to pick from, its films' for instance.

    Raises:
        SimulationError: no patch is picked.
    """
    patches = tuple(filter(which, product.patches if patches is None else patches))
    if not patches:
        raise SimulationError(f"{product.name} has no surface where this can happen: pick another.")
    cells = CELLS if len(patches) <= _MANY else CELLS // 2
    sampled = [faces(lattice(patch, cells, cells)) for patch in patches]
    counts = [len(points) for points, _, _ in sampled]
    return Surface(
        patches,
        np.concatenate([points for points, _, _ in sampled]),
        np.concatenate([normals for _, normals, _ in sampled]),
        np.concatenate([areas for _, _, areas in sampled]),
        np.repeat(np.arange(len(patches)), counts),
        cells,
        np.array([rest.T @ (0.0, 0.0, 1.0) for rest in product.rests]),
    )


def over_films(product: Product) -> Surface:
    """The clear surfaces of a product, sampled like its outside.

    Raises:
        SimulationError: it has none.
    """
    patches = tuple(patch for film in product.films for patch in film.patches)
    return surface(product, outer, patches)


def lattice(patch: Patch, columns: int, rows: int) -> Points:
    """(rows+1)×(columns+1)×3: rest positions at even steps of u and v."""
    uv = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1))
    return patch.rest(np.stack(uv, -1))


def faces(corners: Points) -> tuple[Points, Points, Vector]:
    """Centre, unit normal and area of each quad of a lattice, row by row."""
    one = corners[1:, 1:] - corners[:-1, :-1]
    other = corners[1:, :-1] - corners[:-1, 1:]
    cross = np.cross(one, other).reshape(-1, 3) / 2
    areas = np.linalg.norm(cross, axis=1)
    centres = (corners[1:, 1:] + corners[:-1, :-1] + corners[1:, :-1] + corners[:-1, 1:]) / 4
    return centres.reshape(-1, 3), cross / np.maximum(areas, 1e-15)[:, None], areas


def pick(rng: np.random.Generator, around: Surface) -> Place:
    """A place on the surface, mostly one that a camera above the item would see."""
    view = _view(rng, around)
    if rng.random() < BLIND:
        weights = around.areas
    else:
        weights = around.areas * np.maximum(around.normals @ view, 0) * unhidden(around, view)
    index = int(rng.choice(len(weights), p=weights / weights.sum()))
    return framed(rng, around, index, around.normals[index])


def roomy(rng: np.random.Generator, around: Surface, place: Place, half: float) -> Place:
    """The nearest place on the same patch that keeps `half` metres from the patch's borders.

    Where the patch is too small for that it is the place that keeps most.
    """
    own = np.flatnonzero(around.owner == around.patches.index(place.patch))
    grid = around.points[own].reshape(around.cells, around.cells, 3)
    spans = [np.linalg.norm(np.diff(grid, axis=axis), axis=-1).sum(axis) for axis in (1, 0)]
    wide, high = (float(np.median(span)) for span in spans)
    share = (np.arange(around.cells) + 0.5) / around.cells
    edge = np.minimum(share, 1 - share)
    to_side = np.full_like(edge, np.inf) if place.patch.closed_u else edge * wide
    room = np.minimum(to_side[None, :], (edge * high)[:, None]).ravel()
    away = np.linalg.norm(around.points[own] - place.point, axis=1)
    enough = room >= min(half, float(room.max()))
    index = int(own[np.where(enough, away, np.inf).argmin()])
    return framed(rng, around, index, around.normals[index])


def pick_corner(rng: np.random.Generator, around: Surface, edge: bool) -> Place:
    """The outermost place in an oblique direction: a corner, an edge or a rim (edge: an edge).

    The sides that come together there are taken from the axes of the product.
    """
    view = _view(rng, around)
    signs = np.where(view + 0.6 * rng.standard_normal(3) >= 0, 1.0, -1.0)
    direction = signs * rng.uniform(0.75, 1.3, 3)
    pool = np.ones(len(around.points), bool)
    if edge:
        axis = int(rng.integers(3))
        direction[axis] = 0
        low, high = around.points[:, axis].min(), around.points[:, axis].max()
        where = rng.uniform(low + 0.2 * (high - low), high - 0.2 * (high - low))
        pool = np.abs(around.points[:, axis] - where) <= (high - low) / around.cells
    direction /= np.linalg.norm(direction)
    heights = np.where(pool, around.points @ direction, -np.inf)
    return framed(rng, around, int(heights.argmax()), direction)


def framed(rng: np.random.Generator, around: Surface, index: int, out: Vector) -> Place:
    """A place at one sample, with `out` as given and the other two axes turned at random."""
    helper = np.eye(3)[int(np.abs(out).argmin())]
    along = np.cross(out, helper)
    along /= np.linalg.norm(along)
    patch = around.patches[int(around.owner[index])]
    place = Place(around.points[index], along, np.cross(out, along), out, patch)
    return place.turned(float(rng.uniform(0, 2 * np.pi)))


def _view(rng: np.random.Generator, around: Surface) -> Vector:
    """A direction from which a camera of the booth may look: above, up to 50° aside."""
    up = around.ups[int(rng.integers(len(around.ups)))]
    aside = np.cross(up, rng.standard_normal(3))
    aside /= np.linalg.norm(aside)
    tilt = float(rng.uniform(0, math.radians(50)))
    return np.asarray(up * math.cos(tilt) + aside * math.sin(tilt))


def unhidden(around: Surface, view: Vector) -> Vector:
    """n, 1 where nothing else of the surface stands before a sample, seen from `view`."""
    helper = np.eye(3)[int(np.abs(view).argmin())]
    right = np.cross(view, helper)
    right /= np.linalg.norm(right)
    flat = around.points @ np.stack([right, np.cross(view, right)], 1)
    low = flat.min(0)
    cell = float((flat.max(0) - low).max()) / VIEW_CELLS + 1e-9
    column, row = ((flat - low) / cell).astype(np.intp).T
    cells = row * (VIEW_CELLS + 1) + column
    heights = around.points @ view
    tops = np.full((VIEW_CELLS + 1) ** 2, -np.inf)
    np.maximum.at(tops, cells, heights)
    return np.asarray(heights >= tops[cells] - 1.5 * cell, np.float64)
