"""Outline against outline: how far the item falls short of where it should reach.

The encoder hardly sees that a limb is shorter than it was; its outline shows it at once. An item
that lies a little otherwise falls short on one side and reaches too far on another: that is taken
off again, so that what is left is something missing.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.detect.compare import Map
from amiss.detect.pose import Lie
from amiss.vision.extent import shown
from amiss.vision.look import Look

Mask = NDArray[np.bool_]
REFINE_PX = 3  # outline pixels around the shift of the thumbnails, whose pixels are 2.7 of them
RIM_PX = 2.0  # a round picture's edge is soft
OVER_SHARE = 0.5
"""Share of what reaches too far that is taken off what falls short."""


@dataclass(frozen=True, slots=True, eq=False)
class Shortfall:
    """How far an item falls short of its reference, in shares of the root of the reference's area.

    deepest: ≥ 0. map: h×w float32 ≥ 0 over the view, as fine as the outline: where, and how far.
    """

    deepest: float
    map: Map


def shortfall(view: Look, reference: Look, lie: Lie, inside: Mask) -> Shortfall | None:
    """Compares two looks of one grid; None where an item could not be told from its background.

    inside: rows×columns bool, the cells that show the view itself.
    """
    if not (view.isolated and reference.isolated):
        return None
    item, seen = view.silhouette, _reach(view)
    height, width = item.shape
    seen = seen & (cv2.resize(inside.astype(np.uint8), (width, height), interpolation=0) > 0)
    pristine, known = _best_shift(item, reference.silhouette, _reach(reference), lie)
    seen = seen & known
    size = float(np.sqrt(max(int(reference.silhouette.sum()), 1)))
    lacking = _distance(pristine & ~item & seen, item)
    over = float(_distance(item & ~pristine & seen, pristine).max())
    lacking = np.maximum(0, lacking - OVER_SHARE * over) / size
    return Shortfall(float(lacking.max()), np.asarray(lacking, np.float32))


def _reach(look: Look) -> Mask:
    height, width = look.silhouette.shape
    return shown(look.round, (height, width), RIM_PX)


def _best_shift(item: Mask, pristine: Mask, known: Mask, lie: Lie) -> tuple[Mask, Mask]:
    """The reference's outline, and its reach, moved to where it covers the item best."""
    height, width = item.shape
    down, right = (round(step * max(height, width)) + REFINE_PX for step in lie.shift)
    around = (width + 2 * REFINE_PX, height + 2 * REFINE_PX)
    matrix = np.array([[1, 0, right], [0, 1, down]], np.float32)
    wide, reach = (
        cv2.warpAffine(mask.astype(np.uint8), matrix, around, flags=cv2.INTER_NEAREST)
        for mask in (pristine, known)
    )
    differing = cv2.matchTemplate(wide, item.astype(np.uint8), cv2.TM_SQDIFF)
    row, column = divmod(int(differing.argmin()), differing.shape[1])
    place = slice(row, row + height), slice(column, column + width)
    return wide[place] > 0, reach[place] > 0


def _distance(part: Mask, to: Mask) -> Map:
    """Pixels from each place of a part to the nearest place of a mask; 0 outside the part."""
    if not part.any() or not to.any():
        return np.zeros(part.shape, np.float32)
    far = cv2.distanceTransform((~to).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(far * part, np.float32)
