"""Spillage: liquid that ran over the item or lies beside it, powder that was strewn."""

import math

import cv2
import numpy as np

from amiss.simulate.damages.noise import Values, smooth
from amiss.simulate.paint.fields import clouds, soften
from amiss.simulate.paint.photo import Photo
from amiss.simulate.paint.recipe import Numbers, UnfitError, place, radius
from amiss.simulate.paint.window import Window

_LIQUIDS = (
    (0.75, 1.5, 2.6),  # coffee, tea
    (0.35, 1.9, 1.7),  # red juice, wine
    (0.12, 0.35, 1.3),  # oil
    (0.45, 0.42, 0.38),  # water on board
    (1.7, 1.3, 0.5),  # ink, detergent
    (0.9, 1.1, 1.25),  # dirty water
)
"""Absorption of a full layer, per linear channel."""
_POWDERS = (
    (0.28, 0.15, 0.07),
    (0.9, 0.88, 0.84),
    (0.62, 0.42, 0.18),
    (0.12, 0.1, 0.09),
    (0.75, 0.35, 0.1),
)


def liquid(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """Liquid: beside the item where there is ground to lie on (half of the time), else on it."""
    wide = radius(photo, share)
    beside = _beside(photo, rng, wide) if rng.random() < 0.5 else None
    absorb = np.array(_LIQUIDS[rng.integers(len(_LIQUIDS))]) * rng.uniform(0.6, 1.2)
    if beside is not None:
        return _puddle(photo, rng, beside, wide, absorb)
    centre = place(photo, rng, 0.5 * wide)
    window = Window(photo, centre, 3.2 * wide + 5)
    film = _ran(window, rng, wide) * smooth(window.item, 0.3, 0.9)
    apart = -_inside(window, film)
    edge = np.exp(-((apart / 1.2) ** 2)) * (apart <= 0.3)  # what dries at the rim is darker
    layer = smooth(-apart, -0.3, 0.8) * (0.62 + 0.1 * clouds(rng, window.shape, 12 * window.scale))
    _soak(window, absorb, np.maximum(layer + 0.45 * edge, 0))
    wet = rng.random() < 0.6
    if wet:
        _gleam(window, rng, apart, 0.12 * wide + 0.8, float(rng.uniform(0.15, 0.5)))
    window.mark((film > 0) & (window.item > 0.5))
    window.back()
    return {"beside": 0.0, "wet": float(wet)}


def powder(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """Powder or granules: a heap beside the item where there is ground, else dust on it."""
    wide = 1.15 * radius(photo, share)
    beside = _beside(photo, rng, wide) if rng.random() < 0.5 else None
    centre = beside if beside is not None else place(photo, rng, 0.5 * wide)
    window = Window(photo, centre, 2.6 * wide + 5)
    flat = rng.uniform(0.5, 0.8) if beside is not None else rng.uniform(0.6, 1.0)
    along, across = window.turned(rng.normal(0, 0.3) if beside else rng.uniform(0, math.pi))
    out = np.hypot(along, across / flat) / wide
    out = out + 0.22 * clouds(rng, window.shape, 0.9 * wide * window.scale)
    out = out + 0.1 * clouds(rng, window.shape, 0.3 * wide * window.scale)
    where = 1 - window.item if beside is not None else smooth(window.item, 0.3, 0.9)
    heap = np.maximum(1 - out, 0) if beside is not None else 0.25 * np.maximum(1 - out, 0)
    grain = clouds(rng, window.shape, 1.3 * window.scale, 2)
    dense = smooth(1.05 - out + 0.22 * grain, 0.05, 0.45) * 0.97
    strewn = 0.8 * smooth(grain, 1.0, 1.5) * smooth(1.8 - out, 0, 0.8)  # the last grains lie apart
    cover = np.clip(np.maximum(dense, strewn), 0, 1) * where
    light = window.lit(*window.rise(soften(heap, 1.5 * window.scale) * 0.5 * wide))
    colour = np.array(_POWDERS[rng.integers(len(_POWDERS))]) * rng.uniform(0.75, 1.05)
    light = np.clip(light, 0.4, 1.4) * np.clip(1 + 0.16 * grain, 0.45, 1.5)
    window.shade(1 - (1 - window.shadow(cover, 0.12 * wide + 0.5, 0.35)) * where)
    window.lay(light[..., None] * colour * photo.lamp, cover)
    window.mark((cover > 0.25) | ((dense > 0.3) & (where > 0.5)))
    window.back()
    return {"beside": float(beside is not None), "wet": 0.0}


def _beside(photo: Photo, rng: np.random.Generator, wide: float) -> tuple[float, float] | None:
    """A place on plain ground at the lower half of the item, partly behind it; None: no ground."""
    height, width = photo.item.shape
    rows = np.nonzero(photo.item.any(axis=1))[0]
    lowest = rows[0] + 0.6 * (rows[-1] - rows[0])
    near = cv2.distanceTransform((~photo.item).astype(np.uint8), cv2.DIST_L2, 5)
    y, x = np.mgrid[0:height, 0:width]
    room = (near > 0.2 * wide) & (near < 0.9 * wide + 3) & (y > lowest)
    room &= (x > 0.7 * wide) & (x < width - 0.7 * wide) & (y < height - 0.5 * wide)
    if not room.any():
        return None
    at = np.argwhere(room)[int(rng.integers(int(room.sum())))]
    around = np.hypot(y - at[0], x - at[1]) < 1.3 * wide + 4
    return (float(at[1]), float(at[0])) if photo.ground(around) else None


def _puddle(
    photo: Photo, rng: np.random.Generator, centre: tuple[float, float], wide: float, absorb: Values
) -> Numbers:
    """It lies on the ground, seen flat, and ends where the item stands in it."""
    window = Window(photo, centre, 2.8 * wide + 5)
    flat = rng.uniform(0.4, 0.75)
    out = np.hypot(window.x, window.y / flat) / wide * flat**0.5
    out = out + 0.24 * clouds(rng, window.shape, 1.1 * wide * window.scale, 2)
    film = np.maximum(1 - out, _drops(window, rng, wide, flat)) * (1 - window.item)
    apart = -_inside(window, film)
    layer = smooth(-apart, -0.2, 0.5) * (0.75 + 0.25 * smooth(-apart, 0, 0.25 * wide))
    _soak(window, absorb, layer * (1 - window.item))
    window.shade(1 - 0.25 * np.exp(-((apart / 1.0) ** 2)) * (1 - window.item) * (apart > -0.8))
    _gleam(window, rng, apart, 0.1 * wide + 1.0, float(rng.uniform(0.35, 0.8)))
    window.mark((film > 0) & (window.item < 0.5))
    window.back()
    return {"beside": 1.0, "wet": 1.0}


def _ran(window: Window, rng: np.random.Generator, wide: float) -> Values:
    """Above 0 where liquid ran: a blot, what ran down from it, drops."""
    down = rng.normal(math.pi / 2, 0.12)
    along, across = window.turned(down)
    out = np.hypot(along, across / rng.uniform(0.6, 1.1)) / wide
    out = out + 0.26 * clouds(rng, window.shape, 1.1 * wide * window.scale, 3)
    film = 0.95 - out
    for _ in range(int(rng.poisson(2.2))):
        start, long = rng.normal(0, 0.35 * wide), rng.uniform(0.5, 1.9) * wide
        thick = rng.uniform(0.07, 0.17) * wide + 0.6
        drift = 0.1 * wide * clouds(rng, window.shape, 0.9 * wide * window.scale, 1)
        off = np.abs(across - start - drift * smooth(along, 0, wide))
        tip = np.hypot(off, np.maximum(along - long, 0))
        film = np.maximum(film, ((thick - tip) / wide) * (along > 0) - 1.0 * (along <= 0))
    return np.asarray(np.maximum(film, _drops(window, rng, wide, 1.0)))


def _drops(window: Window, rng: np.random.Generator, wide: float, flat: float) -> Values:
    film = np.full(window.shape, -1.0)
    for _ in range(int(rng.poisson(4))):
        angle, far = rng.uniform(0, 2 * math.pi), wide * rng.uniform(1.0, 1.9)
        size = wide * min(float(rng.gamma(2, 0.045)) + 0.03, 0.3)
        x, y = far * math.cos(angle), flat * far * math.sin(angle)
        film = np.maximum(film, (size - np.hypot(window.x - x, (window.y - y) / flat)) / wide)
    return film


def _inside(window: Window, film: Values) -> Values:
    """Pixels into the film; negative outside."""
    wet = (film > 0).astype(np.uint8)
    if not wet.any():
        raise UnfitError
    into = cv2.distanceTransform(wet, cv2.DIST_L2, 5)
    away = cv2.distanceTransform(1 - wet, cv2.DIST_L2, 5)
    return np.asarray((into - away) / window.scale, np.float64)


def _soak(window: Window, absorb: Values, layer: Values) -> None:
    """Beer and Lambert: what a layer swallows of each colour."""
    soft = window.soft(layer)
    window.now = window.now * np.exp(-soft[..., None] * absorb)
    window.touched = np.maximum(window.touched, smooth(soft, 0.01, 0.06))


def _gleam(
    window: Window, rng: np.random.Generator, apart: Values, rim: float, strong: float
) -> None:
    """The rounded edge of the liquid mirrors the lamps; its middle a little of the room."""
    deep = np.clip(-apart, 0, None)
    height = rim * np.sqrt(np.clip(1 - (1 - np.clip(deep / rim, 0, 1)) ** 2, 0, 1))
    height = soften(height, 0.7 * window.scale)
    height = height + 0.05 * rim * clouds(rng, window.shape, 10 * window.scale, 2) * (deep > 0)
    wet = smooth(deep, 0, 0.5)
    shine = window.gloss(*window.rise(height), 60) + 0.06 * smooth(deep, 0, rim)
    window.glint(strong * shine * wet)
