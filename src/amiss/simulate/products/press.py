"""From a design to skins: prints on materials, turned so that they read upright on a patch.

A print is drawn from its top row down, a patch is measured from v = 0 up: every skin made here is
the print upside down. Skins are worked on (tape, labels, seams) in (u, v) of their patch.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.simulate.prints.blocks import barcode
from amiss.simulate.prints.canvas import Sheet
from amiss.simulate.prints.colour import PAPER, Colour, ink_on
from amiss.simulate.prints.deceive import deceive
from amiss.simulate.prints.design import Design
from amiss.simulate.prints.logo import wordface
from amiss.simulate.prints.material import skin_of
from amiss.simulate.prints.panels import Role, panel
from amiss.simulate.prints.wares import Material
from amiss.simulate.shapes.noise import clouds
from amiss.simulate.shapes.patch import Points, Rest, Skin

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Size = tuple[float, float]
_DECEIVE, _FIRST = 99, 100  # purposes of a design's random numbers that belong to the press


@dataclass(slots=True)
class Press:
    """Prints the skins of one product.

    texels: per metre, of what is printed or can be harmed. fixed: they were asked for. deceptive:
    the damage that the main print pretends, or "".
    """

    design: Design
    texels: float
    deceptive: str = ""
    fixed: bool = True
    _runs: int = field(default=0, init=False)

    def sheet(self, role: Role, size: Size, *, main: bool = False) -> Pixels:
        """A print of width×height metres, H×W×3 sRGB, its top row first. main: may deceive."""
        drawn = panel(self.design, role, size, self._count(size), self._rng())
        if not (main and self.deceptive):
            return drawn
        # from numbers of its own, so that a deceptive product is otherwise the same
        return deceive(self.design, self.deceptive, drawn, self.design.rng(_DECEIVE))

    def sticker(self, size: Size) -> Pixels:
        """A white label with nothing but the product's barcode."""
        sheet = Sheet((size[0] * 1000, size[1] * 1000), self._count(size), PAPER)
        barcode(sheet, self.design.gtin, sheet.box.inset(0.08 * sheet.short))
        return sheet.finish()

    def wordmark(self, size: Size) -> Pixels:
        """The brand on its main colour, for the little that fits on a unit."""
        main = self.design.palette.main
        sheet = Sheet((size[0] * 1000, size[1] * 1000), self._count(size), main)
        ink = ink_on(main, self.design.palette.ground)
        sheet.text(self.design.brand, sheet.box, wordface(self.design), ink, "centre")
        return sheet.finish()

    def printed(self, role: Role, size: Size, material: Material, *, main: bool = False) -> Skin:
        """A print on a material."""
        return self.coat(self.sheet(role, size, main=main), material)

    def plain(self, colour: Colour, size: Size, material: Material, share: float = 1) -> Skin:
        """One colour on a material; share: of the usual texels per metre."""
        width, height = (max(4, round(count * share)) for count in self._count(size))
        sheet = np.empty((height, width, 3), np.uint8)
        sheet[:] = colour
        return self.coat(sheet, material, share)

    def coat(self, sheet: Pixels, material: Material, share: float = 1) -> Skin:
        """What is printed, on a material."""
        skin = skin_of(material, sheet, self.texels * share, self._rng())
        return _each_plane(skin, lambda plane: plane[::-1])

    def mottle(self, skin: Skin, depth: float, grain: float = 4) -> None:
        """Light and shade over a skin, in place: grains of so many texels, ± depth."""
        rows, columns = skin.rough.shape
        cells = rows / grain, columns / grain
        shade = clouds(self._rng(), (rows, columns), cells, 2, 0.8)
        lit = skin.base * (1 + depth * np.clip(shade, -2, 2)[..., None])
        skin.base[:] = np.clip(lit, 0, 255).astype(np.uint8)

    def _count(self, size: Size) -> tuple[int, int]:
        return max(16, round(size[0] * self.texels)), max(16, round(size[1] * self.texels))

    def _rng(self) -> np.random.Generator:
        self._runs += 1
        return self.design.rng(_FIRST + self._runs)


def _each_plane(skin: Skin, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Skin:
    """The same change to every plane of a skin."""
    planes = (skin.base, skin.rough, skin.metal, skin.bump)
    base, rough, metal, bump = (np.ascontiguousarray(change(plane)) for plane in planes)
    return Skin(base, skin.back, rough, metal, bump)


def piece(skin: Skin, u: Size, v: Size) -> Skin:
    """The part of a skin between two u and two v."""
    rows, columns = window(skin, u, v)
    return _each_plane(skin, lambda plane: plane[rows, columns])


def spun(skin: Skin, quarters: int) -> Skin:
    """The skin of a patch whose surface is spun by `compose.spun`."""
    return _each_plane(skin, lambda plane: np.rot90(plane, quarters))


def window(skin: Skin, u: Size, v: Size) -> tuple[slice, slice]:
    """Rows and columns of the texels between two u and two v, at least one of each."""
    rows, columns = skin.rough.shape
    top, left = round(v[0] * rows), round(u[0] * columns)
    return slice(top, max(top + 1, round(v[1] * rows))), slice(
        left, max(left + 1, round(u[1] * columns))
    )


def lay(
    skin: Skin,
    u: Size,
    v: Size,
    look: Colour | Pixels,
    *,
    opacity: float = 1.0,
    rough: float | None = None,
    rise: float = 0.0,
) -> None:
    """Lays a strip onto a skin, in place: tape, a label, a groove.

    look: a colour, or H×W×3, its top row first. rise: metres that it stands out.
    """
    rows, columns = window(skin, u, v)
    under = skin.base[rows, columns]
    if isinstance(look, np.ndarray):
        fitted = cv2.resize(
            look[::-1], (under.shape[1], under.shape[0]), interpolation=cv2.INTER_AREA
        )
    else:
        fitted = np.full_like(under, look)
    under[:] = np.rint(under * (1 - opacity) + fitted * opacity)
    if rough is not None:
        skin.rough[rows, columns] = rough
    skin.bump[rows, columns] += np.float32(rise)


def flattened(rest: Rest, texels: tuple[int, int], draw: Pixels, span: Size) -> Pixels:
    """A flat print as it lies on a patch that is no rectangle, such as a lid.

    draw: H×W×3, top row first, over `span` metres of x and y about the middle of the patch. Returns
    the print for the patch's texels (width, height), top row first.
    """
    x, y = np.moveaxis(_centres(rest, texels)[..., :2], -1, 0)
    columns = ((x / span[0] + 0.5) * draw.shape[1] - 0.5).astype(np.float32)
    rows = ((0.5 - y / span[1]) * draw.shape[0] - 0.5).astype(np.float32)
    laid = cv2.remap(draw, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(laid[::-1], np.uint8)


def _centres(rest: Rest, texels: tuple[int, int]) -> Points:
    """H×W×3: where the texels of a patch lie, row 0 at v = 0."""
    u, v = ((np.arange(count) + 0.5) / count for count in texels)
    return rest(np.stack(np.meshgrid(u, v), axis=-1))
