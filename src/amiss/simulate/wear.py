"""What handling leaves on every item, and is no damage: no two copies of a product look the same.

Inks vary from run to run, edges of board are rubbed a little pale, hands and belts leave a faint
film of dirt. It is drawn per item, not per product, and an intact twin has the same.
"""

import zlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from amiss.simulate.products.product import Kind, Product
from amiss.simulate.shapes.box import FACES
from amiss.simulate.shapes.noise import clouds
from amiss.simulate.shapes.patch import Patch

Look = NDArray[np.float32]

_FOLDED = (Kind.CARTON, Kind.TOY_BOX, Kind.BOOK)
_FACES = frozenset(FACES) - {"bottom"}
_RUB = 0.4  # most that an edge pales; people call it damage from about there
_RUB_WIDE = 0.0011  # metres over which it fades
_CORNER = 0.006  # metres; corners are rubbed first
_DIRT = 0.045  # most that dirt darkens
_RUN = 0.018  # sigma of a colour channel from print run to print run


@dataclass(frozen=True, slots=True, eq=False)
class Wear:
    """How one item has been handled. age: in [0, 1], 0 is fresh. tint: 3, factor on its colours."""

    product: Product
    seed: int
    age: float
    tint: Look
    _names: dict[int, str] = field(default_factory=dict)

    @classmethod
    def drawn(cls, product: Product, rng: np.random.Generator) -> "Wear":
        """Most items are nearly fresh, few have come a long way."""
        tint = 1 + rng.normal(0, 0.6 * _RUN) + rng.normal(0, 0.5 * _RUN, 3)
        names = {id(patch.skin): patch.name for patch in product.patches}
        seed = int(rng.integers(1 << 31))
        age = float(rng.beta(1.1, 3.0))
        return cls(product, seed, age, np.asarray(tint, np.float32), names)

    def shows_on(self, patch: Patch) -> bool:
        """Whether it is a part of the product, wherever it lies by now."""
        return id(patch.skin) in self._names and not patch.hidden

    def paint(self, patch: Patch, base: Look, extent: tuple[float, float]) -> Look:
        """H×W×3 sRGB in [0, 1] of a patch of width×height metres, worn."""
        name = self._names[id(patch.skin)]
        rng = np.random.default_rng([self.seed, zlib.crc32(name.encode())])
        shape = base.shape[:2]
        cells = tuple(float(np.clip(side / 0.03, 1, 40)) for side in extent[::-1])
        cloud = np.asarray(clouds(rng, shape, (cells[0], cells[1]), 4, 0.75), np.float32)
        dirt = _DIRT * self.age * np.clip(0.5 + cloud, 0, 2)
        worn = base * self.tint * (1 - dirt)[..., None]
        if self.product.kind in _FOLDED and name in _FACES:
            share = (_RUB * self.age * self._rubbed(rng, shape, extent))[..., None]
            worn = worn * (1 - share) + _paper(patch) * share
        return np.asarray(np.clip(worn, 0, 1), np.float32)

    def _rubbed(
        self, rng: np.random.Generator, shape: tuple[int, int], extent: tuple[float, float]
    ) -> Look:
        """H×W in [0, 1]: most at the edges of a face, here and there; all of it at its corners."""
        away = [
            np.minimum(np.arange(count) + 0.5, count - np.arange(count) - 0.5) * side / count
            for count, side in zip(shape, extent[::-1], strict=True)
        ]
        x, y = np.meshgrid(away[1], away[0])
        edge = np.minimum(x, y)
        corner = np.exp(-np.hypot(x, y) / _CORNER)
        long = clouds(rng, shape, (max(extent[1] / 0.02, 1), max(extent[0] / 0.02, 1)), 4, 0.8)
        patchy = np.clip(0.35 + 0.6 * long + 1.2 * corner, 0, 1)
        wide = _RUB_WIDE * (0.5 + self.age)
        return np.asarray(np.exp(-edge / wide) * patchy, np.float32)


def _paper(patch: Patch) -> Look:
    """3 sRGB: board under the print."""
    back = np.asarray(patch.skin.back, np.float32) / 255
    return np.asarray(0.5 * back + 0.5 * np.array((0.9, 0.87, 0.82)), np.float32)


def extent_of(corners: NDArray[np.float64]) -> tuple[float, float]:
    """Metres across and up a sampled surface, nv×nu×3, along its middle lines."""
    rows, columns = corners.shape[:2]
    across = np.linalg.norm(np.diff(corners[rows // 2], axis=0), axis=-1).sum()
    up = np.linalg.norm(np.diff(corners[:, columns // 2], axis=0), axis=-1).sum()
    return float(across), float(up)
