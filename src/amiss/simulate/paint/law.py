"""How large painted damage is and how bad, relative to the item: a photograph has no millimetres.

Shares are drawn from the simulator's law (`damages.law`), so that most damage is small and little
of it huge.
"""

from amiss.domain.words import DamageType, Severity
from amiss.simulate.damages.law import NEVER_MINOR, SHARE

LEAST_PX = 60
"""Pixels below which nothing is painted: nobody would see it. Of small items the law is bent."""

MAJOR_FROM: dict[DamageType, dict[str, float]] = {
    DamageType.CRUSH: {"depth_share": 0.07, "area_share": 0.10},
    DamageType.TEAR: {"through_share": 0.14, "area_share": 0.05},
    DamageType.HOLE: {"through_share": 0.07, "area_share": 0.03},
    DamageType.DECONSTRUCTION: {"parts_out": 1},
    DamageType.SPILLAGE: {"beside": 1, "area_share": 0.04},
    DamageType.MISSING_UNIT: {"units_missing": 1},
    DamageType.OPENED: {"gap_share": 0.12},
    DamageType.SUPERFICIAL: {"area_share": 0.06},
}
"""The simulator's limits (`damages.law.MAJOR_FROM`) with millimetres as shares of an item of
215 mm: 15 mm are 0.07, 30 mm are 0.14. A damage is major as soon as one number reaches its limit. A
puddle beside the item is always more than a millilitre."""


def share(damage: DamageType, drawn: float, item_px: int) -> float:
    """The drawn share of the item, or the least that can be seen."""
    return max(drawn, LEAST_PX / item_px, SHARE[damage].low)


def severity(damage: DamageType, numbers: dict[str, float]) -> Severity:
    """How bad it is, from its numbers alone (see MAJOR_FROM)."""
    limits = MAJOR_FROM[damage]
    major = damage in NEVER_MINOR or any(numbers.get(name, 0) >= at for name, at in limits.items())
    return Severity.MAJOR if major else Severity.MINOR
