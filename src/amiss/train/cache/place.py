"""Where on its product each cell of a simulated view lies.

Depth, camera and the item's pose say so; two cells, of two captures, that lie at the same place of
the product and face the same way show the same thing. A comparator learns from such pairs.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import Matrix, View

Places = NDArray[np.float32]


def places(view: View, lies: Matrix | None, grid: tuple[int, int]) -> tuple[Places, Places]:
    """rows×columns×3 metres in the product's frame, and the outward normal there; NaN if unknown.

    Of each cell the middle depth counts, so that an edge does not give a place between two things.
    """
    unknown = np.full((*grid, 3), np.nan, np.float32)
    if lies is None or view.depth is None or view.intrinsics is None or view.pose is None:
        return unknown, unknown
    depth = _median(view.depth, grid)
    rows, columns = grid
    lens = view.intrinsics
    right = ((np.arange(columns) + 0.5) * lens.width / columns - 0.5 - lens.cx) / lens.fx
    down = ((np.arange(rows) + 0.5) * lens.height / rows - 0.5 - lens.cy) / lens.fy
    rays = np.stack([*np.meshgrid(right, down), np.ones(grid)], axis=-1)
    booth = (rays * depth[..., None] - view.pose[:3, 3]) @ view.pose[:3, :3]
    own = (booth - lies[:3, 3]) @ lies[:3, :3]
    return own.astype(np.float32), _normals(own).astype(np.float32)


def _median(depth: NDArray[np.float32], grid: tuple[int, int]) -> NDArray[np.float64]:
    """Of each cell the median of what was measured; NaN where nothing was."""
    rows, columns = grid
    side = max(1, round(depth.shape[0] / rows))
    fitted = cv2.resize(depth, (columns * side, rows * side), interpolation=cv2.INTER_NEAREST)
    cells = fitted.reshape(rows, side, columns, side).transpose(0, 2, 1, 3)
    ordered = np.sort(np.where(cells > 0, cells, np.inf).reshape(rows, columns, -1), axis=2)
    count = np.isfinite(ordered).sum(axis=2, keepdims=True)
    middle = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=2)[..., 0]
    return np.where(count[..., 0] > 0, middle, np.nan).astype(np.float64)


def _normals(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Outward normals of a grid of points that is seen from outside, row by row downwards."""
    across, along = np.gradient(points, axis=1), np.gradient(points, axis=0)
    normals = np.cross(along, across)
    return np.asarray(
        normals / np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-12), np.float64
    )
