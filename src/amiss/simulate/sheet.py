"""Patches as grids of vertices, and many such grids as one mesh with smooth normals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from amiss.simulate.scene import Mesh
from amiss.simulate.shapes.patch import Patch, Points

_TOUCHING = 2e-4  # metres; vertices of two borders that lie nearer belong to one edge
_FOLD = np.cos(np.radians(40))  # edges that turn by more stay sharp
_MOVED = 1e-3  # metres; what moved less still shows itself where it was
_SMALLEST = 1e-13  # m² (twice the area); smaller triangles, as at a pole, are left out

Place = tuple[int, int, int, int]
"""x, y, width, height of a patch in the atlas, in texels."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A patch, sampled. nv×nu vertices, row 0 at v = 0, column 0 at u = 0.

    rest: nv×nu×3 metres before, moved: the same after all harms. normals: nv×nu×3, unit, outwards,
    of the surface at rest. cut: nv×nu, negative where the surface is gone.
    """

    rest: Points
    moved: Points
    normals: Points
    cut: NDArray[np.float64]

    @classmethod
    def sample(cls, patch: Patch) -> Self:
        """The patch at rest, on its grid."""
        columns, rows = patch.grid
        uv = np.stack(np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows)), axis=-1)
        rest = np.asarray(patch.rest(uv), np.float64)
        cut = np.full((rows, columns), np.inf)
        return cls(rest, rest, _grid_normals(rest, patch.closed_u), cut)

    def after(self, moved: Points, cut: NDArray[np.float64]) -> Self:
        """The same sheet, harmed."""
        return replace(self, moved=moved, cut=cut)

    def at_texels(self, shape: tuple[int, int]) -> Points:
        """H×W×3 metres: rest positions of the centres of H×W texels, on the sampled surface."""
        rows, columns = self.rest.shape[:2]
        down = (np.arange(shape[0], dtype=np.float32) + 0.5) / shape[0] * (rows - 1)
        right = (np.arange(shape[1], dtype=np.float32) + 0.5) / shape[1] * (columns - 1)
        x, y = np.meshgrid(right, down)
        # float32 has 0.1 µm left at a metre, and OpenCV interpolates in it
        texels = cv2.remap(self.rest.astype(np.float32), x, y, cv2.INTER_LINEAR)
        return np.asarray(texels, np.float64)

    def faces(self) -> NDArray[np.int32]:
        """F×3: triangles of what is left, counter-clockwise from outside."""
        faces = self._grid_faces()
        if np.isposinf(self.cut).all():
            return faces
        return np.asarray(faces[self.cut.reshape(-1)[faces].mean(axis=1) >= 0])

    def at_rest(self) -> Self:
        """The same sheet before its harms."""
        return replace(self, moved=self.rest, cut=np.full(self.cut.shape, np.inf))

    def _grid_faces(self) -> NDArray[np.int32]:
        rows, columns = self.rest.shape[:2]
        index = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
        a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
        return np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)

    def ghost(self) -> NDArray[np.int32]:
        """F×3: triangles that were cut away, or moved from where they were."""
        far = np.abs(self.moved - self.rest).max(axis=-1) > _MOVED
        changed = (far | (self.cut < 0)).reshape(-1)
        faces = self._grid_faces()
        return np.asarray(faces[changed[faces].any(axis=1)])

    def border(self) -> NDArray[np.int64]:
        """Indices of the vertices on the four sides."""
        index = np.arange(self.cut.size).reshape(self.cut.shape)
        return np.unique(np.concatenate([index[0], index[-1], index[:, 0], index[:, -1]]))


@dataclass(frozen=True, slots=True, eq=False)
class Cloth:
    """A sheet, its part and its place in the atlas. faces: F×3, triangles of its own vertices."""

    sheet: Sheet
    faces: NDArray[np.int32]
    part: str
    place: Place


def join(cloths: Sequence[Cloth], atlas: tuple[int, int]) -> Mesh:
    """Many sheets as one mesh. atlas: width and height in texels.

    Normals are smooth within a sheet, and over the edge between two where they met at rest without
    a fold.
    """
    sheets = [cloth.sheet for cloth in cloths]
    firsts = np.cumsum([0, *(sheet.cut.size for sheet in sheets[:-1])])
    faces = np.concatenate(
        [cloth.faces + np.int32(first) for cloth, first in zip(cloths, firsts, strict=True)]
    )
    vertices = np.concatenate([sheet.moved.reshape(-1, 3) for sheet in sheets])
    names = tuple(dict.fromkeys(cloth.part for cloth in cloths))
    numbers = np.array([names.index(cloth.part) for cloth in cloths], np.uint16)
    part = np.repeat(numbers, [len(cloth.faces) for cloth in cloths])
    first, second, third = (vertices[faces[:, corner]] for corner in range(3))
    along = _cross(second - first, third - first)
    solid = np.sqrt((along**2).sum(axis=1)) > _SMALLEST
    normals = _smooth(sheets, firsts, along, faces)
    uv = np.concatenate([_uv(cloth.sheet, *cloth.place) for cloth in cloths])
    return Mesh(
        vertices.astype(np.float32),
        normals.astype(np.float32),
        (uv / atlas).astype(np.float32),
        np.ascontiguousarray(faces[solid]),
        part[solid],
        names,
    )


def _smooth(
    sheets: Sequence[Sheet],
    firsts: NDArray[np.int64],
    along: Points,
    faces: NDArray[np.int32],
) -> Points:
    """V×3: unit normals of the moved vertices, weighted by area. along: F×3, of the faces."""
    rest = np.concatenate([sheet.normals.reshape(-1, 3) for sheet in sheets])
    total = np.stack(
        [
            sum(np.bincount(faces[:, corner], along[:, axis], len(rest)) for corner in range(3))
            for axis in range(3)
        ],
        axis=1,
    )
    border = np.concatenate(
        [sheet.border() + first for sheet, first in zip(sheets, firsts, strict=True)]
    )
    places = np.concatenate([sheet.rest.reshape(-1, 3) for sheet in sheets])[border]
    pairs = border[cKDTree(places).query_pairs(_TOUCHING, output_type="ndarray")]
    one, other = pairs[:, 0], pairs[:, 1]
    flush = (rest[one] * rest[other]).sum(axis=1) > _FOLD
    one, other = one[flush], other[flush]
    welded = total.copy()
    np.add.at(welded, one, total[other])
    np.add.at(welded, other, total[one])
    length = np.sqrt((welded**2).sum(axis=1))
    lost = length < _SMALLEST  # all triangles around it are gone
    welded[lost] = rest[lost]
    length[lost] = 1
    return np.asarray(welded / length[:, None])


def _uv(sheet: Sheet, x: int, y: int, width: int, height: int) -> Points:
    """V×2: places of the vertices in the atlas, in texels from its corner."""
    rows, columns = sheet.cut.shape
    right = x + np.linspace(0, 1, columns) * width
    down = y + np.linspace(0, 1, rows) * height
    return np.stack(np.meshgrid(right, down), axis=-1).reshape(-1, 2)


def _grid_normals(rest: Points, closed_u: bool) -> Points:
    """nv×nu×3: unit normals of a sampled surface, by central differences."""
    along_v, along_u = np.gradient(rest, axis=0), np.gradient(rest, axis=1)
    if closed_u:
        along_u[:, 0] = along_u[:, -1] = (rest[:, 1] - rest[:, -2]) / 2
    normals = _cross(along_u, along_v)
    length = np.sqrt((normals**2).sum(axis=-1))
    flat = length <= 1e-9 * max(float(length.max()), 1e-30)
    normals /= np.where(flat, 1, length)[..., None]
    for edge, inner in ((0, 1), (-1, -2)):  # a pole has no direction of its own
        normals[edge] = np.where(flat[edge][:, None], normals[inner].mean(axis=0), normals[edge])
        lost = flat[:, edge][:, None]
        normals[:, edge] = np.where(lost, normals[:, inner], normals[:, edge])
    length = np.sqrt((normals**2).sum(axis=-1))
    return np.asarray(normals / np.maximum(length, 1e-12)[..., None])


def _cross(one: Points, other: Points) -> Points:
    """…×3: the vector product, several times faster than NumPy's own."""
    a, b, c = np.moveaxis(one, -1, 0)
    x, y, z = np.moveaxis(other, -1, 0)
    return np.stack([b * z - c * y, c * x - a * z, a * y - b * x], axis=-1)
