"""The simulated data sets: which seeds, how many items, and whether that is enough.

Data sets that are trained on have seeds 0 to 999; two seeds share no product, booth or item. The
threshold is fixed on products of its own.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.damage.trays import Tray, tray_of

from amiss.domain.errors import DatasetError
from amiss.simulate.begun import SETTINGS
from amiss.simulate.plan import Plan
from amiss.simulate.products.product import Kind

TRAINED = range(1000)
"""Seeds of data sets that are trained on."""
VIEWS, SIZE, REFERENCES = 3, 448, 2
PER_PRODUCT, DECEPTIVE = 8, 0.2
"""Items of a product, whose references are rendered once; deceptive prints are rare otherwise."""

LEAST_PRISTINE, LEAST_PRODUCTS, LEAST_OF_A_TYPE = 3000, 300, 100
LEAST_DECEPTIVE, LEAST_ON_TRAYS, LEAST_PATH = 500, 300, 600
"""What the test set must hold, and how many captures must be path-traced."""

SetName = Literal["fast", "path", "calibration"]
CALIBRATION: SetName = "calibration"


@dataclass(frozen=True, slots=True)
class Set:
    """One data set, whole: all its splits are used together."""

    name: SetName
    seed: int
    items: int
    damaged: float
    backend: Literal["fast", "path"]
    what: str

    def plan(self) -> Plan:
        """What it holds."""
        return Plan(
            self.seed,
            self.damaged,
            REFERENCES,
            even=True,
            deceptive=DECEPTIVE,
            per_product=PER_PRODUCT,
        )

    def scaled(self, scale: float) -> int:
        """How many items there are at this scale, in whole products; the whole set goes on."""
        products = max(1, round(self.items * scale / PER_PRODUCT))
        return products * PER_PRODUCT


SETS: dict[str, Set] = {
    one.name: one
    for one in (
        Set("calibration", 90_003, 2_400, 0.0, "fast", "sound items that fix the threshold"),
        Set("fast", 90_001, 4_440, 0.31, "fast", "the test set"),
        Set("path", 90_002, 640, 0.4, "path", "path-traced, reported apart"),
    )
}


def plan_of(root: Path) -> Plan:
    """The plan that a data set was simulated by.

    Raises:
        DatasetError: it was not simulated.
    """
    try:
        found = json.loads((root / SETTINGS).read_text())
        kinds = tuple(Kind(word) for word in found["kinds"])
        words = ("seed", "damaged", "references", "twins", "even", "deceptive", "per_product")
        return Plan(kinds=kinds, **{word: found[word] for word in words})
    except (OSError, ValueError, KeyError) as error:
        raise DatasetError(
            f"{root} holds no simulated data set: run `python -m benchmarks.damage simulate` first."
        ) from error


def planned(
    plan: Plan, items: int, tell: Callable[[int, int], None] = lambda _done, _all: None
) -> dict[str, int]:
    """What so many items of a plan will be, before anything is rendered; a product takes 0.2 s."""
    groups = range(-(-items // plan.per_product))
    trays: dict[int, Tray] = {}
    counts = dict.fromkeys(("products", "pristine", "damaged", "deceptive", "on_trays"), 0)
    for group in groups:
        tell(group, len(groups))
        booth = plan.booth(group)
        if booth not in trays:
            trays[booth] = tray_of(booth)
        tray, product = trays[booth], plan.reference(group, 0).product
        first = group * plan.per_product
        members = range(first, min(items, first + plan.per_product))
        sound = sum(not plan.is_damaged(index) for index in members)
        counts["products"] += 1
        counts["pristine"] += sound
        counts["damaged"] += len(members) - sound
        counts["deceptive"] += sound if product.deceptive else 0
        counts["on_trays"] += sound if tray.dirty or tray.coloured else 0
    return counts
