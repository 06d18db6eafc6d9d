"""What an item is inspected with: references, depth, empty tray, and references that are wrong.

With 10 % of reference captures replaced most items keep all of theirs. Those are not inspected once
more: for them the arm says what `all` says.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from amiss.dataset.collection import Dataset
from amiss.dataset.records import CaptureRecord, ReferenceRecord, ViewRecord
from amiss.evaluate.arms import Arm as Covers
from amiss.evaluate.truth import LEAST_VISIBLE_PX


@dataclass(frozen=True, slots=True)
class Arm:
    """references: how many captures of the product. covered: with depth and the empty tray."""

    references: int
    covered: bool

    @property
    def covers(self) -> Covers:
        """What views are left with, those of references too."""
        return Covers(bool(self.references), self.covered, self.covered)


ARMS: dict[str, Arm] = {
    "all": Arm(2, True),
    "one": Arm(1, True),
    "depth": Arm(0, True),
    "references": Arm(2, False),
    "alone": Arm(0, False),
}

Wrong = Literal["damaged-references", "wrong-references"]
WRONG: tuple[Wrong, ...] = ("damaged-references", "wrong-references")
"""As `all`, but a tenth of the reference captures show a damaged item, or another product."""
REPLACED = 0.1


@dataclass(frozen=True, slots=True)
class Swap:
    """A reference capture that is replaced.

    number: which of the item's. by: the capture, or the product, that stands in for it.
    """

    number: int
    by: str


Swaps = Mapping[str, Sequence[Swap]]
"""By the item's capture; items that keep all their references are not in it."""


def captures_of(references: Iterable[ReferenceRecord]) -> tuple[tuple[ReferenceRecord, ...], ...]:
    """The reference captures of a product, each with all its views."""
    ordered = sorted(references, key=lambda one: one.view.id)
    return tuple(tuple(views) for _, views in groupby(ordered, key=_capture))


def _capture(reference: ReferenceRecord) -> str:
    """Views of a simulated reference are named `<capture>-<view>`."""
    return reference.view.id.rpartition("-")[0]


def swaps(data: Dataset, arm: Wrong, captures: int = ARMS["all"].references) -> Swaps:
    """A tenth of all pairs of an item and one of its reference captures, where one can be replaced.

    Each item draws for itself, by its name, so that a tenth holds however many items there are. A
    damaged item is never its own reference, and its stand-in shows its damage.
    """
    records = [record for split in data for record in split]
    can = _siblings(records) if arm == "damaged-references" else _strangers(records)
    pairs = [
        (_chance(arm, record.id, number), record.id, number)
        for record in records
        if can[record.id]
        for number in range(captures)
    ]
    found: dict[str, list[Swap]] = {}
    for _, name, number in sorted(pairs)[: round(REPLACED * captures * len(records))]:
        others = can[name]
        by = others[int(_chance(arm, "by", name, number) * len(others))]
        found.setdefault(name, []).append(Swap(number, by))
    return found


def _siblings(records: Iterable[CaptureRecord]) -> dict[str, list[str]]:
    """Captures of visibly damaged items of the same product, of each item."""
    all_of: dict[str, list[CaptureRecord]] = {}
    for record in records:
        all_of.setdefault(record.item, []).append(record)
    return {
        record.id: [one.id for one in members if one is not record and _shows_damage(one.views)]
        for members in all_of.values()
        for record in members
    }


def _strangers(records: Sequence[CaptureRecord]) -> dict[str, list[str]]:
    """Other products, of each item."""
    products = sorted({record.item for record in records})
    others = {name: [one for one in products if one != name] for name in products}
    return {record.id: others[record.item] for record in records}


def _shows_damage(views: Sequence[ViewRecord]) -> bool:
    return max(view.damage_pixels or 0 for view in views) >= LEAST_VISIBLE_PX


def _chance(*words: object) -> float:
    """In [0, 1), the same whenever and wherever it is asked."""
    digest = hashlib.sha256(repr(words).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
