"""Heat maps to pixel figures, with bounded memory and no picture dropped.

Maps are kept at most 256 pixels on their long side, or fewer where that is asked for: the map by
area average, the mask so that a kept pixel is damaged if any part of it is; no damaged region,
however thin, can vanish.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.evaluate.pixels import aupro, peak_hits, pixel_auroc

Map = NDArray[np.float32]
Mask = NDArray[np.bool_]
LONG_SIDE = 256


@dataclass(frozen=True, slots=True)
class PixelFigures:
    """How well the maps show where the damage is; n_masked: damaged pictures that count."""

    pixel_auroc: float | None
    aupro: float | None
    peak_hit_rate: float | None
    n_masked: int


@dataclass(frozen=True, slots=True, eq=False)
class Localised:
    """The reduced map and mask of one picture, h×w each; a good picture's mask is all false."""

    map: Map
    mask: Mask


def localise(heatmap: Map | None, mask: Mask | None, long_side: int = LONG_SIDE) -> Localised:
    """Reduces one picture's heat map and mask (H×W each, sizes may differ; no mask = good).

    "No opinion", a missing map or NaN in it, counts against Amiss: −∞ on damage, +∞ beside it.
    """
    if heatmap is None:
        shape = (long_side, long_side) if mask is None else mask.shape
        heatmap = np.full(shape, np.nan, dtype=np.float32)
    height, width = heatmap.shape
    shrink = min(1.0, long_side / max(height, width))
    size = max(1, round(height * shrink)), max(1, round(width * shrink))
    reduced = cv2.resize(heatmap, size[::-1], interpolation=cv2.INTER_AREA)
    reduced_mask = np.zeros(size, dtype=bool) if mask is None else fit_mask(mask, size)
    against = np.where(reduced_mask, -np.inf, np.inf)
    return Localised(
        map=np.where(np.isnan(reduced), against, reduced).astype(np.float32),
        mask=reduced_mask,
    )


def fit_mask(mask: Mask, size: tuple[int, int]) -> Mask:
    """Brings a mask (H×W bool) to another size (height, width).

    Enlarged by nearest neighbour; made smaller, a pixel is damaged if any part of it was.
    """
    larger = size[0] >= mask.shape[0] and size[1] >= mask.shape[1]
    method = cv2.INTER_NEAREST_EXACT if larger else cv2.INTER_AREA
    return np.asarray(cv2.resize(mask.astype(np.float32), size[::-1], interpolation=method) > 0)


def pixel_figures(pictures: Sequence[Localised]) -> PixelFigures:
    """Figures over good and masked damaged pictures together."""
    maps = [picture.map for picture in pictures]
    masks = [picture.mask for picture in pictures]
    return PixelFigures(
        pixel_auroc=pixel_auroc(maps, masks),
        aupro=aupro(maps, masks),
        peak_hit_rate=peak_hits(maps, masks),
        n_masked=sum(bool(mask.any()) for mask in masks),
    )
