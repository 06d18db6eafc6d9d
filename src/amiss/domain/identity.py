"""Which product an item is, as far as it can be told."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Cue(StrEnum):
    """What tells products apart."""

    LOOK = "look"
    PRINT = "print"
    STRUCTURE = "structure"
    COLOUR = "colour"
    TEXT = "text"
    SIZE = "size"
    WEIGHT = "weight"
    BARCODE = "barcode"
    EXPECTED = "expected"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that the item may be.

    probability: in [0, 1]. says: what each cue adds to its log-odds; cues that are not there, or
    cannot say anything of this product, are left out. expected: whether it was.
    """

    product: str
    probability: float
    says: dict[Cue, float] = field(default_factory=dict)
    expected: bool = False

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "product": self.product,
            "probability": self.probability,
            "expected": self.expected,
            "says": {cue.value: value for cue, value in self.says.items()},
        }


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of an item's product.

    product: the one that it is; None where nobody can say, and a person has to be asked. claimed:
    the one that it is said to be. contradicted: its pictures speak against that.
    candidates: the likeliest first. unknown: probability that it is none of the gallery. codes:
    what its barcodes say. unavailable: by cue, why it says nothing.
    """

    product: str | None
    candidates: tuple[Candidate, ...]
    unknown: float
    codes: tuple[str, ...] = ()
    unavailable: dict[Cue, str] = field(default_factory=dict)
    claimed: str | None = None
    contradicted: bool = False

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "product": self.product,
            "claimed": self.claimed,
            "contradicted": self.contradicted,
            "unknown": self.unknown,
            "candidates": [one.export() for one in self.candidates],
            "codes": list(self.codes),
            "unavailable": {cue.value: reason for cue, reason in self.unavailable.items()},
        }
