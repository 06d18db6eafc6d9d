"""The figures of one evaluation on captures, as an object that exports itself."""

from dataclasses import asdict, dataclass, replace
from functools import reduce
from statistics import median
from typing import Any

from amiss.dataset.records import Picture
from amiss.dataset.words import SplitName
from amiss.evaluate.arms import PARTS, Arm, arms_of
from amiss.evaluate.intervals import Array
from amiss.evaluate.items import CaptureRow
from amiss.evaluate.localise import PixelFigures
from amiss.evaluate.metrics import known_scores
from amiss.evaluate.ranking import PREVALENCE, TYPE_PREVALENCE
from amiss.evaluate.rows import by_camera, by_slice, by_type, decided
from amiss.evaluate.tables import calibration_of, figures_of, gains_of
from amiss.evaluate.truths import Truths

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CaptureReport:
    """How good Amiss is on the captures of one split; see docs/evaluating.md for every key.

    rows: every labelled item. references: how many pictures of each camera were asked for.
    pixels: None where no picture has a damage mask. n_unmasked: pictures that the pixel figures
    leave out because nothing marks what is amiss.
    """

    rows: tuple[CaptureRow, ...]
    split: SplitName
    references: int
    seed: int
    picture: Picture
    n_unlabelled: int = 0
    n_simulated: int = 0
    pixels: PixelFigures | None = None
    n_unmasked: int = 0

    @property
    def there(self) -> Arm:
        """What at least one item could be inspected with."""
        return reduce(lambda one, row: _either(one, row.there), self.rows, Arm())

    @property
    def arms(self) -> tuple[Arm, ...]:
        """The arms that differ for at least one item, the fullest last."""
        return arms_of(self.there)

    def truths(self) -> Truths:
        """What is true of the items, as arrays."""
        return Truths.of(
            [row.product for row in self.rows],
            [row.truth.amiss for row in self.rows],
            [row.truth.major for row in self.rows],
            [row.slices for row in self.rows],
        )

    def scores(self, arm: Arm) -> Array:
        """What an arm says of each item; NaN is no opinion."""
        return known_scores([row.said(arm).score for row in self.rows])

    def export(self, *, details: bool = False) -> Document:
        """Plain JSON values; details: also a row per item, under `items`."""
        rows, truths, full = self.rows, self.truths(), self.arms[-1]
        own = figures_of(truths, self.scores(full))
        arms = {arm.name: self._arm(truths, arm) for arm in self.arms}
        document: Document = {
            **own,
            "prevalence": PREVALENCE,
            "type_prevalence": TYPE_PREVALENCE,
            "n_good": sum(not row.truth.amiss for row in rows),
            "n_damaged": sum(row.truth.amiss for row in rows),
            "n_no_opinion": sum(row.found.score is None for row in rows),
            "n_wrong_item": sum(row.truth.wrong_item for row in rows),
            "n_unknown_product": sum(row.truth.unknown_product for row in rows),
            "n_unseen": sum(row.slices.get("visible") == ("no",) for row in rows),
            "n_unlabelled": self.n_unlabelled,
            "n_simulated": self.n_simulated,
            "n_products": len({row.product for row in rows}),
            "n_with": {part: sum(getattr(row.there, part) for row in rows) for part in PARTS},
            **decided(rows),
            "ms_per_image": median(row.ms / len(row.views) for row in rows),
            "ms_per_item": median(row.ms for row in rows),
            "without": _headline(arms[replace(full, references=False).name]),
            "with": _headline(arms[full.name]) if self.references else None,
            "arm": full.name,
            "arms": arms,
            "gains": self._gains(truths),
            "calibration": calibration_of(truths, self.scores(full)),
            "by_type": by_type(rows, own["by_type"]),
            "by_slice": by_slice(rows, own["by_slice"]),
            "by_camera": by_camera(rows),
            "references": self.references,
            "split": self.split,
            "seed": self.seed,
            "picture": self.picture,
        }
        if self.pixels is not None:
            document |= {**asdict(self.pixels), "n_unmasked": self.n_unmasked}
        if details:
            document["items"] = [row.export() for row in rows]
        return document

    def _arm(self, truths: Truths, arm: Arm) -> Document:
        return {
            "looks_at": asdict(arm),
            **figures_of(truths, self.scores(arm), rounds=0),
        }

    def _gains(self, truths: Truths) -> Document:
        """What references are worth to the fullest arm, and what depth and the empty tray are."""
        full = self.arms[-1]
        poorer = {
            "references": replace(full, references=False),
            "depth_and_tray": replace(full, depth=False, empty_tray=False),
        }
        return {
            what: {
                "before": arm.name,
                "after": full.name,
                **gains_of(truths, self.scores(arm), self.scores(full)),
            }
            for what, arm in poorer.items()
            if arm != full
        }


def _either(one: Arm, other: Arm) -> Arm:
    return Arm(*(getattr(one, part) or getattr(other, part) for part in PARTS))


def _headline(figures: Document) -> Document:
    return {
        key: value
        for key, value in figures.items()
        if key not in ("looks_at", "by_type", "by_slice")
    }
