"""From what the detectors say of each view to what is weighed for the item, and for each place.

The damage model counts as far as it knows pictures like these (`familiarity`); the rest is left to
the discrepancy, which has learnt nothing that could be foreign to a picture. The model's number is
the log of how much likelier a damaged item than a pristine one is to look like this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import cv2
import numpy as np

from amiss.bundle.manifest import Damage, Weighing
from amiss.detect.damage import ANY, MAJOR, TYPES, Comparison, Floats, Told, which_types
from amiss.detect.discrepancy import Discrepancy
from amiss.domain.evidence import Evidence
from amiss.gallery.reference import Reference

T = TypeVar("T", float, Floats)

LEAST_KNOWN = 0.5
"""Familiarity below which the model's word alone decides nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What is known of one view.

    told: by the damage model, beside the references where these show the item. evidence: all that
    was said, for the record. discrepancy: None where the references do not show the item, or the
    model knows such pictures so well that nobody asked. beside: the comparison, and the references
    it was made with. familiarity: see `amiss.detect.damage.Reading`; 0 without a model.
    """

    view: int
    told: Told | None
    evidence: tuple[Evidence, ...]
    discrepancy: Discrepancy | None = None
    beside: tuple[Comparison, tuple[Reference, ...]] | None = None
    familiarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Weighed(Generic[T]):
    """What is said of an item, or of each place of a view; at least one of both is there.

    model: the damage model's number. compared: whether it saw references. discrepancy: from them,
    ≥ 0. familiarity: how far the model knows such pictures, in [0, 1].
    """

    model: T | None
    compared: bool
    discrepancy: T | None
    familiarity: float


Numbers = tuple[float, float, float]
"""Of the damage model, as weighed: (damage, major, mean), see `Weighing`."""


def numbers(views: Sequence[Judged]) -> Numbers | None:
    """What the damage model says of an item; None without one."""
    told = np.array([view.told.view[[ANY, MAJOR]] for view in views if view.told is not None])
    if not len(told):
        return None
    damage, major = told.max(axis=0)
    return float(damage), float(major), float(told.mean())


def weigh(
    views: Sequence[Judged], damage: Damage | None, *, compared: bool | None = None
) -> Weighed[float] | None:
    """All that is known of an item; None where nothing is.

    compared: whether the model saw references; None looks.
    """
    found = numbers(views)
    differs = [view.discrepancy.score for view in views if view.discrepancy is not None]
    if found is None and not differs:
        return None
    compared = was_compared(views) if compared is None else compared
    by = _weighing(damage, compared=compared)
    return Weighed(
        None if found is None or by is None else model_number(found, by),
        compared,
        max(differs) if differs else None,
        float(np.mean([view.familiarity for view in views])),
    )


def model_number(found: Numbers, by: Weighing) -> float:
    """The model's number."""
    damage, major, mean = found
    return by.bias + by.damage * damage + by.major * major + by.mean * mean


def was_compared(views: Sequence[Judged]) -> bool:
    """Whether the damage model saw references of some view."""
    return any(view.beside is not None for view in views)


def is_foreign(views: Sequence[Judged]) -> bool:
    """Whether nothing can be relied on.

    That is so where the model does not know such pictures and no reference shows the item.
    """
    if any(view.discrepancy is not None for view in views):
        return False
    return float(np.mean([view.familiarity for view in views])) < LEAST_KNOWN


def weigh_map(view: Judged, damage: Damage | None, *, compared: bool) -> Weighed[Floats] | None:
    """The same for each place of a view, as fine as its evidence; None where there is none.

    The model's hottest place has the number of the whole view, and others less, by as much as their
    logits are lower. compared: of the item, whose views are all weighed alike.
    """
    whole = weigh([view], damage, compared=compared)
    if whole is None:
        return None
    differs = None if view.discrepancy is None else view.discrepancy.heat
    model = None
    if whole.model is not None and view.told is not None:
        worst = view.told.maps[: len(TYPES)].max(axis=0)
        model = np.asarray(whole.model + worst - worst.max(), np.float32)
        if differs is not None:
            model = _resized(model, (differs.shape[0], differs.shape[1]))
    return Weighed(model, compared, differs, view.familiarity)


def _weighing(damage: Damage | None, *, compared: bool) -> Weighing | None:
    if damage is None:
        return None
    return damage.beside if compared else damage.alone


def likely_types(views: Sequence[Judged]) -> dict[str, float]:
    """How likely each damage type is, as in the training set, in the view that shows it best.

    How likely any damage is, shared out among the types.
    """
    told = [view.told for view in views if view.told is not None]
    if not told:
        return {}
    likely = np.max([which_types(one) / (1 + np.exp(-one.view[ANY])) for one in told], axis=0)
    return {damage.value: float(one) for damage, one in zip(TYPES, likely, strict=True)}


def _resized(values: Floats, shape: tuple[int, int]) -> Floats:
    if values.shape == shape:
        return values
    return np.asarray(
        cv2.resize(values, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32
    )
