"""The figures of one evaluation, as an object that exports itself."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from amiss.domain.words import Decision
from amiss.evaluate.localise import PixelFigures
from amiss.evaluate.metrics import auroc, average_precision, rank_scores, recall_at_fpr


@dataclass(frozen=True, slots=True)
class Row:
    """What Amiss said about one picture; score: None where it had no opinion; ms: wall time."""

    name: str
    damaged: bool
    type: str | None
    score: float | None
    decision: str
    ms: float

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "name": self.name,
            "label": "damaged" if self.damaged else "good",
            "type": self.type,
            "score": self.score,
            "decision": self.decision,
            "ms": self.ms,
        }


@dataclass(frozen=True, slots=True)
class FolderReport:
    """How good Amiss is on a data set of the `folder` layout.

    rows: every tested picture, good and damaged. references: names of the pictures drawn as
    references. pixels: None where the data set has no masks. n_unmasked: damaged pictures that
    the pixel figures leave out because nothing marks their damage. n_ignored: files of the data set
    that are no picture, or a mask of none.
    """

    rows: tuple[Row, ...]
    references: tuple[str, ...]
    half: str
    seed: int
    rotate: bool
    pixels: PixelFigures | None = None
    n_unmasked: int = 0
    n_ignored: int = 0

    def export(self, *, details: bool = False) -> dict[str, Any]:
        """Plain JSON values; details: also a row per picture, under `images`."""
        good = [row for row in self.rows if not row.damaged]
        damaged = [row for row in self.rows if row.damaged]
        document: dict[str, Any] = {
            **_image_figures(self.rows),
            "n_good": len(good),
            "n_damaged": len(damaged),
            "n_no_opinion": sum(row.score is None for row in self.rows),
            "n_ignored_files": self.n_ignored,
            "not_inspected": {"good": _not_inspected(good), "damaged": _not_inspected(damaged)},
            "ms_per_image": median(row.ms for row in self.rows),
            "by_type": _by_type(good, damaged),
            "references": len(self.references),
            "reference_images": list(self.references),
            "half": self.half,
            "seed": self.seed,
            "rotate": self.rotate,
        }
        if self.pixels is not None:
            document |= {**asdict(self.pixels), "n_unmasked": self.n_unmasked}
        if details:
            document["images"] = [row.export() for row in self.rows]
        return document


def _image_figures(rows: Sequence[Row]) -> dict[str, float | None]:
    labels = [row.damaged for row in rows]
    scores = rank_scores(labels, [row.score for row in rows])
    return {
        "auroc": auroc(labels, scores),
        "ap": average_precision(labels, scores),
        "recall_at_fpr_1pct": recall_at_fpr(labels, scores, 0.01),
    }


def _by_type(good: Sequence[Row], damaged: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Each damage type against all good pictures; untyped damage has no entry."""
    types = sorted({row.type for row in damaged if row.type is not None})
    by_type = {}
    for type_ in types:
        members = [row for row in damaged if row.type == type_]
        figures = _image_figures([*good, *members])
        by_type[type_] = {
            "n": len(members),
            "auroc": figures["auroc"],
            "recall_at_fpr_1pct": figures["recall_at_fpr_1pct"],
        }
    return by_type


def _not_inspected(rows: Iterable[Row]) -> float:
    decisions = [row.decision for row in rows]
    return decisions.count(Decision.NOT_INSPECTED) / len(decisions)
