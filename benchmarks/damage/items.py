"""Scored items as arrays, and the thresholds that sound ones give."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.damage.arms import ARMS, WRONG
from numpy.typing import NDArray

from amiss.detect.damage import TYPES
from amiss.domain.errors import DatasetError
from amiss.domain.words import Decision, Severity
from amiss.evaluate.metrics import rank_scores
from amiss.evaluate.truth import LEAST_VISIBLE_PX
from amiss.simulate.item import DECEPTIVE
from amiss.simulate.plan import NEW_DESIGN

Document = dict[str, Any]
Flags = NDArray[np.bool_]
Array = NDArray[np.float64]

BUDGET = 0.005
"""Share of sound items that may be sidelined."""


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """n items.

    rows: as they were scored. products: of each. sound: without damage. damaged: some camera shows
    it; items whose damage none shows are neither. major: major damage is shown. new: in a packaging
    that no reference shows. deceptive: the print pretends a damage. shows: by type, damage of it is
    shown. beside: spillage is shown beside the item. changed: by arm, references were replaced.
    scores: by arm; what was not inspected counts against Amiss.
    """

    rows: tuple[Document, ...]
    products: tuple[str, ...]
    sound: Flags
    damaged: Flags
    major: Flags
    new: Flags
    deceptive: Flags
    shows: Mapping[str, Flags]
    beside: Flags
    changed: Mapping[str, Flags]
    scores: Mapping[str, Array]

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def of(cls, lines: Iterator[Document]) -> "Items":
        """Of the lines of a file of scores, but the first."""
        pairs = [(line["product"], row) for line in lines for row in line["items"]]
        rows = tuple(row for _, row in pairs)
        shown = [_shown(row) for row in rows]
        sound = np.array([not row["damages"] for row in rows], np.bool_)
        return cls(
            rows=rows,
            products=tuple(product for product, _ in pairs),
            sound=sound,
            damaged=np.array([bool(found) for found in shown], np.bool_),
            major=np.array([Severity.MAJOR in found.values() for found in shown], np.bool_),
            new=_tagged(rows, NEW_DESIGN),
            deceptive=_tagged(rows, DECEPTIVE),
            shows={
                damage.value: np.array([damage.value in found for found in shown], np.bool_)
                for damage in TYPES
            },
            beside=np.array([row["beside"] >= LEAST_VISIBLE_PX for row in rows], np.bool_),
            changed={
                arm: np.array([arm in row["arms"] for row in rows], np.bool_) for arm in WRONG
            },
            scores={arm: _scores(rows, arm, ~sound) for arm in (*ARMS, *WRONG)},
        )

    @property
    def unseen(self) -> Flags:
        """Damaged, and no camera shows it."""
        return ~self.sound & ~self.damaged

    def where(self, which: Flags) -> "Items":
        """Some of them."""
        return Items.of(
            {"product": product, "items": [row]}
            for product, row, kept in zip(self.products, self.rows, which, strict=True)
            if kept
        )

    def flags(self, read: Callable[[Document], bool]) -> Flags:
        """Which of them are so."""
        return np.array([read(row) for row in self.rows], np.bool_)


def said(row: Document, arm: str) -> Document:
    """What was said of an item in an arm; where no reference was replaced, what `all` said."""
    found: Document = row["arms"].get(arm, row["arms"]["all"])
    return found


def read_items(path: Path) -> Items:
    """The items of a file of scores.

    Raises:
        DatasetError: it is not there.
    """
    try:
        *lines, _ = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise DatasetError(
            f"There are no scores in {path}: run `python -m benchmarks.damage score` first."
        ) from error
    return Items.of(map(json.loads, lines[1:]))


def thresholds(items: Items, *, new: bool = False) -> dict[str, float]:
    """Of each arm, the score above which at most BUDGET of the sound items lie.

    An item that was not inspected lies above all. new: with those in a packaging that no reference
    shows, which are else left out and reported apart.

    Raises:
        DatasetError: there is no sound item.
    """
    kept = items.sound & (new | ~items.new)
    if not kept.any():
        raise DatasetError("No sound item was scored to fix the threshold on; score some.")
    most = math.floor(BUDGET * kept.sum())
    return {arm: float(np.sort(items.scores[arm][kept])[-1 - most]) for arm in ARMS}


def _shown(row: Document) -> dict[str, str]:
    """Types of damage that some camera shows, with their severity."""
    return {
        damage["type"]: damage["severity"]
        for damage in row["damages"]
        if row["pixels"].get(damage["type"], 0) >= LEAST_VISIBLE_PX
    }


def _tagged(rows: tuple[Document, ...], tag: str) -> Flags:
    return np.array([tag in row["tags"] for row in rows], np.bool_)


def is_inspected(row: Document, arm: str) -> bool:
    """Whether there is an opinion of it."""
    found = said(row, arm)
    return found["score"] is not None and found["decision"] != Decision.NOT_INSPECTED


def _scores(rows: tuple[Document, ...], arm: str, labels: Flags) -> Array:
    known = [said(row, arm)["score"] if is_inspected(row, arm) else None for row in rows]
    return rank_scores(labels, known)
