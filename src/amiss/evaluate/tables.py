"""What stands in a report, from arrays: figures with intervals, slices, and what one arm gains."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from numpy.typing import ArrayLike

from amiss.evaluate.bootstrap import Difference
from amiss.evaluate.calibration import reliability
from amiss.evaluate.figures import headline, sliced
from amiss.evaluate.intervals import ROUNDS, Array, Key, gains, intervals, measured
from amiss.evaluate.ranking import PREVALENCE
from amiss.evaluate.truths import Flags, Truths

Document = dict[str, Any]

LEAST_ITEMS = 100
"""Slices with fewer items show no gain: their intervals would hold everything."""
GAINED = frozenset({"auroc", "recall_at_budget"})


def figures_of(
    truths: Truths, scores: ArrayLike, *, rounds: int = ROUNDS, seed: int = 0
) -> Document:
    """All figures of n damage confidences in [0, 1] (NaN: no opinion), as plain JSON values.

    The headline's keys, `by_type` and `by_slice`; of each, `intervals` holds 95 % intervals over
    products under the same keys, and none with no rounds.
    """

    def measure(times: Array) -> dict[Key, Array]:
        whole = {("whole", *key): own for key, own in headline(truths, scores, times).items()}
        return whole | sliced(truths, scores, times)

    document = nested(measured(measure, len(truths.products)))
    if rounds:
        spans = nested(intervals(truths.products, measure, rounds, seed))
        _put_intervals(document, spans, truths)
    for kind, members in truths.slices.items():
        for name, mask in members.items():
            judged = truths.judged(kind, mask)
            document[kind][name] |= {
                "n_good": int((judged & ~truths.labels).sum()),
                "n_damaged": int((judged & truths.labels).sum()),
            }
    return {
        **document.pop("whole"),
        "by_type": document.pop("type", {}),
        "by_slice": document,
    }


def _put_intervals(document: Document, spans: Document, truths: Truths) -> None:
    document["whole"]["intervals"] = spans["whole"]
    for kind, members in truths.slices.items():
        for name in members:
            document[kind][name]["intervals"] = spans[kind][name]


def calibration_of(truths: Truths, scores: ArrayLike) -> Document:
    """Reliability as measured and re-weighted to production, as plain JSON values."""
    return {
        "measured": _bins(truths, scores, None),
        "in_production": {"prevalence": PREVALENCE, **_bins(truths, scores, PREVALENCE)},
    }


def _bins(truths: Truths, scores: ArrayLike, prevalence: float | None) -> Document:
    found = reliability(truths.labels, scores, prevalence=prevalence)
    return {
        "ece": found.error,
        "n_no_opinion": found.n_no_opinion,
        "bins": [
            {"n": int(n), "confidence": float(said), "damaged": float(true)}
            for n, said, true in zip(found.n, found.confidence, found.damaged, strict=True)
        ],
    }


def gains_of(
    truths: Truths,
    before: ArrayLike,
    after: ArrayLike,
    *,
    least: int = LEAST_ITEMS,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> Document:
    """What scores gain from before to after: AUROC, and recall at each budget.

    Of `all` items, and in `by_slice` of each slice with at least `least` items (of damage: items
    of that damage) in which a figure is defined. Paired: each round draws products once for both,
    and finds the threshold of each budget anew, of either. See `amiss.evaluate.intervals.gains`.
    """
    kept = replace(truths, slices=_large(truths, least))

    def measure(scores: ArrayLike, times: Array) -> dict[Key, Array]:
        whole = {("whole", *key): own for key, own in headline(kept, scores, times).items()}
        figures = whole | sliced(kept, scores, times)
        return {key: own for key, own in figures.items() if not GAINED.isdisjoint(key[-2:])}

    found = gains(
        truths.products,
        lambda times: measure(before, times),
        lambda times: measure(after, times),
        rounds,
        seed,
    )
    slices = nested({key: _gain(own) for key, own in found.items() if own is not None})
    whole = slices.pop("whole", {})
    for kind, members in slices.items():
        for name, own in members.items():
            own["n"] = int(kept.slices[kind][name].sum())
    return {"all": whole, "by_slice": slices}


def _gain(found: Difference) -> dict[str, float]:
    return {
        "before": found.a,
        "after": found.b,
        "gain": found.difference,
        "low": found.low,
        "high": found.high,
    }


def _large(truths: Truths, least: int) -> dict[str, dict[str, Flags]]:
    return {
        kind: {name: mask for name, mask in members.items() if mask.sum() >= least}
        for kind, members in truths.slices.items()
    }


def nested(figures: Mapping[Key, Any]) -> Document:
    """Paths as dictionaries in dictionaries."""
    whole: Document = {}
    for key, value in figures.items():
        inner = whole
        for part in key[:-1]:
            inner = inner.setdefault(part, {})
        inner[key[-1]] = value
    return whole
