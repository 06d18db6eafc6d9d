"""Does the same item get the same score, laid down again and again?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import InputError


@dataclass(frozen=True, slots=True)
class Repeatability:
    """Of the scores of items laid down several times.

    within: standard deviation over the placements of one item, pooled. between: standard deviation
    of items' true scores. share: of the total variance that placements cause. flips: share of
    placements whose decision differs from that of most placements of the same item; to have no
    opinion is a decision, too. no_opinion: share of placements without a score.
    """

    items: int
    placements: int
    within: float
    between: float
    share: float
    flips: float
    no_opinion: float


def repeatability(scores: Sequence[Sequence[float | None]], threshold: float) -> Repeatability:
    """One-way random-effects analysis of variance (AIAG MSA, 4th ed., the study of variables).

    Where scores are missing, variances are pooled by their degrees of freedom, and items with
    fewer than two scores say nothing about them.

    scores: items × placements, None where there was no opinion. threshold: a score above it is
    sidelined.

    Raises:
        InputError: fewer than two items with two scores, or a score that is no number.
    """
    if len({len(row) for row in scores}) != 1 or _has_other_than_numbers(scores):
        raise InputError("Repeatability needs equally many placements of each item, and numbers.")
    table = np.array([[np.nan if one is None else one for one in row] for row in scores])
    missing = np.isnan(table)
    counts = (~missing).sum(axis=1)
    known = [row[~np.isnan(row)] for row in table[counts > 1]]
    if len(known) < 2:
        raise InputError("Repeatability needs two items with two scores each; take more captures.")
    freedom = np.array([len(row) - 1 for row in known])
    within = float(np.array([row.var(ddof=1) for row in known]) @ freedom / freedom.sum())
    of_means = within * float((1 / (freedom + 1)).mean())
    between = max(0.0, float(np.array([row.mean() for row in known]).var(ddof=1)) - of_means)
    total = within + between
    return Repeatability(
        items=table.shape[0],
        placements=table.shape[1],
        within=within**0.5,
        between=between**0.5,
        share=within / total if total > 0 else 0.0,
        flips=_flips(table, threshold),
        no_opinion=float(missing.mean()),
    )


def _has_other_than_numbers(scores: Sequence[Sequence[float | None]]) -> bool:
    return not all(np.isfinite(one) for row in scores for one in row if one is not None)


def _flips(table: NDArray[np.float64], threshold: float) -> float:
    kinds = [np.isnan(table), table > threshold, table <= threshold]
    most = np.max([kind.sum(axis=1) for kind in kinds], axis=0)
    return float((table.shape[1] - most).sum() / table.size)
