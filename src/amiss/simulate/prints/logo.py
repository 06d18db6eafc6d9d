"""The mark of a brand: one of several constructions, always the same for the same brand."""

import numpy as np
from numpy.typing import NDArray

from amiss.simulate.prints.canvas import Align, Box, Sheet
from amiss.simulate.prints.colour import Colour, contrast, ink_on, mix
from amiss.simulate.prints.design import Design

Floats = NDArray[np.float64]
_WORDFACES = ("black", "serif-black", "italic", "serif-bold", "bold", "serif-italic", "medium")


def wordface(design: Design) -> str:
    """The typeface in which the brand writes its name, on every packaging."""
    return _WORDFACES[(design.mark + design.seed) % len(_WORDFACES)]


def logo(sheet: Sheet, design: Design, box: Box, align: Align = "left") -> None:
    """The brand, its sign beside or around its name, in the middle of the height of the box."""
    ground = sheet.ground_at(box)
    ink = ink_on(ground, design.palette.ink)
    face = wordface(design)
    if design.mark == 0:
        _plate(sheet, design, box, align, corner=0.5)
    elif design.mark == 1:
        _plate(sheet, design, box, align, corner=0.1)
    elif design.mark == 2:
        word, curve = box.rows(4, 1, gap=0.04 * box.h)
        set_in = sheet.text(design.brand, word, face, ink, align)
        _swoosh(sheet, Box(set_in.x, curve.y, set_in.w, curve.h), _seen(design, ground))
    else:
        _sign_and_word(sheet, design, box, align)


def sign(sheet: Sheet, design: Design, box: Box) -> None:
    """The brand's figure alone, in the largest square in the middle of the box."""
    colour = _seen(design, sheet.ground_at(box))
    x, y = box.middle
    radius = min(box.w, box.h) / 2
    initial = design.brand[0].upper()
    paper = ink_on(colour)
    letter = Box(x - 0.5 * radius, y - 0.5 * radius, radius, radius)
    if design.mark in (0, 3):
        sheet.disc(x, y, radius, colour)
        sheet.text(initial, letter, wordface(design), paper, "centre")
    elif design.mark in (1, 4):
        turns = np.arange(6) * np.pi / 3
        sheet.polygon(_ring(x, y, radius, turns), colour)
        sheet.text(initial, letter, wordface(design), paper, "centre")
    elif design.mark in (2, 5):
        petals = 5 + design.seed % 4
        for turn in np.arange(petals) * 2 * np.pi / petals:
            around = 0.55 * radius
            centre = x + around * np.cos(turn), y + around * np.sin(turn)
            sheet.disc(*centre, 0.42 * radius, mix(colour, paper, 0.2 * (np.sin(turn) + 1)))
        sheet.disc(x, y, 0.34 * radius, paper)
    else:
        sheet.disc(x, y, radius, colour)
        across = np.linspace(-1, 1, 30)
        for height, share in ((0.1, 0.75), (0.4, 0.35)):
            half = np.sqrt(1 - height * height)
            swell = 0.2 * np.sin(across * 4 + height * 9) * (1 - across * across)
            top = np.stack([x + radius * half * across, y + radius * (height + swell)], axis=1)
            turns = np.linspace(np.arcsin(height), np.pi - np.arcsin(height))
            sheet.polygon(np.vstack([top, _ring(x, y, radius, turns)]), mix(paper, colour, share))


def _sign_and_word(sheet: Sheet, design: Design, box: Box, align: Align) -> None:
    """A sign before the name; above it where there is more height than width to fill."""
    ink = ink_on(sheet.ground_at(box), design.palette.ink)
    if box.h > 0.6 * box.w:
        above, word = box.rows(3, 2, gap=0.06 * box.h)
        sign(sheet, design, above)
        sheet.text(design.brand, word, wordface(design), ink, "centre")
        return
    side = min(box.h, 0.28 * box.w)
    gap = 0.25 * side
    word = Box(box.x + side + gap, box.middle[1] - 0.33 * side, box.w - side - gap, 0.66 * side)
    from_left = sheet.width_of(design.brand, word, wordface(design))
    spare = word.w - from_left
    shift = {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * spare
    sign(sheet, design, Box(box.x + shift, box.middle[1] - side / 2, side, side))
    sheet.text(design.brand, word._replace(x=word.x + shift), wordface(design), ink)


def _plate(sheet: Sheet, design: Design, box: Box, align: Align, corner: float) -> None:
    """The name on a plate; corner as a share of its height."""
    colour = _seen(design, sheet.ground_at(box))
    face = wordface(design)
    word = Box(box.x, box.y + 0.28 * box.h, 0.82 * box.w, 0.44 * box.h)
    width = sheet.width_of(design.brand, word, face)
    height = min(box.h, 0.6 * width)
    plate = Box(box.x, box.middle[1] - height / 2, width + 0.18 * box.w, height)
    plate = plate._replace(
        x=box.x + {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * (box.w - plate.w)
    )
    sheet.fill(plate, colour, corner * height)
    within = plate.inset((plate.w - width) / 2, 0.24 * height)
    sheet.text(design.brand, within, face, ink_on(colour), "centre")


def _swoosh(sheet: Sheet, box: Box, colour: Colour) -> None:
    along = np.linspace(0, 1, 30)
    middle = box.y + box.h * (0.5 - 0.5 * np.sin(np.pi * along))
    thick = 0.35 * box.h * np.sin(np.pi * along) ** 0.7 * (0.4 + along)
    x = box.x + along * box.w
    rim = [np.stack([x, middle - thick], axis=1), np.stack([x, middle + thick], axis=1)[::-1]]
    sheet.polygon(np.concatenate(rim), colour)


def _seen(design: Design, ground: Colour) -> Colour:
    """The colour of the mark, or another of the palette where it would drown in the ground."""
    colours = design.palette
    for colour in (design.mark_colour, colours.accent, colours.main, colours.second):
        if contrast(colour, ground) >= 2:
            return colour
    return ink_on(ground)


def _ring(x: float, y: float, radius: float, turns: Floats) -> Floats:
    return np.stack([x + radius * np.cos(turns), y + radius * np.sin(turns)], axis=1)
