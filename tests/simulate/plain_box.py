"""A box of six flat-skinned faces with a block inside, for tests that know every distance."""

import numpy as np

from amiss.domain.words import Locus
from amiss.simulate.products.product import Kind, Product
from amiss.simulate.shapes.box import FACES, Box
from amiss.simulate.shapes.compose import moved
from amiss.simulate.shapes.patch import Patch, Skin

SIZE = (0.26, 0.18, 0.12)


def skin(colour=(150, 60, 40), texels=(40, 30)):
    flat = np.zeros((texels[1], texels[0]), np.float32)
    base = np.full((texels[1], texels[0], 3), colour, np.uint8)
    return Skin(base, (178, 146, 108), flat + np.float32(0.4), flat, flat)


def plain_box(kind=Kind.CARTON):
    """One rest, upright; the block inside keeps 13 mm from the walls at least."""
    patches = []
    inner = tuple(0.8 * side for side in SIZE)
    for part, size, hidden in (("carton", SIZE, False), ("contents", inner, True)):
        box = Box(size, 0.003)
        for face in FACES:
            rest = moved(box.face(face), (0, 0, SIZE[2] / 2))
            locus = Locus.PRODUCT if hidden else Locus.OUTER_PACKAGING
            name = f"{part}-{face}"
            patches.append(Patch(name, part, rest, (60, 60), skin(), locus, hidden=hidden))
    return Product("plain-box", kind, 0, "0" * 13, "", tuple(patches), (), 1, SIZE, (np.eye(3),))


def points(patch, count=60):
    """Rest positions, n×3, of the middles of a grid of cells."""
    return patch.rest(_cells(count))


def lattice(patch, count=60):
    """Rest positions and outward normals (0 where there is no area), n×3 each."""
    uv = _cells(count)
    along, up = (
        patch.rest(uv + np.array(step)) - patch.rest(uv - np.array(step))
        for step in ((1e-4, 0), (0, 1e-4))
    )
    normal = np.cross(along, up)
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    return patch.rest(uv), normal / np.maximum(length, 1e-15)


def _cells(count):
    u = (np.arange(count) + 0.5) / count
    return np.stack(np.meshgrid(u, u), -1).reshape(-1, 2)
