"""Multipacks: cans, bottles or boxes in rows, in shrink film, with or without a tray of board.

Parts: "unit-0", "unit-1", …, "tray"; the film's patches are of part "film". It stands upright.
"""

import math

import numpy as np

from amiss.domain.words import Locus
from amiss.simulate.prints.colour import KRAFT, PAPER, mix
from amiss.simulate.products.boxes import brick
from amiss.simulate.products.product import Film, Kind
from amiss.simulate.products.tin import tin
from amiss.simulate.products.vessels import bottle
from amiss.simulate.products.workbench import UNITS as VERTICES
from amiss.simulate.products.workbench import UP, Made, Workbench, rests_of_box
from amiss.simulate.shapes.box import Box
from amiss.simulate.shapes.compose import Warp, cut_out, moved, turned, warped
from amiss.simulate.shapes.dome import Outline, collar
from amiss.simulate.shapes.noise import Waves
from amiss.simulate.shapes.patch import Patch, Points
from amiss.simulate.shapes.revolve import Profile

Size3 = tuple[float, float, float]
_ROWS = {2: 1, 3: 1, 4: 2, 6: 2, 8: 2, 9: 3, 12: 3}
SETS = tuple(_ROWS)
"""How many units a multipack may have."""
_MAKERS = {
    "Juice": (Kind.CARTON, brick),
    "Soda": (Kind.TIN, tin),
    "Spring Water": (Kind.BOTTLE, bottle),
    "Chopped Tomatoes": (Kind.TIN, tin),
}
WARES = tuple(_MAKERS)
"""What is sold in multipacks."""
_FILM = 0.004  # metres between vertices of film
_LOOSE = 0.004  # metres that the film is longer, wider and higher than the units
_LARGEST = 0.36  # metres of a multipack's longest side; larger ones are of smaller units


def multipack(bench: Workbench) -> Made:
    """Equal units in a grid, all upright, their fronts to the front."""
    rows = _ROWS[bench.units]
    columns = bench.units // rows
    kind, make = _MAKERS[bench.ware]
    unit = bench.aside(kind, 0.0016)
    x, y, z = make(unit).size
    unit.patches = [patch for patch in unit.patches if not patch.hidden]
    unit.thin_out(VERTICES // bench.units)
    shrink = min(1.0, _LARGEST / max(columns * x, rows * y, z))
    x, y, z = shrink * x, shrink * y, shrink * z
    gap = 0.0006
    size = (columns * (x + gap), rows * (y + gap), z)
    tray = min(x, y) < z and bench.rng.random() < 0.4
    board = 0.003 if tray else 0.0
    for number in range(bench.units):
        row, column = divmod(number, columns)
        place = (
            (column - (columns - 1) / 2) * (x + gap),
            ((rows - 1) / 2 - row) * (y + gap),
            board,
        )
        # filled by machines, cans and bottles come to lie at any turn, mostly a small one
        spin = 0.0 if kind is Kind.CARTON or x != y else float(bench.rng.normal(0, 25))
        bench.stamp(unit, number, place, shrink * turned("z", spin))
    outer = (size[0] + 2 * board, size[1] + 2 * board, size[2] + board)
    bench.pitch = 0.002
    if tray:
        _tray(bench, outer, min(0.25 * z, 0.045))
    round_ = kind is not Kind.CARTON
    sag = _sagging(bench, outer, (x, y), 0.3 * x if kind is Kind.BOTTLE else 0.0)
    bench.pitch = _FILM
    bench.films.append(_wrap(bench, outer, 0.45 * min(x, y) if round_ else 0.004, sag))
    rests = rests_of_box(outer, least=0.45)
    return Made(outer, tuple(sorted(rests, key=lambda rest: not np.array_equal(rest, UP))))


def _tray(bench: Workbench, size: Size3, height: float) -> None:
    """A low tray of board: a floor and four walls."""
    box = Box(size, 0.002)
    colour = mix(KRAFT, PAPER, 0.85 if bench.rng.random() < 0.3 else 0.1)
    for face in ("bottom", "front", "back", "left", "right"):
        extent = box.extent(face)
        rest = moved(box.face(face), (0, 0, size[2] / 2))
        if face != "bottom":
            share = height / extent[1]
            rest, extent = cut_out(rest, (0, 1), (0, share)), (extent[0], height)
        skin = bench.press.plain(colour, extent, "kraft")
        bench.add(f"tray-{face}", "tray", rest, extent, skin, Locus.OUTER_PACKAGING)


def _wrap(bench: Workbench, size: Size3, radius: float, sag: Warp) -> Film:
    """Shrink film: a tube around front, top, back and bottom, drawn in at both open ends."""
    outer = (size[0] + _LOOSE, size[1] + _LOOSE, size[2] + _LOOSE)
    radius = min(radius, 0.3 * min(outer))
    box = Box(outer, radius)
    skin = bench.press.plain((250, 250, 250), (0.01, 0.01), "glass")
    patches: list[Patch] = []
    for face in ("top", "bottom", "front", "back"):
        rest = moved(warped(box.face(face), sag), (0, 0, size[2] / 2))
        patches.append(
            bench.patch(f"film-{face}", "film", rest, box.extent(face), skin, Locus.OUTER_PACKAGING)
        )
    # the tube ends half-way round the edges; there the ends go on, inwards to an opening
    end = radius * (1 - math.sqrt(0.5))
    opening = Outline(0.5 * outer[1], 0.5 * outer[2], 5.0)
    reach = 0.45 * min(outer[1], outer[2])
    curve = [(-end, -end), (-0.6 * radius, -0.08 * radius), (-radius, 0.0), (-reach, 0.0008)]
    profile = Profile.through(curve, 0.1 * radius)
    for side, turn in (("left", -90), ("right", 90)):
        # z of the ring looks along ±x; its y, before the turn, along z
        rotation = turned("z", turn) @ turned("x", 90)
        shift = (np.sign(turn) * outer[0] / 2, 0.0, size[2] / 2)
        rest = moved(collar(opening, profile), shift, rotation)
        extent = (opening.length, profile.length)
        patches.append(
            bench.patch(
                f"film-{side}", "film", rest, extent, skin, Locus.OUTER_PACKAGING, closed_u=True
            )
        )
    return Film(tuple(patches), clarity=0.9)


def _sagging(bench: Workbench, size: Size3, step: tuple[float, float], taper: float) -> Warp:
    """Film sinks in between the units and wrinkles a little.

    taper: metres by which it is drawn in at the top, where the units have necks.
    """
    rng = bench.rng
    depth = rng.uniform(0.002, 0.0045)
    ripple = [Waves.drawn(rng, length, 4) for length in (0.06, 0.018)]
    streak = np.array([0.15, 1.0, 0.6])  # film is stretched along x: its wrinkles run there
    half = np.array(size) / 2

    def warp(points: Points) -> Points:
        place = np.clip(points / half, -1, 1)
        # 0 over the middle of a unit, 1 between two and at the ends
        between = [
            np.cos(np.pi * (points[..., axis] + half[axis]) / step[axis]) ** 2 for axis in (0, 1)
        ]
        out = np.array(points)
        out[..., 1] -= depth * place[..., 1] ** 7 * between[0]
        out[..., 2] -= depth * np.clip(place[..., 2], 0, 1) ** 7 * np.maximum(*between)
        high = np.clip((place[..., 2] - 0.2) / 0.7, 0, 1)
        out[..., 1] -= taper * place[..., 1] * high**2 * (3 - 2 * high)
        wrinkle = 0.0005 * ripple[0](points * streak) + 0.00012 * ripple[1](points * streak)
        outwards = points / np.linalg.norm(points, axis=-1, keepdims=True)
        return np.asarray(out + wrinkle[..., None] * outwards)

    return warp
