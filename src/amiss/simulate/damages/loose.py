"""What lies on the tray beside an item: where there is room for it, and how it comes to lie."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from amiss.domain.words import Locus
from amiss.simulate.damages.place import Vector, lattice
from amiss.simulate.products.product import Product
from amiss.simulate.shapes.compose import moved, turned
from amiss.simulate.shapes.patch import Patch, Points, Skin

_GAP, _FURTHER = 0.004, 0.010  # metres between an item and what fell out of it: least, and mean
_TRIES = 8
_FINE = 32  # samples along a side; what is round must touch the tray all the same
Thing = tuple[Patch, ...]


def reach(product: Product, direction: Vector) -> float:
    """Metres from the item's foot to its side, in a direction on the tray (2, unit length).

    The item is taken for the box around it, in the first of its resting poses.
    """
    length, width, height = product.size
    lifted = product.rests[0] @ (0.0, 0.0, height / 2)
    half = np.abs(product.rests[0]) @ (length / 2, width / 2, height / 2)
    return float(lifted[:2] @ direction + half[:2] @ np.abs(direction))


def toward(angle: float) -> Vector:
    """2: the direction of an angle on the tray."""
    return np.array((math.cos(angle), math.sin(angle)))


def beside(
    product: Product, rng: np.random.Generator, half: float, taken: list[Vector]
) -> tuple[float, float]:
    """(x, y) metres for a thing `half` metres wide to each side, clear of the item.

    Near its narrow sides rather than its far ends, and away from what is `taken` already.
    """
    spots = []
    for angle in rng.uniform(0, 2 * np.pi, _TRIES):
        direction = toward(float(angle))
        away = reach(product, direction) + half + _GAP + rng.exponential(_FURTHER)
        at = away * direction
        crowd = sum(max(0.0, 2 * half - float(np.linalg.norm(at - other))) for other in taken)
        spots.append((away + 5 * crowd, at))
    at = min(spots, key=lambda spot: spot[0])[1]
    taken.append(at)
    return float(at[0]), float(at[1])


def set_down(
    product: Product, rng: np.random.Generator, thing: Thing, taken: list[Vector]
) -> Thing:
    """Something taken out of the product, as it came to lie on the tray."""
    points = outline(thing)
    rotation = _thrown(rng, points)
    span = np.ptp(points @ rotation.T, axis=0)
    at = beside(product, rng, float(math.hypot(span[0], span[1])) / 2.3, taken)
    return laid(thing, at, rotation)


def laid(thing: Thing, at: tuple[float, float], rotation: NDArray[np.float64]) -> Thing:
    """Patches turned by a 3×3 rotation and put on the tray with their middle over (x, y)."""
    points = outline(thing) @ rotation.T
    low, high = points.min(0), points.max(0)
    middle = (low + high) / 2
    shift = (at[0] - middle[0], at[1] - middle[1], -float(low[2]))
    return tuple(
        replace(
            patch,
            name=f"{patch.name}-out",
            rest=moved(patch.rest, shift, rotation),
            locus=Locus.SURROUNDINGS,
            hidden=False,
        )
        for patch in thing
    )


def outline(thing: Thing) -> Points:
    """n×3: samples of all patches of a thing."""
    return np.concatenate([lattice(patch, _FINE, _FINE).reshape(-1, 3) for patch in thing])


def _thrown(rng: np.random.Generator, points: Points) -> NDArray[np.float64]:
    """3×3: how a thing comes to lie: its thinnest side up, either face, turned at random."""
    thinnest = int(np.ptp(points, axis=0).argmin())
    flat = (turned("y", 90), turned("x", 90), np.eye(3))[thinnest]
    over = turned("x", 180.0 * float(rng.integers(2)))
    return np.asarray(turned("z", float(rng.uniform(0, 360))) @ over @ flat)


def plain(colour: tuple[float, float, float], rough: float, size: tuple[int, int]) -> Skin:
    """A skin of one colour (sRGB in [0, 1]) on (width, height) texels."""
    columns, rows = size
    base = np.empty((rows, columns, 3), np.uint8)
    base[:] = np.rint(np.array(colour) * 255)
    flat = np.zeros((rows, columns), np.float32)
    return Skin(base, (60, 55, 50), flat + np.float32(rough), flat, flat.copy())
