"""Lays items on the tray: which side down, turned how, where; several if asked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import Matrix
from amiss.simulate.assemble import Assembly
from amiss.simulate.products.product import Product
from amiss.simulate.rig import moved
from amiss.simulate.scene import Atlas, Mesh, Scene

Texel = TypeVar("Texel", np.uint8, np.float32)

_ROOM = (0.05, 0.04)  # metres; items lie this far off the tray's middle, at most
_NEAT = 0.35  # share of items that people lay down square to the tray
_ASKEW = 5.0  # degrees, sigma; nobody does it exactly
_LIFT = 2e-4  # metres above the tray, so that no two surfaces are the same


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where and how an item lies.

    rest: 3×3, one of the product's resting poses. yaw: degrees, counter-clockwise from above, by
    which it is turned after that. at: (x, y) metres, where its origin's foot lies on the tray.
    side: the place of `rest` among the product's.
    """

    rest: Matrix
    yaw: float
    at: tuple[float, float]
    side: int = 0

    @property
    def turn(self) -> Matrix:
        """3×3: from the product's frame to the booth's, without the shift."""
        return np.asarray(_about_z(self.yaw) @ self.rest, np.float64)


def lay(product: Product, rng: np.random.Generator, rest: int | None = None) -> Placement:
    """How somebody in a hurry lays the product down; `rest` fixes the side."""
    drawn = int(rng.integers(len(product.rests)))
    side = drawn if rest is None else rest
    neat, quarter = rng.random() < _NEAT, 90.0 * int(rng.integers(4))
    askew, free = rng.normal(0, _ASKEW), rng.uniform(-180, 180)
    x, y = (float(rng.uniform(-room, room)) for room in _ROOM)
    yaw = quarter + askew if neat else free
    return Placement(product.rests[side], (yaw + 180) % 360 - 180, (x, y), side)


def put(booth: Scene, items: Sequence[tuple[Assembly, Placement]]) -> Scene:
    """The booth with items on its tray.

    Each stands on what its whole, intact product would stand on, so that an item and its intact
    twin lie in the very same place; what its harms pushed below the tray is flattened onto it.
    """
    if not items:
        return replace(booth, item=None, atlas=None, film=None, clarity=1.0, ghost=None, lies=None)
    atlas, rows = _stack([assembly.atlas for assembly, _ in items])
    height, width = atlas.damage.shape
    solid: list[Mesh] = []
    clear: list[Mesh] = []
    ghosts: list[Mesh] = []
    lies = np.eye(4)
    for (assembly, placement), row in zip(items, rows, strict=True):
        own = assembly.atlas.damage.shape
        scale = np.array([own[1] / width, own[0] / height], np.float32)
        shift = np.array([0, row / height], np.float32)
        up = -float(moved(assembly.outline, placement.turn, np.zeros(3))[:, 2].min())
        whole = (placement.turn, (*placement.at, up))
        lies[:3, :3], lies[:3, 3] = whole
        beside = (_about_z(placement.yaw), (*placement.at, 0.0))
        for mesh, (turn, at), meshes in (
            (assembly.item, whole, solid),
            (assembly.beside, beside, solid),
            (assembly.film, whole, clear),
            (assembly.ghost, whole, ghosts),
        ):
            if mesh is not None:
                meshes.append(replace(_set(mesh, turn, at), uv=mesh.uv * scale + shift))
    return replace(
        booth,
        item=merge(solid),
        atlas=atlas,
        film=merge(clear) if clear else None,
        clarity=float(np.mean([assembly.clarity for assembly, _ in items if assembly.film]))
        if clear
        else 1.0,
        ghost=merge(ghosts) if ghosts else None,
        lies=lies if len(items) == 1 else None,
    )


def merge(meshes: Sequence[Mesh]) -> Mesh:
    """Many meshes over one atlas as one; parts of the same name become one part."""
    if len(meshes) == 1:
        return meshes[0]
    firsts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes[:-1])])
    names = tuple(dict.fromkeys(name for mesh in meshes for name in mesh.names))
    parts = [
        np.array([names.index(name) for name in mesh.names], np.uint16)[mesh.part]
        for mesh in meshes
    ]
    faces = [mesh.faces + np.int32(first) for mesh, first in zip(meshes, firsts, strict=True)]
    return Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate([mesh.uv for mesh in meshes]),
        np.concatenate(faces),
        np.concatenate(parts),
        names,
    )


def _set(mesh: Mesh, turn: Matrix, at: tuple[float, float, float]) -> Mesh:
    vertices = moved(mesh.vertices, turn, np.array(at))
    vertices[:, 2] = np.maximum(vertices[:, 2], 0) + _LIFT
    normals = moved(mesh.normals, turn, np.zeros(3))
    return replace(mesh, vertices=vertices.astype(np.float32), normals=normals.astype(np.float32))


def _stack(atlases: Sequence[Atlas]) -> tuple[Atlas, list[int]]:
    """One atlas under the other; and the row on which each begins."""
    if len(atlases) == 1:
        return atlases[0], [0]
    rows = np.cumsum([0, *(atlas.damage.shape[0] for atlas in atlases[:-1])])
    return Atlas(
        base=_under([atlas.base for atlas in atlases]),
        back=_under([atlas.back for atlas in atlases]),
        rough=_under([atlas.rough for atlas in atlases]),
        metal=_under([atlas.metal for atlas in atlases]),
        bump=_under([atlas.bump for atlas in atlases]),
        damage=_under([atlas.damage for atlas in atlases]),
    ), [int(row) for row in rows]


def _under(planes: Sequence[NDArray[Texel]]) -> NDArray[Texel]:
    width = max(plane.shape[1] for plane in planes)
    return np.concatenate(
        [
            np.pad(plane, [(0, 0), (0, width - plane.shape[1]), (0, 0)][: plane.ndim])
            for plane in planes
        ]
    )


def _about_z(degrees: float) -> Matrix:
    angle = math.radians(degrees)
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float64)
