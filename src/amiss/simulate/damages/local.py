"""Fields that reach only so far, and several of them as one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.domain.words import Locus
from amiss.simulate.damages.harm import Field
from amiss.simulate.damages.noise import Values
from amiss.simulate.damages.place import Place
from amiss.simulate.shapes.patch import Patch, Points

Look = NDArray[np.float32]


class Local:
    """A field that changes nothing beyond a ball: subclasses see only the points within it.

    What lies in the surroundings has another frame and is left alone. reach: metres around the
    place. names: the patches that are changed, None for every one.
    """

    def __init__(self, place: Place, reach: float, names: frozenset[str] | None = None) -> None:
        self.place, self.reach, self.names = place, reach, names

    def displace(self, patch: Patch, rest: Points, normal: Points) -> Points:
        """n×3 metres."""
        moved = np.zeros_like(rest)
        near = self._near(patch, rest)
        if near.any():
            moved[near] = self.move(patch, rest[near], normal[near])
        return moved

    def cut(self, patch: Patch, rest: Points) -> NDArray[np.float64]:
        """n, negative where the surface is gone; nothing hidden is ever cut."""
        left = np.full(len(rest), np.inf)
        near = self._near(patch, rest)
        if near.any() and not patch.hidden:
            left[near] = self.open(patch, rest[near])
        return left

    def paint(self, patch: Patch, rest: Points, base: Look) -> Look:
        """n×3 sRGB in [0, 1]."""
        painted = base.copy()
        near = self._near(patch, rest)
        if near.any():
            painted[near] = np.clip(self.recolour(patch, rest[near], base[near]), 0, 1)
        return painted

    def touched(self, patch: Patch, rest: Points) -> NDArray[np.float32]:
        """N in [0, 1]."""
        share = np.zeros(len(rest), np.float32)
        near = self._near(patch, rest)
        if near.any():
            share[near] = np.clip(self.mark(patch, rest[near]), 0, 1)
        return share

    def move(self, patch: Patch, rest: Points, normal: Points) -> Points:  # noqa: ARG002
        """As `displace`, near points only; nothing moves unless a subclass says so."""
        return np.zeros_like(rest)

    def open(self, patch: Patch, rest: Points) -> Values:  # noqa: ARG002
        """As `cut`, near points only; nothing is cut unless a subclass says so."""
        return np.full(len(rest), np.inf)

    def recolour(self, patch: Patch, rest: Points, base: Look) -> Look:  # noqa: ARG002
        """As `paint`, near points only; nothing is painted unless a subclass says so."""
        return base

    def mark(self, patch: Patch, rest: Points) -> Values:  # noqa: ARG002
        """As `touched`, near points only; nothing is touched unless a subclass says so."""
        return np.zeros(len(rest))

    def _near(self, patch: Patch, rest: Points) -> NDArray[np.bool_]:
        if patch.locus is Locus.SURROUNDINGS:
            return np.zeros(len(rest), bool)
        if self.names is not None and patch.name not in self.names:
            return np.zeros(len(rest), bool)
        x, y, z = (rest[:, axis] - at for axis, at in enumerate(self.place.point))
        return np.asarray(x * x + y * y + z * z < self.reach**2)


@dataclass(frozen=True, slots=True)
class Several:
    """Fields of one harm: displacements add, the deepest cut counts, paint goes on in order."""

    fields: tuple[Field, ...]

    def displace(self, patch: Patch, rest: Points, normal: Points) -> Points:
        """n×3 metres."""
        return np.asarray(sum((f.displace(patch, rest, normal) for f in self.fields), 0.0 * rest))

    def cut(self, patch: Patch, rest: Points) -> NDArray[np.float64]:
        """n, negative where the surface is gone."""
        return np.asarray(np.min([field.cut(patch, rest) for field in self.fields], axis=0))

    def paint(self, patch: Patch, rest: Points, base: Look) -> Look:
        """n×3 sRGB in [0, 1]."""
        for field in self.fields:
            base = field.paint(patch, rest, base)
        return base

    def touched(self, patch: Patch, rest: Points) -> NDArray[np.float32]:
        """N in [0, 1]."""
        return np.asarray(np.max([field.touched(patch, rest) for field in self.fields], axis=0))


def blend(base: Look, colour: NDArray[np.floating], share: Values) -> Look:
    """A colour laid over a look, more or less densely: n×3, (3,) or n×3, n in [0, 1]."""
    dense = np.clip(share, 0, 1)[:, None]
    return np.asarray(base * (1 - dense) + colour * dense, np.float32)
