"""Contact sheets: each recipe on several photographs, whole and close by, to be looked at."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from benchmarks.paint.pictures import Picture
from numpy.typing import NDArray

from amiss.domain.errors import SimulationError
from amiss.domain.words import Severity
from amiss.simulate.paint.paint import paint
from amiss.simulate.paint.painted import Painted
from amiss.simulate.paint.recipe import Recipe
from amiss.simulate.paint.recipes import RECIPES

FIRST = 930_000
COLUMNS, CELL = 6, 240
_TRIES = 4


def draw(pictures: Sequence[Picture], out: Path) -> list[Path]:
    """One PNG for each recipe: above whole pictures, below the damage close by with its mask.

    A red corner says major, a green one minor.
    """
    out.mkdir(parents=True, exist_ok=True)
    return [_sheet(recipe, number, pictures, out) for number, recipe in enumerate(RECIPES)]


def _sheet(recipe: Recipe, number: int, pictures: Sequence[Picture], out: Path) -> Path:
    made: list[Painted] = []
    for attempt in range(_TRIES * COLUMNS):
        picture = pictures[(number * 7 + attempt) % len(pictures)]
        rng = np.random.default_rng([FIRST, number + 1, attempt + 1])
        try:
            made.append(
                paint(
                    picture.rgb,
                    rng,
                    item=picture.item,
                    damage=recipe.damage,
                    families={recipe.family},
                )
            )
        except SimulationError:
            continue
        if len(made) == COLUMNS:
            break
    rows = [
        np.hstack([_whole(one) for one in made]),
        np.hstack([_close(one) for one in made]),
    ]
    path = out / f"{recipe.damage}-{recipe.name}.png"
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))
    return path


def _whole(one: Painted) -> NDArray[np.uint8]:
    height, width = one.mask.shape
    scale = CELL / max(height, width)
    middle = (width / 2, height / 2)
    cell = _cut(one.picture, middle, scale)
    cell[:8, :40] = (220, 0, 0) if one.severity is Severity.MAJOR else (0, 160, 0)
    return cell


def _close(one: Painted) -> NDArray[np.uint8]:
    rows, columns = np.nonzero(one.mask)
    middle = (float(columns.min() + columns.max()) / 2, float(rows.min() + rows.max()) / 2)
    scale = CELL / max(90.0, 1.6 * max(np.ptp(rows), np.ptp(columns)))
    cell = _cut(one.picture, middle, scale)
    small = CELL // 4
    mask = _cut(one.mask.astype(np.uint8) * 255, middle, scale)
    cell[-small:, -small:] = cv2.resize(mask, (small, small))[..., None]
    return cell


def _cut(
    picture: NDArray[np.uint8], middle: tuple[float, float], scale: float
) -> NDArray[np.uint8]:
    shift = [CELL / 2 - scale * at for at in middle]
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    return np.asarray(cv2.warpAffine(picture, matrix, (CELL, CELL), flags=cv2.INTER_AREA), np.uint8)
