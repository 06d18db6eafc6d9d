"""Seams without damage: the control against cheating.

A ragged patch is cut out, resampled by a fraction of a pixel, blended back, and loses its noise as
painted parts do. Whoever learns to see that has learnt the painter, not damage.
"""

import math

import numpy as np

from amiss.simulate.damages.noise import smooth
from amiss.simulate.paint.fields import Mask, clouds
from amiss.simulate.paint.photo import Photo
from amiss.simulate.paint.recipe import place, radius
from amiss.simulate.paint.window import Window


def identity(photo: Photo, rng: np.random.Generator, share: float) -> Mask:
    """Paste a patch onto itself; returns H×W bool, the patch."""
    wide = radius(photo, share)
    window = Window(photo, place(photo, rng, 0.6 * wide), 2 * wide + 5)
    along, across = window.turned(rng.uniform(0, math.pi))
    out = np.hypot(along, across / rng.uniform(0.6, 1)) / wide
    out = out + 0.25 * clouds(rng, window.shape, wide * window.scale)
    patch = smooth(1 - out, 0, 0.08) * window.item
    step, way = rng.uniform(0.1, 0.5), rng.uniform(0, 2 * math.pi)
    window.warp(step * math.cos(way) * patch, step * math.sin(way) * patch)
    window.touched = np.maximum(window.touched, patch)
    window.mark(patch)
    window.back()
    where = photo.marked.copy()
    photo.marked[:] = False
    return where
