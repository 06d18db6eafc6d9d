"""What is said to people, in one place."""

from collections.abc import Iterable, Sequence

from amiss.domain.capture import View
from amiss.domain.evidence import Evidence, Finding
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
EXPECTED_UNREAD = (
    "Expected products were named, and nothing identifies the item: that takes a gallery and a "
    "bundle that does."
)
UNKNOWN_PRODUCT = "Nobody can say which product of the gallery it is."

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


def wrong_item(claimed: str, instead: str | None) -> str:
    """What is said of an item that is not what it is said to be."""
    likely = "" if instead is None else f", and looks like {instead}"
    return f"It is not {claimed}, as it is said to be{likely}."


def unread(views: Sequence[View], *, reads: bool) -> tuple[Evidence, ...]:
    """What was not there, or came with the item and no detector reads.

    reads: whether a detector reads depth and trays.
    """
    said = []
    for index, view in enumerate(views):
        for detector, there, left, missing in (
            ("depth", view.depth is not None, DEPTH_UNREAD, NO_DEPTH),
            ("surroundings", view.empty_tray is not None, TRAY_UNREAD, NO_TRAY),
        ):
            if reads and there:
                said.append(Evidence(detector, index, available=True))
            elif reads or there:
                reason = missing if reads else left
                said.append(Evidence(detector, index, available=False, reason=reason))
    return tuple(said)
