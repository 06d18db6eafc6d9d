"""What arrays of scores do not tell: what was decided, and what each picture says."""

from collections.abc import Sequence
from typing import Any

from amiss.domain.words import Decision
from amiss.evaluate.items import CaptureRow
from amiss.evaluate.metrics import auroc, rank_scores

Document = dict[str, Any]
Rows = Sequence[CaptureRow]


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


def by_type(rows: Rows, figures: Document) -> Document:
    """Each type against all good items, and what was decided; an item of several counts in each."""
    whole = {}
    for name, own in figures.items():
        members = [row for row in rows if name in row.truth.types]
        shares = {key: value["damaged"] for key, value in decided(members).items()}
        whole[name] = {"n": len(members), **own, **shares}
    return whole


def by_slice(rows: Rows, figures: Document) -> Document:
    """Figures of each slice, and what was decided."""
    return {
        kind: {
            name: own | decided([row for row in rows if name in row.slices.get(kind, ())])
            for name, own in members.items()
        }
        for kind, members in figures.items()
    }


def by_camera(rows: Rows) -> Document:
    """Picture by picture: does the score of a view say whether the view shows what is amiss?"""
    views = [view for row in rows for view in row.views if view.amiss is not None]
    figures_of_each = {}
    for camera in sorted({view.camera for view in views}):
        mine = [view for view in views if view.camera == camera]
        labels = [bool(view.amiss) for view in mine]
        scores = rank_scores(labels, [view.score for view in mine])
        figures_of_each[camera] = {
            "n_good": labels.count(False),
            "n_damaged": labels.count(True),
            "n_no_opinion": sum(view.score is None for view in mine),
            "auroc": auroc(labels, scores),
        }
    return figures_of_each
