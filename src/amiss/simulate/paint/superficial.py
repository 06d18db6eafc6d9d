"""What spoils the look only: scratches, dirt, scuffs."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.simulate.damages.noise import Values, smooth
from amiss.simulate.paint.fields import clouds, soften
from amiss.simulate.paint.photo import Photo
from amiss.simulate.paint.recipe import Numbers, place, radius
from amiss.simulate.paint.stuff import Inside
from amiss.simulate.paint.window import Window

_TELLS = 0.14  # sRGB-like difference from which a mark is seen well


def scratches(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """Strokes of one scrape, deep here and skipping there."""
    wide = 2.2 * radius(photo, share)
    centre = place(photo, rng, 0.5 * wide)
    window = Window(photo, centre, 2.4 * wide + 5)
    turn = float(rng.uniform(0, math.pi))
    dense = np.zeros(window.shape)
    for _ in range(1 + int(rng.poisson(2.2))):
        x, y = window.turned(turn + rng.normal(0, 0.2))
        x, y = x - rng.normal(0, 0.4 * wide), y - rng.normal(0, 0.3 * wide)
        long = wide * rng.uniform(0.5, 1.6)
        aside = np.abs(y - rng.normal(0, 0.12) / wide * x**2)
        thick = min(math.exp(rng.normal(math.log(0.55), 0.45)), 2.0) * max(1, photo.size / 260)
        taper = np.clip(1 - (x / long) ** 2, 0, 1)
        line = smooth(thick * (0.3 + 0.7 * taper) + 0.25 - aside, 0, 0.5) * (taper > 0)
        dense = np.maximum(dense, rng.uniform(0.55, 1.0) * line)
    skips = smooth(clouds(rng, window.shape, 7 * window.scale, 4), -1.3, 0.4)
    dense = dense * skips * smooth(window.item, 0.3, 0.9)
    board = Inside.drawn(rng).board * photo.lamp
    window.lay(_telling(window, 0.9 * board, dense), 0.9 * dense)
    window.mark(soften(dense, 0.8 * window.scale) > 0.06)  # a hair beside the strokes is theirs
    window.back()
    return {}


def dirt(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """Grime from a floor or a belt: smeared, grainy, the print shines through."""
    window, wide, out, turn = _blot(photo, rng, share)
    x, y = window.turned(turn)
    smear = _drawn(rng, x, y, 5.0, 0.25 * wide)
    fine = clouds(rng, window.shape, 5 * window.scale, 4)
    fade = smooth(-out, -1.1, -0.5)
    dense = smooth(0.7 * smear + 0.5 * fine, -1.2, 1.0) * fade
    specks = smooth(clouds(rng, window.shape, 1.6 * window.scale, 1), 1.3, 1.7) * smooth(
        -out, -1.5, -0.8
    )
    cover = np.clip(0.8 * dense + 0.75 * specks, 0, 0.92) * smooth(window.item, 0.3, 0.9)
    warm = rng.uniform(0, 1)
    colour = (np.array((0.02, 0.018, 0.016)) + warm * np.array((0.07, 0.045, 0.025))) * photo.lamp
    window.lay(_telling(window, colour, cover), cover * rng.uniform(0.7, 1.0))
    window.mark((cover > 0.18) | ((out < 0.8) & (cover > 0.08)))
    window.back()
    return {}


def scuff(photo: Photo, rng: np.random.Generator, share: float) -> Numbers:
    """Rubbed along one direction: print worn to the board in fine streaks."""
    window, wide, out, turn = _blot(photo, rng, share)
    x, y = window.turned(turn)
    streaks = _drawn(rng, x, y, 9.0, 1.2) + 0.5 * clouds(
        rng, window.shape, 0.4 * wide * window.scale
    )
    dense = smooth(streaks, -0.3, 1.2) * smooth(-out, -1.1, -0.4) * smooth(window.item, 0.3, 0.9)
    board = Inside.drawn(rng).board * photo.lamp
    window.lay(_telling(window, board, dense), rng.uniform(0.7, 0.95) * dense)
    window.mark((dense > 0.15) | ((out < 0.75) & (dense > 0.05)))
    window.back()
    return {}


def _blot(
    photo: Photo, rng: np.random.Generator, share: float
) -> tuple[Window, float, Values, float]:
    """A window, its radius, the distance from its middle in radii (ragged), a direction."""
    wide = 1.25 * radius(photo, share)
    centre = place(photo, rng, 0.5 * wide)
    window = Window(photo, centre, 2.3 * wide + 5)
    turn, long = float(rng.uniform(0, math.pi)), rng.uniform(1.0, 1.6)
    along, across = window.turned(turn)
    out = np.hypot(along / long, across * long) / wide
    out = out + 0.22 * clouds(rng, window.shape, 1.2 * wide * window.scale)
    return window, wide, out, turn


def _drawn(rng: np.random.Generator, x: Values, y: Values, stretch: float, cell: float) -> Values:
    """Unit noise drawn out along x."""
    noise = clouds(rng, (128, 128), 4, 3).astype(np.float32)
    u = np.mod(x / (cell * stretch) * 4 + rng.uniform(0, 99), 126).astype(np.float32)
    v = np.mod(y / cell * 4 + rng.uniform(0, 99), 126).astype(np.float32)
    return np.asarray(cv2.remap(noise, u, v, cv2.INTER_LINEAR), np.float64)


def _telling(window: Window, colour: NDArray[np.float64], dense: Values) -> NDArray[np.float64]:
    """The colour, or where it would not show on what it lies on, a darker or paler one."""
    if not (dense > 0).any():
        return colour
    under = np.average(window.now.reshape(-1, 3), axis=0, weights=dense.ravel())
    apart = np.abs(np.sqrt(np.maximum(colour, 0)) - np.sqrt(np.maximum(under, 0))).mean()
    if float(apart) >= _TELLS:
        return colour
    lamp = window.photo.lamp
    bright = float(under.mean() / lamp.mean()) > 0.2
    return np.asarray(under * 0.3 if bright else 0.5 * under + 0.4 * lamp)
