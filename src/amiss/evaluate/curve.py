"""What is found against what it costs, threshold by threshold."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amiss.evaluate.metrics import rank_scores
from amiss.evaluate.ranking import PREVALENCE, Ranking

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


def budget_curve(
    labels: Sequence[bool] | NDArray[np.bool_],
    scores: Sequence[float | None] | NDArray[np.float64],
    prevalence: float = PREVALENCE,
) -> Curve:
    """Share of all items sidelined in production, and recall, at every threshold, both rising.

    As `amiss.evaluate.metrics.recall_at_budget` weighs them. Both classes must be there.
    """
    ranking = Ranking.of(labels, rank_scores(labels, scores))
    return ranking.flagged(prevalence), ranking.recall


def precision_recall_curve(
    labels: Sequence[bool] | NDArray[np.bool_],
    scores: Sequence[float | None] | NDArray[np.float64],
    prevalence: float | None = None,
) -> Curve:
    """Recall, rising, and the share of flags that are right, at every threshold that flags.

    prevalence: share of damaged items to weigh the classes to; None: as they are. Under the steps
    of this curve lies `amiss.evaluate.metrics.average_precision`. Both classes must be there.
    """
    ranking = Ranking.of(labels, rank_scores(labels, scores))
    share = float(np.mean(labels)) if prevalence is None else prevalence
    right = share * ranking.recall[1:]
    return ranking.recall[1:], right / ranking.flagged(share)[1:]


def steps(across: ArrayLike, up: ArrayLike) -> list[tuple[float, float]]:
    """The points of a curve that stays at its height until the next value of `across`."""
    xs, ys = np.repeat(np.asarray(across), 2)[1:], np.repeat(np.asarray(up), 2)[:-1]
    return list(zip(xs.tolist(), ys.tolist(), strict=True))
