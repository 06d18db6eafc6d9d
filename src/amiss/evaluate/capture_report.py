"""The figures of one evaluation on captures, as an object that exports itself."""

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from amiss.dataset.records import Picture
from amiss.dataset.words import SplitName
from amiss.evaluate.figures import (
    by_camera,
    by_slice,
    by_type,
    decided,
    found,
    headline,
    spread,
    without,
)
from amiss.evaluate.items import CaptureRow
from amiss.evaluate.localise import PixelFigures
from amiss.evaluate.metrics import PREVALENCE


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

    def export(self, *, details: bool = False) -> dict[str, Any]:
        """Plain JSON values; details: also a row per item, under `items`."""
        rows = self.rows
        document: dict[str, Any] = {
            **headline(rows, found),
            "intervals": spread(rows),
            "prevalence": PREVALENCE,
            "n_good": sum(not row.truth.amiss for row in rows),
            "n_damaged": sum(row.truth.amiss for row in rows),
            "n_no_opinion": sum(row.found.score is None for row in rows),
            "n_wrong_item": sum(row.truth.wrong_item for row in rows),
            "n_unknown_product": sum(row.truth.unknown_product for row in rows),
            "n_unlabelled": self.n_unlabelled,
            "n_simulated": self.n_simulated,
            "n_products": len({row.product for row in rows}),
            **decided(rows),
            "ms_per_image": median(row.ms / len(row.views) for row in rows),
            "ms_per_item": median(row.ms for row in rows),
            "without": headline(rows, without),
            "with": headline(rows, found) if self.references else None,
            "by_type": by_type(rows),
            "by_slice": by_slice(rows),
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
