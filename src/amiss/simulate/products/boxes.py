"""Boxes of board: shippers, folding boxes, and what is in them.

Parts of a box: "carton" is its body; "flap-0", "flap-1", … are what opens, and the edge v = 0 of
each of their patches is its hinge; "contents" is what lies inside.
"""

import math

import numpy as np

from amiss.domain.words import Locus
from amiss.simulate.prints.colour import KRAFT, Colour, oklch
from amiss.simulate.prints.panels import Role
from amiss.simulate.prints.parcel import stock
from amiss.simulate.products.press import Pixels, lay, piece
from amiss.simulate.products.press import spun as spun_skin
from amiss.simulate.products.workbench import Made, Workbench, lifted, rests_of_box
from amiss.simulate.shapes.box import FACES, Box, bulge
from amiss.simulate.shapes.compose import Warp, cut_out, moved, spun
from amiss.simulate.shapes.noise import Waves
from amiss.simulate.shapes.patch import Points, Rest, Skin

Size3 = tuple[float, float, float]
OUTER = Locus.OUTER_PACKAGING
SHIPPERS = 0.3
"""Share of cartons that say nothing of what is in them."""
_ROLES = {"left": Role.SIDE, "right": Role.SIDE}


def carton(bench: Workbench) -> Made:
    """A shipper of corrugated board, taped and labelled, or a printed folding box."""
    return shipper(bench) if bench.rng.random() < SHIPPERS else folding_box(bench)


def shipper(bench: Workbench) -> Made:
    """Two outer flaps meet over two inner ones, under tape; opens at the top."""
    rng = bench.rng
    length = math.exp(rng.uniform(math.log(0.15), math.log(0.34)))
    size = (length, length * rng.uniform(0.55, 0.85), length * rng.uniform(0.3, 0.65))
    box, warp = Box(size, 0.004), None
    bench.plan(area_of(size))
    warp = bulge(box, rng, 0.005)
    skins = {face: _shipper_skin(bench, box, face) for face in FACES}
    _tape(bench, box, skins)
    _stick_label(bench, box, skins)
    for face in ("bottom", "front", "back", "left", "right"):
        add_face(bench, box, face, skins[face], warp)
    rest = lifted(box.face("top"), size[2] / 2, warp)
    width, depth = box.extent("top")
    for flap, (v, quarters) in enumerate((((0.0, 0.5), 0), ((0.5, 1.0), 2))):
        half, skin = cut_out(rest, (0, 1), v), piece(skins["top"], (0, 1), v)
        bench.add(
            f"top-{flap}",
            f"flap-{flap}",
            spun(half, quarters),
            (width, depth / 2),
            spun_skin(skin, quarters),
            OUTER,
        )
    inner = bench.press.plain((178, 146, 108), (0.1, 0.1), "corrugated", 0.3)
    under = _sunk(box, "top", warp, 0.004)
    reach = min(0.48, size[1] / 2 / size[0])
    for flap, (u, quarters) in enumerate((((0.02, reach), 3), ((1 - reach, 0.98), 1)), 2):
        rest = spun(cut_out(under, u, (0.03, 0.97)), quarters)
        extent = (depth, reach * width)
        bench.add(f"inner-{flap}", f"flap-{flap}", rest, extent, inner, OUTER, hidden=True)
    add_contents(bench, size)
    return Made(size, rests_of_box(size))


def folding_box(bench: Workbench) -> Made:
    """A printed box that stands upright and opens at the top; its front is printed to be seen."""
    rng = bench.rng
    height = math.exp(rng.uniform(math.log(0.09), math.log(0.27)))
    wide, deep = height * rng.uniform(0.5, 1.25), height * rng.uniform(0.14, 0.6)
    return _folded(bench, (min(wide, 0.26), float(np.clip(deep, 0.022, 0.13)), height))


def brick(bench: Workbench) -> Made:
    """A folding box with the proportions of a drink."""
    wide = bench.rng.uniform(0.045, 0.085)
    deep = wide * bench.rng.uniform(0.62, 0.95)
    return _folded(bench, (wide, deep, wide * bench.rng.uniform(1.6, 2.6)), swell=0.0012)


def _folded(bench: Workbench, size: Size3, swell: float = 0.0035) -> Made:
    rng = bench.rng
    box = Box(size, float(rng.uniform(0.0012, 0.003)))
    bench.plan(area_of(size))
    warp = bulge(box, rng, swell)
    skins = {face: printed_face(bench, box, face) for face in FACES}
    add_lid(bench, box, skins["top"], warp)
    for face in ("bottom", "front", "back", "left", "right"):
        add_face(bench, box, face, skins[face], warp)
    add_contents(bench, size)
    return Made(size, rests_of_box(size))


def area_of(size: Size3) -> float:
    """Square metres of the outside of a box."""
    x, y, z = size
    return 2 * (x * y + y * z + z * x)


def add_face(bench: Workbench, box: Box, face: str, skin: Skin, warp: Warp | None) -> None:
    """One whole face of a box that stands on the tray."""
    rest = lifted(box.face(face), box.size[2] / 2, warp)
    bench.add(face, "carton", rest, box.extent(face), skin, OUTER)


def printed_face(bench: Workbench, box: Box, face: str) -> Skin:
    """The print of a folding box on one face; the creases between faces show."""
    role = _ROLES[face] if face in _ROLES else Role(face)
    skin = bench.press.printed(role, box.extent(face), "coated", main=face == "front")
    if face in {"front", "back", "left", "right"}:
        _edge_lines(skin, box.extent(face))
    return skin


def add_lid(bench: Workbench, box: Box, skin: Skin, warp: Warp) -> None:
    """A lid that is hinged at the back and tucked in at the front, and two dust flaps under it."""
    width, depth = box.extent("top")
    rest = spun(lifted(box.face("top"), box.size[2] / 2, warp), 2)
    bench.add("top", "flap-0", rest, (width, depth), spun_skin(skin, 2), OUTER)
    board = bench.press.plain((206, 202, 194), (0.05, 0.05), "board", 0.4)
    under = _sunk(box, "top", warp, 0.0015)
    reach = min(0.45, 0.9 * depth / width)
    for flap, (u, quarters) in enumerate((((0.02, reach), 3), ((1 - reach, 0.98), 1)), 1):
        inner = spun(cut_out(under, u, (0.08, 0.92)), quarters)
        extent = (depth, reach * width)
        bench.add(f"dust-{flap}", f"flap-{flap}", inner, extent, board, OUTER, hidden=True)


def add_contents(bench: Workbench, size: Size3) -> None:
    """Blocks inside, well away from the walls, and crumpled paper over them where there is room."""
    rng = bench.rng
    room = [max(side - 0.016, 0.6 * side) for side in size]
    count = 1 if min(size) < 0.05 else int(rng.integers(1, 4))
    width = room[0] / count
    height = room[2] * rng.uniform(0.55, 0.8)
    for block in range(count):
        shape = (width * rng.uniform(0.75, 0.94), room[1] * rng.uniform(0.7, 0.94), height)
        middle = (block - (count - 1) / 2) * width
        colour = oklch(rng.uniform(0.35, 0.85), rng.uniform(0.02, 0.14), rng.uniform(0, 360))
        add_block(bench, f"contents-{block}", shape, (middle, 0, 0.006 + height / 2), colour)
    if min(size) > 0.07:
        _add_paper(bench, size, 0.012 + height)


def add_block(
    bench: Workbench, name: str, size: Size3, middle: tuple[float, float, float], colour: Colour
) -> None:
    """A plain box that is part of the contents."""
    box = Box(size, min(0.004, 0.2 * min(size)))
    for face in FACES:
        skin = bench.press.plain(colour, box.extent(face), "coated", 0.25)
        if face == "top":
            _brand(bench, skin, box.extent(face))
        rest = moved(box.face(face), middle)
        extent = box.extent(face)
        bench.add(f"{name}-{face}", "contents", rest, extent, skin, Locus.PRODUCT, hidden=True)


def _brand(bench: Workbench, skin: Skin, extent: tuple[float, float]) -> None:
    """The brand in the middle of a face."""
    wide, high = 0.5 * extent[0], 0.3 * extent[1]
    u, v = (
        (0.5 - half / side, 0.5 + half / side)
        for half, side in ((wide / 2, extent[0]), (high / 2, extent[1]))
    )
    lay(skin, u, v, bench.press.wordmark((wide, high)))


def _add_paper(bench: Workbench, size: Size3, height: float) -> None:
    """A crumpled sheet of packing paper over the contents."""
    waves = [Waves.drawn(bench.rng, length) for length in (0.03, 0.012)]
    room = 0.3 * (size[2] - height)

    def rest(uv: Points) -> Points:
        x, y = (uv[..., axis] - 0.5 for axis in (0, 1))
        flat = np.stack([x * (size[0] - 0.02), y * (size[1] - 0.02), np.zeros_like(x)], axis=-1)
        crease = sum(
            np.abs(wave(flat)) * share for wave, share in zip(waves, (1, 0.4), strict=True)
        )
        flat[..., 2] = height + np.minimum(room, 0.008) * crease
        return np.asarray(flat)

    skin = bench.press.plain((190, 158, 118), (size[0], size[1]), "kraft", 0.3)
    extent = (size[0], size[1])
    bench.add("contents-paper", "contents", rest, extent, skin, Locus.PRODUCT, hidden=True)


def _sunk(box: Box, face: str, warp: Warp | None, depth: float) -> Rest:
    """A face moved inwards by metres."""
    length, width, height = (side - 2 * depth for side in box.size)
    smaller = Box((length, width, height), box.radius)
    return lifted(smaller.face(face), box.size[2] / 2, warp)


def _edge_lines(skin: Skin, size: tuple[float, float]) -> None:
    """The lid and the base are separate pieces of board: a fine dark line, top and bottom."""
    thin = min(0.02, 0.0012 / size[1])
    for v in ((0.0, thin), (1 - thin, 1.0)):
        lay(skin, (0, 1), v, (60, 56, 52), opacity=0.45, rise=-0.0003)


def _board(bench: Workbench, sheet: Pixels) -> Pixels:
    """A print on bare stock, as it is on board: brown or white, never dyed like film."""
    bare = stock(bench.press.design)
    if is_brown(bare) or max(bare) - min(bare) < 0.1 * max(bare):
        return sheet
    dyed = np.clip(sheet * (np.array(KRAFT) / np.array(bare)), 0, 255)
    return np.asarray(dyed, np.uint8)


def is_brown(colour: Colour) -> bool:
    """Whether a stock looks like unbleached paper."""
    red, green, blue = colour
    return red > 1.1 * green and green > 1.1 * blue


def _shipper_skin(bench: Workbench, box: Box, face: str) -> Skin:
    """Bare board; its maker's marks stand on two sides, the product's barcode on a third."""
    extent, press = box.extent(face), bench.press
    printed = face in {"front", "left"} or (face == "top" and bool(press.deceptive))
    sheet = press.sheet(Role.PLAIN, extent, main=face == "top")
    if not printed:
        sheet[:] = stock(press.design)
    skin = press.coat(_board(bench, sheet), "corrugated")
    if face == "right":
        label = (min(0.05, 0.5 * extent[0]), min(0.03, 0.5 * extent[1]))
        u, v = 0.9 - label[0] / extent[0], 0.12
        sticker = press.sticker(label)
        place = (u, u + label[0] / extent[0]), (v, v + label[1] / extent[1])
        lay(skin, *place, sticker, rough=0.5, rise=0.0001)
    return skin


def _tape(bench: Workbench, box: Box, skins: dict[str, Skin]) -> None:
    """Tape along the seams of top and bottom, and some way down both ends."""
    rng = bench.rng
    brown, white = (176, 132, 84), (232, 230, 224)
    colour, opacity = ((brown, 0.8), (brown, 0.45), (white, 0.92))[rng.integers(3)]
    wide, down = rng.uniform(0.048, 0.062), rng.uniform(0.035, 0.07)
    for face in ("top", "bottom"):
        _, depth = box.extent(face)
        half = min(0.4, wide / depth / 2)
        seam = 0.0006 / depth
        lay(skins[face], (0, 1), (0.5 - seam, 0.5 + seam), (70, 52, 34), opacity=0.8, rise=-0.0006)
        lay(
            skins[face], (0, 1), (0.5 - half, 0.5 + half), colour,
            opacity=opacity, rough=0.22, rise=0.00012,
        )  # fmt: skip
    for face in ("left", "right"):
        across, up = box.extent(face)
        half, reach = min(0.4, wide / across / 2), min(0.45, down / up)
        for v in ((1 - reach, 1.0), (0.0, reach)):
            lay(
                skins[face], (0.5 - half, 0.5 + half), v, colour,
                opacity=opacity, rough=0.22, rise=0.00012,
            )  # fmt: skip


def _stick_label(bench: Workbench, box: Box, skins: dict[str, Skin]) -> None:
    """A parcel label, on the top or on the front."""
    face = "top" if bench.rng.random() < 0.7 else "front"
    width, height = box.extent(face)
    label = (min(0.1, 0.42 * width), min(0.15, 0.8 * height))
    left = bench.rng.uniform(0.05, 0.95 - label[0] / width)
    low = bench.rng.uniform(0.05, 0.95 - label[1] / height)
    look = bench.press.sheet(Role.SHIPPING_LABEL, label)
    u, v = (left, left + label[0] / width), (low, low + label[1] / height)
    lay(skins[face], u, v, look, rough=0.45, rise=0.00015)
