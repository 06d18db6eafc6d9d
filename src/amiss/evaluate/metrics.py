"""Item figures: how well one score per item, or per picture, parts damaged from good.

Everywhere `labels` is n booleans (true = damaged) and `scores` n numbers, the higher the more
damaged; ±∞ are allowed, NaN is not. Equal scores stand on one threshold, so the order of the items
never changes a figure. Where one of the two classes is missing the answer is None. How each is
worked out stands in `amiss.evaluate.ranking`.

Average precision of any and of major damage, AUROC, recall at 50 % precision and recall at 1 %
false positives are those of the VAND 4.0 challenge on Kaputt.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amiss.evaluate.ranking import PREVALENCE, Array, Ranking


def known_scores(scores: Sequence[float | None] | Array) -> Array:
    """Scores as n float64 in which NaN is "no opinion"."""
    return np.array([np.nan if score is None else score for score in scores], dtype=np.float64)


def rank_scores(
    labels: Sequence[bool] | NDArray[np.bool_], scores: Sequence[float | None] | Array
) -> Array:
    """Scores in which "no opinion" counts against Amiss, so that no figure drops a picture.

    Args:
        labels: n booleans, true = damaged.
        scores: n scores; None and NaN are "no opinion".

    Returns:
        n float64; no opinion on a damaged picture ranks lowest (−∞), on a good one highest (+∞).
    """
    damaged = np.asarray(labels, dtype=bool)
    known = known_scores(scores)
    return np.where(np.isnan(known), np.where(damaged, -np.inf, np.inf), known)


def auroc(labels: ArrayLike, scores: ArrayLike) -> float | None:
    """Chance that a damaged picture scores above a good one; a tie counts half."""
    return one(Ranking.of(labels, scores).auroc())


def average_precision(
    labels: ArrayLike, scores: ArrayLike, prevalence: float | None = None
) -> float | None:
    """Precision averaged over the steps in recall, without interpolation (as scikit-learn).

    prevalence: share of damaged items to weigh both classes to; None: as they are.
    """
    return one(Ranking.of(labels, scores).average_precision(prevalence))


def average_precision_of_major(
    labels: ArrayLike, major: ArrayLike, scores: ArrayLike, prevalence: float | None = None
) -> float | None:
    """Average precision of major damage against good items; minor damage is left out of it.

    So does the challenge's scorer: an item with minor damage is neither found nor a false alarm.

    Args:
        labels: n booleans, any damage.
        major: n booleans, major damage.
        scores: n numbers.
        prevalence: as above, of major damage among what is left.
    """
    severe = np.asarray(major, dtype=bool)
    kept = severe | ~np.asarray(labels, dtype=bool)
    return average_precision(severe[kept], np.asarray(scores, dtype=np.float64)[kept], prevalence)


def recall_at_fpr(labels: ArrayLike, scores: ArrayLike, fpr: float = 0.01) -> float | None:
    """Largest share of damaged pictures flagged while at most `fpr` of the good ones are."""
    return one(Ranking.of(labels, scores).recall_at_fpr(fpr))


def recall_at_precision(
    labels: ArrayLike, scores: ArrayLike, precision: float = 0.5
) -> float | None:
    """Largest share of damaged pictures flagged while at least `precision` of all flags are right.

    0.0 where no threshold reaches that precision.
    """
    return one(Ranking.of(labels, scores).recall_at_precision(precision))


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
    return one(Ranking.of(labels, scores).recall_at_budget(budget, prevalence))


def one(figure: Array) -> float | None:
    """A figure of one set of items; None where it is undefined."""
    value = float(figure)
    return None if np.isnan(value) else value
