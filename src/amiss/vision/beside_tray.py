"""How a view differs from its own empty tray: the item, and whatever else lies there.

A puddle beside the bag, a shard, a screw: the item's references cannot tell of it, the empty tray
can. Exposure and light drift between the two pictures, so what differs alike everywhere along the
border is taken for drift.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import RgbArray

CHANNELS = 3
_FINE = 2  # pixels a cell, each way, that are compared
_RING = 2  # pixels along the border that are taken to show the tray
_LIGHT, _CHROMA, _MOST = 50.0, 30.0, 30.0  # ΔE that make 1; beyond the last, more says no more


def beside_tray(rgb: RgbArray, empty: RgbArray, grid: tuple[int, int]) -> NDArray[np.float32]:
    """3×rows×columns float32: how far each cell differs from the empty tray.

    Mean difference of lightness (signed, in 50), mean difference of chroma (in 30), and the largest
    ΔE (CIE 1976) of a place in the cell, at most 30 (in 30).

    Args:
        rgb: H×W×3 uint8, the view.
        empty: the same camera's picture of the empty tray; of any size.
        grid: (rows, columns).
    """
    rows, columns = grid
    size = (columns * _FINE, rows * _FINE)
    apart = _lab(rgb, size) - _lab(empty, size)
    apart -= _drift(apart)
    light = apart[..., 0]
    chroma = np.hypot(apart[..., 1], apart[..., 2])
    whole = np.minimum(np.hypot(light, chroma), _MOST)
    cells = [plane.reshape(rows, _FINE, columns, _FINE) for plane in (light, chroma, whole)]
    return np.stack(
        [
            cells[0].mean(axis=(1, 3)) / _LIGHT,
            cells[1].mean(axis=(1, 3)) / _CHROMA,
            cells[2].max(axis=(1, 3)) / _MOST,
        ]
    ).astype(np.float32)


def _lab(rgb: RgbArray, size: tuple[int, int]) -> NDArray[np.float32]:
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def _drift(apart: NDArray[np.float32]) -> NDArray[np.float32]:
    """What differs along the border: the median, so that an item that reaches it tells nothing."""
    sides = (apart[:_RING], apart[-_RING:], apart[:, :_RING], apart[:, -_RING:])
    return np.asarray(
        np.median(np.concatenate([side.reshape(-1, 3) for side in sides]), axis=0), np.float32
    )
