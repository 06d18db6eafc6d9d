"""Dents: a blunt, many-sided thing was pressed into the item.

What lies above the tool's facets is pushed down onto them, along one direction for all. That one
rule makes the faceted dent of a panel, the flattened corner and edge, and the diamond buckle of a
tin, and what is inside is pushed no deeper than what covers it. Facets, not a smooth bowl, because
board and tin fold; a bowl looks like rubber.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.simulate.damages.local import Local, Look, blend
from amiss.simulate.damages.noise import Values, folds, smooth, speckle
from amiss.simulate.damages.place import Place
from amiss.simulate.damages.stuff import Stuff, raw
from amiss.simulate.shapes.noise import Waves
from amiss.simulate.shapes.patch import Patch, Points

STEEPEST = 2.2
"""Slope of a facet; board and tin do not go in like a punch."""
_SHOWN, _SHOWN_SHARE = 0.0012, 0.15  # a displacement counts from 1.2 mm or 15 % of the depth
_BEND = 0.07  # share of the depth by which the panel around gives way
_CLEAR = 0.004  # metres that what lies inside keeps away from the dent
_CREASE = 0.0007  # metres, half width of a whitened fold


@dataclass(frozen=True, slots=True, eq=False)
class Tool:
    """What was pressed in: the least of k planes, never deeper than depth.

    height over (along, across) is offsets + slopes @ (along, across), metres, slopes k×2.
    """

    depth: float
    offsets: Values
    slopes: NDArray[np.float64]

    @classmethod
    def faceted(
        cls, rng: np.random.Generator, depth: float, radius: float, facets: int = 7
    ) -> "Tool":
        """An irregular blunt pyramid about `radius` metres wide, its tip slightly askew.

        Raises:
            ValueError: depth or radius is not above 0.
        """
        if not (depth > 0 and radius > 0):
            raise ValueError(f"A dent of {depth} m by {radius} m is none; make it deeper.")
        angles = 2 * np.pi * (np.arange(facets) + rng.uniform(-0.35, 0.35, facets)) / facets
        reach = radius * rng.uniform(0.75, 1.25, facets)
        blunt = rng.uniform(1.1, 1.5, facets)
        slopes = -(depth * blunt / reach)[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
        lean = rng.uniform(0, 2 * np.pi, 2)
        tips = -(0.3 * depth / radius) * np.stack([np.cos(lean), np.sin(lean)], 1)
        return cls(depth, np.r_[depth * blunt, depth, depth], np.concatenate([slopes, tips]))

    @classmethod
    def diamond(cls, depth: float, along: float, across: float) -> "Tool":
        """A four-sided pyramid, `along` and `across` metres from its tip to its corners."""
        slopes = np.array(
            [(i * depth / along, j * depth / across) for i in (-1, 1) for j in (-1, 1)]
        )
        return cls(depth, np.full(4, depth), slopes)

    def over(self, along: Values, across: Values) -> tuple[Values, Values]:
        """Metres that the tool goes below the plane, and metres to the nearest of its ridges."""
        planes = self.offsets + np.stack([along, across], -1) @ self.slopes.T
        order = np.argpartition(planes, 1, axis=-1)[..., :2]
        lowest = np.take_along_axis(planes, order, -1)
        turn = np.linalg.norm(self.slopes[order[..., 0]] - self.slopes[order[..., 1]], axis=-1)
        to_ridge = (lowest[..., 1] - lowest[..., 0]) / np.maximum(turn, 1e-6)
        return np.minimum(lowest[..., 0], self.depth), to_ridge


class Dent(Local):
    """The displacement that a tool leaves, its crumpled flanks, whitened folds and bent panel.

    bulge: share of the depth by which edges give way sideways; 0 on a flat panel.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        place: Place,
        tool: Tool,
        radius: float,
        made_of: Stuff,
        bulge: float = 0.0,
        names: frozenset[str] | None = None,
    ) -> None:
        super().__init__(place, 2.6 * radius + tool.depth, names)
        self.tool, self.radius, self.made_of = tool, radius, made_of
        self.bulge = bulge * tool.depth
        self._folds = folds(rng, min(max(0.8 * radius, 0.008), 0.03))
        self._broken = Waves.drawn(rng, 0.012)
        self._grain = speckle(rng, 0.0008)
        crisp = {Stuff.BOARD: 0.13, Stuff.METAL: 0.05, Stuff.FILM: 0.16, Stuff.PLASTIC: 0.04}
        self._crumple = min(crisp[made_of] * tool.depth, 0.003)
        self._least = max(_SHOWN_SHARE * tool.depth, min(_SHOWN, 0.5 * tool.depth))

    def depth(self, rest: Points, ahead: float = 0.0) -> Values:
        """Metres that each of n points is pushed in, in [0, the tool's depth + ahead]."""
        along, across, below = self.place.local(rest)
        pressed = self.tool.over(along, across)[0] - below + ahead
        return np.clip(pressed, 0, self.tool.depth + ahead)

    def move(self, patch: Patch, rest: Points, normal: Points) -> Points:  # noqa: ARG002
        """Along the push; crumpled on the flanks, bent around, given way sideways at edges."""
        if patch.hidden:  # keeps out of the way of what is crumpled above it
            return -self.depth(rest, _CLEAR)[:, None] * self.place.out
        along, across, below = self.place.local(rest)
        out = np.hypot(along, across) / self.radius
        dent = self.depth(rest)
        flank = 4 * (dent / self.tool.depth) * (1 - dent / self.tool.depth)
        crumple = self._crumple * flank * self._folds(rest)[0]
        fade = smooth(-out, -2.5, -1.0) * np.exp(-np.maximum(below, 0) / (0.5 * self.tool.depth))
        bend = _BEND * self.tool.depth * fade * (1 - dent / self.tool.depth)
        moved = -(np.clip(dent + crumple + bend, 0, self.tool.depth)[:, None]) * self.place.out
        if self.bulge:
            pressed = self.tool.over(along, across)[0] - below
            ring = np.exp(-((pressed / (0.45 * self.tool.depth)) ** 2)) * smooth(-out, -2.2, -0.8)
            away = (along[:, None] * self.place.along + across[:, None] * self.place.across) / (
                np.maximum(np.hypot(along, across), 0.5 * self.tool.depth)[:, None]
            )
            moved += (self.bulge * ring)[:, None] * away
        return moved

    def recolour(self, patch: Patch, rest: Points, base: Look) -> Look:
        """Folds whiten in board and plastic, chip in metal; broken, not drawn with a ruler."""
        along, across, below = self.place.local(rest)
        height, to_ridge = self.tool.over(along, across)
        dent = np.clip(height - below, 0, self.tool.depth)
        inside = smooth(dent, 0.04 * self.tool.depth, 0.2 * self.tool.depth)
        slope = np.maximum(np.linalg.norm(self.tool.slopes, axis=1).mean(), 0.2)
        rim = np.exp(-(((height - below) / slope / (1.3 * _CREASE)) ** 2))
        ridge = np.exp(-((to_ridge / _CREASE) ** 2)) * inside
        crumple = np.exp(-((self._folds(rest)[1] / (0.7 * _CREASE)) ** 2)) * inside
        broken = smooth(self._broken(rest) + self._grain(rest) - 0.5, -0.7, 0.9)
        strong = min(1.0, math.sqrt(self.tool.depth / 0.02))
        if self.made_of is Stuff.METAL:
            chips = ridge * smooth(self._broken(rest), 0.4, 1.0)
            return blend(base, raw(patch, self.made_of), 0.9 * strong * chips)
        white = {Stuff.BOARD: 0.65, Stuff.FILM: 0.25, Stuff.PLASTIC: 0.35}[self.made_of]
        creased = np.clip(ridge + 0.25 * rim * broken + 0.3 * crumple * broken, 0, 1) * broken
        rubbed = 0.25 * smooth(dent, 0.75 * self.tool.depth, self.tool.depth) * self._grain(rest)
        return blend(base, raw(patch, self.made_of), strong * (white * creased + white * rubbed))

    def mark(self, patch: Patch, rest: Points) -> Values:  # noqa: ARG002
        """Above ½ where the surface went in visibly."""
        return self.depth(rest) / (2 * self._least)
