"""Flaps, covers and lids that swing open: bending about a hinge, in an arc rather than sharply."""

import math
from dataclasses import dataclass, replace

import numpy as np

from amiss.simulate.damages.place import Vector
from amiss.simulate.shapes.compose import Warp, warped
from amiss.simulate.shapes.patch import Patch, Points

_STEPS = 256
_CREASE = 0.006  # metres after the hinge over which most of the turn happens


@dataclass(frozen=True, slots=True, eq=False)
class Hinge:
    """A line and what hangs on it: a point, the line's direction, towards the free edge, outwards.

    length: metres from the line to the free edge.
    """

    point: Vector
    axis: Vector
    free: Vector
    out: Vector
    length: float

    @classmethod
    def of(cls, patch: Patch) -> "Hinge":
        """A patch that hangs on its edge v = 0."""
        line = np.array([[0.05, 0.0], [0.95, 0.0], [0.5, 0.0]])
        first, last, middle = patch.rest(line)
        axis = (last - first) / np.linalg.norm(last - first)
        free = patch.rest(np.array([[0.5, 1.0]]))[0] - middle
        free -= (free @ axis) * axis
        length = float(np.linalg.norm(free))
        free /= length
        return cls(middle, axis, free, np.cross(axis, free), length)

    def swing(self, degrees: float, bend: float) -> Warp:
        """Opens outwards by `degrees` at the hinge and by `bend` more degrees up to the edge."""
        along = np.linspace(0, 1.3 * self.length, _STEPS)
        share = np.clip(along / min(_CREASE, 0.3 * self.length), 0, 1)
        turn = np.radians(degrees * share**2 * (3 - 2 * share) + bend * along / self.length)
        step = along[1]
        forward = np.concatenate([[0], np.cumsum(np.cos(turn[:-1]) * step)])
        upward = np.concatenate([[0], np.cumsum(np.sin(turn[:-1]) * step)])

        def warp(points: Points) -> Points:
            offset = points - self.point
            at, high = offset @ self.free, offset @ self.out
            angle = np.interp(at, along, turn)
            x = np.where(at > 0, np.interp(at, along, forward), at) - high * np.sin(angle)
            z = np.where(at > 0, np.interp(at, along, upward), 0) + high * np.cos(angle)
            side = (offset @ self.axis)[..., None] * self.axis
            return np.asarray(
                self.point + side + x[..., None] * self.free + z[..., None] * self.out
            )

        return warp

    def gap(self, degrees: float) -> float:
        """Metres that the free edge stands off when it is open by `degrees`."""
        return 2 * self.length * math.sin(math.radians(min(degrees, 180) / 2))


def swung(patches: tuple[Patch, ...], warp: Warp) -> tuple[Patch, ...]:
    """Patches after a swing; what was hidden under them shows."""
    return tuple(
        replace(patch, name=f"{patch.name}-open", rest=warped(patch.rest, warp), hidden=False)
        for patch in patches
    )
