"""Toys: put together from boxes, balls, bars and turned parts, and painted in loud colours.

Each stands on z = 0 around the origin, its front at −y (a car: its left side), and returns its size
in metres. All patches have one part.
"""

import math
from collections.abc import Callable

import numpy as np

from amiss.domain.words import Locus
from amiss.simulate.prints.colour import Colour, oklch
from amiss.simulate.products.workbench import Rotation, Workbench
from amiss.simulate.shapes.box import FACES, Box
from amiss.simulate.shapes.compose import Warp, moved, turned, warped
from amiss.simulate.shapes.patch import Points
from amiss.simulate.shapes.revolve import Profile, Section, arch, lid, revolve
from amiss.simulate.shapes.tube import tube

Size3 = tuple[float, float, float]
_DARK: Colour = (34, 34, 38)
_LIGHT: Colour = (232, 232, 226)


def robot(bench: Workbench, height: float) -> Size3:
    """A figure with a square head, bent arms, feet and an antenna."""
    rng = bench.rng
    body, limbs, trim = _colours(bench, 3)
    h = height
    wide = h * rng.uniform(0.3, 0.4)
    deep = wide * rng.uniform(0.6, 0.8)
    head = (wide * rng.uniform(0.6, 0.85), deep * 0.9, h * 0.2)
    for side in (-1, 1):
        x = side * wide * 0.27
        _block(
            bench,
            f"foot{side}",
            (wide * 0.36, deep * 1.1, h * 0.09),
            (x, -0.05 * deep, h * 0.045),
            trim,
        )
        _bar(bench, f"leg{side}", [(x, 0, h * 0.08), (x, 0, h * 0.32)], wide * 0.13, limbs)
        shoulder = side * wide * 0.55
        reach = [
            (shoulder, 0, h * 0.64),
            (shoulder * 1.35, -0.1 * deep, h * rng.uniform(0.46, 0.56)),
            (shoulder * 1.3, -0.6 * deep, h * rng.uniform(0.38, 0.6)),
        ]
        _bar(bench, f"arm{side}", reach, wide * 0.1, limbs)
        _ball(bench, f"hand{side}", wide * 0.14, reach[-1], trim)
    _block(bench, "torso", (wide, deep, h * 0.38), (0, 0, h * 0.49), body, 0.14)
    _block(bench, "panel", (wide * 0.6, deep * 0.1, h * 0.18), (0, -deep / 2, h * 0.5), _LIGHT)
    for place in (-1, 0, 1):
        knob = (place * wide * 0.18, -deep * 0.56, h * 0.53)
        _ball(bench, f"knob{place}", wide * 0.055, knob, (trim, limbs, _DARK)[place])
    top = h * 0.7 + head[2] / 2
    _block(bench, "head", head, (0, 0, top), body, 0.2)
    _block(
        bench, "visor", (head[0] * 0.8, deep * 0.1, head[2] * 0.4), (0, -head[1] / 2, top), _DARK
    )
    for side in (-1, 1):
        eye = (side * head[0] * 0.2, -head[1] * 0.56, top)
        _ball(bench, f"eye{side}", head[2] * 0.13, eye, _LIGHT)
    _bar(bench, "antenna", [(0, 0, top + head[2] * 0.4), (0, 0, h * 0.97)], 0.012 * h, _DARK)
    _ball(bench, "tip", 0.03 * h, (0, 0, h * 0.97), trim)
    return wide * 1.7, deep * 1.4, h


def race_car(bench: Workbench, length: float) -> Size3:
    """A car with four wheels, a cabin and a wing; its bonnet looks along −x."""
    rng = bench.rng
    paint, trim = _colours(bench, 2)
    s = length
    wide, belt = s * rng.uniform(0.4, 0.46), s * rng.uniform(0.17, 0.22)
    radius = s * rng.uniform(0.095, 0.115)

    def nose(points: Points) -> Points:
        """The bonnet falls off towards the front."""
        out = np.array(points)
        front = np.clip(-(points[..., 0] / s) - 0.1, 0, 0.4) / 0.4
        out[..., 2] = radius * 0.6 + (points[..., 2] - radius * 0.6) * (1 - 0.35 * front**2)
        return out

    _block(
        bench, "chassis", (s, wide * 0.88, belt), (0, 0, radius * 0.6 + belt / 2), paint, 0.3, nose
    )
    cabin = lid(arch(s * 0.24, s * 0.15, 3.0), Section(wide * 0.75 / (s * 0.48), 3.0))
    skin = bench.press.plain(_DARK, (s * 0.5, wide), "glass")
    rest = moved(cabin, (0.06 * s, 0, radius * 0.6 + belt * 0.9))
    bench.add("cabin", "unit", rest, (s * 0.55, wide), skin, Locus.PRODUCT)
    stripe = (s * 0.96, wide * 0.16, belt * 0.1)
    _block(bench, "stripe", stripe, (0, 0, radius * 0.6 + belt), trim, 0.02, nose)
    for place, (x, y) in enumerate(((-0.3, -1), (-0.3, 1), (0.3, -1), (0.3, 1))):
        _wheel(bench, f"wheel{place}", radius, s * 0.075, (x * s, y * wide * 0.44, radius), y)
    _block(
        bench,
        "wing",
        (s * 0.1, wide * 0.9, s * 0.018),
        (0.44 * s, 0, radius * 0.6 + belt * 1.4),
        trim,
    )
    for side in (-1, 1):
        post = (0.44 * s, side * wide * 0.3, radius * 0.6 + belt * 1.15)
        _block(bench, f"post{side}", (s * 0.04, s * 0.02, belt * 0.5), post, _DARK)
        lamp = (-0.475 * s, side * wide * 0.3, radius * 0.6 + belt * 0.42)
        _ball(bench, f"lamp{side}", s * 0.03, lamp, _LIGHT)
    return s, wide, radius * 0.6 + belt * 1.9


def rocket(bench: Workbench, height: float) -> Size3:
    """A rocket with a nose, a porthole and four fins."""
    rng = bench.rng
    hull, trim, glass = *_colours(bench, 2), oklch(0.6, 0.1, 230)
    h = height
    radius = h * rng.uniform(0.13, 0.18)
    low = 0.12 * h
    corners = [(0, low), (0.6 * radius, low), (0.75 * radius, low + 0.05 * h), (radius, 0.4 * h),
               (0.92 * radius, 0.62 * h), (0.5 * radius, 0.86 * h), (0, h)]  # fmt: skip
    profile = Profile.through(corners, 0.04 * h)
    extent = (2 * math.pi * radius, profile.length)
    skin = bench.press.plain(hull, extent, "plastic")
    rows = len(skin.base)
    skin.base[round(0.78 * rows) :] = trim
    skin.base[round(0.3 * rows) : round(0.34 * rows)] = trim
    bench.add("hull", "unit", revolve(profile), extent, skin, Locus.PRODUCT, closed_u=True)
    for fin in range(4):
        rotation = turned("z", 45 + 90 * fin)
        size = (radius * 0.9, 0.035 * h, 0.3 * h)
        middle = (1.15 * radius * rotation[0, 0], 1.15 * radius * rotation[1, 0], 0.26 * h)
        warp = _sweep(size, rotation, np.array(middle))
        _block(bench, f"fin{fin}", size, middle, trim, 0.3, warp)
    at = (0, -0.93 * radius, 0.55 * h)
    ring = moved(lid(arch(radius * 0.5, radius * 0.2)), at, turned("x", 90))
    plate = bench.press.plain(glass, (radius, radius), "glass")
    bench.add("porthole", "unit", ring, (radius, radius), plate, Locus.PRODUCT)
    return radius * 3.4, radius * 3.4, h


def blocks(bench: Workbench, height: float) -> Size3:
    """A tower of building blocks with studs."""
    rng = bench.rng
    unit = height / 6.5
    level, wide = 0.0, 4 * unit
    for row in range(5):
        x = -wide / 2
        while x < wide / 2 - 0.1 * unit:
            count = min(int(rng.integers(1, 4)), round((wide / 2 - x) / unit))
            length = count * unit
            gap = row > 2 and rng.random() < 0.35
            if not gap:
                colour = oklch(rng.uniform(0.5, 0.75), 0.17, rng.uniform(0, 360))
                name = f"block{row}-{len(bench.patches)}"
                middle = (x + length / 2, 0.0, level + 0.6 * unit)
                _block(bench, name, (0.97 * length, 1.9 * unit, 1.18 * unit), middle, colour, 0.03)
                _studs(bench, name, count, x, level + 1.19 * unit, unit, colour)
            x += length
        level += 1.2 * unit
    return wide, 2 * unit, level + 0.25 * unit


def _studs(
    bench: Workbench, name: str, count: int, x: float, level: float, unit: float, colour: Colour
) -> None:
    profile = Profile.through(
        [(0.3 * unit, 0), (0.3 * unit, 0.2 * unit), (0, 0.2 * unit)], 0.02 * unit
    )
    skin = bench.press.plain(colour, (unit, unit / 2), "plastic", 0.6)
    for stud in range(2 * count):
        place = (x + (stud // 2 + 0.5) * unit, (stud % 2 - 0.5) * unit, level)
        bench.add(
            f"{name}-stud{stud}", "unit", moved(revolve(profile), place), (unit, unit / 2), skin,
            Locus.PRODUCT, closed_u=True, grid=(17, 7),
        )  # fmt: skip


def _sweep(size: Size3, rotation: Rotation, middle: Points) -> Warp:
    """A fin: turned into its place, its outer end lower than its inner one."""

    def warp(points: Points) -> Points:
        flat = points - middle
        flat[..., 2] -= 0.35 * size[2] * (flat[..., 0] / size[0] + 0.5)
        return np.asarray(flat @ rotation.T + middle)

    return warp


def _colours(bench: Workbench, count: int) -> list[Colour]:
    """Loud colours that go together, the shape's numbers choose them: a toy keeps its paint."""
    hue = bench.rng.uniform(0, 360)
    turns = (0, bench.rng.uniform(90, 200), bench.rng.uniform(220, 300))
    return [oklch(bench.rng.uniform(0.5, 0.75), 0.16, hue + turn) for turn in turns[:count]]


def _block(
    bench: Workbench,
    name: str,
    size: Size3,
    middle: tuple[float, float, float],
    colour: Colour,
    roundness: float = 0.12,
    warp: Warp | None = None,
) -> None:
    """A box; roundness: radius of its edges as a share of its shortest side."""
    box = Box(size, max(0.0004, min(0.49, roundness) * min(size)))
    for face in FACES:
        skin = bench.press.plain(colour, box.extent(face), "plastic", 0.6)
        rest = moved(box.face(face), middle)
        if warp is not None:
            rest = warped(rest, warp)
        bench.add(f"{name}-{face}", "unit", rest, box.extent(face), skin, Locus.PRODUCT)


def _ball(
    bench: Workbench, name: str, radius: float, middle: tuple[float, float, float], colour: Colour
) -> None:
    angle = np.linspace(-np.pi / 2, np.pi / 2, 33)
    profile = Profile.of(radius * np.stack([np.cos(angle), np.sin(angle)], axis=-1))
    extent = (2 * math.pi * radius, math.pi * radius)
    skin = bench.press.plain(colour, extent, "plastic", 0.6)
    rest = moved(revolve(profile), middle)
    bench.add(name, "unit", rest, extent, skin, Locus.PRODUCT, closed_u=True)


def _bar(
    bench: Workbench,
    name: str,
    path: list[tuple[float, float, float]],
    radius: float,
    colour: Colour,
) -> None:
    length = float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum()) + 2 * radius
    extent = (2 * math.pi * radius, length)
    skin = bench.press.plain(colour, extent, "plastic", 0.6)
    bench.add(name, "unit", tube(path, radius), extent, skin, Locus.PRODUCT, closed_u=True)


def _wheel(
    bench: Workbench,
    name: str,
    radius: float,
    width: float,
    middle: tuple[float, float, float],
    side: int,
) -> None:
    """A tyre with a bright hub; side: +1 or −1, where y its hub looks."""
    r, w = radius, width
    profile = Profile.through(
        [(0, -w / 2), (0.9 * r, -w / 2), (r, -0.3 * w), (r, 0.3 * w), (0.9 * r, w / 2),
         (0.62 * r, w / 2), (0.58 * r, 0.3 * w), (0, 0.35 * w)], 0.03 * r,
    )  # fmt: skip
    extent = (2 * math.pi * r, profile.length)
    skin = bench.press.plain(_DARK, extent, "plastic")
    hub = round(0.78 * len(skin.base))
    skin.base[hub:] = (206, 208, 210)
    skin.rough[:hub] = 0.8
    rest = moved(revolve(profile), middle, turned("x", -90 * side))
    bench.add(name, "unit", rest, extent, skin, Locus.PRODUCT, closed_u=True)


TOYS: dict[str, Callable[[Workbench, float], Size3]] = {
    "Robot": robot,
    "Race Car": race_car,
    "Space Rocket": rocket,
    "Building Blocks": blocks,
}
"""What makes a toy of a ware; from its height (a car: its length) in metres to its size."""
