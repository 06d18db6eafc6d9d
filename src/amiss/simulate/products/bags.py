"""Bags that are sealed around: food bags and pouches, poly and padded mailers.

Part "bag" is the bag; "contents" is what it holds. They lie with their length along x, the top of
the print at +x.
"""

import math

import numpy as np

from amiss.domain.words import Locus
from amiss.simulate.prints.colour import Colour, oklch
from amiss.simulate.prints.panels import Role
from amiss.simulate.prints.parcel import stock
from amiss.simulate.prints.wares import Material
from amiss.simulate.products.boxes import is_brown
from amiss.simulate.products.press import lay
from amiss.simulate.products.workbench import FACE_DOWN, UP, Made, Workbench
from amiss.simulate.shapes.compose import moved, spun
from amiss.simulate.shapes.noise import Relief, clouds
from amiss.simulate.shapes.patch import Skin
from amiss.simulate.shapes.pillow import Pillow, wrinkles

_COFFEE: Colour = (66, 42, 28)
_UPRIGHT = 3  # quarters that turn a sheet along x into a print whose top is at +x
_CRIMP = 0.0022  # metres from ridge to ridge of a seal


def poly_bag(bench: Workbench) -> Made:
    """A printed film bag with crimped seals, plump as coffee or flat as clothes."""
    rng = bench.rng
    length = math.exp(rng.uniform(math.log(0.13), math.log(0.30)))
    width = length * rng.uniform(0.55, 0.85)
    plump = float(rng.choice([0.12, 0.2, 0.27])) * rng.uniform(0.85, 1.15)
    height = width * plump
    seal = rng.uniform(0.009, 0.016)
    bag = Pillow(
        length,
        width,
        height,
        seals=(seal, seal * rng.uniform(1, 1.6)),
        sides=0.0,
        below=rng.uniform(0.25, 0.42),
        full=rng.uniform(0.45, 0.85),
        upper=wrinkles(rng, (length, width), 0.09 * height + 0.0012, gathered=1.1),
        lower=wrinkles(rng, (length, width), 0.035 * height + 0.0008, gathered=1.0),
        curl=_curl(rng, 0.12 * height),
    )
    skins = []
    for role in (Role.FRONT, Role.BACK):
        skin = bench.press.printed(role, (width, length), "poly", main=role is Role.FRONT)
        for seal_at, low in ((bag.seals[0], True), (bag.seals[1], False)):
            _crimp(skin, seal_at / length, length, low)
        skins.append(skin)
    return _finish(bench, bag, skins, Locus.PRODUCT)


def padded_mailer(bench: Workbench) -> Made:
    """An envelope of paper or film over bubbles, its flap glued down on the back."""
    rng = bench.rng
    length = math.exp(rng.uniform(math.log(0.17), math.log(0.33)))
    width = length * rng.uniform(0.6, 0.8)
    height = rng.uniform(0.010, 0.038)
    bag = Pillow(
        length,
        width,
        height,
        seals=(rng.uniform(0.006, 0.012), rng.uniform(0.004, 0.008)),
        sides=rng.uniform(0.007, 0.012),
        below=rng.uniform(0.25, 0.45),
        full=rng.uniform(0.6, 0.95),
        upper=wrinkles(rng, (length, width), 0.0016, gathered=0.3),
        lower=wrinkles(rng, (length, width), 0.0008, gathered=0.3),
        curl=_curl(rng, 0.003),
    )
    bubble = rng.uniform(0.0085, 0.012)
    material: Material = "kraft" if is_brown(stock(bench.press.design)) else "poly"
    skins = [_mailer_skin(bench, bag, material, bubble, main=main) for main in (True, False)]
    label = (min(0.1, 0.8 * width), min(0.15, 0.62 * length))
    u = rng.uniform(0.07, 0.93 - label[0] / width)
    v = rng.uniform(0.08, 0.9 - label[1] / length)
    place = (u, u + label[0] / width), (v, v + label[1] / length)
    lay(skins[0], *place, bench.press.sheet(Role.SHIPPING_LABEL, label), rough=0.45, rise=0.0001)
    # the flap comes over from the top of the front and ends across the back
    flap = rng.uniform(0.1, 0.17)
    lay(skins[1], (0, 1), (1 - flap - 0.0012 / length, 1 - flap), (30, 26, 22), opacity=0.55)
    skins[1].bump[round((1 - flap) * len(skins[1].bump)) :] += np.float32(0.0006)
    return _finish(bench, bag, skins, Locus.OUTER_PACKAGING)


def _finish(bench: Workbench, bag: Pillow, skins: list[Skin], locus: Locus) -> Made:
    """Puts the two sheets and what they hold on the bench."""
    bench.plan(2 * bag.length * bag.width)
    extent = (bag.width, bag.length)
    middle = _low(bag)
    for name, upper, skin in (("front", True, skins[0]), ("back", False, skins[1])):
        # seen from below the print's top is at +x too: the sheet is spun the other way round
        sheet = spun(bag.sheet(upper), _UPRIGHT)
        bench.add(name, "bag", moved(sheet, (0, 0, middle)), extent, skin, locus)
    inwards = 0.004 + 0.04 * bag.width
    grain = bench.press.plain(_filling_colour(bench), extent, "paper", 0.5)
    bench.press.mottle(grain, 0.22)
    for name, upper in (("upper", True), ("lower", False)):
        sheet = moved(spun(bag.inside(upper, inwards, 0.7), _UPRIGHT), (0, 0, middle))
        bench.add(f"contents-{name}", "contents", sheet, extent, grain, Locus.PRODUCT, hidden=True)
    size = (bag.length, bag.width, bag.height)
    return Made(size, (UP, FACE_DOWN))


def _low(bag: Pillow) -> float:
    """How far the seals lie above the tray."""
    uv = np.stack(np.meshgrid(np.linspace(0, 1, 81), np.linspace(0, 1, 81)), axis=-1)
    return -float(bag.sheet(False)(uv)[..., 2].min())


def _curl(rng: np.random.Generator, height: float) -> Relief:
    return Relief(height * clouds(rng, (40, 40), (3, 3), 2))


def _filling_colour(bench: Workbench) -> Colour:
    if bench.ware == "Ground Coffee":
        return _COFFEE
    rng = bench.rng
    return oklch(rng.uniform(0.3, 0.85), rng.uniform(0.02, 0.12), rng.uniform(20, 110))


def _crimp(skin: Skin, share: float, length: float, low: bool) -> None:
    """Fine ridges across a seal at one end of the print."""
    rows = skin.bump.shape[0]
    count = max(2, round(share * rows))
    at = np.arange(count) / rows * length
    ridges = 0.00035 * np.sin(2 * np.pi * at / _CRIMP)
    where = slice(0, count) if low else slice(rows - count, rows)
    skin.bump[where] += ridges[:, None].astype(np.float32)
    shade = 1 + 0.1 * np.sin(2 * np.pi * at / _CRIMP)
    skin.base[where] = np.clip(skin.base[where] * shade[:, None, None], 0, 255).astype(np.uint8)


def _mailer_skin(
    bench: Workbench, bag: Pillow, material: Material, bubble: float, *, main: bool
) -> Skin:
    """A plain print over bubbles that press through everywhere but in the seams."""
    size = (bag.width, bag.length)
    skin = bench.press.printed(Role.PLAIN, size, material, main=main)
    rows, columns = skin.bump.shape
    y = (np.arange(rows) + 0.5)[:, None] / rows * size[1]
    x = (np.arange(columns) + 0.5)[None] / columns * size[0]
    step = bubble * math.sqrt(3) / 2
    row = np.round(y / step)
    away_y = y - row * step
    shift = (row % 2) * bubble / 2
    away_x = x - shift - np.round((x - shift) / bubble) * bubble
    reach = np.hypot(away_x, away_y) / (0.46 * bubble)
    swell = np.sqrt(np.maximum(0, 1 - reach**2))
    inside = np.minimum(np.minimum(x, size[0] - x) - bag.sides, np.minimum(y, size[1] - y) - 0.01)
    swell = swell * np.clip(inside / 0.004, 0, 1)
    skin.bump[:] += (0.0006 * swell).astype(np.float32)
    # the seams are pressed: a fine line where they end
    edge = np.abs(inside) < 0.0007
    skin.base[edge] = (skin.base[edge] * 0.86).astype(np.uint8)
    return skin
