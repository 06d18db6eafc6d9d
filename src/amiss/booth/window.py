"""The part of each view that shows the item, with room around it: what detectors look at.

A booth's camera sees the whole tray, an item a tenth of it. References, what a booth records and
what the simulator draws are squares around the item; this makes the same of a fresh capture.
"""

from dataclasses import replace

import cv2
import numpy as np

from amiss.booth.checks.foreground import against_tray, by_height
from amiss.booth.checks.limits import Limits
from amiss.booth.checks.measures import Mask
from amiss.domain.capture import Capture, DepthArray, View

ROOM = 1.5  # side of the window over the item's larger extent
BESIDE = 0.02  # parts of at least this share of the largest one have to be inside, too
LEAST_SIDE = 96  # pixels; a smaller window shows nothing that was not there before


def windowed(capture: Capture) -> Capture:
    """Each view cut to a square around what lies on the tray; pixels are left as they are.

    A view without an empty tray, or in which nothing is seen, stays whole.
    """
    return replace(capture, views=tuple(_windowed(view) for view in capture.views))


def _windowed(view: View) -> View:
    if view.empty_tray is None or view.empty_tray.shape != view.rgb.shape:
        return view
    mask = _item(view)
    if not mask.any():
        return view
    x, y, side = _square(mask, view.rgb.shape[:2])
    return cut(view, x, y, side)


def cut(view: View, x: int, y: int, side: int) -> View:
    """The square of a view whose top left pixel is (x, y), with depth, empty tray and lens."""
    rows, columns = slice(y, y + side), slice(x, x + side)
    lens, depth, tray = view.intrinsics, view.depth, view.empty_tray
    return replace(
        view,
        rgb=np.ascontiguousarray(view.rgb[rows, columns]),
        depth=None if depth is None else np.ascontiguousarray(depth[rows, columns]),
        empty_tray=None if tray is None else np.ascontiguousarray(tray[rows, columns]),
        intrinsics=None
        if lens is None
        else replace(lens, width=side, height=side, cx=lens.cx - x, cy=lens.cy - y),
        size=(side, side),
    )


def _item(view: View) -> Mask:
    """h×w bool: the largest thing that differs from the empty tray, and what is worth seeing."""
    assert view.empty_tray is not None  # noqa: S101 - the caller has looked
    mask = against_tray(view.rgb, view.empty_tray).mask
    high = _high(view.depth)
    if high is not None:
        size = (mask.shape[1], mask.shape[0])
        mask = mask | (cv2.resize(high.astype(np.uint8), size) > 0)
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    areas = np.bincount(labels.ravel(), minlength=count)
    areas[0] = 0
    return np.asarray((areas >= BESIDE * max(1, areas.max()))[labels] & mask)


def _high(depth: DepthArray | None) -> Mask | None:
    limits = Limits()
    if depth is None or (depth > 0).mean() < limits.depth:
        return None
    found = by_height(depth, None, limits.height_m)
    return None if found is None else found.mask


def _square(mask: Mask, shape: tuple[int, int]) -> tuple[int, int, int]:
    """Top left corner and side, in pixels of the picture, inside of it."""
    scale = max(shape) / max(mask.shape)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    low = np.array([columns[0], rows[0]]) * scale
    high = np.array([columns[-1] + 1, rows[-1] + 1]) * scale
    side = int(np.clip(round((high - low).max() * ROOM), min(LEAST_SIDE, *shape), min(shape)))
    middle = (low + high) / 2
    most = np.array([shape[1], shape[0]]) - side
    x, y = np.clip(np.rint(middle - side / 2), 0, most).astype(int).tolist()
    return x, y, side
