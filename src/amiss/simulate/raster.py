"""Which triangle a camera sees in each pixel: our own z-buffer, in NumPy.

The ground truth hangs on it, so it uses no graphics driver and no random number; sums and products
of float64 one by one, so that every machine gets the same. One ray per pixel, through its middle.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from amiss.simulate.rig import project
from amiss.simulate.scene import Eyepoint, Mesh

_NEAREST = 0.02  # metres; what lies nearer to the camera, or behind it, is not drawn
_CANDIDATES = 1 << 16  # pixel tests at once, so that temporaries stay in the cache
_TIE = 1e-12  # of a pixel's width; a pixel on the edge of two triangles belongs to one of them


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a camera sees of a mesh, in the n pixels where it sees something.

    shape: of the picture. pixels: n, their places in it, row by row. faces: n int32, numbers of
    the triangles. near: n float64 metres along the optical axis. shares: 3×n float64, weights of
    the triangle's corners at that point (in space, not in the picture).
    """

    shape: tuple[int, int]
    pixels: NDArray[np.intp]
    faces: NDArray[np.int32]
    near: NDArray[np.float64]
    shares: NDArray[np.float64]

    @property
    def face(self) -> NDArray[np.int32]:
        """H×W: number of the triangle, −1 where there is none."""
        return self._spread(self.faces, -1)

    @property
    def depth(self) -> NDArray[np.float64]:
        """H×W metres, inf where there is nothing."""
        return self._spread(self.near, np.inf)

    @property
    def weights(self) -> NDArray[np.float64]:
        """H×W×3: shares of the corners, 0 where there is nothing."""
        return np.stack([self._spread(share, 0) for share in self.shares], axis=-1)

    def where(self, shown: NDArray[np.bool_]) -> Self:
        """Some of its pixels. shown: n, which."""
        return replace(
            self,
            pixels=self.pixels[shown],
            faces=self.faces[shown],
            near=self.near[shown],
            shares=self.shares[:, shown],
        )

    def between(self, values: NDArray[np.float32], mesh: Mesh) -> list[NDArray[np.float64]]:
        """C times n: what is known at the vertices, V×C, at each pixel."""
        corners = mesh.faces.T[:, self.faces]
        first, second, third = self.shares
        return [
            column[corners[0]] * first + column[corners[1]] * second + column[corners[2]] * third
            for column in np.ascontiguousarray(values.T)
        ]

    def _spread(self, values: NDArray[Any], nothing: float) -> NDArray[Any]:
        full = np.full(self.shape, nothing, values.dtype)
        full.reshape(-1)[self.pixels] = values
        return full


def rasterise(mesh: Mesh, eye: Eyepoint) -> Seen:
    """The nearest triangle in each pixel; both sides of it count, a tie goes to the lower number.

    Edge functions after Pineda, "A parallel algorithm for polygon rasterization" (1988), on the
    pixels of each triangle's bounding box, boxes of like size at once.
    """
    height, width = eye.intrinsics.height, eye.intrinsics.width
    flat = np.ascontiguousarray(project(eye, mesh.vertices).T)
    faces = np.ascontiguousarray(mesh.faces.T)
    numbers = np.flatnonzero((flat[2] > _NEAREST)[faces].all(axis=0))
    x, y = (flat[axis][faces[:, numbers]] for axis in (0, 1))
    area = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])
    left, right = _span(x, width)
    top, bottom = _span(y, height)
    drawn = np.flatnonzero((np.abs(area) > _TIE) & (right >= left) & (bottom >= top))
    # Boxes are rounded up to a few sizes, so that all of one size are tested in one go.
    across, down = _rounded((right - left + 1)[drawn]), _rounded((bottom - top + 1)[drawn])
    kinds = across * (1 << 20) + down
    order = np.argsort(kinds, kind="stable")
    kinds, drawn = kinds[order], drawn[order]
    boxes = _Boxes(
        numbers[drawn],
        x[:, drawn],
        y[:, drawn],
        1 / flat[2][faces[:, numbers[drawn]]],
        area[drawn],
        (left[drawn], top[drawn]),
        (right[drawn], bottom[drawn]),
    )
    nearest = np.zeros(height * width, np.uint64)
    ends = [0, *(np.flatnonzero(np.diff(kinds)) + 1), len(kinds)]
    for begin, end in pairwise(ends):
        if begin == end:
            continue
        box = (int(kinds[begin]) & ((1 << 20) - 1), int(kinds[begin]) >> 20)
        step = max(1, _CANDIDATES // (box[0] * box[1]))
        for first in range(begin, end, step):
            _draw(nearest, boxes, slice(first, min(first + step, end)), box, width)
    return _resolve(nearest, (height, width), faces, flat)


@dataclass(frozen=True, slots=True, eq=False)
class _Boxes:
    """F triangles in the picture, those with like bounding boxes together.

    numbers: in the mesh. x, y, inverse: of their corners, 3×F, the last is 1/depth. area: twice
    the signed one. low, high: first and last pixel of the box, (x, y).
    """

    numbers: NDArray[np.intp]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    inverse: NDArray[np.float64]
    area: NDArray[np.float64]
    low: tuple[NDArray[np.int64], NDArray[np.int64]]
    high: tuple[NDArray[np.int64], NDArray[np.int64]]


def _span(values: NDArray[np.float64], limit: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last pixel whose middle lies within the corners, inside the picture."""
    a, b, c = values
    least, most = np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)
    low = np.ceil(np.clip(least, 0, limit)).astype(np.int64)
    high = np.floor(np.clip(most, -1, limit - 1)).astype(np.int64)
    return low, high


def _rounded(sides: NDArray[np.int64]) -> NDArray[np.int64]:
    """1, 2, 3, 4, 6, 8, 12, 16, 24, …: the next such side of a box."""
    steps = np.array([1, 2, 3, 4] + [s for k in range(2, 13) for s in (3 << (k - 1), 4 << (k - 1))])
    return np.asarray(steps[np.searchsorted(steps, sides)])


def _draw(
    nearest: NDArray[np.uint64], boxes: _Boxes, these: slice, box: tuple[int, int], width: int
) -> None:
    """Tests the pixels of like boxes; keeps the largest 1/depth per pixel, then the lower face.

    Triangles go along the last axis: there are many of them, and few pixels in a box.
    """
    inverse, area = boxes.inverse[:, these], boxes.area[these]
    left, top = boxes.low[0][these], boxes.low[1][these]
    # Relative to the box's corner, so that small triangles keep their precision.
    x, y = boxes.x[:, these] - left, boxes.y[:, these] - top
    columns = np.arange(box[1])[None, :, None]
    rows = np.arange(box[0])[:, None, None]
    inside = (columns <= boxes.high[0][these] - left) & (rows <= boxes.high[1][these] - top)
    sought: NDArray[np.float64] | float = 0.0
    for corner in range(3):
        a, b = (corner + 1) % 3, (corner + 2) % 3
        # The weight of a corner is a plane over the picture: 1 there, 0 on the edge across.
        slope_x = (y[a] - y[b]) / area
        slope_y = (x[b] - x[a]) / area
        level = (x[a] * y[b] - x[b] * y[a]) / area
        weight = (slope_x * columns + level) + slope_y * rows
        inside &= weight >= -_TIE
        sought = sought + weight * inverse[corner]
    row, column, triangle = np.nonzero(inside)
    at = (top[triangle] + row) * width + left[triangle] + column
    near = np.asarray(sought)[inside].astype(np.float32).view(np.uint32).astype(np.uint64)
    face = np.uint64(0xFFFFFFFF) - boxes.numbers[these].astype(np.uint64)[triangle]
    np.maximum.at(nearest, at, (near << np.uint64(32)) | face)


def _resolve(
    nearest: NDArray[np.uint64],
    shape: tuple[int, int],
    faces: NDArray[np.int32],
    flat: NDArray[np.float64],
) -> Seen:
    """Depth and weights of the triangles that won, once per pixel. faces: 3×F. flat: 3×V."""
    pixels = np.flatnonzero(nearest)
    winners = np.uint64(0xFFFFFFFF) - (nearest[pixels] & np.uint64(0xFFFFFFFF))
    rows, columns = np.divmod(pixels, shape[1])
    corners = faces[:, winners.astype(np.intp)]
    x, y, depth = flat[0][corners] - columns, flat[1][corners] - rows, flat[2][corners]
    edges = [x[a] * y[b] - x[b] * y[a] for a, b in ((1, 2), (2, 0), (0, 1))]
    area = edges[0] + edges[1] + edges[2]
    shares = [edge / area / depth[place] for place, edge in enumerate(edges)]
    inverse = shares[0] + shares[1] + shares[2]
    return Seen(shape, pixels, winners.astype(np.int32), 1 / inverse, np.stack(shares) / inverse)
