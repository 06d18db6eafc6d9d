"""Opened: a flap stands up from an end, or a lid does not lie on."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from amiss.simulate.damages.noise import Values, smooth
from amiss.simulate.paint.fields import clouds, soften
from amiss.simulate.paint.photo import Photo
from amiss.simulate.paint.recipe import Numbers, UnfitError
from amiss.simulate.paint.stuff import Inside, distance, occluded
from amiss.simulate.paint.window import Window

_BORDER_PX = 4
_BINS = 40


@dataclass(frozen=True, slots=True, eq=False)
class _Top:
    """The upper end of the item, where boxes and cartons open more often than below.

    turn: radians towards it. along, across, rim: h×w pixels: outward, sideways from the end's
    middle, and how far out the item reaches there. half: half the width of the end. shift: pixels
    across from the window's centre to the end's middle.
    """

    window: Window
    turn: float
    along: Values
    across: Values
    rim: Values
    half: float
    shift: float


def flap(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """The flap of an end stands up, its back to the camera; under it the item is open."""
    top = _top(photo)
    window, across, half = top.window, top.across, top.half
    gap = float(np.clip(share * photo.area / (1.7 * half), 2.5, 0.25 * photo.size))
    from_rim = top.rim - top.along
    left, right = -half * rng.uniform(0.6, 0.95), half * rng.uniform(0.6, 0.95)
    slant = rng.normal(0, 0.08)
    sides = np.minimum(across - left, right - across)
    mouth = np.minimum(gap * (1 + slant * across / half) - from_rim, sides)
    mouth = np.minimum(mouth, from_rim) * (window.item > 0.5)
    inside = Inside.drawn(rng)
    apart = distance(window, mouth)
    dark = np.clip(0.55 + 0.35 * occluded(window, mouth, 0.6 * gap), 0, 0.97)
    window.lay(inside.depths(window, rng, dark), smooth(-apart, -0.1, 0.5))
    # The walls inside, lit from the mouth: those at the sides run in, the far one is seen whole.
    run = 0.3 * from_rim
    walls = smooth(0.3 * gap - run - sides, 0, 1.2)
    walls = np.maximum(walls, 0.8 * smooth(0.4 * gap - from_rim, 0, 0.8))
    fall = np.clip(0.5 - 0.4 * from_rim / gap, 0.08, 0.5)
    tone = fall[..., None] * inside.board * photo.lamp
    window.lay(tone, walls * smooth(-apart, -0.1, 0.5))
    edge = np.exp(-((apart / 0.7) ** 2)) * (from_rim > 0.5 * gap) * window.item
    window.lay(inside.board * photo.lamp, 0.75 * edge)
    board = _board(window, rng, inside, from_rim, across, (left, right, gap))
    window.mark(np.maximum(board, apart < 0.4))
    window.back()
    return {"gap_share": gap / photo.size, "wide_share": (right - left) / photo.size}


def ajar(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """The end has come off along one edge and turns on the other: a dark wedge gapes."""
    top = _top(photo)
    window, half = top.window, 1.05 * top.half
    back = rng.uniform(0.06, 0.2) * photo.size
    gap = float(np.clip(share * photo.area / half, 2.0, 0.5 * half))
    side = float(rng.choice((-1, 1)))
    beyond = top.along - (top.rim - back) + 0.4 * clouds(rng, window.shape, 9 * window.scale, 2)
    lid = smooth(beyond, -0.2, 0.4) * window.item
    was = window.now.copy()
    turned = _swung(top, -side * half, float(np.mean(top.rim)) - back, -side * gap / (2 * half))
    moved = np.clip(window.moved(lid, *turned), 0, 1)
    inside = Inside.drawn(rng)
    window.clear(lid)
    depth = gap * np.clip(0.5 + side * top.across / (2 * half), 0, 1)  # how far it gapes here
    mouth = np.minimum(beyond, depth + 2 - beyond) * (np.abs(top.across) < top.half)
    wedge = smooth(mouth, -0.2, 0.4) * smooth(np.maximum(window.item, moved), 0.3, 0.7)
    dark = np.clip(0.5 + 0.4 * smooth(beyond, 0.2 * gap, gap), 0, 0.97)
    window.lay(inside.depths(window, rng, dark), wedge)
    edge = np.exp(-(((beyond - 0.3) / 0.6) ** 2)) * window.item * smooth(depth, 0.3, 1.5)
    window.lay(inside.board * photo.lamp, 0.8 * edge)
    window.shade(window.shadow(moved, 0.5 * gap, 0.4))
    look = np.stack([window.moved(was[..., i], *turned) for i in range(3)], -1)
    window.place(look * 1.06, moved)
    window.mark(np.maximum(np.maximum(wedge, moved), lid))
    window.back()
    return {"gap_share": gap / photo.size, "wide_share": 2 * half / photo.size}


def _swung(top: _Top, hinge: float, level: float, angle: float) -> tuple[Values, Values]:
    """For Window.moved: from where each point came when the end swung about its hinge."""
    c, s = math.cos(top.turn), math.sin(top.turn)
    across = hinge + top.shift
    x, y = top.window.x - (c * level - s * across), top.window.y - (s * level + c * across)
    turned_x = math.cos(angle) * x + math.sin(angle) * y
    turned_y = math.cos(angle) * y - math.sin(angle) * x
    return turned_x - x, turned_y - y


def _top(photo: Photo) -> _Top:
    rows, columns = np.nonzero(photo.item)
    middle = float(columns.mean()), float(rows.mean())
    turn = photo.axis if math.sin(photo.axis) < 0 else photo.axis + math.pi
    c, s = math.cos(turn), math.sin(turn)
    along = c * (columns - middle[0]) + s * (rows - middle[1])
    across = c * (rows - middle[1]) - s * (columns - middle[0])
    end = along > np.quantile(along, 0.85)
    low, high = np.quantile(across[end], (0.03, 0.97))
    half, shift = float(high - low) / 2, float(high + low) / 2
    if half < 0.1 * photo.size:
        raise UnfitError
    spots, ends = _rim(along, across - shift, half)
    tilt, level = np.polyfit(spots, ends, 1)
    if np.abs(ends - level - tilt * spots).max() > 0.1 * photo.size:
        raise UnfitError  # neither straight nor nearly: no edge for a hinge
    tip = middle[0] + c * ends.max(), middle[1] + s * ends.max()
    height, width = photo.item.shape
    if not (_BORDER_PX < tip[0] < width - _BORDER_PX and _BORDER_PX < tip[1] < height - _BORDER_PX):
        raise UnfitError
    window = Window(photo, middle, float(np.hypot(along, across).max()) + 0.3 * photo.size)
    x, y = window.turned(turn)
    y = y - shift
    return _Top(window, turn, x, y, level + tilt * y, half, shift)


def _rim(along: Values, across: Values, half: float) -> tuple[Values, Values]:
    """How far the item reaches, at places across it."""
    edges = np.linspace(-0.85 * half, 0.85 * half, _BINS + 1)
    spots, ends = [], []
    for low, high in pairwise(edges):
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
