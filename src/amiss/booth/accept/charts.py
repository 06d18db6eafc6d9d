"""Finds what acceptance lays before the cameras: a dark figure, or a grey card, on a white sheet.

The sheet is what differs from the empty tray; the figure is the largest dark part of it.
"""

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.booth.accept.light import Box
from amiss.booth.accept.sharpness import mtf50
from amiss.booth.checks.foreground import against_tray
from amiss.booth.checks.measures import Mask, grey
from amiss.domain.capture import RgbArray
from amiss.domain.errors import ImageError

LEAST_ANGLE, MOST_ANGLE = 2.5, 14.0  # degrees off an axis that a side must lie for `mtf50`
ALONG = 0.38  # half the length of the cut-out over the side's: the corners stay outside
LEAST_PHASE = 2.0  # pixels that a side must move aside along its cut-out, to be met in all phases
STRAIGHT = 0.012  # share of the outline's length that a corner must stand out to be one
LEAST_FIGURE = 0.02  # share of the sheet that a figure on it covers
INSIDE = 0.6  # of the largest circle in the card, so that nothing but card is read

Corners = NDArray[np.float64]


def figure_sharpness(rgb: RgbArray, empty: RgbArray) -> float:
    """MTF50 of a camera, cycles per pixel: the median over all sides of the figure that lie aslant.

    rgb, empty: H×W×3 uint8 of one camera, with and without the sheet.

    Raises:
        ImageError: there is no figure, or no side of it lies so.
    """
    found = []
    for one, other in _aslant(_outline(_figure(rgb, empty))):
        reach = ALONG * math.dist(one, other)
        middle = (one + other) / 2
        (x, y), (right, down) = np.rint(middle - reach), np.rint(middle + reach)
        cut = rgb[max(0, int(y)) : int(down), max(0, int(x)) : int(right)]
        try:
            found.append(mtf50(np.ascontiguousarray(cut)))
        except ImageError:
            continue  # its neighbours may do
    if not found:
        raise ImageError(
            "No side of the figure lies 2° to 15° off an axis; turn it, or print larger."
        )
    return float(np.median(found))


def grey_card_box(rgb: RgbArray, empty: RgbArray) -> Box:
    """A square inside the card, as x, y, width, height.

    Raises:
        ImageError: there is no darker card on a white sheet.
    """
    card = _figure(rgb, empty)
    room = cv2.distanceTransform(np.pad(card, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    y, x = np.unravel_index(int(room.argmax()), room.shape)
    half = int(room[y, x] * INSIDE / math.sqrt(2))
    return int(x) - half, int(y) - half, 2 * half, 2 * half


def _figure(rgb: RgbArray, empty: RgbArray) -> Mask:
    """H×W bool: the largest dark part of the largest thing that is not tray."""
    sheet = _largest(against_tray(rgb, empty).mask)
    height, width = rgb.shape[:2]
    hull = np.zeros(sheet.shape, np.uint8)
    outlines, _ = cv2.findContours(
        sheet.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    for outline in outlines:
        cv2.fillConvexPoly(hull, cv2.convexHull(outline), 1)
    # A little less than the sheet, so that no tray at its edges is taken for a figure.
    hull = np.asarray(cv2.erode(hull, np.ones((5, 5), np.uint8)), np.uint8)
    whole = cv2.resize(hull, (width, height), interpolation=cv2.INTER_NEAREST) > 0
    if not whole.any():
        raise ImageError("No sheet lies on the tray; lay it in the middle.")
    light = grey(rgb)
    limit, _ = cv2.threshold(light[whole], 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark = _largest(whole & (light <= limit))
    if dark.sum() < LEAST_FIGURE * whole.sum():
        raise ImageError("Nothing dark lies on the sheet; lay the card or the figure on it.")
    return dark


def _largest(mask: Mask) -> Mask:
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    areas = np.bincount(labels.ravel(), minlength=count)
    areas[0] = 0
    return np.asarray((labels == areas.argmax()) & mask)


def _outline(mask: Mask) -> Corners:
    """n×2: the corners of a figure, in their order."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(outlines, key=cv2.contourArea)
    near = STRAIGHT * cv2.arcLength(outline, closed=True)
    return cv2.approxPolyDP(outline, near, closed=True).reshape(-1, 2).astype(np.float64)


def _aslant(corners: Corners) -> Iterator[tuple[Corners, Corners]]:
    """Sides that lie as `mtf50` wants them."""
    for one, other in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        aside, along = sorted(np.abs(other - one))
        angle = math.degrees(math.atan2(aside, along))
        if LEAST_ANGLE <= angle <= MOST_ANGLE and 2 * ALONG * aside >= LEAST_PHASE:
            yield one, other
