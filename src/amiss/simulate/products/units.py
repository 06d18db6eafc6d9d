"""Single units of a set: what lies under the domes of a blister card.

Each is made on a bench of its own, lying on z = 0 around the origin, its length along y, its front
up. A unit is one piece: all its patches have one part.
"""

import math
from collections.abc import Callable

import numpy as np

from amiss.domain.words import Locus
from amiss.simulate.prints.colour import Colour, mix
from amiss.simulate.prints.wares import Material
from amiss.simulate.products.press import lay
from amiss.simulate.products.toys import race_car
from amiss.simulate.products.workbench import Workbench, lying
from amiss.simulate.shapes.box import FACES, Box
from amiss.simulate.shapes.compose import moved, turned
from amiss.simulate.shapes.patch import Skin
from amiss.simulate.shapes.revolve import Profile, arch, lid, revolve
from amiss.simulate.shapes.tube import tube

Size3 = tuple[float, float, float]
_STEEL: Colour = (196, 198, 200)
_LIE = lying(0)


def add_box(
    bench: Workbench,
    name: str,
    size: Size3,
    middle: tuple[float, float, float],
    colour: Colour,
    material: Material = "plastic",
    radius: float = 0.001,
) -> None:
    """A plain box with rounded edges."""
    box = Box(size, min(radius, 0.49 * min(size)))
    for face in FACES:
        skin = bench.press.plain(colour, box.extent(face), material)
        rest = moved(box.face(face), middle)
        bench.add(f"{name}-{face}", "unit", rest, box.extent(face), skin, Locus.PRODUCT)


def add_turned(
    bench: Workbench, name: str, profile: Profile, skin: Skin, at: tuple[float, float, float]
) -> None:
    """A turned piece that lies along y; its profile starts and ends on its axis or is open."""
    extent = (2 * math.pi * profile.widest, profile.length)
    rest = moved(revolve(profile), at, _LIE)
    bench.add(name, "unit", rest, extent, skin, Locus.PRODUCT, closed_u=True)


def battery(bench: Workbench) -> Size3:
    """A round cell: a wrapped body with a band of another colour, a nub."""
    radius, length = 0.0071, 0.0495
    wide = [(0.0, 0.0), (0.92 * radius, 0.0), (radius, 0.0008), (radius, length - 0.0008)]
    tip = [
        (0.5 * radius, length),
        (0.38 * radius, length),
        (0.36 * radius, length + 0.0012),
        (0, length + 0.0012),
    ]
    profile = Profile.through(wide + tip, 0.0004)
    palette = bench.press.design.palette
    skin = bench.press.plain(palette.main, (2 * math.pi * radius, profile.length), "coated", 1.5)
    first, last = (radius / profile.length, 1 - 1.1 * radius / profile.length)
    band = palette.accent if bench.rng.random() < 0.5 else (190, 128, 82)
    lay(skin, (0, 1), (0.68, last), band, rough=0.25)
    for v in ((0.0, first), (last, 1.0)):
        lay(skin, (0, 1), v, _STEEL, rough=0.3)
        rows = slice(*(round(end * len(skin.metal)) for end in v))
        skin.metal[rows] = 0.9
    name = bench.press.wordmark((0.022, 0.009))
    lay(skin, (0.35, 0.65), (0.16, 0.6), np.ascontiguousarray(np.rot90(name)))
    add_turned(bench, "cell", profile, skin, (0, -length / 2, radius))
    return 2 * radius, length + 0.0012, 2 * radius


def pen(bench: Workbench) -> Size3:
    """A ball pen with a cap, a clip and a grip."""
    radius, length = 0.0052, 0.142
    body = Profile.through(
        [
            (0.0004, 0),
            (0.0009, 0.002),
            (0.0036, 0.014),
            (radius, 0.02),
            (radius, length),
            (0, length),
        ],
        0.0006,
    )
    palette = bench.press.design.palette
    skin = bench.press.plain(
        mix(palette.ground, (240, 240, 238), 0.6), (0.03, length), "plastic", 1.5
    )
    ink = palette.main
    lay(skin, (0, 1), (0.13, 0.36), ink, rough=0.6)
    lay(skin, (0, 1), (0.62, 1), ink, rough=0.25)
    lay(skin, (0, 1), (0, 0.03), _STEEL, rough=0.3)
    add_turned(bench, "pen", body, skin, (0, -length / 2, radius))
    add_box(
        bench, "clip", (0.0042, 0.042, 0.0012), (0, length / 2 - 0.024, 2 * radius + 0.0012),
        mix(ink, (0, 0, 0), 0.15), radius=0.0006,
    )  # fmt: skip
    return 2 * radius, length, 2 * radius + 0.002


def razor_blade(bench: Workbench) -> Size3:
    """A cartridge: a frame, blades of bare steel across it, a lubricating strip."""
    wide, long, thick = 0.041, 0.022, 0.0065
    palette = bench.press.design.palette
    frame = (34, 36, 40) if bench.rng.random() < 0.6 else palette.main
    add_box(bench, "frame", (wide, long, thick), (0, 0, thick / 2), frame, radius=0.0022)
    count = int(bench.rng.integers(3, 6))
    for blade in range(count):
        y = (blade - (count - 1) / 2) * 0.0026 - 0.001
        size = (wide - 0.006, 0.0016, 0.0012)
        add_box(bench, f"blade-{blade}", size, (0, y, thick), _STEEL, "tin", 0.0004)
    strip = (wide - 0.005, 0.0032, 0.0014)
    add_box(bench, "strip", strip, (0, long / 2 - 0.0038, thick), palette.accent, radius=0.0006)
    return wide, long, thick + 0.0008


def bulb(bench: Workbench) -> Size3:
    """A lamp: a white globe, a collar, a threaded base."""
    radius, length = 0.029, 0.105
    thread = [(0.013 + 0.0006 * (-1) ** step, 0.006 + 0.0022 * step) for step in range(9)]
    collar = [(0.0135, 0.027), (0.0165, 0.036), (0.023, 0.056)]
    angle = np.linspace(-0.35, np.pi / 2, 9)
    globe = [(radius * math.cos(a), length - radius + radius * math.sin(a)) for a in angle]
    profile = Profile.through([(0.004, 0), (0.006, 0.002), *thread, *collar, *globe], 0.0006)
    extent = (2 * math.pi * radius, profile.length)
    skin = bench.press.plain((236, 235, 228), extent, "plastic")
    skin.rough[:] = 0.25
    low, high = profile.share_at(0.027), profile.share_at(0.05)
    lay(skin, (0, 1), (0, low), _STEEL, rough=0.3)
    skin.metal[: round(low * len(skin.metal))] = 0.9
    lay(skin, (0, 1), (low, high), (226, 226, 222), rough=0.4)
    lay(
        skin,
        (0.3, 0.7),
        (low + 0.02, high - 0.03),
        bench.press.wordmark((0.03, 0.008)),
        opacity=0.6,
    )
    add_turned(bench, "bulb", profile, skin, (0, -length / 2, radius))
    return 2 * radius, length, 2 * radius


def hook(bench: Workbench) -> Size3:
    """A wall hook: a plate and a bent arm."""
    wide, long = 0.024, 0.06
    metal = bench.rng.random() < 0.5
    colour = _STEEL if metal else bench.press.design.palette.main
    stuff: Material = "tin" if metal else "plastic"
    add_box(bench, "plate", (wide, long, 0.003), (0, 0, 0.0015), colour, stuff, 0.0014)
    path = [(0, -0.018, 0.003), (0, -0.024, 0.014), (0, -0.012, 0.02), (0, -0.002, 0.019)]
    skin = bench.press.plain(colour, (0.02, 0.05), stuff)
    extent = (0.02, 0.05)
    bench.add("arm", "unit", tube(path, 0.0032), extent, skin, Locus.PRODUCT, closed_u=True)
    for end, y in enumerate((0.022, -0.008)):
        head = moved(lid(arch(0.003, 0.0012)), (0, y, 0.003))
        screw = bench.press.plain(_STEEL, (0.006, 0.006), "tin")
        bench.add(f"screw-{end}", "unit", head, (0.006, 0.006), screw, Locus.PRODUCT)
    return wide, long, 0.0235


def car(bench: Workbench) -> Size3:
    """A small race car that lies as it drives, its bonnet at −y."""
    length = 0.068
    aside = bench.aside(bench.kind, bench.pitch)
    x, y, z = race_car(aside, length)
    bench.stamp(aside, 0, (0, 0, 0), turned("z", -90))
    return y, x, z


UNITS: dict[str, Callable[[Workbench], Size3]] = {
    "Batteries": battery,
    "Ball Pens": pen,
    "Razor Blades": razor_blade,
    "LED Bulb": bulb,
    "Wall Hooks": hook,
    "Race Car": car,
}
"""What makes one unit of a ware; returns its width, length and height in metres."""
