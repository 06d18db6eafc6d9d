"""Is a damage confidence of 0.2 right one time in five? As measured, and as in production.

A test set is half damaged and production hardly at all, so a score can be calibrated to one of them
at most: both are told. Bins hold equal numbers of the items measured, so that each rests on as many
as the others; what they say is then weighted to either.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

BINS = 15


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """What was said and what was true, bin by bin.

    error: expected calibration error in [0, 1]; None where a class is missing. confidence, damaged:
    b float64, mean confidence and share of damaged items in each bin, weighted; bins without an
    item are left out. n: b, items in it. n_no_opinion: items in no bin.
    """

    error: float | None
    confidence: Array
    damaged: Array
    n: NDArray[np.int64]
    n_no_opinion: int


@dataclass(frozen=True, slots=True, eq=False)
class _Bins:
    """Sums over the items of each bin, draws×bins; the mass of all items is 1.

    both: of each draw, whether it has good and damaged items.
    """

    both: NDArray[np.bool_]
    n: Array
    mass: Array
    said: Array
    true: Array


def reliability(
    labels: ArrayLike, scores: ArrayLike, *, prevalence: float | None = None, bins: int = BINS
) -> Reliability:
    """Cuts n items into bins by their score and compares what was said with what was true.

    The error is the mean of |mean confidence − share of damaged items| over bins, weighted by
    their mass. Source: Guo et al. 2017, with the equal-mass bins of Nguyen and O'Connor 2015. It
    is never far below what chance leaves in a bin: of few items it is large for a perfect score.

    Args:
        labels: n bool, true = damaged.
        scores: n confidences in [0, 1]; NaN is no opinion, which is as wrong as can be: its error
            is 1, and it is in no bin.
        prevalence: share of damaged items to weigh the classes to; None: as measured.
        bins: how many; fewer where many items have one score, since those are never parted.

    Raises:
        ValueError: labels and scores differ in length, or a score is outside [0, 1].
    """
    times = np.ones((1, np.size(np.asarray(labels))))
    found = _cut(labels, scores, times, prevalence, bins)
    filled = found.n[0] > 0
    mass = found.mass[0, filled]
    error = float(_error(found)[0])
    return Reliability(
        error=None if np.isnan(error) else error,
        confidence=found.said[0, filled] / mass,
        damaged=found.true[0, filled] / mass,
        n=found.n[0, filled].astype(np.int64),
        n_no_opinion=int(np.isnan(np.asarray(scores, dtype=np.float64)).sum()),
    )


def calibration_errors(
    labels: ArrayLike,
    scores: ArrayLike,
    times: ArrayLike,
    *,
    prevalence: float | None = None,
    bins: int = BINS,
) -> Array:
    """The error of each of several draws, as in `reliability`; NaN where a class is missing.

    times: draws×n, how often each item counts.
    """
    return _error(_cut(labels, scores, np.asarray(times, np.float64), prevalence, bins))


def _error(bins: _Bins) -> Array:
    silent = np.maximum(1 - bins.mass.sum(axis=-1), 0)
    error = np.abs(bins.said - bins.true).sum(axis=-1) + silent
    return np.asarray(np.where(bins.both, error, np.nan))


def _cut(
    labels: ArrayLike, scores: ArrayLike, times: Array, prevalence: float | None, bins: int
) -> _Bins:
    damaged, values = np.asarray(labels, dtype=bool), np.asarray(scores, dtype=np.float64)
    if damaged.shape != values.shape or values.ndim != 1:
        raise ValueError("labels and scores must be two lists of the same length.")
    known = ~np.isnan(values)
    if ((values[known] < 0) | (values[known] > 1)).any():
        raise ValueError("A confidence is outside [0, 1].")
    n = np.stack([times @ ~damaged, times @ damaged])
    share = n / np.maximum(n.sum(axis=0), 1)
    if prevalence is not None:
        share = np.array([[1 - prevalence], [prevalence]])
    good_weight, damaged_weight = (share / np.maximum(n, 1))[..., None]
    counted = times[:, known]
    place = _bin_of(values[known], counted, bins)
    mass = counted * np.where(damaged[known], damaged_weight, good_weight)
    return _Bins(
        both=np.asarray((n > 0).all(axis=0)),
        n=_sums(place, counted, bins),
        mass=_sums(place, mass, bins),
        said=_sums(place, mass * values[known], bins),
        true=_sums(place, mass * damaged[known], bins),
    )


def _bin_of(values: Array, counted: Array, bins: int) -> NDArray[np.intp]:
    """draws×n: the bin of each item, that in which the middle of all items of its score lies."""
    order = np.argsort(values, kind="stable")
    _, starts, tie = np.unique(values[order], return_index=True, return_inverse=True)
    if not len(order):
        return np.zeros(counted.shape, dtype=np.intp)
    of_tie = np.add.reduceat(counted[:, order], starts, axis=1)
    below = np.cumsum(of_tie, axis=1)
    middle = (below - of_tie / 2) / np.maximum(below[:, -1:], 1)
    place = np.empty(counted.shape, dtype=np.intp)
    place[:, order] = np.minimum((middle * bins).astype(np.intp), bins - 1)[:, tie]
    return place


def _sums(place: NDArray[np.intp], values: Array, bins: int) -> Array:
    """draws×bins: the sum of draws×n values over the items of each bin."""
    draws = len(place)
    flat = (place + bins * np.arange(draws)[:, None]).ravel()
    sums = np.bincount(flat, values.ravel(), draws * bins)
    return np.asarray(sums.reshape(draws, bins), dtype=np.float64)
