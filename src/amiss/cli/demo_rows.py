"""What the demo keeps of each item, and what it adds up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from amiss.domain.words import Decision

if TYPE_CHECKING:
    from amiss.dataset.records import CaptureRecord
    from amiss.domain.result import Result

SOUND, TOLERABLE = "sound", "tolerable"


@dataclass(frozen=True, slots=True)
class Row:
    """One item: what Amiss says of it, and the truth.

    what: was amiss, in words. amiss: whether it should be sidelined: damaged beyond what can be
    tolerated, or not what it was taken for. types: of what is wrong, or `sound`. tags: its stories.
    ms: from the capture to the result.
    """

    item: str
    product: str | None
    decision: Decision
    score: float | None
    what: str
    reasons: tuple[str, ...]
    amiss: bool
    truth: str
    types: tuple[str, ...]
    tags: tuple[str, ...]
    story: str
    ms: float

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "item": self.item,
            "product": self.product,
            "decision": self.decision.value,
            "score": self.score,
            "what": self.what,
            "reasons": list(self.reasons),
            "amiss": self.amiss,
            "truth": self.truth,
            "types": list(self.types),
            "tags": list(self.tags),
            "story": self.story,
            "ms": self.ms,
        }


def row_of(record: "CaptureRecord", result: "Result") -> Row:
    """The row of a capture whose labels are ours."""
    from amiss.evaluate.truth import truth_of

    truth, labels = truth_of(record), record.labels
    if truth is None or labels is None:
        raise ValueError(f"Capture {record.id} of the recording has no labels.")
    return Row(
        item=record.id,
        product=record.product,
        decision=result.decision,
        score=result.score,
        what=_what(result),
        reasons=result.reasons,
        amiss=truth.amiss and TOLERABLE not in labels.tags,
        truth=_in_words(record),
        types=truth.types or (SOUND,),
        tags=labels.tags,
        story=labels.story,
        ms=result.elapsed_ms,
    )


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """The figures of the demo; inspected: decided on, so items that are not_inspected come on top.

    true_sidelined: sidelined, and rightly so (see Row.amiss). missed: passed, and wrongly so.
    """
    counted = count(rows)
    return {
        "simulated": True,
        "items_total": len(rows),
        "amiss_total": sum(row.amiss for row in rows),
        "inspected": counted["sidelined"] + counted["passed"],
        "sidelined": counted["sidelined"],
        "true_sidelined": sum(row.amiss for row in rows if row.decision is Decision.SIDELINE),
        "missed": sum(row.amiss for row in rows if row.decision is Decision.PASS),
        "not_inspected": counted["not_inspected"],
        "ms_per_item_p50": median(row.ms for row in rows),
        "ms_per_item_max": max(row.ms for row in rows),
        "by_type": _by(rows, "types"),
        "by_story": _by(rows, "tags"),
    }


def count(rows: Iterable[Row]) -> dict[str, int]:
    """How many items there are, and what was decided."""
    decisions = [row.decision for row in rows]
    return {
        "items": len(decisions),
        "sidelined": decisions.count(Decision.SIDELINE),
        "passed": decisions.count(Decision.PASS),
        "not_inspected": decisions.count(Decision.NOT_INSPECTED),
    }


def _by(rows: Sequence[Row], name: str) -> dict[str, dict[str, int]]:
    words = sorted({word for row in rows for word in getattr(row, name)})
    return {word: count(row for row in rows if word in getattr(row, name)) for word in words}


def _what(result: "Result") -> str:
    """What is amiss and which cameras see it; why there is no opinion."""
    if result.decision is Decision.NOT_INSPECTED:
        return result.reasons[0]
    if result.decision is Decision.PASS:
        return ""
    kinds = dict.fromkeys(finding.kind.replace("_", " ") for finding in result.findings)
    seen = dict.fromkeys(result.views[finding.view].camera for finding in result.findings)
    return f"{', '.join(kinds)} in {', '.join(seen)}" if kinds else "no single place"


def _in_words(record: "CaptureRecord") -> str:
    """The truth, as a person would say it."""
    labels = record.labels
    damages = () if labels is None or labels.damages is None else labels.damages
    said = [f"{damage.severity} {damage.type}" for damage in damages] or [SOUND]
    tags = () if labels is None else labels.tags
    return ", ".join(word.replace("_", " ") for word in (*said, *tags))
