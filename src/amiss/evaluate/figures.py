"""The figures of many items: of all, and of each slice.

Both work on arrays and on any number of draws at once, so that points, intervals and differences
are one code. Keys are paths: ("recall_at_budget", "0.001"), ("material", "paper", "auroc").
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amiss.evaluate.calibration import calibration_errors
from amiss.evaluate.intervals import Array, Key
from amiss.evaluate.metrics import rank_scores
from amiss.evaluate.ranking import BUDGETS, PREVALENCE, TYPE_PREVALENCE, Ranking, places
from amiss.evaluate.truths import Truths


def headline(truths: Truths, scores: ArrayLike, times: Array) -> dict[Key, Array]:
    """The figures of all items.

    Args:
        truths: of n items.
        scores: n damage confidences in [0, 1], NaN is no opinion.
        times: draws×n, how often each item counts.
    """
    labels, said = truths.labels, np.asarray(scores, dtype=np.float64)
    ranked = rank_scores(labels, said)
    whole = Ranking.of(labels, ranked, times)
    # The challenge's definition: minor damage is neither found nor missed.
    severe = truths.major | ~labels
    ap = whole.average_precision()
    return {
        ("auroc",): whole.auroc(),
        ("ap",): ap,
        ("recall_at_fpr_1pct",): whole.recall_at_fpr(0.01),
        ("ap_any",): ap,
        ("ap_major",): Ranking.of(
            truths.major[severe], ranked[severe], times[:, severe]
        ).average_precision(),
        ("recall_at_50p",): whole.recall_at_precision(0.5),
        **{("recall_at_budget", str(budget)): whole.recall_at_budget(budget) for budget in BUDGETS},
        ("ece",): calibration_errors(labels, said, times),
        ("ece_in_production",): calibration_errors(labels, said, times, prevalence=PREVALENCE),
    }


def sliced(truths: Truths, scores: ArrayLike, times: Array) -> dict[Key, Array]:
    """The figures of every slice; arguments as in `headline`.

    A slice is ordered by itself, damage against all good items (see `Truths.judged`). Its recall at
    a budget is that of one threshold for *all* items: a budget is a promise for the whole house.
    Beside it stands the share of the slice's good items that this threshold flags.
    """
    ranked = rank_scores(truths.labels, np.asarray(scores, dtype=np.float64))
    found: dict[Key, Array] = {}
    for kind, members in truths.slices.items():
        for name, mask in members.items():
            judged = truths.judged(kind, mask)
            own = Ranking.of(truths.labels[judged], ranked[judged], times[:, judged])
            found[kind, name, "auroc"] = own.auroc()
            found[kind, name, "ap"] = own.average_precision()
            found[kind, name, "ap_1pct"] = own.average_precision(TYPE_PREVALENCE)
            found[kind, name, "recall_at_fpr_1pct"] = own.recall_at_fpr(0.01)
    return found | _at_budgets(truths, ranked, times)


def _at_budgets(truths: Truths, ranked: Array, times: Array) -> dict[Key, Array]:
    """Of each slice, at one threshold for all: damage found, and good items flagged."""
    whole, place = Ranking.of(truths.labels, ranked, times), places(ranked)
    names = [(kind, name) for kind, members in truths.slices.items() for name in members]
    if not names:
        return {}
    masks = np.stack([truths.judged(k, truths.slices[k][n]) for k, n in names], axis=1)
    damaged, good = (masks & of[:, None] for of in (truths.labels, ~truths.labels))
    found: dict[Key, Array] = {}
    for budget in BUDGETS:
        flagged = times * (place <= whole.within_budget(budget)[:, None])
        for key, of in (("recall_at_budget", damaged), ("good_flagged_at_budget", good)):
            shares = _shares(flagged, times, of)
            found |= {(*name, key, str(budget)): shares[:, at] for at, name in enumerate(names)}
    return found


def _shares(flagged: Array, times: Array, masks: NDArray[np.bool_]) -> Array:
    """draws×slices: flagged of all; NaN where a slice has none."""
    of, whole = flagged @ masks.astype(np.float64), times @ masks.astype(np.float64)
    return np.asarray(np.divide(of, whole, out=np.full_like(of, np.nan), where=whole > 0))
