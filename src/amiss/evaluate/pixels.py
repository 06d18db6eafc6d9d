"""Pixel figures: how well a map shows where the damage is.

Everywhere `maps` is n score maps (h×w, sizes may differ between pictures, no NaN) and `masks` n
boolean masks of the same sizes; a mask without a pixel is a good picture, all negative. Figures
are exact: every distinct score of a damaged pixel is a threshold. Memory: the scores of the
damaged pixels plus one picture at a time, however many good pixels there are.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Map = NDArray[np.floating]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
EIGHT_NEIGHBOURS = np.ones((3, 3), dtype=bool)


def pixel_auroc(maps: Sequence[Map], masks: Sequence[Mask]) -> float | None:
    """Chance that a damaged pixel scores above a good one, over all pictures; a tie counts half.

    None where there is no damaged or no good pixel.
    """
    curve = _curve(maps, masks, lambda mask: np.ones(int(mask.sum())))
    return None if curve is None else _area(*curve, limit=1.0)


def aupro(maps: Sequence[Map], masks: Sequence[Mask], fpr_limit: float = 0.3) -> float | None:
    """Area under the per-region overlap, so that a small damage weighs as much as a large one.

    Recall of each connected region of damage (8-connected), averaged over all regions, as a
    function of the share of good pixels flagged; integrated up to `fpr_limit` and divided by it.
    Source: Bergmann et al., MVTec AD, CVPR 2019 and IJCV 2021.

    Returns:
        The area in [0, 1]; None where there is no damaged or no good pixel.
    """
    curve = _curve(maps, masks, _region_weights)
    return None if curve is None else _area(*curve, limit=fpr_limit) / fpr_limit


def peak_hits(maps: Sequence[Map], masks: Sequence[Mask], tolerance: float = 0.02) -> float | None:
    """Share of damaged pictures whose map peaks on the damage.

    A peak hits when it lies within `tolerance` × the picture's diagonal of a damaged pixel. Where
    several pixels share the maximum, the picture counts with the share of them that hit. A map
    whose maximum is infinite has no peak and misses.

    Returns:
        The share in [0, 1]; None where no picture is damaged.
    """
    hits = [
        _peak_hit(map_, mask, tolerance)
        for map_, mask in zip(maps, masks, strict=True)
        if mask.any()
    ]
    return float(np.mean(hits)) if hits else None


def _peak_hit(map_: Map, mask: Mask, tolerance: float) -> float:
    peak = map_.max()
    if not np.isfinite(peak):
        return 0.0
    distance = ndimage.distance_transform_edt(~mask)
    return float(np.mean(distance[map_ == peak] <= tolerance * np.hypot(*mask.shape)))


def _region_weights(mask: Mask) -> Floats:
    """For each damaged pixel, 1 / the size of its region: every region weighs 1."""
    regions, _ = ndimage.label(mask, structure=EIGHT_NEIGHBOURS)
    sizes = np.bincount(regions.ravel())
    return np.asarray(1.0 / sizes[regions[mask]], dtype=np.float64)


def _curve(
    maps: Sequence[Map], masks: Sequence[Mask], weigh: Callable[[Mask], Floats]
) -> tuple[Floats, Floats] | None:
    """False positive rate and weighted recall, rising from (0, 0) to (1, 1).

    Two points per distinct score of a damaged pixel: just above it, and at it. Between two such
    scores only good pixels are flagged, so the curve is flat there and nothing is lost.
    """
    pairs = list(zip(maps, masks, strict=True))
    if any(np.isnan(map_).any() for map_ in maps):
        raise ValueError("A score map holds NaN.")
    scores = np.concatenate([map_[mask] for map_, mask in pairs] or [np.empty(0)])
    weights = np.concatenate([weigh(mask) for _, mask in pairs] or [np.empty(0)])
    values, which = np.unique(scores, return_inverse=True)
    above, at_least = np.zeros((2, len(values) + 1))
    for map_, mask in pairs:
        good = np.sort(map_[~mask])
        above += np.bincount(np.searchsorted(values, good, "left"), minlength=len(above))
        at_least += np.bincount(np.searchsorted(values, good, "right"), minlength=len(above))
    n_good = above.sum()
    if not len(values) or not n_good:
        return None
    gained = np.bincount(which, weights)[::-1].cumsum() / weights.sum()
    fpr = _interleave(_from_top(above), _from_top(at_least)) / n_good
    recall = _interleave(np.append(0.0, gained[:-1]), gained)
    return np.r_[0.0, fpr, 1.0], np.r_[0.0, recall, 1.0]


def _from_top(counts: Floats) -> Floats:
    """Good pixels beyond each value, highest value first; counts[i]: those beyond i values."""
    return counts[:0:-1].cumsum()


def _interleave(first: Floats, second: Floats) -> Floats:
    return np.stack([first, second], axis=1).ravel()


def _area(fpr: Floats, recall: Floats, limit: float) -> float:
    """Area under the curve from 0 to `limit`, linear between its points."""
    inside = int(np.searchsorted(fpr, limit, "right"))
    if inside < len(fpr):
        step = (limit - fpr[inside - 1]) / (fpr[inside] - fpr[inside - 1])
        end = recall[inside - 1] + step * (recall[inside] - recall[inside - 1])
        fpr, recall = np.append(fpr[:inside], limit), np.append(recall[:inside], end)
    return float(np.trapezoid(recall, fpr))
