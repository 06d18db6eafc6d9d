"""Surfaces of revolution, round or not quite, and the lids and domes that close them.

A `Section` is the closed curve around, a `Profile` the open one up the side. `revolve` sweeps one
along the other; `lid` fills a section with a grid of squares, so that it has no pole.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from amiss.simulate.shapes.patch import Points, Rest

Floats = NDArray[np.float64]
_STEPS = 1024


@dataclass(frozen=True, slots=True)
class Section:
    """A superellipse |x|^n + |y/depth|^n = 1: n = 2 is round, n = 5 a box with soft corners."""

    depth: float = 1.0
    power: float = 2.0

    @property
    def length(self) -> float:
        """Once around, where the half width is 1."""
        return float(_table(self)[0][-1])

    def at(self, turn: Floats) -> Points:
        """…×2: points at equal distances along the curve; turn 0 is the back, ½ the front.

        Counter-clockwise seen from above, so that turn grows to the right for who looks at it.
        """
        if self.depth == 1 and self.power == 2:
            angle = 2 * np.pi * turn
            return np.stack([-np.sin(angle), np.cos(angle)], axis=-1)
        along, curve = _table(self)
        place = np.mod(turn, 1) * along[-1]
        return np.stack([np.interp(place, along, curve[:, axis]) for axis in (0, 1)], axis=-1)


@lru_cache(maxsize=64)
def _table(section: Section) -> tuple[Floats, Points]:
    """Lengths along the curve and its points, from the back around to the back."""
    angle = np.linspace(0, 2 * np.pi, 4 * _STEPS + 1)
    raw = np.stack([-np.sin(angle), np.cos(angle)], axis=-1)
    curve = np.sign(raw) * np.abs(raw) ** (2 / section.power) * [1, section.depth]
    steps = np.linalg.norm(np.diff(curve, axis=0), axis=1)
    return np.concatenate([[0], np.cumsum(steps)]), curve


ROUND = Section()


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A curve (radius, height) in metres, measured along itself. points: n×2."""

    points: Floats
    along: Floats

    @classmethod
    def through(cls, corners: list[tuple[float, float]], rounding: float = 0.001) -> "Profile":
        """A polyline whose corners are rounded over about `rounding` metres; its ends stay."""
        raw = np.asarray(corners, np.float64)
        along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(raw, axis=0), axis=1))])
        count = max(16, math.ceil(along[-1] / max(rounding / 3, 1e-4)))
        places = np.linspace(0, along[-1], count)
        points = np.stack([np.interp(places, along, raw[:, axis]) for axis in (0, 1)], axis=-1)
        sigma = rounding / (along[-1] / (count - 1)) if rounding > 0 else 0
        if sigma > 0:
            reach = min(count - 1, math.ceil(4 * sigma))
            before = 2 * points[0] - points[reach:0:-1]
            after = 2 * points[-1] - points[-2 : -reach - 2 : -1]
            padded = gaussian_filter1d(np.concatenate([before, points, after]), sigma, axis=0)
            points = padded[reach:-reach]
        return cls.of(np.asarray(points))

    @classmethod
    def of(cls, points: Floats) -> "Profile":
        """The curve through n×2 points as they are."""
        steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        return cls(points, np.concatenate([[0], np.cumsum(steps)]))

    @property
    def length(self) -> float:
        """Metres from end to end."""
        return float(self.along[-1])

    @property
    def widest(self) -> float:
        """The largest radius, metres."""
        return float(self.points[:, 0].max())

    def at(self, share: Floats) -> tuple[Floats, Floats]:
        """Radius and height at a share of the length, in [0, 1]."""
        place = share * self.along[-1]
        radius = np.interp(place, self.along, self.points[:, 0])
        return radius, np.interp(place, self.along, self.points[:, 1])

    def share_at(self, height: float) -> float:
        """The share of the length at which the curve first reaches a height in metres."""
        return float(self.along[int(np.argmax(self.points[:, 1] >= height))] / self.along[-1])


def revolve(profile: Profile, section: Section = ROUND, round_above: float = math.inf) -> Rest:
    """The profile swept around z; u around (closed), v along the profile.

    With a profile that goes up on the outside, normals point outwards. round_above: height in
    metres from which the section is a circle; below, within a third of it, it turns into one.
    """

    def rest(uv: Points) -> Points:
        turn, share = np.asarray(uv)[..., 0], np.asarray(uv)[..., 1]
        radius, height = profile.at(share)
        around = section.at(turn)
        if math.isfinite(round_above):
            blend = np.clip((height / round_above - 0.67) / 0.33, 0, 1)[..., None]
            blend = blend * blend * (3 - 2 * blend)
            around = (1 - blend) * around + blend * ROUND.at(turn)
        return np.concatenate([radius[..., None] * around, height[..., None]], axis=-1)

    return rest


def lid(profile: Profile, section: Section = ROUND, down: bool = False) -> Rest:
    """A dome or disc over a section, on a square grid without a pole; u goes along x, v along y.

    profile: from its middle (radius 0) outwards. down: looks down, as a base does; u goes along −x.
    """

    def rest(uv: Points) -> Points:
        square = np.array(uv, np.float64)
        if down:
            square[..., 0] = 1 - square[..., 0]
        share, turn = square_to_disc(square)
        radius, height = profile.at(share)
        around = section.at(turn)
        return np.concatenate([radius[..., None] * around, height[..., None]], axis=-1)

    return rest


def square_to_disc(uv: Points) -> tuple[Floats, Floats]:
    """Radius in [0, 1] and turn (see Section.at) of …×2 points of the unit square.

    The concentric map of Shirley and Chiu (1997): squares around the middle become circles.
    """
    a, b = 2 * uv[..., 0] - 1, 2 * uv[..., 1] - 1
    wide = np.abs(a) >= np.abs(b)
    longer, shorter = np.where(wide, a, b), np.where(wide, b, a)
    slope = np.pi / 4 * shorter / np.where(longer == 0, 1, longer)
    angle = np.where(wide, slope, np.pi / 2 - slope) + np.where(longer < 0, np.pi, 0)
    return np.abs(longer), np.mod(angle / (2 * np.pi) - 0.25, 1)


def disc(radius: float, height: float = 0.0) -> Profile:
    """The profile of a flat lid."""
    return Profile.of(np.array([(0, height), (radius, height)], np.float64))


def arch(radius: float, height: float, power: float = 2.0, base: float = 0.0) -> Profile:
    """The profile of a dome `height` metres above `base`, a quarter of a superellipse."""
    angle = np.linspace(0, np.pi / 2, 128)
    across, up = np.sin(angle) ** (2 / power), np.cos(angle) ** (2 / power)
    return Profile.of(np.stack([radius * across, base + height * up], axis=-1))
