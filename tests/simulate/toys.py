"""Small products made of a few patches, for tests that need no catalogue."""

import numpy as np

from amiss.domain.words import DamageType, Locus, Severity
from amiss.simulate.damages.harm import Harm
from amiss.simulate.products.product import Film, Kind, Product
from amiss.simulate.shapes.patch import Patch, Skin


def skin(shape, colour=(180, 90, 40), back=(120, 100, 80), rough=0.5, bump=0.0):
    height, width = shape
    base = np.empty((height, width, 3), np.uint8)
    base[:] = colour
    plain = np.zeros(shape, np.float32)
    return Skin(base, back, plain + np.float32(rough), plain, plain + np.float32(bump))


def panel(name, corner, along, across, part="carton", grid=(20, 16), texels=(40, 50), **more):
    """A flat patch: corner + u·along + v·across."""
    corner, along, across = (np.array(value, float) for value in (corner, along, across))
    locus = more.pop("locus", Locus.OUTER_PACKAGING)
    hidden = more.pop("hidden", False)

    def rest(uv):
        return corner + uv[..., :1] * along + uv[..., 1:] * across

    return Patch(name, part, rest, grid, skin(texels, **more), locus, hidden=hidden)


def box_patches(length=0.2, width=0.14, height=0.1, grid=(20, 16), part="carton"):
    x, y, z = length / 2, width / 2, height
    faces = {
        "top": ((-x, -y, z), (length, 0, 0), (0, width, 0), (200, 180, 150)),
        "bottom": ((-x, y, 0), (length, 0, 0), (0, -width, 0), (90, 80, 70)),
        "front": ((-x, -y, 0), (length, 0, 0), (0, 0, z), (200, 60, 50)),
        "back": ((x, y, 0), (-length, 0, 0), (0, 0, z), (60, 160, 80)),
        "left": ((-x, y, 0), (0, -width, 0), (0, 0, z), (60, 80, 190)),
        "right": ((x, -y, 0), (0, width, 0), (0, 0, z), (210, 190, 60)),
    }
    return tuple(
        panel(name, at, along, across, part, grid, colour=colour)
        for name, (at, along, across, colour) in faces.items()
    )


def tube(radius=0.04, height=0.12, grid=(61, 21), texels=(30, 80)):
    """The side of a can: closed in u, rolled counter-clockwise from above."""

    def rest(uv):
        angle = 2 * np.pi * uv[..., 0]
        return np.stack(
            [radius * np.cos(angle), radius * np.sin(angle), height * uv[..., 1]], axis=-1
        )

    return Patch("side", "can", rest, grid, skin(texels), Locus.PRODUCT, closed_u=True)


def product(patches, films=(), units=1, rests=None, size=(0.2, 0.14, 0.1)):
    if rests is None:
        rests = (np.eye(3), np.diag([1.0, -1.0, -1.0]))
    return Product(
        "simulated-carton-0",
        Kind.CARTON,
        0,
        "4006381333931",
        "A box",
        tuple(patches),
        tuple(films),
        units,
        size,
        rests,
    )


def box(*size, **more):
    return product(box_patches(*size, **more))


def blister():
    """A card with three blocks under a clear sheet."""
    card = panel("card", (-0.09, -0.06, 0.002), (0.18, 0, 0), (0, 0.12, 0), "card")
    units = [
        patch
        for number in range(3)
        for patch in _block(number, (-0.055 + 0.055 * number, 0.0), (0.03, 0.07, 0.02))
    ]
    film = panel("dome", (-0.085, -0.05, 0.024), (0.17, 0, 0), (0, 0.1, 0), "film")
    return product([card, *units], [Film((film,))], units=3, size=(0.18, 0.12, 0.024))


def _block(number, at, size):
    shift = np.array([*at, 0.003])
    for patch in box_patches(*size, grid=(8, 8), part=f"unit-{number}"):
        yield Patch(
            f"unit-{number}-{patch.name}",
            patch.part,
            lambda uv, rest=patch.rest: rest(uv) + shift,
            patch.grid,
            patch.skin,
            Locus.PRODUCT,
        )


class Dent:
    """A paraboloid pressed down into the top; the middle is painted white."""

    def __init__(self, depth=0.02, radius=0.04, hole=0.0, at=(0.0, 0.0, 0.1)):
        self.depth, self.radius, self.hole, self.at = depth, radius, hole, np.array(at)

    def _near(self, rest):
        return np.clip(1 - ((rest - self.at) ** 2).sum(-1) / self.radius**2, 0, 1)

    def displace(self, _patch, rest, _normal):
        return np.array([0, 0, -self.depth]) * self._near(rest)[:, None]

    def cut(self, _patch, rest):
        if not self.hole:
            return np.full(len(rest), np.inf)
        return np.sqrt(((rest - self.at) ** 2).sum(-1)) - self.hole

    def paint(self, _patch, rest, base):
        return np.where(self._near(rest)[:, None] > 0.5, np.float32(1), base)

    def touched(self, _patch, rest):
        return (self._near(rest) > 0.5).astype(np.float32)


def harm(kind=DamageType.CRUSH, **more):
    more = {"numbers": {}, "locus": Locus.OUTER_PACKAGING, "severity": Severity.MAJOR, **more}
    return Harm(kind, **more)
