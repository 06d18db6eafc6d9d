"""What is said to people, in one place."""

from collections.abc import Iterable

from amiss.domain.evidence import Finding
from amiss.domain.words import DamageType, Locus

DIFFERS = "The item differs from its references more than pristine items do."
ALIKE = "The item looks like its references."
LOOKS_DAMAGED = "The item looks damaged."
LOOKS_SOUND = "The item looks sound."
PROVISIONAL = "The threshold is provisional: it does not rest on captures of this booth."
NO_REFERENCE = "There is no reference of this product to compare the item with."
SELF_REFERENCE = "The only reference is the picture itself, which says nothing about it."
FOREIGN = (
    "The damage model knows no pictures like these, and there is no reference that shows the item."
)
UNSEEN = "The references do not show this face of the item, or show another product."
NO_DEPTH = "No depth was handed in."
NO_TRAY = "No picture of the empty tray was handed in."
DEPTH_UNREAD = "Depth was handed in, and this bundle has no detector that reads it."
TRAY_UNREAD = "An empty tray was handed in, and this bundle has no detector that reads it."
EXPECTED_UNREAD = "Expected products were named, and this version does not identify the item."

_WORDS = {
    DamageType.CRUSH: "It is crushed",
    DamageType.TEAR: "It is torn",
    DamageType.HOLE: "It has a hole",
    DamageType.DECONSTRUCTION: "It has come apart",
    DamageType.SPILLAGE: "Something is spilt",
    DamageType.MISSING_UNIT: "A part or unit is missing",
    DamageType.OPENED: "It is open",
    DamageType.SUPERFICIAL: "Its surface is marked",
}
_WHERE = {
    Locus.OUTER_PACKAGING: "on its packaging",
    Locus.PRODUCT: "on the product itself",
    Locus.SURROUNDINGS: "beside the item",
}


def sentences(findings: Iterable[Finding]) -> tuple[str, ...]:
    """One for each kind of damage that was found, the surest first."""
    said: dict[str, str] = {}
    for one in findings:
        if one.kind in _WORDS and one.kind not in said:
            where = f" {_WHERE[one.locus]}" if one.locus is not None else ""
            grade = f" ({one.severity.value})" if one.severity is not None else ""
            said[one.kind] = f"{_WORDS[DamageType(one.kind)]}{where}{grade}."
    return tuple(said.values())
