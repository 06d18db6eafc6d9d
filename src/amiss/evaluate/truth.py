"""What is true of an item, as figures count it.

**Amiss** is an item that must not be shipped as it is: a damaged one, and also a sound one that is
another product than the booth took it for. Both are positives, so that no item is dropped; a wrong
item has the type `wrong_item`. An item whose product the booth does not know keeps its label: it
is inspected without references, as it would be there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from amiss.dataset.records import CaptureRecord, ViewRecord

WRONG_ITEM = "wrong_item"


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


def slices_of(record: CaptureRecord, n_references: int) -> dict[str, tuple[str, ...]]:
    """The slices that an item belongs to, by what they slice: none, one or several of each."""
    labels = record.labels
    found = {
        "tag": labels.tags if labels is not None else (),
        "material": (str(record.material),) if record.material else (),
        "step": (str(record.step),) if record.step else (),
        "design": (labels.design,) if labels is not None and labels.design else (),
        "references": (str(n_references),),
        "views": (str(len(record.views)),),
    }
    return {name: values for name, values in found.items() if values}


def _is_wrong(record: CaptureRecord) -> bool:
    """The booth took it for one product, and it is another."""
    true = record.labels.product if record.labels is not None else None
    return true is not None and record.product is not None and true != record.product
