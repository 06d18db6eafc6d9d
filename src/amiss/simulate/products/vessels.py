"""Bottles and jars: what they stand in is what is sold.

Parts: "bottle" or "jar" is the body with its neck, "cap" (of a bottle) or "lid" (of a jar) closes
it, "contents" is the surface of what is in it. They stand upright, the label's front at −y.
"""

import math
from dataclasses import dataclass

import numpy as np

from amiss.domain.words import Locus
from amiss.simulate.prints.colour import PAPER, Colour, mix, oklch
from amiss.simulate.prints.panels import Role
from amiss.simulate.prints.wares import Material
from amiss.simulate.products.press import Size, lay
from amiss.simulate.products.workbench import UP, Made, Rotation, Workbench, lying
from amiss.simulate.shapes.patch import Skin
from amiss.simulate.shapes.revolve import ROUND, Profile, Section, disc, lid, revolve

_WHITE: Colour = (236, 236, 232)
_PRODUCT = Locus.PRODUCT
_RIBS = 0.0021  # metres from rib to rib of a cap


@dataclass(frozen=True, slots=True)
class Neck:
    """The opening of a vessel: its radius, and the heights in metres between which it stands."""

    radius: float
    low: float
    high: float


def bottle(bench: Workbench) -> Made:
    """A bottle of plastic or glass with a wrap-around label and a screw cap."""
    rng = bench.rng
    radius = rng.uniform(0.028, 0.044)
    height = radius * rng.uniform(4.2, 6.4)
    section = ROUND
    if rng.random() < 0.4:
        section = Section(rng.uniform(0.55, 0.85), rng.uniform(2.0, 3.2))
    neck = radius * section.depth * rng.uniform(0.36, 0.5)
    shoulder, low = height * rng.uniform(0.6, 0.74), height * rng.uniform(0.84, 0.88)
    body = Profile.through(_silhouette(rng, radius, shoulder, low, neck), 0.0028)
    bench.plan(section.length * radius * height)
    shell, material = _shell(bench)
    label = (shoulder * rng.uniform(0.06, 0.14), shoulder * rng.uniform(0.86, 0.96))
    _shell_patches(bench, "bottle", body, section, low, (shell, material), label)
    _neck(bench, "bottle", Neck(neck, low, height), shell)
    level = shoulder * rng.uniform(0.85, 0.98)
    fluid = oklch(rng.uniform(0.25, 0.6), rng.uniform(0.02, 0.14), rng.uniform(0, 360))
    surface = bench.press.plain(fluid, (radius, radius), "glass", 0.4)
    add_surface(bench, surface, 0.93 * _radius_at(body, level), level, section)
    wide = neck * rng.uniform(1.16, 1.3)
    palette = bench.press.design.palette
    caps = (palette.main, palette.accent, _WHITE, (32, 32, 34))
    # which of them is a matter of the shape's numbers, the colour itself of the design's
    colour = caps[rng.integers(len(caps))]
    _cap(bench, "cap", Neck(wide, low + 0.001, height), colour)
    return Made((2 * radius, 2 * radius * section.depth, height), _vessel_rests(section))


def jar(bench: Workbench) -> Made:
    """A jar of glass or plastic under a wide lid."""
    rng = bench.rng
    radius = rng.uniform(0.03, 0.048)
    height = radius * rng.uniform(1.7, 3.2)
    neck = radius * rng.uniform(0.84, 0.93)
    tall = rng.uniform(0.012, 0.019)
    top = height - tall
    section = ROUND if rng.random() < 0.7 else Section(1.0, rng.uniform(3.0, 4.0))
    corners = [
        (0.82 * radius, 0.0), (radius, 0.1 * radius), (radius, top - 0.3 * radius), (neck, top),
        (neck, top + 0.002),
    ]  # fmt: skip
    body = Profile.through(corners, 0.0035)
    bench.plan(section.length * radius * height + 3 * radius**2)
    if rng.random() < 0.6:  # glass shows what is in it
        inside = oklch(rng.uniform(0.25, 0.75), rng.uniform(0.05, 0.15), rng.uniform(20, 110))
        glass: Material = "glass"
        shell, material = inside, glass
    else:
        shell, material = _shell(bench)
    label = ((top - 0.3 * radius) * rng.uniform(0.12, 0.2), (top - 0.3 * radius) * 0.9)
    _shell_patches(bench, "jar", body, section, top, (shell, material), label)
    _neck(bench, "jar", Neck(neck, top, height), shell)
    surface = bench.press.plain(mix(shell, (40, 30, 24), 0.3), (radius, radius), "poly", 0.6)
    bench.press.mottle(surface, 0.12)
    add_surface(bench, surface, 0.9 * neck, top - 0.004)
    wide = min(radius * 1.02, neck + 0.0035)
    _jar_lid(bench, Neck(wide, top + 0.001, height))
    return Made((2 * radius, 2 * radius, height), _vessel_rests(section))


def add_surface(
    bench: Workbench, skin: Skin, radius: float, level: float, section: Section = ROUND
) -> None:
    """The surface of what is in a vessel, at a level in metres."""
    size = (2 * radius, 2 * radius * section.depth)
    rest = lid(disc(radius, level), section)
    bench.add("contents", "contents", rest, size, skin, _PRODUCT, hidden=True)


def _shell_patches(
    bench: Workbench,
    part: str,
    body: Profile,
    section: Section,
    round_above: float,
    shell: tuple[Colour, Material],
    label: Size,
) -> None:
    """The body with its label between two heights in metres, and the base, hollow below."""
    extent = (section.length * body.widest, body.length)
    rest = revolve(body, section, round_above)
    skin = _dressed(bench, body, extent, shell, label)
    bench.add("body", part, rest, extent, skin, _PRODUCT, closed_u=True)
    foot = float(body.points[0, 0])
    hollow = Profile.through([(0, 0.12 * foot), (0.6 * foot, 0.08 * foot), (foot, 0)], 0.002)
    size = (2 * foot, 2 * foot * section.depth)
    base = bench.press.plain(mix(shell[0], (20, 20, 20), 0.15), size, shell[1], 0.6)
    bench.add("base", part, lid(hollow, section, down=True), size, base, _PRODUCT)


def _cap(bench: Workbench, part: str, neck: Neck, colour: Colour) -> None:
    """A ribbed screw cap of one colour over a neck."""
    side = Profile.through(
        [(neck.radius, neck.low), (0.97 * neck.radius, neck.high), (0.8 * neck.radius, neck.high)],
        min(0.0012, 0.1 * neck.radius),
    )
    extent = (2 * math.pi * neck.radius, side.length)
    skin = bench.press.plain(colour, extent, "plastic", 1.5)
    columns = skin.bump.shape[1]
    count = max(12, round(extent[0] / _RIBS))
    ribs = np.sin(2 * np.pi * count * np.arange(columns) / columns)
    rows = round(0.72 * len(skin.bump))
    skin.bump[:rows] += (0.0003 * ribs).astype(np.float32)
    skin.base[:rows] = np.clip(skin.base[:rows] * (1 + 0.12 * ribs)[None, :, None], 0, 255)
    bench.add(f"{part}-side", part, revolve(side), extent, skin, _PRODUCT, closed_u=True)
    size = (1.6 * neck.radius, 1.6 * neck.radius)
    plate = bench.press.plain(colour, size, "plastic")
    top = lid(disc(0.8 * neck.radius, neck.high))
    bench.add(f"{part}-top", part, top, size, plate, _PRODUCT)


def _silhouette(
    rng: np.random.Generator, radius: float, shoulder: float, neck_low: float, neck: float
) -> list[tuple[float, float]]:
    """Half the outline of a bottle, from its base to the top of its shoulder."""
    foot = [(0.86 * radius, 0.0), (radius, 0.12 * radius)]
    form = rng.integers(3)
    if form == 0:  # straight, round-shouldered
        angles = np.linspace(0, np.pi / 2, 7)[1:]
        arc = [
            (neck + (radius - neck) * math.cos(a), shoulder + (neck_low - shoulder) * math.sin(a))
            for a in angles
        ]
        return [*foot, (radius, shoulder), *arc]
    if form == 1:  # a waist to hold it by
        waist, middle = radius * rng.uniform(0.85, 0.94), shoulder * rng.uniform(0.5, 0.62)
        reach = 0.22 * shoulder
        return [*foot, (radius, middle - reach), (waist, middle), (radius, middle + reach),
                (radius * 0.98, shoulder), (0.8 * radius, 0.6 * shoulder + 0.4 * neck_low),
                (neck, neck_low)]  # fmt: skip
    # tapering
    return [*foot, (radius, 0.3 * shoulder), (radius * rng.uniform(0.82, 0.95), shoulder),
            (neck * 1.1, neck_low - 0.004), (neck, neck_low)]  # fmt: skip


def _shell(bench: Workbench) -> tuple[Colour, Material]:
    """Colour and material of a vessel."""
    rng, palette = bench.rng, bench.press.design.palette
    form, shade = rng.integers(4), rng.uniform(0, 1)
    if form == 0:
        return mix(_WHITE, palette.main, 0.08 * shade), "plastic"
    if form == 1:
        return palette.main, "plastic"
    if form == 2:  # the drink shows
        return oklch(0.45 + 0.35 * shade, 0.12, 360 * shade), "glass"
    return mix((92, 52, 22), (36, 62, 40), round(shade)), "glass"


def _dressed(
    bench: Workbench,
    body: Profile,
    extent: Size,
    shell: tuple[Colour, Material],
    label: Size,
) -> Skin:
    """The body's skin: its shell, and a label all around between two heights in metres."""
    skin = bench.press.plain(shell[0], extent, shell[1])
    low, high = (body.share_at(height) for height in label)
    print_ = bench.press.sheet(Role.LABEL, (extent[0], (high - low) * extent[1]), main=True)
    lay(skin, (0, 1), (low, high), print_, rough=0.38, rise=0.00015)
    # the paper's edge, and its overlap at the back
    edge = 0.0006 / extent[1]
    for v in ((low, low + edge), (high - edge, high)):
        lay(skin, (0, 1), v, PAPER, opacity=0.5)
    lay(skin, (0.0, 0.0012), (low, high), (50, 46, 42), opacity=0.35)
    return skin


def _neck(bench: Workbench, part: str, neck: Neck, shell: Colour) -> None:
    """The threaded neck under a cap, open at its top."""
    steps = np.linspace(0, 1, 37)
    radius = neck.radius * 0.98 + 0.0006 * np.sin(2 * np.pi * 3 * steps)
    height = neck.low + 0.0005 + (neck.high - neck.low - 0.003) * steps
    wall = np.stack([radius, height], axis=-1)
    lip = [(0.8 * neck.radius, wall[-1, 1]), (0.78 * neck.radius, neck.low - 0.01)]
    profile = Profile.of(np.concatenate([wall, lip]))
    extent = (2 * math.pi * neck.radius, profile.length)
    skin = bench.press.plain(mix(shell, PAPER, 0.25), extent, "plastic", 0.6)
    bench.add(
        "neck", part, revolve(profile), extent, skin, _PRODUCT,
        hidden=True, closed_u=True, grid=(49, 41),
    )  # fmt: skip


def _jar_lid(bench: Workbench, neck: Neck) -> None:
    """A lid of tin with a rolled rim and a panel, or of ribbed plastic."""
    palette = bench.press.design.palette
    metal, tint = bench.rng.random() < 0.55, bench.rng.random()
    colour = (palette.main, palette.ink, _WHITE, (196, 164, 92))[int(4 * tint)]
    if not metal:
        _cap(bench, "lid", neck, colour)
        return
    rim = Profile.through(
        [(neck.radius * 0.99, neck.low), (neck.radius, neck.low + 0.001), (neck.radius, neck.high),
         (0.92 * neck.radius, neck.high)], 0.0009,
    )  # fmt: skip
    extent = (2 * math.pi * neck.radius, rim.length)
    side = bench.press.plain(colour, extent, "coated")
    side.rough[:] = 0.2
    bench.add("lid-side", "lid", revolve(rim), extent, side, _PRODUCT, closed_u=True)
    inner = 0.92 * neck.radius
    panel = Profile.through(
        [(0, neck.high - 0.0012), (0.74 * inner, neck.high - 0.0012),
         (0.8 * inner, neck.high - 0.0004), (inner, neck.high)], 0.0006,
    )  # fmt: skip
    top = bench.press.plain(colour, (2 * inner, 2 * inner), "coated")
    top.rough[:] = 0.2
    bench.add("lid-top", "lid", lid(panel), (2 * inner, 2 * inner), top, _PRODUCT)


def _radius_at(profile: Profile, height: float) -> float:
    return float(profile.at(np.array(profile.share_at(height)))[0])


def _vessel_rests(section: Section) -> tuple[Rotation, ...]:
    """Upright, or lying; one that is flat does not lie on its edge."""
    rolls = (0, 180) if section.depth < 0.9 else (0, 90, 180, 270)
    return (UP, *(lying(roll) for roll in rolls))
