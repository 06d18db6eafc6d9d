"""A recipe: one way in which one type of damage is painted."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from amiss.domain.words import DamageType
from amiss.simulate.paint.photo import Photo

Numbers = dict[str, float]
Painter = Callable[[Photo, np.random.Generator, float], Numbers]
"""Paints a damage that takes about this share of the item; returns what it drew, lengths as shares
of the item's size (the side of a square as large as the item)."""


class UnfitError(Exception):
    """A recipe finds no fitting place on this item: another draw or another recipe may."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one type is painted.

    family: evaluation takes families that training never takes; every type has 0 and 1, a few have
    2. version grows with every change of the pixels that it paints.
    """

    damage: DamageType
    family: int
    name: str
    paint: Painter
    version: int = 1

    def __str__(self) -> str:
        return f"{self.damage}/{self.name}@{self.version}"


def radius(photo: Photo, share: float) -> float:
    """Pixels: of the circle that covers this share of the item."""
    return math.sqrt(share * photo.area / math.pi)


def place(
    photo: Photo, rng: np.random.Generator, least: float, most: float = math.inf
) -> tuple[float, float]:
    """(x, y): a point of the item between so many pixels from its outline.

    Where the item is too slim for that, its middle line.
    """
    least = min(least, 0.9 * float(photo.inside.max()))
    rows, columns = np.nonzero((photo.inside >= least) & (photo.inside <= most))
    if len(rows) == 0:
        raise UnfitError
    pick = int(rng.integers(len(rows)))
    return float(columns[pick]), float(rows[pick])


def inward(photo: Photo, at: tuple[float, float]) -> float:
    """Radians: from the nearest outline into the item."""
    reach = max(2, round(0.06 * photo.size))
    x, y = round(at[0]), round(at[1])
    top, left = max(0, y - reach), max(0, x - reach)
    part = photo.inside[top : y + reach + 1, left : x + reach + 1]
    rows, columns = np.mgrid[top : top + part.shape[0], left : left + part.shape[1]]
    weight = part - part.mean()
    return math.atan2(float((weight * (rows - y)).sum()), float((weight * (columns - x)).sum()))
