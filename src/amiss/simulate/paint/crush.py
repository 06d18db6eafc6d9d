"""Dents: the surface is pushed in as facets; the picture bends, the light turns, folds whiten.

The tools are those of the simulator (`damages.crush`), here in pixels.
"""

import math

import numpy as np

from amiss.simulate.damages.crush import Tool
from amiss.simulate.damages.law import ASPECT
from amiss.simulate.damages.noise import Values, folds, smooth
from amiss.simulate.paint.fields import clouds, soften
from amiss.simulate.paint.photo import Photo
from amiss.simulate.paint.recipe import Numbers, inward, place, radius
from amiss.simulate.paint.window import Window

_EDGE = 0.45  # share of dents that strike an edge or a corner
_STEEP = 1.1  # slope from which the light of a facet changes no further


def wedges(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """A blunt, many-sided thing was pressed in: on a face, or against an edge."""
    wide = 1.25 * radius(photo, share)
    edge = bool(rng.random() < _EDGE)
    least = 0.0 if edge else 0.8 * wide
    centre = place(photo, rng, least, 0.35 * wide + 1.5 if edge else math.inf)
    window = Window(photo, centre, 2.0 * wide + 4)
    depth = 0.5 * ASPECT.draw(rng) * wide
    tool = Tool.faceted(rng, depth, wide, int(rng.integers(5, 9)))
    turn, flat = rng.uniform(0, math.pi), rng.uniform(0.65, 1.0)
    along, across = window.turned(turn)
    height, ridge = tool.over(along, across / flat)
    dent = np.clip(height, 0, depth)
    _press(window, rng, dent, ridge, inward(photo, centre) if edge else None)
    return {"depth_share": depth / photo.size, "edge": float(edge)}


def buckles(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """A row of diamonds, as tins and tubes give way, with long straight folds between them."""
    count = int(rng.integers(2, 4))
    wide = 1.35 * radius(photo, share / count)
    centre = place(photo, rng, 0.7 * wide)
    window = Window(photo, centre, (1.4 * count + 1) * wide + 4)
    along, across = window.turned(photo.axis + math.pi / 2 + rng.normal(0, 0.35))
    depth = 0.5 * ASPECT.draw(rng) * wide
    dent, ridge = np.zeros(window.shape), np.full(window.shape, 1e3)
    for number in range(count):
        size = wide * rng.uniform(0.7, 1.2)
        tool = Tool.diamond(depth * rng.uniform(0.6, 1.0), 1.3 * size, 0.75 * size)
        step = (number - (count - 1) / 2) * 1.15 * wide
        height, near = tool.over(along - step, across - rng.normal(0, 0.25 * wide))
        ridge = np.where(height > dent, near, ridge)
        dent = np.maximum(dent, height)
    _press(window, rng, dent, ridge, None)
    return {"depth_share": depth / photo.size, "edge": 0.0}


def crumple(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """A squeezed patch: a shallow hollow crossed by many folds."""
    wide = 1.35 * radius(photo, share)
    centre = place(photo, rng, 0.6 * wide)
    window = Window(photo, centre, 1.7 * wide + 4)
    along, across = window.turned(rng.uniform(0, math.pi))
    points = np.stack([along, across, np.zeros_like(along)], -1)
    out = np.hypot(along, across / rng.uniform(0.6, 0.95)) / wide
    out = out + 0.15 * clouds(rng, window.shape, 0.8 * wide * window.scale)
    fade = smooth(-out, -1.15, -0.35)
    coarse, ridge = folds(rng, max(0.9 * wide, 7), 4)(points)
    fine, _ = folds(rng, max(0.45 * wide, 4), 4)(points)
    depth = 0.26 * ASPECT.draw(rng) * wide
    dent = np.maximum(depth * fade * (0.55 + 0.8 * coarse + 0.3 * fine), 0)
    _press(window, rng, dent, 1.5 * ridge + 3 * (fade < 0.3), None)
    return {"depth_share": float(dent.max()) / photo.size, "edge": 0.0}


def _press(
    window: Window, rng: np.random.Generator, dent: Values, ridge: Values, push: float | None
) -> None:
    """The picture of a surface pushed `dent` pixels away from the camera, or in at its edge.

    ridge: pixels to the nearest fold. push: radians, the way an edge went; None on a face.
    """
    photo, depth = window.photo, max(float(dent.max()), 1e-6)
    uneven = clouds(rng, dent.shape, max(0.9 * depth, 5) * window.scale, 2)
    flank = 4 * dent / depth * (1 - dent / depth)
    dent = soften(np.maximum(dent + 0.05 * depth * uneven * flank, 0), 0.6 * window.scale)
    lean = rng.uniform(0.25, 0.5)
    way = push if push is not None else rng.uniform(0, 2 * math.pi)
    if push is None:
        stays = soften(window.item, 0.6 * window.scale)
        dent = dent * smooth(np.minimum(window.enlarged(photo.inside.astype(np.float32)), 6), 0, 3)
        shift = lean * dent * stays
        window.warp(-shift * math.cos(way), -shift * math.sin(way))
        shown = window.item
    else:
        shown = _driven_in(window, 0.8 * dent, way)
    _relight(window, rng, dent, ridge, shown)
    window.mark((dent > 0.15 * depth) & (window.item > 0.5))
    window.back()


def _driven_in(window: Window, far: Values, way: float) -> Values:
    """The edge moves in; what it leaves bare shows the background. Returns where item is now."""
    dx, dy = -far * math.cos(way), -far * math.sin(way)
    left = np.clip(window.moved(window.item, dx, dy), 0, 1)
    behind = window.enlarged(window.photo.behind)
    was = window.item
    before = window.now.copy()
    window.warp(dx * was, dy * was)
    stays = (1 - was)[..., None]
    window.now = window.now * (1 - stays) + before * stays
    window.lay(behind, np.clip(was - left, 0, 1))
    return np.asarray(np.minimum(left, was))


def _relight(
    window: Window, rng: np.random.Generator, dent: Values, ridge: Values, shown: Values
) -> None:
    """Facets that turn to the light are brighter; folds whiten, broken; hollows are darker."""
    along_x, along_y = window.rise(dent)
    steep = np.hypot(along_x, along_y)
    tame = np.minimum(1, _STEEP / np.maximum(steep, 1e-6)) * 0.75
    rise_x, rise_y = -along_x * tame, -along_y * tame
    depth = max(float(dent.max()), 1e-6)
    hollow = 1 - 0.14 * smooth(dent, 0.3 * depth, depth)
    light = window.lit(rise_x, rise_y) * hollow
    window.shade(1 + (np.clip(light, 0.45, 1.7) - 1) * shown)
    inside = smooth(dent, 0.06 * depth, 0.25 * depth) * shown
    shiny = float(rng.uniform(0.05, 0.35))
    window.glint(shiny * (window.gloss(rise_x, rise_y) - window.gloss(0 * dent, 0 * dent)) * inside)
    worn = smooth(clouds(rng, dent.shape, 14 * window.scale, 2), -0.3, 1.2)
    crease = np.exp(-((ridge / 0.45) ** 2)) * inside * worn
    window.lay(0.9 * window.photo.lamp, rng.uniform(0.08, 0.4) * crease)
