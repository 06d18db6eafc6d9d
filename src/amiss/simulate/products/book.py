"""Books: boards or soft covers around a block of pages.

Parts: "cover" is the front cover, hinged along its left edge (−x) at the top of the spine; "back",
"spine", "pages". A book lies on its back, its front up, the top of the print at +y.
"""

import math

import numpy as np

from amiss.domain.words import Locus
from amiss.simulate.prints.panels import Role
from amiss.simulate.products.workbench import FACE_DOWN, UP, Made, Workbench
from amiss.simulate.shapes.box import FACES, Box, bulge
from amiss.simulate.shapes.compose import Warp, moved, warped
from amiss.simulate.shapes.patch import Points, Skin

_PAPER = (232, 226, 210)


def book(bench: Workbench) -> Made:
    """A hardcover with boards that stand out over the pages, or a paperback cut flush."""
    rng = bench.rng
    height = math.exp(rng.uniform(math.log(0.16), math.log(0.29)))
    width, thick = height * rng.uniform(0.62, 0.8), rng.uniform(0.012, 0.042)
    hard = bool(rng.random() < 0.5)
    board = 0.0028 if hard else 0.0008
    over = 0.003 if hard else 0.0003
    size = (width, height, thick)
    bench.plan(2 * (width * height) + 2 * thick * (width + height))
    warp = _lift(size, 0.0 if hard else rng.uniform(0, 0.006), bulge(Box(size, board), rng, 0.0012))
    _cover(bench, "cover", Role.COVER, size, board, thick - board / 2, warp)
    _cover(bench, "back", Role.BLURB, size, board, board / 2, warp)
    _spine(bench, size, board, warp)
    _pages(bench, size, board, over, warp)
    return Made(size, (UP, FACE_DOWN))


def _lift(size: tuple[float, float, float], gape: float, bend: Warp) -> Warp:
    """A soft front cover gapes a little towards its free corner."""
    middle = np.array([0, 0, size[2] / 2])

    def warp(points: Points) -> Points:
        out = bend(points - middle) + middle
        open_share = np.clip(points[..., 0] / size[0] + 0.5, 0, 1) ** 3
        corner = np.clip(0.5 - points[..., 1] / size[1], 0, 1)
        top = np.clip(points[..., 2] / size[2], 0, 1) ** 8
        out[..., 2] += gape * open_share * (0.4 + 0.6 * corner) * top
        return np.asarray(out)

    return warp


def _cover(
    bench: Workbench,
    part: str,
    role: Role,
    size: tuple[float, float, float],
    board: float,
    height: float,
    warp: Warp,
) -> None:
    """A cover as a thin slab; the side that shows is printed."""
    slab = Box((size[0], size[1], board), board * 0.45)
    shown = "top" if role is Role.COVER else "bottom"
    for face in FACES:
        extent = slab.extent(face)
        if face == shown:
            skin = bench.press.printed(role, extent, "coated", main=role is Role.COVER)
            _joint(skin, size[0], left=role is Role.COVER)
        else:
            skin = bench.press.plain((226, 222, 212), extent, "board", 0.4)
        rest = warped(moved(slab.face(face), (0, 0, height)), warp)
        inside = face in {"top", "bottom"} and face != shown
        bench.add(f"{part}-{face}", part, rest, extent, skin, Locus.PRODUCT, hidden=inside)


def _joint(skin: Skin, width: float, *, left: bool) -> None:
    """The groove beside the spine in which a cover bends."""
    columns = skin.bump.shape[1]
    at = (np.arange(columns) + 0.5) / columns * width
    away = (at if left else width - at) - 0.007
    groove = np.exp(-((away / 0.002) ** 2))
    skin.bump[:] -= (0.0007 * groove).astype(np.float32)
    skin.base[:] = (skin.base * (1 - 0.18 * groove)[None, :, None]).astype(np.uint8)


def _spine(bench: Workbench, size: tuple[float, float, float], board: float, warp: Warp) -> None:
    """The back of the book, slightly round; its print runs from head to foot."""
    width, height, thick = size
    swell = min(0.004, 0.12 * thick)

    def rest(uv: Points) -> Points:
        u, v = uv[..., 0], uv[..., 1]
        x = -width / 2 + board * 0.4 - swell * 4 * v * (1 - v)
        return np.stack([x, height * (0.5 - u), board / 2 + (thick - board) * v], axis=-1)

    skin = bench.press.printed(Role.SPINE, (height, thick), "coated")
    bench.add("spine", "spine", warped(rest, warp), (height, thick), skin, Locus.PRODUCT)


def _pages(
    bench: Workbench, size: tuple[float, float, float], board: float, over: float, warp: Warp
) -> None:
    """The block of pages: striped at its three sides, its first page under the cover."""
    width, height, thick = size
    block = Box((width - over, height - 2 * over, thick - 2 * board), 0.0005)
    middle = (-over / 2, 0.0, thick / 2)
    for face in FACES:
        extent = block.extent(face)
        hidden = face in {"top", "bottom", "left"}
        if hidden:
            skin = bench.press.plain(_PAPER, extent, "pages", 0.5)
        else:
            skin = bench.press.printed(Role.PAGES, extent, "pages")
        rest = warped(moved(block.face(face), middle), warp)
        bench.add(f"pages-{face}", "pages", rest, extent, skin, Locus.PRODUCT, hidden=hidden)
