"""The words of Kaputt's manifests, and how ours map to them.

Kaputt (ICCV 2025, arXiv 2510.05903) names seven kinds of defects and ten materials; we tell tears
from holes where Kaputt has one word for both.
"""

from enum import StrEnum
from typing import Literal, get_args

from amiss.domain.words import DamageType

SplitName = Literal["train", "validation", "test"]
SPLITS: tuple[SplitName, ...] = get_args(SplitName)


class DefectType(StrEnum):
    """What happened to the item, in Kaputt's words."""

    ACTUATION = "actuation"
    DECONSTRUCTION = "deconstruction"
    DEFORMATION = "deformation"
    MISSING_UNIT = "missing_unit"
    PENETRATION = "penetration"
    SPILLAGE = "spillage"
    SUPERFICIAL = "superficial"


class Material(StrEnum):
    """What the outside of the item is made of, in Kaputt's words."""

    CARDBOARD = "cardboard"
    PLASTIC_LOOSE_BAG = "plastic_loose_bag"
    PLASTIC_HARD = "plastic_hard"
    PLASTIC_TIGHT_WRAP = "plastic_tight_wrap"
    PLASTIC_BUBBLE_WRAP = "plastic_bubble_wrap"
    BOOK_PAPER = "book_paper"
    BOOK_OTHER = "book_other"
    BOOK_PLASTIC_TIGHT_WRAP = "book_plastic_tight_wrap"
    PAPER = "paper"
    OTHER = "other"


DEFECT_OF: dict[DamageType, DefectType] = {
    DamageType.CRUSH: DefectType.DEFORMATION,
    DamageType.TEAR: DefectType.PENETRATION,
    DamageType.HOLE: DefectType.PENETRATION,
    DamageType.DECONSTRUCTION: DefectType.DECONSTRUCTION,
    DamageType.SPILLAGE: DefectType.SPILLAGE,
    DamageType.MISSING_UNIT: DefectType.MISSING_UNIT,
    DamageType.OPENED: DefectType.ACTUATION,
    DamageType.SUPERFICIAL: DefectType.SUPERFICIAL,
}
"""Kaputt's word for each of ours."""
