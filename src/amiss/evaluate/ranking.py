"""Items in the order of their scores, from which every figure about order is read.

All figures of `amiss.evaluate.metrics` are defined here, for one set of items and for any number of
draws from it at once: sorting is done once, whatever is drawn. Where one of the two classes is
missing a figure is NaN.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

PREVALENCE = 0.001
"""Share of damaged items that production is taken to have: fewer than one in a thousand is."""

TYPE_PREVALENCE = 0.01
"""Share of items of one damage type, beside good ones, at which its average precision is given."""

BUDGETS = (0.001, 0.005, 0.01)
"""Shares of all items that people may be handed, at which recall is reported."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """How many items are flagged at each threshold, from none to all of them.

    hits, alarms: …×(t+1) float64, damaged and good items at or above each of the t distinct
    scores, highest first, after a zero; leading axes are draws. Items of one score are flagged
    together or not at all, so the order in which items come never changes a figure.
    """

    hits: Array
    alarms: Array

    @classmethod
    def of(cls, labels: ArrayLike, scores: ArrayLike, times: ArrayLike | None = None) -> "Ranking":
        """Ranks n items.

        Args:
            labels: n bool, true = damaged.
            scores: n numbers, the higher the more damaged; ±∞ are allowed, NaN is not.
            times: how often each item counts, n or draws×n, ≥ 0; None: once.

        Raises:
            ValueError: labels and scores differ in shape, or a score is NaN.
        """
        damaged, order, last = _sorted(labels, scores)
        counted = np.ones(len(damaged)) if times is None else np.asarray(times, dtype=np.float64)
        counted = counted[..., order]
        hits = np.cumsum(counted * damaged[order], axis=-1)[..., last]
        alarms = np.cumsum(counted * ~damaged[order], axis=-1)[..., last]
        none = np.zeros((*hits.shape[:-1], 1))
        return cls(np.append(none, hits, axis=-1), np.append(none, alarms, axis=-1))

    @property
    def recall(self) -> Array:
        """…×(t+1): share of the damaged items flagged."""
        return _share(self.hits)

    @property
    def fpr(self) -> Array:
        """…×(t+1): share of the good items flagged."""
        return _share(self.alarms)

    def flagged(self, prevalence: float = PREVALENCE) -> Array:
        """…×(t+1): share of *all* items that is flagged where `prevalence` of them are damaged."""
        return (1 - prevalence) * self.fpr + prevalence * self.recall

    def auroc(self) -> Array:
        """Chance that a damaged item scores above a good one; a tie counts half."""
        return self._where_both(np.trapezoid(self.recall, self.fpr, axis=-1))

    def average_precision(self, prevalence: float | None = None) -> Array:
        """Precision averaged over the steps in recall, without interpolation (as scikit-learn).

        prevalence: share of damaged items to weigh the classes to; None: as they were counted.
        """
        right, wrong = self.hits, self.alarms
        if prevalence is not None:
            right, wrong = prevalence * self.recall, (1 - prevalence) * self.fpr
        precision = _ratio(right, right + wrong)
        return self._where_both(np.sum(np.diff(self.recall) * precision[..., 1:], axis=-1))

    def recall_at_fpr(self, fpr: float = 0.01) -> Array:
        """Largest recall while at most `fpr` of the good items are flagged."""
        return self._best_recall(self.fpr <= fpr)

    def recall_at_precision(self, precision: float = 0.5) -> Array:
        """Largest recall while at least `precision` of all flags are right; 0 where none is."""
        reached = _ratio(self.hits, self.hits + self.alarms) >= precision
        return self._best_recall(reached)

    def recall_at_budget(self, budget: float, prevalence: float = PREVALENCE) -> Array:
        """Largest recall while at most `budget` of *all* items would be flagged in production."""
        at = self.within_budget(budget, prevalence)
        return self._where_both(np.take_along_axis(self.recall, at[..., None], axis=-1)[..., 0])

    def within_budget(self, budget: float, prevalence: float = PREVALENCE) -> Indices:
        """How many distinct scores, from the highest down, `budget` pays for; 0: not one."""
        # 0.001 of the damage in the budget of 0.001 is within it, whatever the last digit says.
        paid = self.flagged(prevalence) <= budget * (1 + 1e-9)
        return np.asarray(np.maximum(paid.sum(axis=-1) - 1, 0), dtype=np.intp)

    def _best_recall(self, allowed: NDArray[np.bool_]) -> Array:
        return self._where_both(np.max(self.recall, axis=-1, where=allowed, initial=0.0))

    def _where_both(self, figures: ArrayLike) -> Array:
        both = (self.hits[..., -1] > 0) & (self.alarms[..., -1] > 0)
        return np.asarray(np.where(both, figures, np.nan))


Figure = Callable[[Ranking], Array]
"""One number for each draw; NaN where it is undefined."""


def places(scores: ArrayLike) -> Indices:
    """n: how many distinct scores, from the highest down, it takes to flag each of n items."""
    _, from_lowest = np.unique(np.asarray(scores, dtype=np.float64), return_inverse=True)
    return np.asarray(from_lowest.max(initial=0) + 1 - from_lowest, dtype=np.intp)


def _sorted(labels: ArrayLike, scores: ArrayLike) -> tuple[NDArray[np.bool_], Indices, Indices]:
    """Labels, the order from the highest score down, and where in it each tie ends."""
    damaged = np.asarray(labels, dtype=bool)
    values = np.asarray(scores, dtype=np.float64)
    if damaged.shape != values.shape or values.ndim != 1:
        raise ValueError("labels and scores must be two lists of the same length.")
    if np.isnan(values).any():
        raise ValueError("A score is NaN: rank_scores says what no opinion counts as.")
    order = np.argsort(-values, kind="stable")
    values = values[order]
    # ∞ − ∞ would be NaN, hence no np.diff.
    last = np.append(np.flatnonzero(values[1:] != values[:-1]), len(values) - 1)
    return damaged, order, last[last >= 0]


def _share(counts: Array) -> Array:
    """Of the whole; NaN where there is nothing."""
    whole = counts[..., -1:]
    return np.asarray(np.divide(counts, whole, out=np.full_like(counts, np.nan), where=whole > 0))


def _ratio(part: Array, whole: Array) -> Array:
    """0 where there is no whole."""
    return np.asarray(np.divide(part, whole, out=np.zeros_like(part), where=whole > 0))
