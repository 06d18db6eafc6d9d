"""Holes: a ragged outline, its raw rim, darkness with something in it."""

import math

import numpy as np

from amiss.simulate.damages.noise import Values, smooth
from amiss.simulate.paint.fields import clouds, soften
from amiss.simulate.paint.photo import Photo
from amiss.simulate.paint.recipe import Numbers, place, radius
from amiss.simulate.paint.stuff import Inside, distance, fringe, occluded
from amiss.simulate.paint.window import Window


def punched(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """Something went in: a rough round hole, its surroundings pressed in with it."""
    wide = radius(photo, share)
    centre = place(photo, rng, 1.3 * wide)
    window = Window(photo, centre, 2.6 * wide + 5)
    along, across = window.turned(rng.uniform(0, math.pi))
    out = np.hypot(along, across / rng.uniform(0.55, 1.0)) / wide
    rough = 0.24 * clouds(rng, window.shape, 0.9 * wide * window.scale)
    rough += 0.09 * clouds(rng, window.shape, 0.25 * wide * window.scale)
    opening = (1 - out - rough) * window.item
    apart = distance(window, opening)
    inside = Inside.drawn(rng)
    # The rim goes down with the thing that came through.
    sunk = np.exp(-np.maximum(apart, 0) / (0.28 * wide + 0.6))
    light = window.lit(*window.rise(soften(sunk, window.scale) * 0.35 * wide))
    window.shade(1 + (np.clip(light, 0.5, 1.4) - 1) * window.item)
    _open(window, rng, inside, opening, apart, wide)
    window.mark((apart < 0.12 * wide + 0.8) & (window.item > 0.5))
    window.back()
    return {"through_share": 2 * wide / photo.size, "depth_share": wide / photo.size}


def burst(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """Something came out: a star of slits, its petals bent outward, their backs raw."""
    wide = radius(photo, share) * 1.15
    centre = place(photo, rng, 1.7 * wide)
    window = Window(photo, centre, 3.2 * wide + 5)
    angle = np.arctan2(window.y, window.x)
    out = np.hypot(window.x, window.y) / wide
    count = int(rng.integers(4, 7))
    turns = np.sort((np.arange(count) + rng.uniform(-0.3, 0.3, count)) * 2 * np.pi / count)
    turns = turns + rng.uniform(0, 2 * np.pi)
    wobble = 0.06 * clouds(rng, window.shape, 0.8 * wide * window.scale)
    opening = np.full(window.shape, -1.0)
    reaches = rng.uniform(0.75, 1.5, count)
    for turn, reach in zip(turns, reaches, strict=True):  # slits that run out from the middle
        off = np.abs(np.angle(np.exp(1j * (angle - turn))))
        opening = np.maximum(opening, reach * (1 - off / 0.75) - out - wobble)
    opening = np.maximum(opening, 0.42 - out - wobble) * window.item
    apart = distance(window, opening)
    inside = Inside.drawn(rng)
    petals, bend = _petals(window, rng, angle, out - wobble, turns, wide)
    window.shade(window.shadow(soften(petals, 0.3 * window.scale), 0.3 * wide, 0.4))
    _open(window, rng, inside, opening, apart, wide)
    raw = inside.ply(window, rng, float(rng.uniform(0, math.pi)))
    window.lay(raw * bend[..., None], petals * window.item)
    window.mark(((apart < 0.8) | (petals > 0.5)) & (window.item > 0.5))
    window.back()
    return {"through_share": 2 * wide / photo.size, "depth_share": wide / photo.size}


def _petals(
    window: Window,
    rng: np.random.Generator,
    angle: Values,
    out: Values,
    turns: Values,
    wide: float,
) -> tuple[Values, Values]:
    """Between two slits the skin lies folded back: where, and how much light its back gets."""
    cover, bend = np.zeros(window.shape), np.ones(window.shape)
    for number, turn in enumerate(turns):
        gap = float((turns[(number + 1) % len(turns)] - turn) % (2 * np.pi))
        if gap < 0.5 or rng.random() < 0.15:
            continue
        middle = turn + gap / 2
        off = np.abs(np.angle(np.exp(1j * (angle - middle)))) / (0.42 * gap)
        near, far = 0.62, rng.uniform(0.85, 1.35)
        way = (out - near) / (far - near)  # 0 at the fold, 1 at the tip
        petal = smooth(1 - off - way, 0, 0.06) * smooth(way, 0, 0.05)
        tilt = 0.9 * (1 - 0.8 * np.clip(way, 0, 1))
        light = window.lit(-tilt * math.cos(middle), -tilt * math.sin(middle) + 0 * out)
        bend = np.where(petal > cover, np.clip(light, 0.45, 1.25), bend)
        cover = np.maximum(cover, petal)
    return cover, soften(bend, 0.4 * window.scale + 0.02 * wide)


def _open(
    window: Window,
    rng: np.random.Generator,
    inside: Inside,
    opening: Values,
    apart: Values,
    wide: float,
) -> None:
    """The opening itself: torn rim, its thickness on the far side, then the dark."""
    rim = fringe(window, rng, apart, 0.1 * wide + 0.7) * window.item
    window.lay(inside.ply(window, rng, float(rng.uniform(0, math.pi))), 0.9 * rim)
    shade = occluded(window, opening, 0.55 * wide + 0.5)
    deep = smooth(-apart, 0.0, 0.5 * wide)
    dark = np.clip(0.4 + 0.4 * deep + 0.55 * shade, 0, 0.97)
    window.lay(inside.depths(window, rng, dark), smooth(-apart, -0.1, 0.4) * window.item)
    wall = smooth(0.16 * wide + 0.8 + apart, 0, 0.3) * (apart < 0) * (1 - shade) * window.item
    window.lay(0.5 * inside.board * window.photo.lamp, 0.75 * wall)
