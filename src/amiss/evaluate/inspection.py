"""The inspector under test, as the evaluation of captures calls it."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import Capture, View
from amiss.domain.words import Decision

Heatmap = NDArray[np.float32]


class Inspection(Protocol):
    """What is read of a result.

    heatmaps, view_scores, coverages: one per view. A heat map or score is None where the view was
    not seen; a coverage in [0, 1] is the share of the item in it that references show.
    """

    @property
    def score(self) -> float | None: ...  # noqa: D102
    @property
    def decision(self) -> str: ...  # noqa: D102
    @property
    def heatmaps(self) -> Sequence[Heatmap | None]: ...  # noqa: D102
    @property
    def view_scores(self) -> Sequence[float | None]: ...  # noqa: D102
    @property
    def coverages(self) -> Sequence[float]: ...  # noqa: D102


class Unread:
    """The inspection of an item that could not be read."""

    score: float | None = None
    decision: str = str(Decision.NOT_INSPECTED)

    def __init__(self, n_views: int) -> None:
        self.heatmaps: Sequence[Heatmap | None] = [None] * n_views
        self.view_scores: Sequence[float | None] = [None] * n_views
        self.coverages: Sequence[float] = [0.0] * n_views


class InspectCaptures(Protocol):
    """The inspector under test."""

    def prepare(self, references: Sequence[View]) -> Any:  # noqa: ANN401
        """Gives whatever `__call__` is to be handed as references; called once per product.

        Where references bring depth or an empty tray, once more without.
        """
        ...

    def __call__(self, item: Capture, references: Any) -> Inspection:  # noqa: ANN401
        """Inspects one item; references: what `prepare` gave, None where there are none."""
        ...
