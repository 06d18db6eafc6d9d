"""How often, how large and how bad: every number about sizes stands here.

Real damage is long-tailed: most of it is small, little of it is huge. The share of the item's
visible area that a damage touches is drawn log-normal per type, so that over all damages in their
usual mix the median of what is seen of it stays at or below 1 %. Dents are as deep as their width
allows: a panel gives way in a shallow bowl of facets, a corner or an edge is pushed in as deep as
wide; more than a quarter are at most 10 mm deep, one in twenty goes beyond 20 mm.
"""

import math
from dataclasses import dataclass

import numpy as np

from amiss.domain.words import DamageType, Severity


@dataclass(frozen=True, slots=True)
class Law:
    """A log-normal: its median, the standard deviation of its logarithm, and hard ends."""

    median: float
    spread: float
    low: float
    high: float

    def draw(self, rng: np.random.Generator) -> float:
        """One value; what lies beyond the ends is brought to them."""
        value = self.median * math.exp(self.spread * float(rng.standard_normal()))
        return min(max(value, self.low), self.high)


SHARE: dict[DamageType, Law] = {
    DamageType.CRUSH: Law(0.0130, 1.1, 0.0012, 0.35),
    DamageType.TEAR: Law(0.0028, 1.0, 0.0005, 0.20),
    DamageType.HOLE: Law(0.0020, 1.1, 0.0003, 0.10),
    DamageType.DECONSTRUCTION: Law(0.05, 0.7, 0.01, 0.40),
    DamageType.SPILLAGE: Law(0.018, 1.0, 0.002, 0.60),
    DamageType.MISSING_UNIT: Law(0.05, 0.7, 0.01, 0.40),
    DamageType.OPENED: Law(0.03, 0.9, 0.004, 0.40),
    DamageType.SUPERFICIAL: Law(0.0022, 1.2, 0.0003, 0.30),
}
"""Share of the visible area that is asked for; what came of it is measured on the surface and kept
in Harm.numbers. Units and openings have the size that the product gives them; there the law says
how far it goes (how many units, how wide a gap, how strong the dent beside it)."""

ASPECT = Law(0.9, 0.35, 0.35, 2.0)
"""Depth of a dent over the radius of the circle of the same area."""

OFTEN: dict[DamageType, float] = {
    DamageType.CRUSH: 0.38,
    DamageType.SUPERFICIAL: 0.19,
    DamageType.TEAR: 0.14,
    DamageType.HOLE: 0.11,
    DamageType.OPENED: 0.06,
    DamageType.SPILLAGE: 0.05,
    DamageType.DECONSTRUCTION: 0.04,
    DamageType.MISSING_UNIT: 0.03,
}
"""The usual mix, before it is known what a product can suffer."""

MAJOR_FROM: dict[DamageType, dict[str, float]] = {
    DamageType.CRUSH: {"depth_mm": 15, "area_cm2": 40, "area_share": 0.10},
    DamageType.TEAR: {"through_mm": 30, "area_cm2": 25, "area_share": 0.10},
    DamageType.HOLE: {"through_mm": 15, "area_share": 0.03},
    DamageType.DECONSTRUCTION: {"parts_out": 1},
    DamageType.SPILLAGE: {"volume_ml": 1, "area_cm2": 12, "area_share": 0.10},
    DamageType.MISSING_UNIT: {"units_missing": 1},
    DamageType.OPENED: {"gap_mm": 25, "wide_mm": 80},
    DamageType.SUPERFICIAL: {"area_cm2": 20, "area_share": 0.06},
}
"""A harm is major as soon as one of its numbers reaches its limit."""

NEVER_MINOR = frozenset({DamageType.DECONSTRUCTION, DamageType.MISSING_UNIT})
"""Any part that has come out and any unit that is missing make an item unsellable."""


def severity(damage: DamageType, numbers: dict[str, float]) -> Severity:
    """How bad a harm is, from its physical numbers alone (see MAJOR_FROM)."""
    limits = MAJOR_FROM[damage]
    major = any(numbers.get(name, 0.0) >= limit for name, limit in limits.items())
    return Severity.MAJOR if major else Severity.MINOR


def radius(share: float, visible: float) -> float:
    """Metres: of the circle that covers this share of a visible area in m²."""
    return math.sqrt(share * visible / math.pi)
