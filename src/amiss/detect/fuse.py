"""From what the detectors say of each view to one number for the item, and to one map a view.

The number is the log of how much likelier a damaged item than a pristine one is to look like this,
up to what the operating point adds for how rare damage is. Maps are weighed alike, place by place,
so that a view's peak stands where its score comes from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from amiss.bundle.manifest import Damage, Weighing
from amiss.detect.damage import ANY, MAJOR, TYPES, Comparison, Floats, Told
from amiss.detect.discrepancy import Discrepancy
from amiss.domain.evidence import Evidence
from amiss.gallery.reference import Reference

ONLY_DISCREPANCY = Weighing(bias=0, damage=0, major=0, mean=0, discrepancy=1)
"""Of a bundle without a damage model."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What is known of one view.

    told: by the damage model, beside the references where these show the item. evidence: all that
    was said, for the record. discrepancy: None where the references do not show the item.
    beside: the comparison, and the references it was made with.
    """

    view: int
    told: Told | None
    evidence: tuple[Evidence, ...]
    discrepancy: Discrepancy | None = None
    beside: tuple[Comparison, tuple[Reference, ...]] | None = None


def weighing(views: Sequence[Judged], damage: Damage | None) -> Weighing | None:
    """How these views are weighed; None where nothing can be said of any of them."""
    if damage is None:
        return ONLY_DISCREPANCY if any(one.discrepancy is not None for one in views) else None
    compared = any(one.beside is not None or one.discrepancy is not None for one in views)
    return damage.beside if compared else damage.alone


def numbers(views: Sequence[Judged]) -> tuple[float, float, float, float] | None:
    """What is weighed: (damage, major, mean, discrepancy), as in `Weighing`.

    None where nothing can be said of any view.
    """
    told = np.array([view.told.view[[ANY, MAJOR]] for view in views if view.told is not None])
    differs = [view.discrepancy.score for view in views if view.discrepancy is not None]
    if not len(told) and not differs:
        return None
    damage, major = told.max(axis=0) if len(told) else (0.0, 0.0)
    mean = float(told.mean()) if len(told) else 0.0
    return float(damage), float(major), mean, max(differs, default=0.0)


def weigh(views: Sequence[Judged], by: Weighing) -> float | None:
    """One number for an item; None where nothing can be said of any view."""
    found = numbers(views)
    if found is None:
        return None
    weights = (by.damage, by.major, by.mean, by.discrepancy)
    return by.bias + sum(one * weight for one, weight in zip(found, weights, strict=True))


def weigh_map(view: Judged, by: Weighing) -> Floats | None:
    """The same for each place of a view, as fine as its evidence; None where there is none.

    What a cell says counts as what the whole view would say if it were that sure.
    """
    told = None if view.told is None else view.told.maps[: len(TYPES)].max(axis=0)
    differs = None if view.discrepancy is None else view.discrepancy.heat
    if told is not None and differs is not None:
        told = _resized(told, differs.shape)
    found = None if told is None else (by.damage + by.major + by.mean) * told
    if differs is not None:
        found = by.discrepancy * differs + (0 if found is None else found)
    return None if found is None else np.asarray(by.bias + found, np.float32)


def likely_types(views: Sequence[Judged]) -> dict[str, float]:
    """How likely each damage type is, as in the training set, in the view that shows it best."""
    told = [view.told.view[: len(TYPES)] for view in views if view.told is not None]
    if not told:
        return {}
    likely = 1 / (1 + np.exp(-np.max(told, axis=0).astype(np.float64)))
    return {damage.value: float(one) for damage, one in zip(TYPES, likely, strict=True)}


def _resized(values: Floats, shape: tuple[int, int]) -> Floats:
    if values.shape == shape:
        return values
    return np.asarray(
        cv2.resize(values, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32
    )
