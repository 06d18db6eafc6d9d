"""Tins of food, powder and drink.

Parts: "tin" is the body with its base, "lid" is the top with its ring to pull, "contents" is the
surface of what is in it. They stand upright, the front of the label at −y.
"""

import math

import numpy as np

from amiss.domain.words import Locus
from amiss.simulate.prints.colour import Colour, oklch
from amiss.simulate.prints.panels import Role
from amiss.simulate.products.press import flattened, lay
from amiss.simulate.products.vessels import add_surface
from amiss.simulate.products.workbench import UP, Made, Workbench, lying
from amiss.simulate.shapes.box import Box
from amiss.simulate.shapes.compose import moved
from amiss.simulate.shapes.patch import Skin
from amiss.simulate.shapes.revolve import Profile, lid, revolve

_TIN: Colour = (203, 204, 202)
_PRODUCT = Locus.PRODUCT


def tin(bench: Workbench) -> Made:
    """A seamed food tin, a necked can of drink, or a tin with a plastic lid."""
    rng = bench.rng
    radius = rng.uniform(0.031, 0.052)
    height = radius * math.exp(rng.uniform(math.log(1.0), math.log(3.6)))
    form = "can" if bench.ware in {"Soda", "Juice"} else str(rng.choice(["food", "food", "snap"]))
    if form == "can":
        radius, height = rng.uniform(0.029, 0.034), rng.uniform(0.11, 0.165)
    bench.plan(2 * math.pi * radius * (height + radius))
    _tin(bench, radius, height, form)
    rolls = (0, 90, 180, 270) if height > 1.2 * radius else ()
    turned_over = (lying(0) @ lying(0),)
    return Made((2 * radius, 2 * radius, height), (UP, *map(lying, rolls), *turned_over))


def _tin(bench: Workbench, radius: float, height: float, form: str) -> None:
    """The patches of a tin.

    form: "food" (seams at both ends), "can" (drink, drawn in at the top) or "snap" (plastic lid).
    """
    body = _body(form, radius, height)
    extent = (2 * math.pi * radius, body.length)
    skin = _body_skin(bench, body, bare=form == "food" and bench.rng.random() < 0.7)
    bench.add("body", "tin", revolve(body), extent, skin, _PRODUCT, closed_u=True)
    foot = float(body.points[0, 0])
    steps = [(0, 0.003), (0.78, 0.003), (0.84, 0.0035), (0.96, 0.0035), (1, 0)]
    sunk = Profile.through([(share * foot, z) for share, z in steps], 0.0005)
    size = (2 * foot, 2 * foot)
    base = bench.press.plain(_TIN, size, "tin", 0.8)
    bench.add("base", "tin", lid(sunk, down=True), size, base, _PRODUCT)
    if form == "snap":
        _snap_lid(bench, radius, height)
    else:
        _end(bench, float(body.points[-1, 0]), height)
    inside = oklch(bench.rng.uniform(0.25, 0.7), 0.08, bench.rng.uniform(20, 110))
    fill = bench.press.plain(inside, (2 * radius, 2 * radius), "paper", 0.5)
    bench.press.mottle(fill, 0.2)
    add_surface(bench, fill, 0.96 * radius, height - bench.rng.uniform(0.008, 0.015))


def _body(form: str, radius: float, height: float) -> Profile:
    """The wall, seams included."""
    if form == "can":
        neck = radius - 0.006
        return Profile.through(
            [(radius - 0.007, 0), (radius - 0.005, 0.004), (radius, 0.012),
             (radius, height - 0.019), (neck, height - 0.004), (neck + 0.001, height - 0.003),
             (neck + 0.001, height)],
            0.0012,
        )  # fmt: skip
    seam, bead = 0.0032, radius + 0.0014
    top = [(radius, height - seam - 0.0012), (bead, height - seam), (bead, height)]
    if form == "snap":
        top = [(radius, height)]
    return Profile.through([(bead, 0), (bead, seam), (radius, seam + 0.0012), *top], 0.0006)


def _body_skin(bench: Workbench, body: Profile, *, bare: bool) -> Skin:
    """Printed tin, or bare ribbed tin under a paper label."""
    extent = (2 * math.pi * body.widest, body.length)
    skin = bench.press.plain(_TIN, extent, "tin")
    rows = len(skin.metal)
    edge = 0.008 / extent[1] + 0.03 if bare else 0.02
    print_ = bench.press.sheet(Role.LABEL, (extent[0], extent[1] * (1 - 2 * edge)), main=True)
    rough, rise = (0.45, 0.0001) if bare else (0.24, 0.0)
    lay(skin, (0, 1), (edge, 1 - edge), print_, rough=rough, rise=rise)
    skin.metal[round(edge * rows) : round((1 - edge) * rows)] = 0 if bare else 0.15
    if bare:
        lay(skin, (0.0, 0.0012), (edge, 1 - edge), (60, 56, 50), opacity=0.35)
        height = (np.arange(rows) + 0.5) / rows * extent[1]
        middle = np.abs(height - extent[1] / 2) < 0.3 * extent[1]
        ribs = np.where(middle, 0.0002 * np.sin(2 * np.pi * height / 0.006), 0)
        skin.bump[:] += ribs[:, None].astype(np.float32)
    return skin


def _end(bench: Workbench, radius: float, height: float) -> None:
    """A seamed end with pressed rings and a ring to pull."""
    steps = [
        (0, -0.0035), (0.62, -0.0035), (0.66, -0.0042), (0.72, -0.0042), (0.75, -0.0035),
        (0.86, -0.0035), (0.88, -0.0048), (0.94, -0.0048), (0.96, -0.0002), (1, 0),
    ]  # fmt: skip
    profile = Profile.through([(share * radius, height + z) for share, z in steps], 0.0004)
    size = (2 * radius, 2 * radius)
    skin = bench.press.plain(_TIN, size, "tin")
    bench.add("lid", "lid", lid(profile), size, skin, _PRODUCT)
    _tab(bench, radius, height - 0.0022)


def _tab(bench: Workbench, radius: float, height: float) -> None:
    """A ring to pull, on a tongue that is riveted near the rim."""
    ring, wire = 0.22 * radius, 0.0011
    angle = np.linspace(-np.pi, np.pi, 25)
    wire_ = np.stack([ring + 1.6 * wire * np.cos(angle), 0.7 * wire * np.sin(angle)], axis=-1)
    metal = bench.press.plain((212, 213, 212), (0.02, 0.02), "tin")
    rest = moved(revolve(Profile.of(wire_)), (0, 0.1 * radius, height))
    bench.add("ring", "lid", rest, (0.04, 0.007), metal, _PRODUCT, closed_u=True, grid=(41, 11))
    tongue = Box((0.24 * radius, 0.42 * radius, 0.0012), 0.0005)
    middle = (0, 0.28 * radius + ring, height)
    for face in ("top", "front", "back", "left", "right"):
        rest = moved(tongue.face(face), middle)
        bench.add(f"tongue-{face}", "lid", rest, tongue.extent(face), metal, _PRODUCT)


def _snap_lid(bench: Workbench, radius: float, height: float) -> None:
    """A lid of plastic that snaps over the rim; some carry a print."""
    wide, inner = radius + 0.0018, 0.93 * (radius + 0.0018)
    top = height + 0.001
    palette = bench.press.design.palette
    form = bench.rng.integers(3)
    colour: Colour = ((232, 232, 228), palette.main, (40, 40, 42))[form]
    side = Profile.through([(wide, height - 0.008), (wide, top), (inner, top)], 0.0008)
    extent = (2 * math.pi * wide, side.length)
    skin = bench.press.plain(colour, extent, "plastic")
    bench.add("lid-side", "lid", revolve(side), extent, skin, _PRODUCT, closed_u=True)
    steps = [(0, height - 0.0006), (0.86, height - 0.0006), (0.93, top), (1, top)]
    rest = lid(Profile.through([(share * inner, z) for share, z in steps], 0.0008))
    size = (2 * inner, 2 * inner)
    plate = bench.press.plain(colour, size, "plastic")
    if form == 1:
        texels = plate.base.shape[1], plate.base.shape[0]
        print_ = flattened(rest, texels, bench.press.sheet(Role.LID, size), size)
        plate = bench.press.coat(print_, "plastic")
    bench.add("lid-top", "lid", rest, size, plate, _PRODUCT)
