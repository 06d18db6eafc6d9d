"""What Amiss says about each item of a data set, beside what is true."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amiss.evaluate.arms import Arm
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

    there: what there was to look at. opinions: of each arm that differs for this item. views: what
    the fullest of them says. ms: wall time from the files to that opinion, all views together.
    """

    id: str
    product: str
    truth: Truth
    slices: dict[str, tuple[str, ...]]
    there: Arm
    opinions: Mapping[Arm, Opinion]
    views: tuple[ViewRow, ...]
    ms: float

    def said(self, arm: Arm) -> Opinion:
        """What an arm says, of what there was of this item."""
        return self.opinions[arm.within(self.there)]

    @property
    def found(self) -> Opinion:
        """What is said with all that there was."""
        return self.opinions[self.there]

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
            "score_without": self.said(Arm(False, True, True)).score,
            "scores": {arm.name: opinion.score for arm, opinion in self.opinions.items()},
            "view_scores": [view.score for view in self.views],
            "slices": {kind: list(names) for kind, names in self.slices.items()},
            "ms": self.ms,
        }
