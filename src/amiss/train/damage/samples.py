"""What a view teaches: which damage it shows, and whether its places are known."""

import numpy as np
from numpy.typing import NDArray

from amiss.dataset.words import DEFECT_OF
from amiss.domain.words import DamageType, Locus, Severity
from amiss.train.cache.store import Kept, KeptItem
from amiss.train.damage.losses import UNKNOWN
from amiss.train.damage.network import ANY, MAJOR, TYPES

VISIBLE = 100
"""Pixels of a damage from which a view shows it; with fewer nobody can be asked to see it."""

_PLACE = {damage.value: place for place, damage in enumerate(DamageType)}
_MAJOR, _PRODUCT = Severity.MAJOR.value, Locus.PRODUCT.value
SHOWN = 0.25
"""Share of a cell from which it counts as damaged."""


def is_placed(item: KeptItem | None, view: Kept) -> bool:
    """Whether it is known which cells show damage; a sound view shows none. item: None is sound."""
    sound = item is None or item.damages == () or view.any is False
    return sound or view.pixels is not None


def targets(item: KeptItem | None, view: Kept) -> NDArray[np.float32]:
    """What the view shows of (types, any, major): 1, 0, or UNKNOWN where it is hardly seen."""
    found = np.zeros(TYPES + 2, np.float32)
    if item is None:
        return found
    if item.damages is None:
        return _in_other_words(view)
    if view.pixels is None:
        return _of_the_item(item)
    pixels = np.array(view.pixels)
    grave = {_PLACE[kind] for kind, severity, _ in item.damages if severity == _MAJOR}
    found[:TYPES] = _told(pixels)
    found[ANY] = _told(pixels.max(initial=0, keepdims=True))[0]
    worst = max((pixels[place] for place in grave), default=0)
    found[MAJOR] = _told(np.array([worst]))[0]
    return found


def grades(item: KeptItem | None, damage: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of each cell that shows damage: whether it is (major, of the product); else UNKNOWN.

    damage: types×H×W, shares of cells. A type that befell an item twice, in two ways, leaves
    it open.
    """
    found = np.full((2, *damage.shape[1:]), UNKNOWN, np.float32)
    if item is None or not item.damages:
        return found
    worst, shown = damage.argmax(axis=0), damage.max(axis=0) > SHOWN
    for place, kind in enumerate(DamageType):
        told = [one for one in item.damages if one[0] == kind.value]
        for grade, (at, yes) in enumerate(((1, _MAJOR), (2, _PRODUCT))):
            values = {one[at] for one in told}
            if len(values) == 1 and None not in values:
                found[grade][shown & (worst == place)] = float(values == {yes})
    return found


def _told(pixels: NDArray[np.int64]) -> NDArray[np.float32]:
    return np.where(pixels >= VISIBLE, 1, np.where(pixels > 0, UNKNOWN, 0)).astype(np.float32)


def _in_other_words(view: Kept) -> NDArray[np.float32]:
    """Of a data set with Kaputt's words, some of which stand for several of our types."""
    found = np.full(TYPES + 2, UNKNOWN, np.float32)
    if view.any is None:
        return found
    found[ANY], found[MAJOR] = float(view.any), float(bool(view.major))
    for place, kind in enumerate(DamageType):
        word = DEFECT_OF[kind]
        if word not in view.words:
            found[place] = 0
        elif sum(other == word for other in DEFECT_OF.values()) == 1:
            found[place] = 1
    return found


def _of_the_item(item: KeptItem) -> NDArray[np.float32]:
    """Of a data set without masks: a damage may be on any of the item's views, or on none."""
    found = np.zeros(TYPES + 2, np.float32)
    alone = len(item.views) == 1
    for kind, severity, _ in item.damages or ():
        told = 1.0 if alone else UNKNOWN
        found[_PLACE[kind]] = found[ANY] = told
        if severity == _MAJOR:
            found[MAJOR] = told
    return found
