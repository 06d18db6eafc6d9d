"""Clear domes and collars: outlines that grow outwards by a distance, the same on every side.

A `Section` scaled up would stretch a long dome's flange with it; here it does not.
"""

from dataclasses import dataclass

import numpy as np

from amiss.simulate.shapes.patch import Points, Rest
from amiss.simulate.shapes.revolve import Floats, Profile, Section, square_to_disc


@dataclass(frozen=True, slots=True)
class Outline:
    """A superellipse of half lengths x and y in metres; `power` as in Section."""

    x: float
    y: float
    power: float = 5.0

    @property
    def length(self) -> float:
        """Once around, in metres."""
        return self.x * self._section.length

    @property
    def _section(self) -> Section:
        return Section(self.y / self.x, self.power)

    def at(self, turn: Floats, outwards: Floats, share: Floats | float = 1.0) -> Points:
        """…×2: the outline `outwards` metres further out, then shrunk to a share about its middle.

        turn: as in Section.at.
        """
        around = self._section.at(turn) / [1, self._section.depth]
        lengths = np.stack([share * (self.x + outwards), share * (self.y + outwards)], axis=-1)
        return np.asarray(around * lengths)


def dome(outline: Outline, profile: Profile) -> Rest:
    """A dome on a square grid, u along x and v along y: flat within the outline, then as profiled.

    profile: (metres outwards of the outline, height), from (0, top) to the end of the flange.
    """
    flat = min(outline.x, outline.y) / (min(outline.x, outline.y) + profile.length)

    def rest(uv: Points) -> Points:
        share, turn = square_to_disc(np.asarray(uv, np.float64))
        outwards, height = profile.at(np.clip((share - flat) / (1 - flat), 0, 1))
        within = np.minimum(share / flat, 1)
        around = outline.at(turn, np.where(share < flat, 0.0, outwards), within)
        return np.concatenate([around, height[..., None]], axis=-1)

    return rest


def collar(outline: Outline, profile: Profile) -> Rest:
    """A band around an outline; u around (closed), v along (metres outwards, height)."""

    def rest(uv: Points) -> Points:
        outwards, height = profile.at(np.asarray(uv)[..., 1])
        around = outline.at(np.asarray(uv)[..., 0], outwards)
        return np.concatenate([around, height[..., None]], axis=-1)

    return rest
