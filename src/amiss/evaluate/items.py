"""What Amiss says about each item of a data set, beside what is true."""

from dataclasses import dataclass
from typing import Any

from amiss.evaluate.truth import Truth


@dataclass(frozen=True, slots=True)
class Opinion:
    """What Amiss says of an item; score: None where it has no opinion."""

    score: float | None
    decision: str


@dataclass(frozen=True, slots=True)
class ViewRow:
    """One picture: its camera, whether it shows what is amiss (None: not known), and its score."""

    camera: str
    amiss: bool | None
    score: float | None


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """One item: what is true of it, and what Amiss says.

    found: with references, as far as there are any. without: the same item without any. ms: wall
    time from the files to the opinion, all views together.
    """

    id: str
    product: str
    truth: Truth
    slices: dict[str, tuple[str, ...]]
    found: Opinion
    without: Opinion
    views: tuple[ViewRow, ...]
    ms: float

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "id": self.id,
            "product": self.product,
            "label": "damaged" if self.truth.amiss else "good",
            "major": self.truth.major,
            "types": list(self.truth.types),
            "score": self.found.score,
            "decision": self.found.decision,
            "score_without": self.without.score,
            "view_scores": [view.score for view in self.views],
            "ms": self.ms,
        }
