"""What is true of an item, as figures count it.

**Amiss** is an item that must not be shipped as it is: a damaged one, and also a sound one that is
another product than the booth took it for. Both are positives, so that no item is dropped; a wrong
item has the type `wrong_item`. An item whose product the booth does not know keeps its label: it
is inspected without references, as it would be there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from amiss.dataset.records import CaptureRecord, ViewRecord

WRONG_ITEM = "wrong_item"
LEAST_VISIBLE_PX = 100
"""Pixels of damage in some view, of the whole picture, from which on it counts as to be seen."""
COVERAGES = ((0.8, "0.8-1"), (0.5, "0.5-0.8"), (1e-9, "0-0.5"), (0.0, "none"))
"""Ranges of coverage, by the least share in each."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of one item.

    amiss: damaged, or the wrong item. major: some of it is; a wrong item always is. types: damage
    types in our words where they are known, else in Kaputt's; and `wrong_item`. wrong_item: it is
    another product than the booth took it for. unknown_product: the booth knew none.
    """

    amiss: bool
    major: bool
    types: tuple[str, ...]
    wrong_item: bool
    unknown_product: bool


def truth_of(record: CaptureRecord) -> Truth | None:
    """What is true of an item; None where nobody has looked."""
    if record.defects is None:
        return None
    wrong = _is_wrong(record)
    damages = record.labels.damages if record.labels is not None else None
    types: Sequence[str] = (
        record.defects.types if damages is None else [damage.type for damage in damages]
    )
    return Truth(
        amiss=record.defects.any or wrong,
        major=record.defects.major or wrong,
        types=tuple(sorted({str(word) for word in types} | ({WRONG_ITEM} if wrong else set()))),
        wrong_item=wrong,
        unknown_product=record.product is None,
    )


def view_is_amiss(view: ViewRecord, truth: Truth) -> bool | None:
    """Whether one picture shows what is amiss; None where nobody has looked."""
    if truth.wrong_item:
        return True
    return None if view.defects is None else view.defects.any


def slices_of(
    record: CaptureRecord, truth: Truth, *, n_references: int, coverages: Sequence[float]
) -> dict[str, tuple[str, ...]]:
    """The slices that an item belongs to, by what they slice: none, one or several of each.

    coverages: of each view, see `amiss.evaluate.inspection.Inspection`.
    """
    labels = record.labels
    found = {
        "type": truth.types,
        "severity": (("major" if truth.major else "minor"),) if truth.amiss else (),
        "visible": _visible(record),
        "tag": labels.tags if labels is not None else (),
        "material": (str(record.material),) if record.material else (),
        "step": (str(record.step),) if record.step else (),
        "design": (labels.design,) if labels is not None and labels.design else (),
        "references": (str(n_references),),
        "coverage": (_covered(fmean(coverages)),),
        "views": (str(len(record.views)),),
    }
    return {name: values for name, values in found.items() if values}


def _visible(record: CaptureRecord) -> tuple[str, ...]:
    """Whether some view shows the damage of a damaged item; nothing where that is not known."""
    pixels = [view.damage_pixels for view in record.views if view.damage_pixels is not None]
    if record.defects is None or not record.defects.any or not pixels:
        return ()
    if max(pixels) >= LEAST_VISIBLE_PX:
        return ("yes",)
    return ("no",) if len(pixels) == len(record.views) else ()


def _covered(share: float) -> str:
    """The range in which the share of an item lies that references show."""
    return next(name for least, name in COVERAGES if share >= least)


def _is_wrong(record: CaptureRecord) -> bool:
    """The booth took it for one product, and it is another."""
    true = record.labels.product if record.labels is not None else None
    return true is not None and record.product is not None and true != record.product
