"""What the makers of products work with: numbers, a press, and a bench to put patches on."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from amiss.domain.words import Locus
from amiss.simulate.products.press import Press, Size
from amiss.simulate.products.product import Film, Kind
from amiss.simulate.shapes.compose import Warp, moved, turned, warped
from amiss.simulate.shapes.patch import Patch, Rest, Skin

Rotation = NDArray[np.float64]
FINEST, COARSEST = 0.0009, 0.003  # metres between vertices of what can be harmed
TEXELS = 300_000  # of the outside of a product, about, where no density is asked for
_DENSITIES = 1000.0, 3000.0  # texels per metre, at least and at most
_VERTICES = 34_000  # of the outside of a product, about
FILM = 0.0025  # metres between vertices of clear film
UNITS = 22_000  # vertices of all units of a set together, at most about
_HIDDEN = 0.006  # metres between vertices of what lies inside


@dataclass(frozen=True, slots=True)
class Made:
    """What a maker says beside its patches; see Product. size: metres. rests: the usual first."""

    size: tuple[float, float, float]
    rests: tuple[Rotation, ...]
    units: int = 1


@dataclass(slots=True, eq=False)
class Workbench:
    """Collects the patches of one product.

    kind: what is made. rng: numbers for its shape; nothing that is printed draws from it. units:
    how many are in the set. pitch: metres between vertices, see `plan`. fixed: it is settled.
    """

    kind: Kind
    rng: np.random.Generator
    press: Press
    units: int = 1
    pitch: float = 0.0015
    fixed: bool = False
    patches: list[Patch] = field(default_factory=list)
    films: list[Film] = field(default_factory=list)

    @property
    def ware(self) -> str:
        """The noun of what is sold."""
        return self.press.design.ware.noun

    def plan(self, area: float, vertices: int = _VERTICES) -> None:
        """Sets pitch and density of prints for an outside of so many square metres.

        What is fixed stays: both for a unit, the density where one was asked for.
        """
        if self.fixed:
            return
        self.pitch = float(np.clip(math.sqrt(area / vertices), FINEST, COARSEST))
        if not self.press.fixed:
            self.press.texels = float(np.clip(math.sqrt(TEXELS / area), *_DENSITIES))

    def grid(self, size: Size, hidden: bool = False) -> tuple[int, int]:
        """Vertices along u and v of a patch of these metres."""
        pitch = max(_HIDDEN, 2 * self.pitch) if hidden else self.pitch
        # an even number of cells, so that half a face meets the other half of another
        across, up = (2 * max(1, math.ceil(side / pitch / 2)) for side in size)
        return across + 1, up + 1

    def patch(
        self,
        name: str,
        part: str,
        rest: Rest,
        size: Size,
        skin: Skin,
        locus: Locus,
        *,
        hidden: bool = False,
        closed_u: bool = False,
        grid: tuple[int, int] | None = None,
    ) -> Patch:
        """A patch whose surface is about width×height metres; its grid follows from that."""
        grid = self.grid(size, hidden) if grid is None else grid
        if closed_u:
            grid = max(grid[0], 13), grid[1]
        return Patch(name, part, rest, grid, skin, locus, closed_u, hidden)

    def add(
        self,
        name: str,
        part: str,
        rest: Rest,
        size: Size,
        skin: Skin,
        locus: Locus,
        *,
        hidden: bool = False,
        closed_u: bool = False,
        grid: tuple[int, int] | None = None,
    ) -> None:
        """Puts a patch on the bench; see `patch`."""
        self.patches.append(
            self.patch(
                name,
                part,
                rest,
                size,
                skin,
                locus,
                hidden=hidden,
                closed_u=closed_u,
                grid=grid,
            )
        )

    def aside(self, kind: Kind, pitch: float) -> "Workbench":
        """An empty bench with the same numbers and press, to make one unit on."""
        return Workbench(kind, self.rng, self.press, 1, pitch, fixed=True)

    def thin_out(self, most: int) -> None:
        """Makes the grids of all patches coarser where together they have too many vertices."""
        count = sum(patch.grid[0] * patch.grid[1] for patch in self.patches)
        if count <= most:
            return
        share = math.sqrt(most / count)
        self.patches = [
            replace(patch, grid=(_coarser(patch.grid[0], share), _coarser(patch.grid[1], share)))
            for patch in self.patches
        ]

    def stamp(
        self,
        unit: "Workbench",
        number: int,
        shift: tuple[float, float, float],
        rotation: Rotation | None = None,
    ) -> None:
        """Puts a copy of what was made aside on the bench, as the part `unit-<number>`.

        It is turned (and scaled, if the 3×3 rotation has a scale in it), then shifted by metres.
        What lies inside of it is left out: a unit is one piece.
        """
        self.patches += [
            replace(
                patch,
                name=f"unit-{number}-{patch.name}",
                part=f"unit-{number}",
                rest=moved(patch.rest, shift, rotation),
                locus=Locus.PRODUCT,
            )
            for patch in unit.patches
            if not patch.hidden
        ]


def _coarser(count: int, share: float) -> int:
    return max(min(count, 5), 2 * round((count - 1) * share / 2) + 1)


def lifted(rest: Rest, height: float, warp: Warp | None = None) -> Rest:
    """The surface, bent, then raised by metres."""
    return moved(rest if warp is None else warped(rest, warp), (0, 0, height))


UP = np.eye(3)
FACE_DOWN = turned("x", 180)
"""Turned over."""


def lying(roll: float) -> Rotation:
    """What stood upright lies down on its back, top away; rolled about its own axis by degrees."""
    return np.asarray(turned("x", -90) @ turned("z", roll))


def rests_of_box(size: tuple[float, float, float], *, least: float = 0.3) -> tuple[Rotation, ...]:
    """Poses of a box on any of its faces, the steadiest first.

    least: a face is left out where its shorter side is below that share of the height over it.
    """
    x, y, z = size
    poses = [
        (lying(0), min(x, z) / y),
        (lying(180), min(x, z) / y),
        (UP, min(x, y) / z),
        (FACE_DOWN, min(x, y) / z),
        (turned("y", 90), min(y, z) / x),
        (turned("y", -90), min(y, z) / x),
    ]
    poses = sorted(poses, key=lambda pose: -pose[1])
    return tuple(pose for pose, steady in poses if steady >= least)
