"""Two sheets sealed around: bags, mailers, pouches."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.simulate.shapes.noise import Relief, clouds, ridges
from amiss.simulate.shapes.patch import Points, Rest

_POWER = 2.3  # of the superellipse that a filled bag has across


@dataclass(frozen=True, slots=True, eq=False)
class Pillow:
    """A stuffed bag that lies on its lower sheet, in metres; the origin is in its middle.

    length, width: of the flat bag, seams included. height: of the stuffed one. seals: width of the
    flat strips at the two ends (−x, +x). sides: of those along it, both. below: share of the height
    under the seams. full: in (0, 1], how far the stuffing reaches towards the ends; small values
    make a pillow. upper, lower: wrinkles, metres along z. curl: rise and fall of the seams, metres,
    over (u, v) of the bag.
    """

    length: float
    width: float
    height: float
    seals: tuple[float, float]
    sides: float
    below: float
    full: float
    upper: Relief
    lower: Relief
    curl: Relief

    def sheet(self, upper: bool) -> Rest:
        """One of the sheets; u runs along the bag, v up the print for who looks at it."""

        def rest(uv: Points) -> Points:
            u, v = np.asarray(uv)[..., 0], np.asarray(uv)[..., 1]
            across = v if upper else 1 - v
            fill, y = self._filling(u, across)
            share = (1 - self.below) if upper else self.below
            side = 1.0 if upper else -1.0
            bag = np.stack([u, across], axis=-1)
            relief = (self.upper if upper else self.lower)(bag)
            lift = side * (share * self.height * fill + np.sqrt(fill) * relief)
            # inside the seals the sheets part; a hair's breadth keeps the seal itself apart
            hair = 0.0002 * side * np.minimum(1, 20 * across * (1 - across))
            hair = hair * np.minimum(1, 20 * u * (1 - u))
            # no seam curls down so far that the bag would stand on it
            curl = np.maximum(self.curl(bag), -0.8 * self.below * self.height)
            z = lift + hair + (1 - fill) * curl
            pull = 0.04 * (1 - (2 * across - 1) ** 2) * self.height / self.width
            x = self.length * (u - 0.5) * (1 - pull)
            return np.stack([x, y, z], axis=-1)

        return rest

    def inside(self, upper: bool, inwards: float, share: float) -> Rest:
        """A sheet of what the bag holds, between its own two sheets whatever they do.

        inwards: metres to its edge from the seams. share: how far the sheet lies from the middle of
        the bag to its skin, in [0, 1].
        """
        skins = self.sheet(True), self.sheet(False)
        margins = np.array([max(self.seals), self.sides]) + inwards
        low = margins / [self.length, self.width]

        def rest(uv: Points) -> Points:
            place = np.asarray(uv, np.float64)
            if not upper:
                place = place * [1, -1] + [0, 1]
            room = 4 * place * (1 - place)
            swell = share * np.sqrt(np.minimum(1, 3 * room[..., 0] * room[..., 1]))[..., None]
            place = low + place * (1 - 2 * low)
            above, below = skins[0](place), skins[1](place * [1, -1] + [0, 1])
            outer = above if upper else below
            middle = (above + below) / 2
            return np.asarray(middle + swell * (outer - middle))

        return rest

    def _filling(self, u: Points, across: Points) -> tuple[Points, Points]:
        """How far the bag is stuffed, in [0, 1], and y in metres."""
        low, high = self.seals[0] / self.length, 1 - self.seals[1] / self.length
        along = np.clip(2 * (u - low) / (high - low) - 1, -1, 1)
        lengthwise = (1 - np.abs(along) ** (2 / (1.02 - 0.8 * self.full) ** 0.5)) ** 0.55
        # A sheet that goes around its stuffing makes the bag narrower: arc length of a parabola.
        narrow = 8 / 3 * (lengthwise * self.height / 2) ** 2 / self.width
        b = np.clip((2 * across - 1) / (1 - 2 * self.sides / self.width), -1, 1)
        beyond = (2 * across - 1) * self.width / 2 - b * (self.width / 2 - self.sides)
        steep = np.minimum(1, 6 * self.height / self.width) * lengthwise
        edge = (1 - 0.45 * steep) * b + 0.45 * steep * np.sin(b * np.pi / 2)
        crosswise = np.maximum(0, 1 - np.abs(edge) ** _POWER) ** (1 / _POWER)
        y = edge * ((self.width - narrow) / 2 - self.sides) + beyond
        return lengthwise * crosswise, y


def wrinkles(
    rng: np.random.Generator, size: tuple[float, float], height: float, *, gathered: float = 0.5
) -> Relief:
    """Creases of a sheet of length×width metres, as heights of about `height` metres.

    gathered: how strongly creases run from the two ends inwards, as under a seal.
    """
    pitch = 0.0025
    shape = (max(16, round(size[1] / pitch)), max(16, round(size[0] / pitch)))
    runs = _crest(rng, shape, (size[1] / 0.022, size[0] / 0.12))
    lumps = _crest(rng, shape, (size[1] / 0.07, size[0] / 0.06))
    along = np.abs(np.linspace(-1, 1, shape[1])) ** 1.5
    folds = 0.6 * lumps + (0.25 + gathered * along) * runs
    soft = 0.5 * clouds(rng, shape, (size[1] / 0.08, size[0] / 0.08), 2)
    return Relief(height * (folds - folds.mean() + soft))


def _crest(
    rng: np.random.Generator, shape: tuple[int, int], cells: tuple[float, float]
) -> NDArray[np.float64]:
    """Sharp crests over broad valleys, stronger in some places than in others."""
    crests = ridges(clouds(rng, shape, cells, 2, 0.35))
    strength = clouds(rng, shape, (max(2, cells[0] / 4), max(2, cells[1] / 4)), 1)
    return np.asarray(np.maximum(crests, 0) ** 1.6 * np.clip(0.7 + 0.5 * strength, 0, 2))
