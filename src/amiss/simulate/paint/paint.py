"""One photograph in, one out: damaged, untouched, or only seamed."""

from collections.abc import Collection, Sequence
from copy import deepcopy
from typing import TypeVar

import cv2
import numpy as np

from amiss.domain.capture import RgbArray
from amiss.domain.errors import ImageError, SimulationError
from amiss.domain.words import DamageType, Locus
from amiss.simulate.damages.law import SHARE
from amiss.simulate.paint import recipes
from amiss.simulate.paint.fields import Mask, srgb
from amiss.simulate.paint.finish import finished
from amiss.simulate.paint.law import LEAST_PX, severity, share
from amiss.simulate.paint.outline import on_a_tray
from amiss.simulate.paint.painted import Painted
from amiss.simulate.paint.paste import identity
from amiss.simulate.paint.photo import Photo
from amiss.simulate.paint.recipe import Numbers, Recipe, UnfitError

T = TypeVar("T")

_TRIES = 4
_SEEN = 0.045  # sRGB, largest of the channels: from here on a pixel looks changed
_ENOUGH = 0.35  # share of the least area that has to look changed


def paint(
    picture: RgbArray,
    rng: np.random.Generator,
    *,
    item: Mask | None = None,
    damage: DamageType | None = None,
    families: Collection[int] | None = None,
    surface: Locus = Locus.OUTER_PACKAGING,
) -> Painted:
    """A damage, painted onto a photograph of a sound item.

    Args:
        picture: H×W×3 uint8 RGB; it is not changed.
        rng: all that is drawn comes from it, by `spawn`: generators of the same seed that have
            spawned as often give the same pixels.
        item: H×W bool, the item; sought on a plain ground where None.
        damage: the type; drawn evenly among all where None.
        families: which families of recipes may be used; all where None.
        surface: what the item's surface is, for the locus of damage on it.

    Raises:
        ImageError: the picture is no such array, or no item is found in it.
        SimulationError: the item is too small, no recipe is of these families, or none fits.
    """
    mask = _item(picture, item)
    last, first = rng.spawn(2)
    kinds = _shuffled(first, recipes.types(families)) if damage is None else (damage,)
    for recipe in (r for kind in kinds for r in _shuffled(first, recipes.of(kind, families))):
        for _ in range(_TRIES):  # before another recipe, so that those hard to fit stay as frequent
            photo = Photo(picture, mask)
            numbers = _befallen(photo, recipe, first)
            if numbers is None:
                continue
            painted = _painted(photo, recipe, numbers, deepcopy(last), surface)
            if painted is not None:
                return painted
    raise SimulationError("No damage of this type fits this item: take another type or picture.")


def _shuffled(rng: np.random.Generator, things: Sequence[T]) -> tuple[T, ...]:
    return tuple(things[int(at)] for at in rng.permutation(len(things)))


def _befallen(photo: Photo, recipe: Recipe, rng: np.random.Generator) -> Numbers | None:
    """Paints into the photo; None where it did not fit, or would not be seen."""
    asked = share(recipe.damage, SHARE[recipe.damage].draw(rng), photo.area)
    try:
        numbers = recipe.paint(photo, rng, asked)
    except UnfitError:
        return None
    photo.marked = _shown(photo)
    return numbers | {"asked_share": asked} if photo.marked.sum() >= _ENOUGH * LEAST_PX else None


def _painted(
    photo: Photo, recipe: Recipe, drawn: Numbers, last: np.random.Generator, surface: Locus
) -> Painted | None:
    """None where the last step moved the damage out of the picture."""
    rgb, marked, item = finished(photo, last)
    if not marked.any():
        return None
    numbers = drawn | {"area_share": float(marked.sum() / photo.area)}
    return Painted(
        rgb,
        marked,
        item,
        marked,
        recipe.damage,
        severity(recipe.damage, numbers),
        _locus(recipe.damage, numbers, surface),
        str(recipe),
        recipe.family,
        numbers,
    )


def untouched(picture: RgbArray, rng: np.random.Generator, *, item: Mask | None = None) -> Painted:
    """The photograph as it would be, had nothing befallen it.

    It is `paint`'s twin where `rng` is of the same seed and has spawned as often.

    Raises:
        ImageError, SimulationError: as `paint`.
    """
    photo = Photo(picture, _item(picture, item))
    rgb, nothing, moved = finished(photo, rng.spawn(2)[0])
    return Painted(rgb, nothing, moved, nothing)


def paste(picture: RgbArray, rng: np.random.Generator, *, item: Mask | None = None) -> Painted:
    """Seams without damage: a patch pasted onto itself, as large as damages are.

    Raises:
        ImageError, SimulationError: as `paint`.
    """
    photo = Photo(picture, _item(picture, item))
    last, first = rng.spawn(2)
    kinds = tuple(DamageType)
    kind = kinds[int(first.integers(len(kinds)))]
    patch = identity(photo, first, share(kind, SHARE[kind].draw(first), photo.area))
    photo.marked = patch
    rgb, worked, moved = finished(photo, last)
    return Painted(rgb, np.zeros_like(worked), moved, worked)


def _item(picture: RgbArray, item: Mask | None) -> Mask:
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
        form = f"{'×'.join(map(str, picture.shape))} {picture.dtype}"
        raise ImageError(f"The picture is {form}: give height×width×3 uint8 in the order RGB.")
    if item is None:
        return on_a_tray(picture)
    if item.shape != picture.shape[:2] or item.dtype != np.bool_:
        raise SimulationError("The item's mask has to be bool and as large as the picture.")
    return item


def _shown(photo: Photo) -> Mask:
    """What was called damage and looks changed; gaps and holes in that count too."""
    change = np.abs(srgb(photo.light) - photo.rgb.astype(np.float32) / 255).max(axis=-1)
    changed = (change > _SEEN) & photo.marked
    reach = max(3, 2 * round(0.02 * photo.size) + 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    closed = cv2.morphologyEx(changed.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    edges, _ = cv2.findContours(
        np.asarray(closed, np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    solid = np.zeros(closed.shape, np.uint8)
    cv2.drawContours(solid, [e for e in edges if len(e) > 5], -1, 1, cv2.FILLED)
    return np.asarray((solid > 0) & photo.marked)


def _locus(kind: DamageType, numbers: dict[str, float], surface: Locus) -> Locus:
    if numbers.get("beside"):
        return Locus.SURROUNDINGS
    if kind in {DamageType.MISSING_UNIT, DamageType.DECONSTRUCTION}:
        return Locus.PRODUCT
    return surface
