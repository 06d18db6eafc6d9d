"""What the detectors say, before anything is decided."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amiss.domain.words import Locus, Severity

ScoreMap = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What one detector says about one view: a map, a score, and whether it could see at all.

    score: discrepancy of the view, ≥ 0, unitless; None where the detector could not see.
    map: h×w float32 ≥ 0 over the whole view, same unit as the score; None where it could not see.
    coverage: share of the item's area, in [0, 1], that the detector had something to compare with.
    reason: one sentence where `available` is false.
    reference: name of the reference that explains the view best.
    """

    detector: str
    view: int
    available: bool
    score: float | None = None
    map: ScoreMap | None = None
    coverage: float | None = None
    reference: str | None = None
    reason: str | None = None
    details: dict[str, float] = field(default_factory=dict)

    def export(self) -> dict[str, Any]:
        """Everything but the map, as plain JSON values."""
        return {
            "detector": self.detector,
            "view": self.view,
            "available": self.available,
            "score": self.score,
            "coverage": self.coverage,
            "reference": self.reference,
            "reason": self.reason,
            **self.details,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is amiss, with its place.

    reference: what the place was compared with. reference_place: where in it, (x, y) in shares of
    its width and height.

    kind: a damage type, or wrong_item, unknown_product, new_design, or discrepancy while no
    supervised model names the damage. box: (x, y, width, height) in pixels of the view as decoded.
    """

    kind: str
    view: int
    box: tuple[int, int, int, int]
    score: float
    severity: Severity | None = None
    locus: Locus | None = None
    reference: str | None = None
    reference_place: tuple[float, float] | None = None

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "locus": self.locus,
            "view": self.view,
            "box": list(self.box),
            "score": self.score,
            "reference": self.reference,
            "reference_place": self.reference_place and list(self.reference_place),
        }
