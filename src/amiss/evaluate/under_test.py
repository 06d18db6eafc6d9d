"""The inspector as evaluation calls it: the very same that serves, with references seen once."""

from collections.abc import Sequence
from dataclasses import dataclass

from amiss.domain.capture import Capture, View
from amiss.domain.evidence import ScoreMap
from amiss.domain.result import Result
from amiss.evaluate.folder import Picture
from amiss.gallery.reference import Reference
from amiss.inspector import Inspector


@dataclass(frozen=True, slots=True)
class Opinion:
    """What evaluation reads of a result."""

    score: float | None
    decision: str
    heatmaps: list[ScoreMap | None]
    view_scores: list[float | None]
    coverages: list[float]

    @classmethod
    def of(cls, result: Result) -> "Opinion":
        """Maps, view scores and coverages are one per view.

        A view is as bad as its worst evidence, and as covered as the detector that sees most of it.
        """
        scores: list[float | None] = [None] * len(result.views)
        coverages = [0.0] * len(result.views)
        for one in result.evidence:
            coverages[one.view] = max(coverages[one.view], one.coverage or 0.0)
            if one.score is not None:
                before = scores[one.view]
                scores[one.view] = one.score if before is None else max(before, one.score)
        heatmaps = list(result.heatmaps)
        return cls(result.score, result.decision.value, heatmaps, scores, coverages)


class PicturesUnderTest:
    """One picture at a time."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector

    def prepare(self, references: Sequence[Picture]) -> list[Reference]:
        """Looks at the references."""
        return [self._inspector.see(picture) for picture in references]

    def __call__(self, query: Picture, references: list[Reference] | None) -> Opinion:
        """Inspects a picture."""
        return Opinion.of(self._inspector.inspect(query, references=references or []))


class CapturesUnderTest:
    """One item at a time."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector

    def prepare(self, references: Sequence[View]) -> list[Reference]:
        """Looks at the references of one product."""
        return [self._inspector.see(view) for view in references]

    def __call__(self, item: Capture, references: list[Reference] | None) -> Opinion:
        """Inspects an item."""
        return Opinion.of(self._inspector.inspect(item, references=references or []))
