"""Tears: a tongue pulled off and curled, or a slit with lifted lips."""

import math

import numpy as np

from amiss.simulate.damages.noise import Values, smooth
from amiss.simulate.paint.fields import clouds, soften
from amiss.simulate.paint.photo import Photo
from amiss.simulate.paint.recipe import Numbers, place
from amiss.simulate.paint.stuff import Inside, distance, fringe, occluded
from amiss.simulate.paint.window import Window


def tongue(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """The printed ply came off as a tongue; its end still hangs there, rolled up."""
    slim = rng.uniform(0.2, 0.42)
    long = math.sqrt(share * photo.area / (1.7 * slim))
    half = slim * long
    centre = place(photo, rng, 0.35 * long)
    window = Window(photo, centre, 0.85 * long + 6)
    turn = float(rng.uniform(0, 2 * math.pi))
    along, across = window.turned(turn)
    way = along / long + 0.5  # 0 where it was taken hold of, 1 at the root
    ragged = clouds(rng, window.shape, max(0.9 * half, 3) * window.scale)
    fine = clouds(rng, window.shape, 2.5 * window.scale)
    bend = across + 0.25 * half * np.sin(3 * way + rng.uniform(0, 6))
    wide = half * (0.45 + 0.6 * smooth(way, 0, 0.35)) * (1 - 0.12 * way)
    wide = wide + 0.1 * half * ragged + 0.3 * fine
    blunt = smooth(way + 0.04 * ragged, -0.02, 0.1)
    bare = (wide * np.sqrt(blunt) - np.abs(bend)) * (way < 0.86) * window.item
    apart = distance(window, bare)
    inside = Inside.drawn(rng)
    ply = inside.ply(window, rng, turn)
    window.shade(1 - 0.25 * np.exp(-np.maximum(apart, 0) / 1.0) * (apart > 0) * window.item)
    window.lay(ply, fringe(window, rng, apart, 0.14 * half + 0.6) * window.item)
    step = 1 - 0.4 * occluded(window, bare, 0.8)  # the ply's own thickness
    window.lay(ply * 0.9 * step[..., None], smooth(-apart, -0.1, 0.4) * window.item)
    _roll(window, rng, inside, (way - 0.8) * long, bend, 1.12 * wide, turn)
    window.mark((apart < 0.7) & (window.item > 0.5))
    window.back()
    return {"through_share": 0.0, "long_share": long / photo.size}


def _roll(
    window: Window,
    rng: np.random.Generator,
    inside: Inside,
    along: Values,
    across: Values,
    wide: Values,
    turn: float,
) -> None:
    """The tongue's end as a roll, its back outside: bright along its crest, dark under it."""
    thick = float(np.clip(0.32 * np.median(wide[wide > 0]), 1.3, 9)) * rng.uniform(0.8, 1.3)
    skew = rng.normal(0, 0.18) * across
    around = (along + skew) / thick  # −1 … 1 over the roll
    body = smooth(1 - np.abs(around), 0, 0.15) * smooth(wide - np.abs(across), -0.1, 0.5)
    body = body * smooth(window.item, 0.2, 0.8)
    window.shade(window.shadow(body, 1.2 * thick, 0.55))
    lean = np.clip(around, -0.97, 0.97)
    steep = -lean / np.sqrt(1 - lean**2)
    steep = np.clip(steep, -3, 3)
    light = window.lit(steep * math.cos(turn), steep * math.sin(turn))
    light = np.clip(light, 0.3, 1.3)
    window.lay(inside.ply(window, rng, turn) * light[..., None], body)
    window.mark(body)


def slit(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """Cut or burst along a line: it gapes, one lip stands up and throws a shadow into it."""
    slim = rng.uniform(0.13, 0.26)
    long = math.sqrt(share * photo.area / (1.9 * slim)) / 2
    half = slim * long
    centre = place(photo, rng, 0.7 * long)
    window = Window(photo, centre, 1.35 * long + 7)
    turn = float(rng.uniform(0, 2 * math.pi))
    along, across = window.turned(turn)
    way = along / long
    bend = across + rng.normal(0, 0.12) * long * way**2
    bend = bend + 0.3 * half * clouds(rng, window.shape, 0.9 * long * window.scale)
    lens = np.maximum(1 - way**2, 0)
    upper = half * lens * (0.8 + 0.13 * clouds(rng, window.shape, 7 * window.scale))
    lower = half * lens * (0.8 + 0.1 * clouds(rng, window.shape, 5 * window.scale))
    gap = np.minimum(bend + lower, upper - bend) * (lens > 0) * window.item
    gap = np.where(lens > 0, gap, -1.0)
    apart = distance(window, gap)
    inside = Inside.drawn(rng)
    # Lips: the surface bends up towards the gap on both sides, more on one.
    side = np.sign(bend)
    lift = np.exp(-np.maximum(apart, 0) / (0.9 * half + 0.8)) * np.sqrt(lens)
    raised = soften(lift * np.where(side > 0, 1.0, 0.55), window.scale) * 0.9 * half
    light = window.lit(*window.rise(raised))
    window.shade(1 + (np.clip(light, 0.5, 1.5) - 1) * window.item)
    shade = occluded(window, gap, 0.9 * half + 0.6)
    dark = np.clip(0.2 + 0.7 * shade + 0.3 * smooth(-apart, 0, half), 0, 0.97)
    window.lay(inside.depths(window, rng, dark), smooth(-apart, -0.1, 0.4))
    _lips(window, rng, inside, apart, side, half, turn)
    window.mark((apart < 0.8 * half + 1.0) & (lens > 0.02) & (window.item > 0.5))
    window.back()
    return {"through_share": 2 * long / photo.size, "long_share": 2 * long / photo.size}


def _lips(
    window: Window,
    rng: np.random.Generator,
    inside: Inside,
    apart: Values,
    side: Values,
    half: float,
    turn: float,
) -> None:
    """A pale torn rim, wider on the lip that stands up, and stress lines beside it."""
    rim = fringe(window, rng, apart, 0.22 * half + 0.5)
    ply = inside.ply(window, rng, turn + math.pi / 2)
    one = np.where(side > 0, 1.0, 0.55)
    window.lay(ply, 0.95 * rim * one * (apart > -0.9) * window.item)
    stress = np.exp(-np.maximum(apart, 0) / (0.8 * half + 0.5)) * (apart > 0)
    window.lay(0.9 * window.photo.lamp, 0.22 * stress * window.item)
