"""What is really to be seen in a view: item, damage, parts, depth. No light is needed for that."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from amiss.simulate.assemble import BESIDE
from amiss.simulate.raster import Seen, rasterise
from amiss.simulate.scene import Eyepoint, Mesh, Scene

_GHOST_TIE = 4e-4  # metres; nearer than this to what is seen, nothing is missing
_TRAY_TIE = 5e-4  # metres; what lies flat on the tray is in front of it


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """One view, pixel by pixel; all H×W.

    item: bool, the item, films included; what was spilt or fell beside it is no item. damage:
    uint8, 0 is sound, otherwise 1 + the place of the type in DamageType; beside the item too.
    part: uint16, 0 is no item (tray or nothing), otherwise 1 + the place in names. depth: float32
    metres along the optical axis, through films, 0 beyond the tray. facing: float32, cosine between
    the surface and the line of sight, 0 where it is grazing. rough: float32 in [0, 1]. film: bool,
    seen through a film.
    """

    item: NDArray[np.bool_]
    damage: NDArray[np.uint8]
    part: NDArray[np.uint16]
    names: tuple[str, ...]
    depth: NDArray[np.float32]
    facing: NDArray[np.float32]
    rough: NDArray[np.float32]
    film: NDArray[np.bool_]


def truth(scene: Scene, eye: Eyepoint) -> Truth:
    """What `eye` has before it.

    Where a surface that was moved, cut or taken away would stand before what is seen now, its
    damage is seen too: a hole is damage, not only its rim; so is the gap of a missing unit.
    """
    canvas = _Canvas.of_tray(scene, eye)
    canvas.draw_item(scene, eye)
    canvas.draw_film(scene, eye)
    canvas.draw_ghost(scene, eye)
    return canvas.finished(scene)


@dataclass(frozen=True, slots=True, eq=False)
class _Canvas:
    """A truth in the making; its arrays are drawn into."""

    item: NDArray[np.bool_]
    damage: NDArray[np.uint8]
    part: NDArray[np.uint16]
    depth: NDArray[np.float64]
    facing: NDArray[np.float32]
    rough: NDArray[np.float32]
    film: NDArray[np.bool_]

    @classmethod
    def of_tray(cls, scene: Scene, eye: Eyepoint) -> Self:
        """The tray alone: a plane with an edge."""
        depth, facing = _tray(scene, eye)
        shape = depth.shape
        return cls(
            item=np.zeros(shape, np.bool_),
            damage=np.zeros(shape, np.uint8),
            part=np.zeros(shape, np.uint16),
            depth=depth,
            facing=facing,
            rough=np.full(shape, scene.tray.rough, np.float32),
            film=np.zeros(shape, np.bool_),
        )

    def draw_item(self, scene: Scene, eye: Eyepoint) -> None:
        """The item, and what lies beside it, over the tray."""
        if scene.item is None or scene.atlas is None:
            return
        seen = rasterise(scene.item, eye)
        seen = seen.where(seen.near <= self.depth.reshape(-1)[seen.pixels] + _TRAY_TIE)
        texel = _texels(scene.item, seen, scene.atlas.damage.shape)
        beside = np.array([name.startswith(BESIDE) for name in scene.item.names])
        number = scene.item.part[seen.faces]
        _paint(self.item, seen, ~beside[number])
        _paint(self.damage, seen, scene.atlas.damage[texel])
        _paint(self.part, seen, number + 1)
        _paint(self.depth, seen, seen.near)
        _paint(self.facing, seen, _facing(scene.item, seen, eye))
        _paint(self.rough, seen, scene.atlas.rough[texel])

    def draw_film(self, scene: Scene, eye: Eyepoint) -> None:
        """Films in front of it; their own damage hides that of what lies behind."""
        if scene.film is None or scene.atlas is None:
            return
        seen = rasterise(scene.film, eye)
        seen = seen.where(seen.near <= self.depth.reshape(-1)[seen.pixels])
        _paint(self.film, seen, True)
        _paint(self.item, seen, True)
        torn = scene.atlas.damage[_texels(scene.film, seen, scene.atlas.damage.shape)]
        seen = seen.where(torn > 0)
        _paint(self.damage, seen, torn[torn > 0])

    def draw_ghost(self, scene: Scene, eye: Eyepoint) -> None:
        """What is missing before what is seen."""
        if scene.ghost is None or scene.atlas is None:
            return
        seen = rasterise(scene.ghost, eye)
        before = seen.near < self.depth.reshape(-1)[seen.pixels] - _GHOST_TIE
        seen = seen.where(before & (self.damage.reshape(-1)[seen.pixels] == 0))
        texel = _texels(scene.ghost, seen, scene.atlas.damage.shape)
        _paint(self.damage, seen, scene.atlas.damage[texel])

    def finished(self, scene: Scene) -> Truth:
        depth = np.where(np.isfinite(self.depth), self.depth, 0).astype(np.float32)
        names = () if scene.item is None else scene.item.names
        return Truth(
            self.item, self.damage, self.part, names, depth, self.facing, self.rough, self.film
        )


def _paint(plane: NDArray[Any], seen: Seen, values: NDArray[Any] | bool) -> None:
    plane.reshape(-1)[seen.pixels] = values


def _tray(scene: Scene, eye: Eyepoint) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """H×W: depth of the tray's plane (inf beyond its edge), and cosine of the angle onto it."""
    height, width = eye.intrinsics.height, eye.intrinsics.width
    rays = _rays(eye, np.arange(width)[None, :], np.arange(height)[:, None])
    centre = -eye.pose[:3, :3].T @ eye.pose[:3, 3]
    falling = np.minimum(rays[2], -1e-9)
    depth = -centre[2] / falling
    x, y = (centre[axis] + depth * rays[axis] for axis in (0, 1))
    length, broad = scene.tray.size
    inside = (np.abs(x) <= length / 2) & (np.abs(y) <= broad / 2)
    long = np.sqrt(_dot(rays, rays))
    return np.where(inside, depth, np.inf), (-falling / long).astype(np.float32)


def _rays(
    eye: Eyepoint, columns: NDArray[np.int64], rows: NDArray[np.int64]
) -> list[NDArray[np.float64]]:
    """x, y, z of the rays in the booth through the pixels' middles, 1 along the optical axis."""
    lens = eye.intrinsics
    x, y = (columns - lens.cx) / lens.fx, (rows - lens.cy) / lens.fy
    right, down, forward = eye.pose[:3, :3]
    return [x * right[axis] + y * down[axis] + forward[axis] for axis in range(3)]


def _dot(one: list[NDArray[np.float64]], other: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.asarray(one[0] * other[0] + one[1] * other[1] + one[2] * other[2])


def _texels(
    mesh: Mesh, seen: Seen, shape: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column in the atlas of each pixel."""
    u, v = seen.between(mesh.uv, mesh)
    row = np.clip((v * shape[0]).astype(np.int64), 0, shape[0] - 1)
    column = np.clip((u * shape[1]).astype(np.int64), 0, shape[1] - 1)
    return row, column


def _facing(mesh: Mesh, seen: Seen, eye: Eyepoint) -> NDArray[np.float32]:
    normal = seen.between(mesh.normals, mesh)
    rows, columns = np.divmod(seen.pixels, seen.shape[1])
    ray = _rays(eye, columns, rows)
    length = np.sqrt(_dot(normal, normal) * _dot(ray, ray))
    cosine = np.abs(_dot(normal, ray)) / np.maximum(length, 1e-12)
    return np.asarray(cosine, np.float32)
