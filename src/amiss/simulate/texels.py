"""Prints of many patches on one square sheet, no larger than it must be: the atlas."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import SimulationError
from amiss.simulate.scene import Atlas
from amiss.simulate.shapes.patch import Skin
from amiss.simulate.sheet import Place

_GUTTER = 2  # texels around each print, so that a smooth look-up never meets a neighbour
SIDES = (512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192)
"""Sides of an atlas, which is square, in texels: few, as a renderer may compile for each anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """What one patch puts on the atlas: its skin, but base and damage after its harms.

    base: H×W×3 uint8 sRGB. damage: H×W uint8. closed_u: its left and right side meet.
    """

    skin: Skin
    base: NDArray[np.uint8]
    damage: NDArray[np.uint8]
    closed_u: bool


def pack(prints: Sequence[Print]) -> tuple[Atlas, list[Place]]:
    """All prints on one atlas, and the place of each, gutters left out."""
    sizes = [(print_.base.shape[1], print_.base.shape[0]) for print_ in prints]
    places, side = _shelves(sizes)
    base = np.zeros((side, side, 3), np.uint8)
    back = np.zeros((side, side, 3), np.uint8)
    rough, metal, bump = np.zeros((3, side, side), np.float32)
    rough += 1
    damage = np.zeros((side, side), np.uint8)
    for print_, place in zip(prints, places, strict=True):
        x, y, w, h = place
        around = np.s_[y - _GUTTER : y + h + _GUTTER, x - _GUTTER : x + w + _GUTTER]
        skin = print_.skin
        back[around] = skin.back
        for sheet, plane in (
            (base, print_.base),
            (rough, skin.rough),
            (metal, skin.metal),
            (bump, skin.bump),
            (damage, print_.damage),
        ):
            sheet[around] = _padded(plane, print_.closed_u)
    return Atlas(base, back, rough, metal, bump, damage), places


def _padded(
    plane: NDArray[np.uint8] | NDArray[np.float32], closed_u: bool
) -> NDArray[np.uint8 | np.float32]:
    """The plane with its gutter: wrapped around where left and right meet, else drawn out."""
    down = cv2.copyMakeBorder(plane, _GUTTER, _GUTTER, 0, 0, cv2.BORDER_REPLICATE)
    sides = cv2.BORDER_WRAP if closed_u else cv2.BORDER_REPLICATE
    return np.asarray(cv2.copyMakeBorder(down, 0, 0, _GUTTER, _GUTTER, sides))


def _shelves(sizes: Sequence[tuple[int, int]]) -> tuple[list[Place], int]:
    """Where each (width, height) goes, tallest first, row by row; and the side of the sheet.

    Raises:
        SimulationError: the prints need more than the largest sheet.
    """
    boxes = [(width + 2 * _GUTTER, height + 2 * _GUTTER) for width, height in sizes]
    order = sorted(range(len(boxes)), key=lambda index: (-boxes[index][1], index))
    for side in SIDES:
        places: list[Place] = [(0, 0, 0, 0)] * len(boxes)
        x = y = tall = 0
        for index in order:
            width, height = boxes[index]
            if x + width > side:
                x, y, tall = 0, y + tall, 0
            if x + width > side or y + height > side:
                break
            places[index] = (x + _GUTTER, y + _GUTTER, *sizes[index])
            x, tall = x + width, max(tall, height)
        else:
            return places, side
    raise SimulationError(
        f"The prints need an atlas of more than {SIDES[-1]} texels a side: use fewer per metre."
    )
