"""Amiss as acceptance sees it: something that scores captures against references."""

from collections.abc import Sequence
from typing import Protocol

from amiss.domain.capture import Capture
from amiss.gallery.reference import Reference
from amiss.inspector import Inspector


class Scorer(Protocol):
    """Scores captures."""

    threshold: float
    """A score above it is sidelined."""

    def learn(self, item: int, captures: Sequence[Capture]) -> None:
        """How the product of this item looks when it is sound."""
        ...

    def score(self, item: int, capture: Capture) -> float | None:
        """Damage confidence in [0, 1]; None: no opinion."""
        ...


class Inspecting:
    """An inspector, with references taken during the acceptance."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector
        self.threshold = inspector.point.threshold
        self._references: dict[int, list[Reference]] = {}

    def learn(self, item: int, captures: Sequence[Capture]) -> None:
        """Looks at the views of a sound unit."""
        self._references[item] = [
            self._inspector.see(view.rgb, f"{capture.id}-{view.camera}")
            for capture in captures
            for view in capture.views
        ]

    def score(self, item: int, capture: Capture) -> float | None:
        """Inspects the capture against them."""
        return self._inspector.inspect(capture, references=self._references[item]).score
