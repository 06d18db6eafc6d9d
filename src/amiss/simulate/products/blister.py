"""Blister cards: units side by side, each under its own clear dome.

Parts: "card" and "unit-0", "unit-1", …; the film's patches are "dome-<i>" of part "film". The card
lies on its back, its print up, the top of the print at +y.
"""

import math

import numpy as np

from amiss.domain.words import Locus
from amiss.simulate.prints.colour import mix
from amiss.simulate.prints.panels import Role
from amiss.simulate.products.press import lay
from amiss.simulate.products.product import Film
from amiss.simulate.products.units import UNITS
from amiss.simulate.products.workbench import FACE_DOWN, FILM, UP, Made, Workbench
from amiss.simulate.products.workbench import UNITS as VERTICES
from amiss.simulate.shapes.box import FACES, Box
from amiss.simulate.shapes.compose import Warp, moved, warped
from amiss.simulate.shapes.dome import Outline, dome
from amiss.simulate.shapes.patch import Patch, Points
from amiss.simulate.shapes.revolve import Profile

_BOARD = 0.0011  # metres of card
_GAP = 0.004  # metres of film around a unit
_FLANGE = 0.0035


def blister(bench: Workbench) -> Made:
    """A card with a title above and its units below."""
    rng = bench.rng
    unit = bench.aside(bench.kind, 0.0011)
    wide, long, high = UNITS[bench.ware](unit)
    unit.thin_out(VERTICES // bench.units)
    rows = 2 if bench.units > 4 and wide > 0.03 else 1
    columns = math.ceil(bench.units / rows)
    step = wide + 2 * (_GAP + _FLANGE), long + 2 * (_GAP + _FLANGE)
    across = max(columns * step[0] + 0.014, 0.075)
    field = rows * step[1] + 0.01
    up = field + max(0.048, 0.42 * field) * rng.uniform(0.9, 1.3)
    bench.plan(2.4 * across * up, 24_000)
    warp = _warped_card(bench, across)
    _card(bench, (across, up), field, warp)
    domes: list[Patch] = []
    for number in range(bench.units):
        row, column = divmod(number, columns)
        in_row = min(columns, bench.units - row * columns)
        x = (column - (in_row - 1) / 2) * step[0]
        y = -up / 2 + field - (row + 0.5) * step[1] - 0.004
        # units rest on the card where it is, not where it was drawn
        z = float(warp(np.array([x, y, _BOARD]))[2]) + 0.0002
        bench.stamp(unit, number, (x, y, z))
        domes.append(_dome(bench, number, (wide, long, high), (x, y), warp))
    bench.films.append(Film(tuple(domes)))
    return Made((across, up, _BOARD + high + 0.0025), (UP, FACE_DOWN))


def _warped_card(bench: Workbench, across: float) -> Warp:
    """Card bends a little along its length."""
    bow = bench.rng.normal(0, 0.0016)

    def warp(points: Points) -> Points:
        out = np.array(points)
        out[..., 2] += bow * (points[..., 0] / across * 2) ** 2 + max(0.0, -bow)
        return out

    return warp


def _card(bench: Workbench, size: tuple[float, float], field: float, warp: Warp) -> None:
    """The front is printed above its field of units, the cut edges are bare."""
    box = Box((*size, _BOARD), _BOARD * 0.45)
    palette, press = bench.press.design.palette, bench.press
    for face in FACES:
        extent = box.extent(face)
        if face == "top":
            skin = press.plain(mix(palette.main, palette.ground, 0.15), extent, "coated")
            above = field / size[1]
            head = press.sheet(Role.FRONT, (extent[0], (1 - above) * extent[1]), main=True)
            lay(skin, (0, 1), (above, 1), head)
            edge = 0.003 / size[1]
            lay(skin, (0, 1), (above - edge, above), palette.accent)
        elif face == "bottom":
            skin = press.printed(Role.BACK, extent, "board")
        else:
            skin = press.plain((220, 214, 202), extent, "board", 0.5)
        rest = warped(moved(box.face(face), (0, 0, _BOARD / 2)), warp)
        bench.add(face, "card", rest, extent, skin, Locus.OUTER_PACKAGING)


def _dome(
    bench: Workbench,
    number: int,
    unit: tuple[float, float, float],
    at: tuple[float, float],
    warp: Warp,
) -> Patch:
    """A clear dome over a unit, drawn from one sheet, with a flange on the card."""
    top, foot = _BOARD + unit[2] + 0.0025, _BOARD + 0.0003
    slope = 0.75 * _GAP
    flat = Outline(unit[0] / 2 + _GAP - slope, unit[1] / 2 + _GAP - slope)
    curve = [(0, top), (0.4 * slope, top), (0.9 * slope, foot + 0.3 * (top - foot)), (slope, foot),
             (slope + _FLANGE, foot)]  # fmt: skip
    rest = dome(flat, Profile.through(curve, 0.002))
    extent = (unit[0] + 2 * unit[2], unit[1] + 2 * unit[2])
    across, up = (2 * math.ceil(side / FILM / 2) + 1 for side in extent)
    skin = bench.press.plain((250, 250, 250), (0.01, 0.01), "glass")
    return bench.patch(
        f"dome-{number}",
        "film",
        warped(moved(rest, (*at, 0.0)), warp),
        extent,
        skin,
        Locus.OUTER_PACKAGING,
        grid=(across, up),
    )
