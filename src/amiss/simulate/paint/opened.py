"""Opened: a flap stands up from an end, or a lid does not lie on."""

import math

import numpy as np

from amiss.simulate.damages.noise import Values, smooth
from amiss.simulate.paint.fields import clouds, soften
from amiss.simulate.paint.photo import Photo
from amiss.simulate.paint.recipe import Numbers, UnfitError
from amiss.simulate.paint.stuff import Inside, distance, occluded
from amiss.simulate.paint.window import Window

_BORDER_PX = 4
_BINS = 40


def flap(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """The flap of an end stands up, its back to the camera; under it the item is open."""
    window, along, across, rim, half = _end(photo, rng)
    gap = float(np.clip(share * photo.area / (1.7 * half), 2.5, 0.25 * photo.size))
    from_rim = rim - along
    left, right = -half * rng.uniform(0.6, 0.95), half * rng.uniform(0.6, 0.95)
    slant = rng.normal(0, 0.08)
    mouth = np.minimum(
        gap * (1 + slant * across / half) - from_rim, np.minimum(across - left, right - across)
    )
    mouth = np.minimum(mouth, from_rim) * (window.item > 0.5)
    inside = Inside.drawn(rng)
    apart = distance(window, mouth)
    shade = occluded(window, mouth, 0.6 * gap)
    dark = np.clip(0.55 + 0.35 * shade + 0.2 * smooth(-apart, 0, 0.5 * gap), 0, 0.97)
    window.lay(inside.depths(window, rng, dark), smooth(-apart, -0.1, 0.5))
    # The walls inside, lit from the mouth: those at the sides run in, the far one is seen whole.
    run = 0.5 * from_rim * np.clip(from_rim / gap, 0, 1)
    side = np.maximum(left + 0.35 * gap - across - run, across + run - right + 0.35 * gap)
    walls = np.maximum(smooth(side, 0, 1.2), 0.8 * smooth(0.4 * gap - from_rim, 0, 0.8))
    fall = np.clip(0.5 - 0.4 * from_rim / gap, 0.08, 0.5)
    tone = fall[..., None] * inside.board * window.photo.lamp
    window.lay(tone, walls * smooth(-apart, -0.1, 0.5))
    edge = np.exp(-((apart / 0.7) ** 2)) * (from_rim > 0.5 * gap) * window.item
    window.lay(inside.board * window.photo.lamp, 0.75 * edge)
    board = _board(window, rng, inside, from_rim, across, (left, right, gap))
    window.mark(np.maximum(board, apart < 0.4))
    window.back()
    return {"gap_share": gap / photo.size, "wide_share": (right - left) / photo.size}


def ajar(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """A lid or a closing edge that does not lie on: a dark wedge right across, one lip raised."""
    window, along, across, rim, half = _end(photo, rng)
    back = rng.uniform(0.1, 0.3) * photo.size
    gap = float(np.clip(share * photo.area / (1.1 * half), 1.6, 0.12 * photo.size))
    hinge = rng.choice((-1, 1))
    way = np.clip(0.5 + hinge * across / (2 * half), 0, 1)
    from_rim = rim - along - back
    slit = gap * way - np.abs(from_rim - 0.5 * gap * way)
    slit = np.where((window.item > 0.5) & (way > 0.06), slit - 0.4 * gap * way, -1.0)
    apart = distance(window, slit)
    inside = Inside.drawn(rng)
    shade = occluded(window, slit, 0.7 * gap)
    dark = np.clip(0.35 + 0.6 * shade, 0, 0.97)
    lid = np.exp(-np.maximum(-from_rim, 0) / (0.9 * gap + 1)) * (from_rim < 0) * way
    window.shade(1 + 0.28 * lid * window.item)
    below = np.exp(-np.maximum(from_rim - gap * way, 0) / (0.8 * gap + 1)) * (from_rim > 0) * way
    window.shade(1 - 0.35 * below * window.item)
    window.lay(inside.depths(window, rng, dark), smooth(-apart, -0.1, 0.5))
    edge = (
        np.exp(-((apart / 0.6) ** 2)) * (from_rim < 0.3 * gap) * window.item * smooth(way, 0.1, 0.3)
    )
    window.lay(inside.board * window.photo.lamp, 0.65 * edge)
    window.mark((apart < 0.3 * gap + 0.6) & (way > 0.05) & (window.item > 0.5))
    window.back()
    return {"gap_share": gap / photo.size, "wide_share": 2 * half / photo.size}


def _end(photo: Photo, rng: np.random.Generator) -> tuple[Window, Values, Values, Values, float]:
    """The upper end of the item: window, along and across it, along at its rim, half its width.

    Boxes and cartons stand or lie in a picture with their opening up more often than down.
    """
    rows, columns = np.nonzero(photo.item)
    middle = float(columns.mean()), float(rows.mean())
    turn = photo.axis if math.sin(photo.axis) < 0 else photo.axis + math.pi
    c, s = math.cos(turn), math.sin(turn)
    along = c * (columns - middle[0]) + s * (rows - middle[1])
    across = c * (rows - middle[1]) - s * (columns - middle[0])
    top = along > np.quantile(along, 0.85)
    low, high = np.quantile(across[top], (0.03, 0.97))
    half, centre = float(high - low) / 2, float(high + low) / 2
    if half < 0.1 * photo.size:
        raise UnfitError
    spots, ends = _rim(along, across - centre, half)
    if np.abs(ends - np.polyval(np.polyfit(spots, ends, 1), spots)).max() > 0.1 * photo.size:
        raise UnfitError  # neither straight nor nearly: no edge for a hinge
    tilt, level = np.polyfit(spots, ends, 1)
    tip = middle[0] + c * ends.max(), middle[1] + s * ends.max()
    height, width = photo.item.shape
    if not (_BORDER_PX < tip[0] < width - _BORDER_PX and _BORDER_PX < tip[1] < height - _BORDER_PX):
        raise UnfitError
    window = Window(photo, middle, float(np.hypot(along, across).max()) + 0.3 * photo.size)
    x, y = window.turned(turn)
    y = y - centre
    return window, x, y, level + tilt * y, half


def _rim(along: Values, across: Values, half: float) -> tuple[Values, Values]:
    """How far the item reaches, at places across it."""
    edges = np.linspace(-0.85 * half, 0.85 * half, _BINS + 1)
    spots, ends = [], []
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        inside = (across >= low) & (across < high)
        if inside.any():
            spots.append((low + high) / 2)
            ends.append(along[inside].max())
    if len(spots) < _BINS // 2:
        raise UnfitError
    return np.array(spots), np.array(ends)


def _board(
    window: Window,
    rng: np.random.Generator,
    inside: Inside,
    from_rim: Values,
    across: Values,
    size: tuple[float, float, float],
) -> Values:
    """The flap beyond the rim, narrowing, its corners cut, shaded towards its hinge."""
    left, right, gap = size
    long = gap * rng.uniform(0.7, 1.5)
    out = -from_rim / long  # 0 at the hinge, 1 at its free edge
    lean = rng.normal(0, 0.12) * long * np.clip(out, 0, 1)
    taper = rng.uniform(0.05, 0.3) * gap * np.clip(out, 0, 1)
    sides = np.minimum(across - lean - left - taper, right - taper - across + lean)
    wavy = 0.4 * clouds(rng, window.shape, 14 * window.scale)
    body = np.minimum(np.minimum(sides, (1 - out) * long + wavy), out * long + 0.8)
    cover = smooth(body, -0.2, 0.4)
    window.shade(window.shadow(cover, 0.2 * long, 0.35))
    light = 0.72 + 0.3 * np.clip(out, 0, 1) + 0.04 * clouds(rng, window.shape, 18 * window.scale)
    light = light * (1 - 0.35 * np.exp(-np.clip(out * long, 0, None) / 1.6))
    tone = inside.board * window.photo.lamp
    window.lay(soften(light, window.scale)[..., None] * tone, cover)
    tip = np.exp(-(((body - 0.5) / 0.5) ** 2)) * (out > 0.5)
    window.lay(1.1 * tone, 0.5 * tip * cover)
    return cover
