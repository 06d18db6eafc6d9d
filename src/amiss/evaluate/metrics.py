"""Image figures: how well one score per picture, or per item, parts damaged from good.

Everywhere `labels` is n booleans (true = damaged) and `scores` n numbers, the higher the more
damaged; ±∞ are allowed, NaN is not. Equal scores stand on one threshold, so the order of the
pictures never changes a figure. Where one of the two classes is missing the answer is None.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[np.int64]

PREVALENCE = 0.001
"""Share of damaged items that production is taken to have: fewer than one in a thousand is."""

BUDGETS = (0.001, 0.005, 0.01)
"""Shares of all items that people may be handed, at which recall is reported."""


def rank_scores(
    labels: Sequence[bool] | NDArray[np.bool_], scores: Sequence[float | None]
) -> NDArray[np.float64]:
    """Scores in which "no opinion" counts against Amiss, so that no figure drops a picture.

    Args:
        labels: n booleans, true = damaged.
        scores: n scores; None and NaN are "no opinion".

    Returns:
        n float64; no opinion on a damaged picture ranks lowest (−∞), on a good one highest (+∞).
    """
    damaged = np.asarray(labels, dtype=bool)
    known = np.array([np.nan if score is None else score for score in scores], dtype=np.float64)
    return np.where(np.isnan(known), np.where(damaged, -np.inf, np.inf), known)


def auroc(labels: ArrayLike, scores: ArrayLike) -> float | None:
    """Chance that a damaged picture scores above a good one; a tie counts half."""
    hits, alarms = _cumulative(labels, scores)
    if not _both_classes(hits, alarms):
        return None
    return float(np.trapezoid(hits, alarms) / (hits[-1] * alarms[-1]))


def average_precision(labels: ArrayLike, scores: ArrayLike) -> float | None:
    """Precision averaged over the steps in recall, without interpolation (as scikit-learn)."""
    hits, alarms = _cumulative(labels, scores)
    if not _both_classes(hits, alarms):
        return None
    precision = hits[1:] / (hits[1:] + alarms[1:])
    return float(np.sum(np.diff(hits) * precision) / hits[-1])


def recall_at_fpr(labels: ArrayLike, scores: ArrayLike, fpr: float = 0.01) -> float | None:
    """Largest share of damaged pictures flagged while at most `fpr` of the good ones are."""
    hits, alarms = _cumulative(labels, scores)
    if not _both_classes(hits, alarms):
        return None
    within = alarms / alarms[-1] <= fpr
    return float(hits[within].max() / hits[-1])


def recall_at_precision(
    labels: ArrayLike, scores: ArrayLike, precision: float = 0.5
) -> float | None:
    """Largest share of damaged pictures flagged while at least `precision` of all flags are right.

    0.0 where no threshold reaches that precision.
    """
    hits, alarms = _cumulative(labels, scores)
    if not _both_classes(hits, alarms):
        return None
    reached = hits[1:] / (hits[1:] + alarms[1:]) >= precision
    return float(hits[1:].max(where=reached, initial=0) / hits[-1])


def recall_at_budget(
    labels: ArrayLike, scores: ArrayLike, budget: float, prevalence: float = PREVALENCE
) -> float | None:
    """Largest share of damaged items flagged while at most `budget` of *all* items would be.

    A test set holds hundreds of times the damage of a warehouse, so that its own flagged share says
    nothing. Each class keeps its rate and is weighted as in production: of all items there,
    (1 − prevalence)·(share of good items flagged) + prevalence·(share of damaged ones flagged) are
    handed to people. Items of one score are flagged together or not at all: a threshold cannot part
    them, and a tie that breaks the budget is passed. A good item without an opinion ranks highest
    and so takes from the budget, as it does in production.

    With n good items, shares of them below 1 / n cannot be told apart from none: under a budget
    that small, what is reported is the share of damaged items above every good one.

    Args:
        labels: see above.
        scores: see above.
        budget: in (0, 1].
        prevalence: share of damaged items in production.
    """
    hits, alarms = _cumulative(labels, scores)
    if not _both_classes(hits, alarms):
        return None
    recall = hits / hits[-1]
    flagged = (1 - prevalence) * alarms / alarms[-1] + prevalence * recall
    # 0.001 of the damage in the budget of 0.001 is within it, whatever the last digit says.
    return float(recall[flagged <= budget * (1 + 1e-9)].max())


def _cumulative(labels: ArrayLike, scores: ArrayLike) -> tuple[Counts, Counts]:
    """Damaged and good pictures at or above each distinct score, highest first, from (0, 0).

    Raises:
        ValueError: labels and scores differ in shape, or a score is NaN.
    """
    damaged = np.asarray(labels, dtype=bool)
    values = np.asarray(scores, dtype=np.float64)
    if damaged.shape != values.shape or values.ndim != 1:
        raise ValueError("labels and scores must be two lists of the same length.")
    if np.isnan(values).any():
        raise ValueError("A score is NaN: rank_scores says what no opinion counts as.")
    order = np.argsort(-values, kind="stable")
    values, damaged = values[order], damaged[order]
    # The last picture of each group of equal scores; ∞ − ∞ would be NaN, hence no np.diff.
    last = np.append(np.flatnonzero(values[1:] != values[:-1]), len(values) - 1)
    last = last[last >= 0]
    hits = np.cumsum(damaged, dtype=np.int64)[last]
    alarms = last + 1 - hits
    return np.append(0, hits), np.append(0, alarms)


def _both_classes(hits: Counts, alarms: Counts) -> bool:
    return bool(hits[-1] > 0 and alarms[-1] > 0)
