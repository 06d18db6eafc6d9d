"""Parts that are off: cut and shifted, broken out, or gone."""

import math
from dataclasses import dataclass

import numpy as np

from amiss.simulate.damages.noise import Values, smooth
from amiss.simulate.paint.fields import clouds, soften
from amiss.simulate.paint.photo import Photo
from amiss.simulate.paint.recipe import Numbers, UnfitError, inward, place, radius
from amiss.simulate.paint.stuff import Inside, distance, fringe, occluded
from amiss.simulate.paint.window import Window

_BORDER_PX = 3


@dataclass(frozen=True, slots=True, eq=False)
class _End:
    """One end of the item. turn: radians towards it. cut: pixels along from the middle."""

    window: Window
    turn: float
    cut: float
    off: Values  # above 0 in the part beyond the ragged cut, pixels
    wide: float


def snapped(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """An end broke off and lies beside its place, turned a little; the break is open."""
    end = _end(photo, rng, share)
    window, item = end.window, end.window.item
    part = smooth(end.off, -0.2, 0.4) * item
    far = rng.uniform(0.03, 0.08) * photo.size
    angle = rng.choice((-1, 1)) * rng.uniform(0.06, 0.25)
    step = end.turn + rng.normal(0, 0.35)
    was = window.now.copy()
    window.clear(part)
    _break(window, rng, end)
    # The piece: what stood at the place it came from.
    c, s = math.cos(angle), math.sin(angle)
    mx, my = (end.cut * f(end.turn) for f in (math.cos, math.sin))
    px, py = window.x - mx - far * math.cos(step), window.y - my - far * math.sin(step)
    dx = c * px + s * py + mx - window.x
    dy = c * py - s * px + my - window.y
    piece = np.clip(window.moved(part, dx, dy), 0, 1)
    look = np.stack([window.moved(was[..., i], dx, dy) for i in range(3)], -1)
    window.shade(window.shadow(piece, 0.03 * photo.size, 0.5))
    window.place(look, piece)
    torn = fringe(window, rng, -distance(window, window.moved(end.off, dx, dy)), 1.2) * piece
    window.lay(Inside.drawn(rng).board * photo.lamp, 0.9 * torn)
    window.mark(np.maximum(part, piece))
    window.back()
    return {"shift_share": far / photo.size, "parts_out": 1}


def bitten(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """A piece broke out of an edge; crumbs of it lie about on plain ground."""
    wide = 1.5 * radius(photo, share)
    centre = place(photo, rng, 0, 0.2 * wide + 1.5)
    if _near_border(photo, centre, wide):
        raise UnfitError
    window = Window(photo, centre, 2.6 * wide + 6)
    way = inward(photo, centre)
    along, across = window.turned(way)
    out = np.maximum(np.abs(across) * rng.uniform(0.8, 1.2), np.hypot(along, across)) / wide
    out = out + 0.13 * clouds(rng, window.shape, 0.9 * wide * window.scale, 2)
    out = out + 0.03 * clouds(rng, window.shape, 4 * window.scale, 1)
    gone = smooth(1 - out, -0.01, 0.02) * window.item
    was = window.now.copy()
    window.clear(gone)
    end = _End(window, way + math.pi, 0.0, (1 - out) * wide, 0.5 * wide)
    _break(window, rng, end)
    around = np.zeros(photo.item.shape, np.bool_)
    around[window.cut] = True
    pieces = _crumbs(window, rng, was, way, wide) if photo.ground(around) else gone
    window.mark(np.maximum(gone, pieces))
    window.back()
    return {"parts_out": 1}


def end_gone(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """An end of the item is missing; what stood behind it shows."""
    end = _end(photo, rng, share)
    part = smooth(end.off, -0.2, 0.4) * end.window.item
    end.window.clear(part)
    _break(end.window, rng, end)
    end.window.mark(part)
    end.window.back()
    return {"parts_out": 1, "units_missing": 1}


def empty_seat(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """Something that sat in the item is out: a recess with its wall, its floor and a shadow."""
    wide = radius(photo, share)
    centre = place(photo, rng, 1.15 * wide)
    window = Window(photo, centre, 1.9 * wide + 5)
    along, across = window.turned(photo.axis)
    slim = rng.uniform(0.6, 1.0)
    power = rng.choice((2.2, 3.5, 7.0))
    out = (
        np.abs(along * slim**0.5 / wide) ** power + np.abs(across / slim**0.5 / wide) ** power
    ) ** (1 / power)
    opening = (1.0 - out) * window.item
    apart = distance(window, opening)
    depth = wide * rng.uniform(0.35, 0.7)
    own = np.median(window.before[opening > 0], axis=0)
    floor = own * 0.4 + 0.25 * Inside.drawn(rng).board * photo.lamp
    blotch = 1 + 0.05 * clouds(rng, window.shape, 9 * window.scale)
    shade = occluded(window, opening, depth)
    light = (0.75 - 0.55 * shade) * blotch
    seat = smooth(-apart, -0.1, 0.5)
    window.lay(floor * light[..., None], seat)
    wall = soften((-apart).clip(0, 0.3 * depth), window.scale)
    bright = window.lit(*(3 * step for step in window.rise(-wall)))
    window.shade(1 + (np.clip(bright, 0.5, 1.6) - 1) * seat)
    lip = np.exp(-(((apart - 0.4) / 0.6) ** 2)) * window.item
    rise_x, rise_y = window.rise(soften(np.exp(-(apart**2)), window.scale))
    window.glint(0.3 * lip * np.clip(rise_x * photo.sun[0] + rise_y * photo.sun[1], 0, 1))
    window.mark(apart < 0.3)
    window.back()
    return {"units_missing": 1, "depth_share": depth / photo.size}


def _end(photo: Photo, rng: np.random.Generator, share: float) -> _End:
    """The cut that takes this share off one end, ragged and askew."""
    rows, columns = np.nonzero(photo.item)
    middle = float(columns.mean()), float(rows.mean())
    turn = photo.axis + rng.normal(0, 0.3) + (math.pi if rng.random() < 0.5 else 0)
    if rng.random() < 0.35:
        turn += rng.choice((-1, 1)) * rng.uniform(0.5, 1.1)  # a corner rather than an end
    reach = math.cos(turn) * (columns - middle[0]) + math.sin(turn) * (rows - middle[1])
    cut = float(np.quantile(reach, 1 - share))
    taken = reach > cut
    height, width = photo.item.shape
    edge = min(columns[taken].min(), rows[taken].min(), width - 1 - columns[taken].max())
    if min(edge, height - 1 - rows[taken].max()) < _BORDER_PX:
        raise UnfitError
    half = float(np.hypot(columns - middle[0], rows - middle[1]).max()) + 0.12 * photo.size + 4
    window = Window(photo, middle, half)
    along, _ = window.turned(turn)
    ragged = 0.03 * photo.size * clouds(rng, window.shape, 0.3 * photo.size * window.scale)
    ragged = ragged + 0.5 * clouds(rng, window.shape, 5 * window.scale, 2)
    return _End(window, turn, cut, along - cut + ragged, 0.5 * math.sqrt(share) * photo.size)


def _near_border(photo: Photo, at: tuple[float, float], wide: float) -> bool:
    height, width = photo.item.shape
    return bool(min(at[0], at[1], width - 1 - at[0], height - 1 - at[1]) < wide + _BORDER_PX)


def _break(window: Window, rng: np.random.Generator, end: _End) -> None:
    """The open break: far wall and darkness beyond the cut, a torn rim on it."""
    inside = Inside.drawn(rng)
    deep = float(np.clip(rng.uniform(0.1, 0.3) * end.wide, 1.2, 0.12 * window.photo.size))
    ragged = 0.8 * clouds(rng, window.shape, (2 * deep + 5) * window.scale, 2)
    off = distance(window, -end.off)  # pixels beyond the cut
    wall = smooth(deep * (1 + 0.35 * ragged) - off, 0, 0.5) * (off > 0) * window.item
    light = 0.25 + 0.5 * np.clip(off / deep, 0, 1)
    streaky = inside.ply(window, rng, end.turn)
    window.lay(streaky * light[..., None], wall)
    edge = np.exp(-(((off - deep * (1 + 0.35 * ragged)) / 0.7) ** 2)) * (off > 0.5) * window.item
    window.lay(inside.board * window.photo.lamp, 0.6 * edge)
    rim = fringe(window, rng, -off, 0.8 + 0.012 * end.wide) * (off < 1.0) * window.item
    window.lay(streaky, 0.9 * rim * (end.off < 1.2))


def _crumbs(
    window: Window, rng: np.random.Generator, look: Values, way: float, wide: float
) -> Values:
    """Small angular pieces near the break, with the print that was there."""
    total = np.zeros(window.shape)
    for _ in range(2 + int(rng.poisson(3))):
        turn, far = way + math.pi + rng.normal(0, 0.9), wide * rng.uniform(0.4, 2.1)
        x, y = far * math.cos(turn), far * math.sin(turn)
        size = wide * float(np.clip(rng.gamma(2, 0.06), 0.04, 0.3))
        corners = (np.arange(5) + rng.uniform(-0.35, 0.35, 5)) * 2 * math.pi / 5 + rng.uniform(0, 6)
        sides = [
            math.cos(a) * (window.x - x) + math.sin(a) * (window.y - y) - size * rng.uniform(0.5, 1)
            for a in corners
        ]
        piece = smooth(-np.maximum.reduce(sides), -0.2, 0.4)
        if not (piece > 0.5).any():
            continue
        window.shade(window.shadow(piece, 0.25 * size + 0.4, 0.5))
        shift = np.full(window.shape, -x), np.full(window.shape, -y)
        own = np.stack([window.moved(look[..., i], *shift) for i in range(3)], -1)
        window.place(own * rng.uniform(0.8, 1.05), piece)
        total = np.maximum(total, piece)
    return total
