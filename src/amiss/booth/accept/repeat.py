"""Does the same item get the same score, laid down again and again?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from amiss.domain.capture import Capture
from amiss.domain.errors import InputError


@dataclass(frozen=True, slots=True)
class Repeatability:
    """Of the scores of items laid down several times.

    within: standard deviation over the placements of one item, pooled. between: standard deviation
    of items' true scores. share: of the total variance that placements cause. flips: share of
    placements whose decision differs from that of most placements of the same item.
    """

    items: int
    placements: int
    within: float
    between: float
    share: float
    flips: float


def repeatability(scores: ArrayLike, threshold: float) -> Repeatability:
    """One-way random-effects analysis of variance (AIAG MSA, 4th ed., the study of variables).

    scores: items × placements. threshold: a score above it is sidelined.

    Raises:
        InputError: fewer than two items or placements, or a score that is no number.
    """
    table = np.asarray(scores, np.float64)
    if table.ndim != 2 or min(table.shape) < 2 or not np.isfinite(table).all():
        raise InputError("Repeatability needs two items and two placements with a score each.")
    items, placements = table.shape
    within = float(table.var(axis=1, ddof=1).mean())
    between = max(0.0, float(table.mean(axis=1).var(ddof=1)) - within / placements)
    total = within + between
    sidelined = (table > threshold).sum(axis=1)
    flips = float(np.minimum(sidelined, placements - sidelined).sum() / table.size)
    share = within / total if total > 0 else 0.0
    return Repeatability(items, placements, within**0.5, between**0.5, share, flips)


def score_placements(
    captures: Sequence[Sequence[Capture]], scorer: Callable[[Capture], float | None]
) -> list[list[float]]:
    """Scores of captures, item by item.

    Raises:
        InputError: the scorer has no opinion on a capture.
    """
    table: list[list[float]] = []
    for placements in captures:
        row = []
        for capture in placements:
            score = scorer(capture)
            if score is None:
                raise InputError(f"The capture {capture.id} got no score; take it again.")
            row.append(score)
        table.append(row)
    return table
