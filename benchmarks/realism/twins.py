"""What really differs between a harmed item and its intact twin, pixel by pixel, without light.

Two views differ where the surface seen lies elsewhere by more than a millimetre along the optical
axis, where its own colour differs, where a film is gone, there anew or elsewhere, or where the item
gave way to the tray or came to lie on it. Shading, shadows, reflections and noise have no say.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.simulate.raster import Seen, rasterise
from amiss.simulate.scene import Eyepoint, Mesh, Scene

MOVED = 0.001  # metres
RECOLOURED = 0.05  # of sRGB in [0, 1], mean over the channels
GAPS = 3  # pixels; a difference closes over gaps that wide (folds cross zero, powder has grains)
_NOWHERE = 10.0  # metres; deeper than anything

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """H×W: depth in metres of item and film (10 where there is none), colour H×W×3 in [0, 1]."""

    depth: NDArray[np.float64]
    film: NDArray[np.float64]
    colour: NDArray[np.float64]


def surface(scene: Scene, eye: Eyepoint) -> Surface:
    """What one view shows of the item and of what lies beside it."""
    shape = (eye.intrinsics.height, eye.intrinsics.width)
    colour = np.zeros((*shape, 3))
    depth, film = np.full((2, *shape), _NOWHERE)
    if scene.item is not None and scene.atlas is not None:
        seen = rasterise(scene.item, eye)
        shown = seen.face >= 0
        depth = np.where(shown, seen.depth, _NOWHERE)
        colour[shown] = _colour(scene.item, seen, shown, scene.atlas.base)
    if scene.film is not None:
        seen = rasterise(scene.film, eye)
        film = np.where((seen.face >= 0) & (seen.depth < depth), seen.depth, _NOWHERE)
    return Surface(depth, film, colour)


def difference(harmed: Surface, twin: Surface) -> Bools:
    """H×W: where the two views differ."""
    moved = np.abs(harmed.depth - twin.depth) > MOVED
    recoloured = np.abs(harmed.colour - twin.colour).mean(axis=-1) > RECOLOURED
    film = np.abs(harmed.film - twin.film) > MOVED
    found = (moved | recoloured | film).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (GAPS, GAPS))
    return np.asarray(cv2.morphologyEx(found, cv2.MORPH_CLOSE, kernel) > 0)


def overlap(one: Bools, other: Bools) -> float:
    """Intersection over union; 1 where both are empty."""
    union = int((one | other).sum())
    return float((one & other).sum() / union) if union else 1.0


def _colour(mesh: Mesh, seen: Seen, shown: Bools, base: NDArray[np.uint8]) -> NDArray[np.float64]:
    corners, weights = mesh.faces[seen.face[shown]], seen.weights[shown]
    uv = sum(mesh.uv[corners[:, k]] * weights[:, k, None] for k in range(3))
    row, column = (
        np.clip((uv[:, axis] * side).astype(np.int64), 0, side - 1)
        for axis, side in ((1, base.shape[0]), (0, base.shape[1]))
    )
    return np.asarray(base[row, column] / 255)
