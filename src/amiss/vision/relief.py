"""What depth tells of a surface: how high it stands above the tray, and where it bends.

Depth sees what colour cannot: a dent from straight above, a flap that stands up. It is read as the
distance, along the camera's axis, between what the camera measured and the tray's plane behind it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import DepthArray, Intrinsics, Matrix

Plane = NDArray[np.float32]

CHANNELS = 4
_FINE = 4  # places a cell, each way, at which bends are looked for
_HEIGHT, _SMALL, _LARGE = 0.1, 0.004, 0.012  # metres that make 1
_TALLEST = 0.6  # metres above or below the tray, beyond which more says no more
_MOST = 3.0  # bends beyond that say no more
_NEAR, _AROUND = (3, 13), (9, 37)  # places: what is compared with its surroundings
_LEAST = 0.2  # share of a cell that must be measured
_ROUNDS = 6
_ON_PLANE = 0.006  # metres within which a place counts as tray


def relief(
    depth: DepthArray,
    grid: tuple[int, int],
    intrinsics: Intrinsics | None = None,
    pose: Matrix | None = None,
) -> NDArray[np.float32]:
    """4×rows×columns float32: height, share measured, and bends of two sizes.

    Height is in 0.1 m, from −6 to 6. A bend is the height of a place less that of its surroundings,
    in 4 mm and 12 mm, from −3 to 3. All are 0 where too little was measured.

    Args:
        depth: H×W metres along the optical axis, 0 where nothing was measured.
        grid: (rows, columns).
        intrinsics: of a picture of the depth's size.
        pose: 4×4, booth to camera; with it and the lens the tray's plane is known. Else it is found
            as the plane that most of the border lies on.
    """
    rows, columns = grid
    plane = _fitted(depth) if intrinsics is None or pose is None else _tray(intrinsics, pose)
    measured = (depth > 0).astype(np.float32)
    # Near the horizon the tray is without end behind a pixel, and one would drown its cell.
    height = np.clip(plane - depth, -_TALLEST, _TALLEST) * measured
    size = (columns * _FINE, rows * _FINE)
    share = _resized(measured, size)
    fine = _resized(height, size)  # not divided by its share yet: sums are needed below
    cells = _resized(share, (columns, rows))
    seen = cells > _LEAST
    whole = np.where(seen, _resized(fine, (columns, rows)) / np.maximum(cells, 1e-3), 0)
    bends = [
        np.clip(_resized(_bend(fine, share, *sizes), (columns, rows)) / unit, -_MOST, _MOST) * seen
        for sizes, unit in ((_NEAR, _SMALL), (_AROUND, _LARGE))
    ]
    return np.stack([whole / _HEIGHT, cells, *bends]).astype(np.float32)


def _tray(intrinsics: Intrinsics, pose: Matrix) -> Plane:
    """Depth of the booth's plane z = 0 at each pixel."""
    turn, shift = pose[:3, :3], pose[:3, 3]
    up = turn[:, 2]  # the tray's normal, in the camera's frame
    x = (np.arange(intrinsics.width) - intrinsics.cx) / intrinsics.fx
    y = (np.arange(intrinsics.height) - intrinsics.cy) / intrinsics.fy
    along = up[0] * x[None, :] + up[1] * y[:, None] + up[2]
    return np.asarray(float(up @ shift) / np.where(np.abs(along) < 1e-6, 1e-6, along), np.float32)


def _fitted(depth: DepthArray) -> Plane:
    """The plane along the border: its inverse depth is linear in the pixel's place."""
    height, width = depth.shape
    down, right = np.mgrid[:height, :width].astype(np.float64)
    down, right = down / height - 0.5, right / width - 0.5
    ring = np.zeros(depth.shape, np.bool_)
    edge = max(2, min(height, width) // 40)
    ring[:edge], ring[-edge:], ring[:, :edge], ring[:, -edge:] = True, True, True, True
    use = ring & (depth > 0)
    if use.sum() < 3:
        return np.asarray(depth, np.float32)  # nothing is known of the tray: nothing stands out
    basis = np.stack([right[use], down[use], np.ones(int(use.sum()))], axis=1)
    found = depth[use].astype(np.float64)
    inside = found >= np.median(found) - _ON_PLANE  # an item stands in front of the tray
    plane = np.zeros(3)
    for _ in range(_ROUNDS):
        plane = np.linalg.lstsq(basis[inside], 1 / found[inside], rcond=None)[0]
        closer = np.abs(1 / np.maximum(basis @ plane, 1e-6) - found) < _ON_PLANE
        if closer.sum() < 3 or np.array_equal(closer, inside):
            break
        inside = closer
    inverse = plane[0] * right + plane[1] * down + plane[2]
    return np.asarray(1 / np.maximum(inverse, 1e-6), np.float32)


def _bend(fine: Plane, share: Plane, near: int, around: int) -> Plane:
    """Mean height near each place less the mean around it."""
    return _mean(fine, share, near) - _mean(fine, share, around)


def _mean(fine: Plane, share: Plane, side: int) -> Plane:
    window = (side, side)
    weight = cv2.blur(share, window)
    return np.asarray(cv2.blur(fine, window) / np.maximum(weight, 1e-3), np.float32)


def _resized(plane: Plane, size: tuple[int, int]) -> Plane:
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)
