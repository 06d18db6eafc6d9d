"""What is really to be seen in a view: item, damage, parts, depth. No light is needed for that."""

from dataclasses import dataclass
from typing import Self

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
        front = (seen.face >= 0) & (seen.depth <= self.depth + _TRAY_TIE)
        texel = _texels(scene.item, seen, front, scene.atlas.damage.shape)
        beside = np.array([name.startswith(BESIDE) for name in scene.item.names])
        number = scene.item.part[seen.face[front]]
        self.item[front] = ~beside[number]
        self.damage[front] = scene.atlas.damage[texel]
        self.part[front] = number + 1
        self.depth[front] = seen.depth[front]
        self.facing[front] = _facing(scene.item, seen, front, eye)
        self.rough[front] = scene.atlas.rough[texel]

    def draw_film(self, scene: Scene, eye: Eyepoint) -> None:
        """Films in front of it; their own damage hides that of what lies behind."""
        if scene.film is None or scene.atlas is None:
            return
        seen = rasterise(scene.film, eye)
        front = (seen.face >= 0) & (seen.depth <= self.depth)
        self.film[front] = True
        self.item[front] = True
        torn = scene.atlas.damage[_texels(scene.film, seen, front, scene.atlas.damage.shape)]
        self.damage[front] = np.where(torn > 0, torn, self.damage[front])

    def draw_ghost(self, scene: Scene, eye: Eyepoint) -> None:
        """What is missing before what is seen."""
        if scene.ghost is None or scene.atlas is None:
            return
        seen = rasterise(scene.ghost, eye)
        front = (seen.face >= 0) & (seen.depth < self.depth - _GHOST_TIE) & (self.damage == 0)
        texel = _texels(scene.ghost, seen, front, scene.atlas.damage.shape)
        self.damage[front] = scene.atlas.damage[texel]

    def finished(self, scene: Scene) -> Truth:
        depth = np.where(np.isfinite(self.depth), self.depth, 0).astype(np.float32)
        names = () if scene.item is None else scene.item.names
        return Truth(
            self.item, self.damage, self.part, names, depth, self.facing, self.rough, self.film
        )


def _tray(scene: Scene, eye: Eyepoint) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """H×W: depth of the tray's plane (inf beyond its edge), and cosine of the angle onto it."""
    rays = _rays(eye)
    centre = -eye.pose[:3, :3].T @ eye.pose[:3, 3]
    falling = np.minimum(rays[..., 2], -1e-9)
    depth = -centre[2] / falling
    x, y = (centre[axis] + depth * rays[..., axis] for axis in (0, 1))
    length, width = scene.tray.size
    inside = (np.abs(x) <= length / 2) & (np.abs(y) <= width / 2)
    long = np.sqrt((rays**2).sum(axis=-1))
    return np.where(inside, depth, np.inf), (-falling / long).astype(np.float32)


def _rays(eye: Eyepoint) -> NDArray[np.float64]:
    """H×W×3: directions in the booth through the pixels' middles, 1 along the optical axis."""
    lens = eye.intrinsics
    x = ((np.arange(lens.width) - lens.cx) / lens.fx)[None, :, None]
    y = ((np.arange(lens.height) - lens.cy) / lens.fy)[:, None, None]
    right, down, forward = eye.pose[:3, :3]
    return np.asarray(x * right + y * down + forward)


def _texels(
    mesh: Mesh, seen: Seen, where: NDArray[np.bool_], shape: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column in the atlas of each pixel of `where`."""
    uv = _between(mesh.uv, mesh, seen, where)
    row = np.clip((uv[:, 1] * shape[0]).astype(np.int64), 0, shape[0] - 1)
    column = np.clip((uv[:, 0] * shape[1]).astype(np.int64), 0, shape[1] - 1)
    return row, column


def _facing(mesh: Mesh, seen: Seen, where: NDArray[np.bool_], eye: Eyepoint) -> NDArray[np.float32]:
    normal = _between(mesh.normals, mesh, seen, where)
    ray = _rays(eye)[where]
    length = np.sqrt((normal**2).sum(axis=1) * (ray**2).sum(axis=1))
    cosine = np.abs((normal * ray).sum(axis=1)) / np.maximum(length, 1e-12)
    return np.asarray(cosine, np.float32)


def _between(
    values: NDArray[np.float32], mesh: Mesh, seen: Seen, where: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """n×C: what is known at the vertices, at each pixel of `where`."""
    corners = mesh.faces[seen.face[where]]
    weights = seen.weights[where]
    return np.asarray(
        sum(values[corners[:, corner]] * weights[:, corner, None] for corner in range(3))
    )
