"""What Amiss says about one item, as an object that exports itself."""

from dataclasses import dataclass, field
from typing import Any

from amiss.domain.capture import RgbArray, View
from amiss.domain.evidence import Evidence, Finding, ScoreMap
from amiss.domain.identity import Identity
from amiss.domain.picture import contact_sheet, overlay
from amiss.domain.words import Decision


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """One inspected item.

    score: damage confidence in [0, 1]; None where there is no opinion. threshold: above it an item
    is sidelined. reasons: sentences for people. types: probability of each damage type, empty
    of a bundle without a damage model. view_scores: of each view by itself.
    expected: products of which the item should be one. identity: which product it is; None where
    nobody looked.
    heatmaps: one h×w float32 map in [0, 1] per view, over the whole view; None for a view that no
    detector could see. bundle, operating_point, gallery_revision: what a replay of the decision
    needs. provisional: the threshold does not rest on this booth's own captures.
    """

    score: float | None
    threshold: float
    decision: Decision
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...]
    heatmaps: tuple[ScoreMap | None, ...]
    views: tuple[View, ...]
    elapsed_ms: float
    bundle: str
    operating_point: str
    provisional: bool
    gallery_revision: int | None = None
    product: str | None = None
    expected: tuple[str, ...] = ()
    types: dict[str, float] = field(default_factory=dict)
    view_scores: tuple[float | None, ...] = ()
    identity: Identity | None = None

    def export(self, heatmap_files: list[str] | None = None) -> dict[str, Any]:
        """Plain JSON values; heatmap_files: where the heat maps were written, if they were."""
        return {
            **self.row(),
            "reasons": list(self.reasons),
            "types": self.types,
            "expected": list(self.expected),
            "identity": None if self.identity is None else self.identity.export(),
            "findings": [finding.export() for finding in self.findings],
            "evidence": [evidence.export() for evidence in self.evidence],
            "heatmaps": heatmap_files or [],
        }

    def row(self) -> dict[str, str | float | int | bool | None]:
        """One flat row of a table."""
        return {
            "product": self.product,
            "decision": self.decision.value,
            "score": self.score,
            "threshold": self.threshold,
            "provisional": self.provisional,
            "n_views": len(self.views),
            "n_findings": len(self.findings),
            "elapsed_ms": self.elapsed_ms,
            "bundle": self.bundle,
            "operating_point": self.operating_point,
            "gallery_revision": self.gallery_revision,
        }

    def picture(self) -> RgbArray:
        """All views with their heat and findings, side by side: H×W×3 uint8."""
        tiles = [
            overlay(view, heat, [f for f in self.findings if f.view == index])
            for index, (view, heat) in enumerate(zip(self.views, self.heatmaps, strict=True))
        ]
        return contact_sheet(tiles)
