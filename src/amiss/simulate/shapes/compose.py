"""Surfaces from surfaces: moved, cut out of, bent."""

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from amiss.simulate.shapes.patch import Points, Rest

Warp = Callable[[Points], Points]
"""…×3 metres to …×3 metres: a bend of space. Whatever meets before it, meets after it."""


def turned(axis: Literal["x", "y", "z"], degrees: float) -> NDArray[np.float64]:
    """3×3: a turn about an axis, counter-clockwise seen against it."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    matrix = np.eye(3)
    matrix[first, first] = matrix[second, second] = cosine
    matrix[first, second], matrix[second, first] = -sine, sine
    return matrix


def moved(
    rest: Rest,
    shift: tuple[float, float, float] = (0, 0, 0),
    rotation: NDArray[np.float64] | None = None,
) -> Rest:
    """The surface turned about the origin by a 3×3 rotation, then shifted by metres."""
    matrix = np.eye(3) if rotation is None else rotation
    offset = np.asarray(shift, np.float64)
    return lambda uv: np.asarray(rest(uv) @ matrix.T + offset)


def warped(rest: Rest, warp: Warp) -> Rest:
    """The surface after a bend of space."""
    return lambda uv: warp(rest(uv))


def cut_out(rest: Rest, u: tuple[float, float], v: tuple[float, float]) -> Rest:
    """The piece of a surface between two u and two v."""
    low, span = np.array([u[0], v[0]]), np.array([u[1] - u[0], v[1] - v[0]])
    return lambda uv: rest(low + np.asarray(uv) * span)


def normals(rest: Rest, uv: Points, step: float = 1e-4) -> Points:
    """…×3 unit outward normals at …×2 (u, v), by differences within the patch.

    Where the surface has no area (the corner of a lid) the normal is 0.
    """
    ahead, behind = np.minimum(uv + step, 1), np.maximum(uv - step, 0)
    along: list[Points] = []
    for axis in (0, 1):
        one, other = np.array(uv, np.float64), np.array(uv, np.float64)
        one[..., axis], other[..., axis] = ahead[..., axis], behind[..., axis]
        along.append(rest(one) - rest(other))
    product = np.cross(along[0], along[1])
    length = np.linalg.norm(product, axis=-1, keepdims=True)
    return np.asarray(product / np.maximum(length, 1e-15))


def spun(rest: Rest, quarters: int) -> Rest:
    """The same surface, its (u, v) turned by quarters: after one, v runs where u ran, backwards."""

    def turned_uv(uv: Points) -> Points:
        u, v = np.asarray(uv, np.float64)[..., 0], np.asarray(uv, np.float64)[..., 1]
        for _ in range(quarters % 4):
            u, v = 1 - v, u
        return rest(np.stack([u, v], axis=-1))

    return turned_uv
