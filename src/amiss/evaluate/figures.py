"""The figures of many items: all of them, and those of one type, slice or camera."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from amiss.domain.words import Decision
from amiss.evaluate.bootstrap import Metric
from amiss.evaluate.intervals import intervals
from amiss.evaluate.items import CaptureRow, Opinion
from amiss.evaluate.metrics import (
    BUDGETS,
    auroc,
    average_precision,
    rank_scores,
    recall_at_budget,
    recall_at_fpr,
    recall_at_precision,
)

Rows = Sequence[CaptureRow]
Say = Callable[[CaptureRow], Opinion]


def found(row: CaptureRow) -> Opinion:
    """What is said with references."""
    return row.found


def without(row: CaptureRow) -> Opinion:
    """What is said without."""
    return row.without


def headline(rows: Rows, say: Say) -> dict[str, Any]:
    """The figures of all items; None where a class is missing."""
    labels, scores = _labels(rows), _scores(rows, say)
    # Kaputt's own definition: minor damage is neither found nor missed.
    severe = [row for row in rows if row.truth.major or not row.truth.amiss]
    return {
        "auroc": auroc(labels, scores),
        "ap": average_precision(labels, scores),
        "recall_at_fpr_1pct": recall_at_fpr(labels, scores, 0.01),
        "ap_any": average_precision(labels, scores),
        "ap_major": average_precision(_labels(severe), _scores(severe, say)),
        "recall_at_50p": recall_at_precision(labels, scores, 0.5),
        "recall_at_budget": {
            str(budget): recall_at_budget(labels, scores, budget) for budget in BUDGETS
        },
    }


def decided(rows: Rows) -> dict[str, dict[str, float | None]]:
    """Share of each class that was sidelined, and that nobody inspected."""
    classes = {
        "good": [row for row in rows if not row.truth.amiss],
        "damaged": [row for row in rows if row.truth.amiss],
    }
    return {
        key: {name: _share(members, decision) for name, members in classes.items()}
        for key, decision in (
            ("not_inspected", Decision.NOT_INSPECTED),
            ("sidelined", Decision.SIDELINE),
        )
    }


def _share(rows: Rows, decision: Decision) -> float | None:
    return sum(row.found.decision == decision for row in rows) / len(rows) if rows else None


def _labels(rows: Rows) -> list[bool]:
    return [row.truth.amiss for row in rows]


def _scores(rows: Rows, say: Say) -> list[float]:
    scores: list[float] = rank_scores(_labels(rows), [say(row).score for row in rows]).tolist()
    return scores


def spread(rows: Rows) -> dict[str, Any]:
    """95 % intervals of the headline, products drawn anew."""
    metrics: dict[str, Metric] = {
        "auroc": auroc,
        "ap": average_precision,
        "recall_at_fpr_1pct": recall_at_fpr,
        **{str(budget): partial(recall_at_budget, budget=budget) for budget in BUDGETS},
    }
    products, scores = [row.product for row in rows], [row.found.score for row in rows]
    spans = intervals(products, _labels(rows), scores, metrics)
    budgets = {str(budget): spans.pop(str(budget)) for budget in BUDGETS}
    return {**spans, "recall_at_budget": budgets}


def _subset(rows: Rows) -> dict[str, Any]:
    labels, scores = _labels(rows), _scores(rows, found)
    return {
        "n_good": labels.count(False),
        "n_damaged": labels.count(True),
        "auroc": auroc(labels, scores),
        "ap": average_precision(labels, scores),
        "recall_at_fpr_1pct": recall_at_fpr(labels, scores, 0.01),
        "not_inspected": decided(rows)["not_inspected"],
    }


def by_type(rows: Rows) -> dict[str, dict[str, Any]]:
    """Each type against all good items; an item of several types counts in each."""
    good = [row for row in rows if not row.truth.amiss]
    figures_of = {}
    for name in sorted({word for row in rows for word in row.truth.types}):
        members = [row for row in rows if name in row.truth.types]
        figures = _subset([*good, *members])
        figures_of[name] = {
            "n": len(members),
            "auroc": figures["auroc"],
            "recall_at_fpr_1pct": figures["recall_at_fpr_1pct"],
            "not_inspected": figures["not_inspected"]["damaged"],
        }
    return figures_of


def by_slice(rows: Rows) -> dict[str, dict[str, dict[str, Any]]]:
    """Good and damaged items of each slice, by what it slices and its name."""
    kinds = dict.fromkeys(kind for row in rows for kind in row.slices)
    return {
        kind: {
            name: _subset([row for row in rows if name in row.slices.get(kind, ())])
            for name in sorted({name for row in rows for name in row.slices.get(kind, ())})
        }
        for kind in kinds
    }


def by_camera(rows: Rows) -> dict[str, dict[str, Any]]:
    """Picture by picture: does the score of a view say whether the view shows what is amiss?"""
    views = [view for row in rows for view in row.views if view.amiss is not None]
    figures_of = {}
    for camera in sorted({view.camera for view in views}):
        mine = [view for view in views if view.camera == camera]
        labels = [bool(view.amiss) for view in mine]
        scores = rank_scores(labels, [view.score for view in mine])
        figures_of[camera] = {
            "n_good": labels.count(False),
            "n_damaged": labels.count(True),
            "n_no_opinion": sum(view.score is None for view in mine),
            "auroc": auroc(labels, scores),
        }
    return figures_of
