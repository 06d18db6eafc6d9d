"""How much of the tray is covered by what stands on it, in square metres.

One item covers no more than its largest face, however it lies; two that touch are one to the eye,
and cover more. Only depth tells, from a camera that looks straight down.
"""

import cv2
import numpy as np

from amiss.booth.checks.foreground import Foreground
from amiss.domain.capture import DepthArray, Intrinsics

LEVEL = 0.05  # share by which the tray's depth may vary before a camera that looks straight down


def footprint(
    solid: Foreground, depth: DepthArray, empty: DepthArray, lens: Intrinsics
) -> float | None:
    """Square metres that stand above the tray; None where the camera does not look straight down.

    Args:
        solid: what stands above it, as `by_height` found it.
        depth: H×W metres, with the item; 0 where unknown.
        empty: the same of the empty tray.
        lens: of the camera, in pixels of depth.
    """
    tray = empty[empty > 0]
    if not tray.size or np.ptp(np.percentile(tray, [2, 98])) > LEVEL * np.median(tray):
        return None
    height, width = depth.shape
    mask = cv2.resize(solid.mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    covered = np.where(mask > 0, depth, 0)
    known = covered[covered > 0]
    if not known.size:
        return None
    # A pixel sees (z / fx) × (z / fy); where depth has holes, the item is as high as elsewhere.
    squares = float((known.astype(np.float64) ** 2).sum())
    squares += float(np.median(known)) ** 2 * (int(mask.sum()) - known.size)
    return squares / (lens.fx * lens.fy)


def largest_face(size: tuple[float, float, float]) -> float:
    """Square metres of the largest face of a box of this length, width and height."""
    _, middle, longest = sorted(size)
    return middle * longest
