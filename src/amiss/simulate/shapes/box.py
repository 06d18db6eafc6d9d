"""Boxes with rounded edges, as six faces that meet without a crack.

A face is measured along the surface, to the middle of its rounded edges. The corner is a piece of
a sphere, shared by three faces in the way of an equiangular cube map.
"""

import math
from dataclasses import dataclass

import numpy as np

from amiss.simulate.shapes.compose import Warp
from amiss.simulate.shapes.noise import Waves
from amiss.simulate.shapes.patch import Points, Rest

# Axis and sign of u, of v (up, seen from outside) and of the outside; the front looks along −y.
_AXES = {
    "top": ((0, 1), (1, 1), (2, 1)),
    "bottom": ((0, 1), (1, -1), (2, -1)),
    "front": ((0, 1), (2, 1), (1, -1)),
    "back": ((0, -1), (2, 1), (1, 1)),
    "left": ((1, -1), (2, 1), (0, -1)),
    "right": ((1, 1), (2, 1), (0, 1)),
}
FACES = tuple(_AXES)


@dataclass(frozen=True, slots=True)
class Box:
    """size: metres along x, y, z; the middle is the origin. radius: of its edges, in metres."""

    size: tuple[float, float, float]
    radius: float

    def extent(self, face: str) -> tuple[float, float]:
        """Metres along the surface of a face: across (u) and up (v)."""
        (u, _), (v, _), _ = _AXES[face]
        return self._along(u), self._along(v)

    def face(self, face: str) -> Rest:
        """The surface of one of FACES; u goes right and v up for who stands before it."""
        axes = _AXES[face]
        half = [self.size[axis] / 2 - self.radius for axis, _ in axes]
        extent = self.extent(face)

        def rest(uv: Points) -> Points:
            core: list[Points] = []
            slope: list[Points] = []
            for side in (0, 1):
                along = (np.asarray(uv)[..., side] - 0.5) * extent[side]
                flat = np.clip(along, -half[side], half[side])
                core.append(flat)
                slope.append(np.tan((along - flat) / max(self.radius, 1e-9)))
            length = np.sqrt(1 + slope[0] ** 2 + slope[1] ** 2)
            points = np.empty((*core[0].shape, 3))
            for side, (axis, sign) in enumerate(axes):
                inner = core[side] if side < 2 else half[2]
                lean = slope[side] if side < 2 else 1.0
                points[..., axis] = sign * (inner + self.radius * lean / length)
            return points

        return rest

    def _along(self, axis: int) -> float:
        return self.size[axis] - 2 * self.radius + self.radius * math.pi / 2


def bulge(box: Box, rng: np.random.Generator, height: float) -> Warp:
    """The slight swelling of panels: no board is as flat as its drawing.

    height: about how far the middle of a panel stands out where its shorter side is 12 cm, in
    metres; it varies in sign and over the panel. Edges move by a tenth of that.
    """
    half = np.asarray(box.size) / 2
    shorter = np.array([np.delete(half, axis).min() for axis in range(3)])
    panels = height * np.clip(rng.normal(0.5, 0.6, 3), -0.7, 0.9) * np.minimum(1, shorter / 0.06)
    small = min(1.0, float(half.max()) / 0.1)
    lumps = [Waves.drawn(rng, 3 * float(half.max())) for _ in range(3)]
    drift = [Waves.drawn(rng, 5 * float(half.max()), 3) for _ in range(3)]

    def warp(points: Points) -> Points:
        place = np.clip(points / half, -1, 1)
        window = 1 - place**2
        out = np.array(points)
        for axis in range(3):
            across = window[..., (axis + 1) % 3] * window[..., (axis + 2) % 3]
            swell = across * place[..., axis] ** 3
            out[..., axis] += (
                panels[axis] * swell * (1 + 0.5 * np.clip(lumps[axis](points), -1.5, 0.4))
            )
            out[..., axis] += 0.1 * height * small * drift[axis](points)
        return out

    return warp
