"""What stands beside the encoder's features: the empty tray and depth, cell by cell.

Both are optional. A flag says whether they were there, so that a network can tell "nothing differs"
from "nobody knows".
"""

import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import View
from amiss.vision import beside_tray as tray
from amiss.vision import relief as depth

TRAY = slice(0, tray.CHANNELS)
DEPTH = slice(tray.CHANNELS + 1, tray.CHANNELS + 1 + depth.CHANNELS)
CHANNELS = tray.CHANNELS + depth.CHANNELS + 2
"""Of the tray, its flag, of depth, its flag."""


def cues(view: View, grid: tuple[int, int]) -> NDArray[np.float32]:
    """CHANNELS×rows×columns float32; all channels of what is not there are 0, its flag too."""
    found = np.zeros((CHANNELS, *grid), np.float32)
    if view.empty_tray is not None:
        found[TRAY] = tray.beside_tray(view.rgb, view.empty_tray, grid)
        found[TRAY.stop] = 1
    if view.depth is not None:
        found[DEPTH] = depth.relief(view.depth, grid, view.intrinsics, view.pose)
        found[DEPTH.stop] = 1
    return found


def without(found: NDArray[np.float32], *, tray: bool, depth: bool) -> NDArray[np.float32]:
    """The same as if there had been no empty tray, or no depth."""
    left = found.copy()
    if tray:
        left[: TRAY.stop + 1] = 0
    if depth:
        left[DEPTH.start : DEPTH.stop + 1] = 0
    return left
