"""The parts that packagings are laid out from: barcode, table, small print, price burst."""

from functools import lru_cache

import numpy as np

from amiss.simulate.prints import ean
from amiss.simulate.prints.canvas import Align, Box, Sheet
from amiss.simulate.prints.colour import BLACK, PAPER, Colour, ink_on
from amiss.simulate.prints.design import Design, invent

_CODE = ean.QUIET_LEFT + ean.MODULES + ean.QUIET_RIGHT


def small(sheet: Sheet) -> float:
    """Millimetres of the type of small print on this sheet."""
    return float(np.clip(0.012 * max(sheet.box.w, sheet.box.h), 1.5, 3.0))


def barcode(sheet: Sheet, gtin: str, box: Box) -> None:
    """An EAN-13 with its digits on its light field, 80 to 200 % of nominal size as the box allows.

    Where even 80 % do not fit, it is as small as it must be.
    """
    module = min(box.w / _CODE, box.h / 70, 2 * ean.MODULE_MM)
    field = Box(*box.middle, _CODE * module, min(70 * module, box.h))
    field = field._replace(x=field.x - field.w / 2, y=field.y - field.h / 2)
    sheet.fill(field, PAPER)
    columns = max(2, round(ean.MODULES * module * sheet.scale))
    high = field.h - 9 * module
    rows = max(2, round(high * sheet.scale))
    left = field.x + ean.QUIET_LEFT * module
    top = field.y + 2 * module
    guard = round(5 * module * sheet.scale)
    sheet.stamp(ean.bars(gtin, columns, rows, guard), left, top, BLACK)
    digits = top + high - 4 * module
    for words, start, length in ((gtin[0], -9, 6), (gtin[1:7], 4, 40), (gtin[7:], 51, 40)):
        under = Box(left + start * module, digits, length * module, 7 * module)
        sheet.text(words, under, "regular", BLACK, "centre")


def table(sheet: Sheet, rows: tuple[str, ...], box: Box, ink: Colour, body: str) -> float:
    """A heading and pairs of words between rules; returns the y below it."""
    pairs = list(zip(rows[1::2], rows[2::2], strict=True))
    step = min(2 * small(sheet), box.h / (len(pairs) + 1.3))
    heading = Box(box.x, box.y, box.w, 0.55 * step)
    sheet.text(rows[0], heading, "bold", ink)
    y = box.y + step
    sheet.line([(box.x, y), (box.x + box.w, y)], ink, 0.5)
    for name, value in pairs:
        line = Box(box.x, y + 0.28 * step, box.w, 0.46 * step)
        sheet.text(name, line._replace(w=0.62 * box.w), body, ink)
        sheet.text(value, line.part(0.64, 0, 0.36, 1), body, ink, "right")
        y += step
        sheet.line([(box.x, y), (box.x + box.w, y)], ink, 0.15)
    return y


@lru_cache(maxsize=1)
def _vocabulary() -> list[str]:
    """Words of tongues that nobody speaks; few, so that their widths are measured only once."""
    rng = np.random.default_rng(0)
    return [invent(rng) for _ in range(300)]


def small_print(sheet: Sheet, design: Design, box: Box, ink: Colour) -> None:
    """Directions in our language, then the like in tongues that nobody speaks; fills the box."""
    size = small(sheet)
    room = int(box.w * box.h / (size * size * 0.58))  # letters
    rng = design.rng(1)
    words = " ".join(design.ware.trade.about)
    known = _vocabulary()
    for tongue in ("DE", "FR", "ES", "IT", "PL", "NL", "PT", "SE"):
        if len(words) >= room:
            break
        spoken = " ".join(known[place] for place in rng.integers(0, len(known), 36))
        words += f" {tongue} {spoken.capitalize()}."
    sheet.paragraph(words, box, design.body, ink, size)


def address(sheet: Sheet, design: Design, box: Box, ink: Colour) -> None:
    """Who made it and where, and the batch."""
    rng = design.rng(2)
    street, town = (invent(rng, 2).title() for _ in range(2))
    words = (
        f"{design.brand} Ltd, {rng.integers(1, 99)} {street} Street, {rng.integers(10, 99)}"
        f"{rng.integers(100, 999)} {town}. Made in {invent(rng, 2).title()}land. "
        f"Lot {rng.integers(10**5, 10**6)} {'ABCDEFGH'[int(rng.integers(8))]}"
    )
    sheet.paragraph(words, box, design.body, ink, small(sheet))


def burst(sheet: Sheet, words: str, box: Box, colour: Colour, points: int) -> None:
    """A star or disc with words in it, in the largest square in the middle of the box."""
    x, y = box.middle
    radius = min(box.w, box.h) / 2
    if points:
        turns = np.arange(2 * points) * np.pi / points
        reach = radius * np.where(np.arange(2 * points) % 2, 0.84, 1)
        rim = np.stack([x + reach * np.cos(turns), y + reach * np.sin(turns)], axis=1)
        sheet.polygon(rim, colour)
    else:
        sheet.disc(x, y, radius, colour)
        sheet.disc(x, y, 0.9 * radius, ink_on(colour), 0.03 * radius)
    lines = _balanced(words, min(3, len(words.split())))
    within = Box(x - 0.7 * radius, y - 0.44 * radius, 1.4 * radius, 0.88 * radius)
    for line, place in zip(lines, within.rows(*[1] * len(lines), gap=0.1 * radius), strict=True):
        sheet.text(line, place, "black", ink_on(colour), "centre")


def stacked(
    sheet: Sheet, words: str, box: Box, face: str, ink: Colour, align: Align = "left"
) -> None:
    """Words large, on as many lines as make them largest, all in one size."""
    best, tallest = [words], 0.0
    for count in range(1, min(4, len(words.split())) + 1):
        lines = _balanced(words, count)
        slot = Box(0, 0, box.w, 0.72 * box.h / len(lines))
        height = min(sheet.height_of(line, slot, face) for line in lines)
        if height > 1.1 * tallest:
            best, tallest = lines, height
    step = tallest / 0.72
    top = box.y + (box.h - step * len(best)) / 2
    for place, line in enumerate(best):
        slot = Box(box.x, top + place * step + 0.14 * step, box.w, tallest)
        sheet.text(line, slot, face, ink, align)


def _balanced(words: str, count: int) -> list[str]:
    """Words on `count` lines of about the same length."""
    parts = words.split()
    lines: list[str] = []
    left = parts
    for line in range(count, 1, -1):
        wanted = len(" ".join(left)) / line
        taken = 1
        while (
            taken < len(left) - line + 1
            and len(" ".join(left[:taken])) + len(left[taken]) / 2 < wanted
        ):
            taken += 1
        lines.append(" ".join(left[:taken]))
        left = left[taken:]
    return [*lines, " ".join(left)]
