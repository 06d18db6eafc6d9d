"""How large an item is, from what depth cameras see of it above the tray."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import View

Sides = tuple[float, float, float]

_FINEST, _SPACING = 0.002, 1.5  # metres a side of a place on the tray; and pixels, at least
_REACH = 0.5  # metres from the booth's middle beyond which nothing is looked at
_LEAST_HEIGHT, _MOST_HEIGHT = 0.004, 0.6  # metres above the tray
_LEAST_PLACES = 25  # of an item: fewer are crumbs
_NOISE = 3  # places; what is narrower is noise at an edge
_TOP = 0.95  # of heights: the last ones are noise, too
_LOOKED_AT = 320  # pixels along the shorter side, about: more say no more


@dataclass(frozen=True, slots=True, eq=False)
class _Heights:
    """The highest point over each place on the tray, N×N, 0 where nothing stands; place: metres."""

    place: float
    highest: NDArray[np.float32]


def measure(views: Sequence[View]) -> Sides | None:
    """The sides of the box around an item, in metres, longest first.

    What the cameras see of it from above is gathered over the tray: the smallest rectangle around
    the largest thing there, and how high that stands. Views without depth, lens or pose say
    nothing; None where none says anything.
    """
    seen = [points for view in views if (points := _points(view)) is not None]
    if not seen:
        return None
    heights = _gathered(seen)
    kernel = np.ones((_NOISE, _NOISE), np.uint8)
    closed = cv2.morphologyEx((heights.highest > 0).astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    there = np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, kernel), np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(there, connectivity=8)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()) if count > 1 else 0
    if not largest or stats[largest, cv2.CC_STAT_AREA] < _LEAST_PLACES:
        return None
    item = labels == largest
    rows, columns = np.nonzero(item)
    _, rectangle, _ = cv2.minAreaRect(np.stack([columns, rows], axis=1).astype(np.float32))
    # Between centres of places it is half of one too little at each side; blurred edges give back
    # about half of that.
    top = heights.highest[item & (heights.highest > 0)]
    across, along = ((side + 0.5) * heights.place for side in rectangle)
    sides = (across, along, float(np.quantile(top, _TOP)))
    longest, middle, shortest = sorted(sides, reverse=True)
    return longest, middle, shortest


def _gathered(seen: Sequence[tuple[NDArray[np.float64], float]]) -> _Heights:
    """All points over the tray, from all views."""
    place = max(_FINEST, _SPACING * max(spacing for _, spacing in seen))
    side = round(2 * _REACH / place)
    highest = np.zeros(side * side, np.float32)
    for points, _ in seen:
        inside = (np.abs(points[:, :2]) < _REACH).all(axis=1)
        inside &= (points[:, 2] > _LEAST_HEIGHT) & (points[:, 2] < _MOST_HEIGHT)
        at = np.minimum((points[inside, :2] + _REACH) / place, side - 1).astype(np.int64)
        np.maximum.at(highest, at[:, 1] * side + at[:, 0], points[inside, 2].astype(np.float32))
    return _Heights(place, highest.reshape(side, side))


def _points(view: View) -> tuple[NDArray[np.float64], float] | None:
    """M×3 in the booth's frame, of pixels that were measured, and how far apart they are, metres.

    None if that cannot be known.
    """
    lens, pose, depth = view.intrinsics, view.pose, view.depth
    if lens is None or pose is None or depth is None or depth.shape != (lens.height, lens.width):
        return None
    every = max(1, min(depth.shape) // _LOOKED_AT)
    rows, columns = (every * one for one in np.nonzero(depth[::every, ::every] > 0))
    if not len(rows):
        return None
    z = depth[rows, columns].astype(np.float64)
    x, y = (columns - lens.cx) / lens.fx * z, (rows - lens.cy) / lens.fy * z
    # Booth to camera is X' = R·X + t, so that X = Rᵀ·(X' − t).
    points = (np.stack([x, y, z], axis=1) - pose[:3, 3]) @ pose[:3, :3]
    return points, every * float(np.median(z)) / lens.fx
