"""A round bar along a path: limbs, handles, spouts."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline

from amiss.simulate.shapes.patch import Points, Rest


def tube(path: ArrayLike, radius: float, end: float = 1.0) -> Rest:
    """A bar through points (n×3 metres, n ≥ 2) on a smooth curve; u around, v along.

    radius: metres at its start; `end` times that at its end. Both ends close in half spheres.
    """
    knots = np.asarray(path, np.float64)
    steps = np.linalg.norm(np.diff(knots, axis=0), axis=1)
    places = np.concatenate([[0], np.cumsum(steps)])
    curve = CubicSpline(places, knots) if len(knots) > 2 else None
    length = places[-1]
    # one fixed direction across, away from the path's mean direction, makes frames without twist
    mean = knots[-1] - knots[0]
    aside = np.eye(3)[int(np.abs(mean).argmin())]

    def rest(uv: Points) -> Points:
        turn, share = np.asarray(uv)[..., 0], np.asarray(uv)[..., 1]
        radii = radius * (1 + (end - 1) * share)
        first, last = radius, radius * end
        along = share * (length + first + last) - first
        place = np.clip(along, 0, length)
        beyond = along - place
        reach = np.where(beyond < 0, first, last)
        swell = np.sqrt(np.maximum(0, 1 - (beyond / reach) ** 2))
        if curve is None:
            centre = knots[0] + place[..., None] / length * mean
            forward = np.broadcast_to(mean / length, centre.shape)
        else:
            centre, forward = curve(place), curve(place, 1)
        forward = forward / np.linalg.norm(forward, axis=-1, keepdims=True)
        side = np.cross(np.broadcast_to(aside, forward.shape), forward)
        side /= np.linalg.norm(side, axis=-1, keepdims=True)
        other = np.cross(forward, side)
        angle = 2 * np.pi * turn[..., None]
        around = np.cos(angle) * side + np.sin(angle) * other
        return np.asarray(
            centre + beyond[..., None] * forward + (radii * swell)[..., None] * around
        )

    return rest
