"""Fronts of packagings: the same words and picture in one of six layouts."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.simulate.prints import icons
from amiss.simulate.prints.blocks import burst, stacked
from amiss.simulate.prints.canvas import Align, Box, Sheet
from amiss.simulate.prints.colour import BLACK, PAPER, Colour, ink_on, luminance, mix
from amiss.simulate.prints.design import Design
from amiss.simulate.prints.logo import logo, sign, wordface
from amiss.simulate.prints.motifs import picture

Layout = Callable[[Sheet, Design, Box], None]
_WIDE = 1.25  # width over height from which the picture stands beside the words


def front(sheet: Sheet, design: Design, box: Box) -> None:
    """The main face: brand, title, amount, picture, claim."""
    colours = design.palette
    if colours.mood in ("bold", "pastel", "dark") and (design.seed + design.number) % 3:
        # A little light from above: few grounds in print are quite flat.
        lighter, darker = (mix(colours.ground, to, 0.12) for to in (PAPER, BLACK))
        sheet.shade(box, lighter, darker)
    LAYOUTS[design.layout](sheet, design, box)


def show(sheet: Sheet, design: Design, box: Box, opacity: NDArray[np.uint8] | None = None) -> None:
    """The picture of the design, in a box that may reach over the rim of the sheet."""
    rows = max(8, round(box.h * sheet.scale))
    rgb = picture(design.motif, design.rng(0), design.palette, box.w / max(box.h, 1e-6), rows)
    if design.palette.mood == "kraft":
        paper = sheet.ground_at(box)
        rgb = _one_ink(rgb, ink_on(paper, design.palette.accent), paper)
    sheet.paste(rgb, box, opacity)


def _one_ink(rgb: NDArray[np.uint8], ink: Colour, paper: Colour) -> NDArray[np.uint8]:
    """A picture printed with one ink on bare stock."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    low, high = np.percentile(grey, (4, 90))
    light = np.clip((grey - low) / max(high - low, 1), 0, 1)[..., None] ** 0.8
    if luminance(ink) > luminance(paper):  # light ink on dark stock draws the lights
        light = 1 - light
    return np.asarray(np.array(ink) + light * (np.array(paper, float) - ink), np.uint8)


def _words(
    sheet: Sheet, design: Design, box: Box, align: Align = "left", shares: tuple[float, ...] = ()
) -> None:
    """Brand, title, slogan and amount below each other."""
    top, title, line, foot = box.rows(*(shares or (2.2, 4.2, 0.7, 0.9)), gap=0.04 * box.h)
    ink = ink_on(sheet.ground_at(box), design.palette.ink, design.palette.main)
    logo(sheet, design, top, align)
    ink_title = ink_on(sheet.ground_at(title), design.palette.main, ink)
    stacked(sheet, design.lead, title, design.head, ink_title, align)
    sheet.text(design.slogan, line, design.body, ink, align)
    if amount := _amount(design):
        sheet.text(amount, foot, "bold", ink, align)


def _amount(design: Design) -> str:
    words = design.author or design.amount
    return f"{words} e" if words.endswith((" g", " kg", " ml", " l")) else words


def _claim(sheet: Sheet, design: Design, box: Box) -> None:
    """A round or starred claim; its points belong to the design."""
    points = (0, 12, 18, 24)[(design.seed + design.number) % 4]
    burst(sheet, design.claim, box, design.palette.accent, points)


def _split(box: Box, share: float) -> tuple[Box, Box]:
    """Words and picture: beside each other on a wide face, below each other on a tall one."""
    if box.w > _WIDE * box.h:
        words, image = box.columns(1 - share, share)
    else:
        words, image = box.rows(1 - share, share)
    return words, image


def _bands(sheet: Sheet, design: Design, box: Box) -> None:
    """Ground above, the picture full bleed below, a bar of colour between."""
    words, image = _split(box, 0.52)
    colours = design.palette
    show(sheet, design, image)
    bar = 0.035 * max(box.w, box.h)
    if words.w < box.w:
        sheet.fill(Box(image.x - bar / 2, image.y, bar, image.h), colours.accent)
    else:
        sheet.fill(Box(image.x, image.y - bar / 2, image.w, bar), colours.accent)
    _words(sheet, design, words.inset(0.07 * sheet.short))
    size = 0.3 * min(image.w, image.h)
    _claim(
        sheet, design, Box(image.x + image.w - 1.2 * size, image.y + 0.12 * size + bar, size, size)
    )


def _bleed(sheet: Sheet, design: Design, box: Box) -> None:
    """The picture over all, darkened or lightened where the words stand."""
    show(sheet, design, box)
    colours = design.palette
    veil = mix(colours.main, BLACK, 0.35) if colours.mood in ("dark", "bold") else colours.ground
    wide = box.w > _WIDE * box.h
    ramp = np.linspace(1.25, -0.35, 64).clip(0, 0.94)
    slab: NDArray[np.uint8] = np.asarray((ramp * 255)[None if wide else slice(None)], np.uint8)
    if not wide:
        slab = slab[:, None]
    sheet.paste(np.full((1, 1, 3), veil, np.uint8), box, slab)
    within = box.inset(0.07 * sheet.short)
    words = within.part(0, 0, 0.52, 1) if wide else within.part(0, 0, 1, 0.55)
    _words(sheet, design, words)
    size = 0.2 * min(box.w, box.h)
    corner = Box(within.x + within.w - size, within.y + within.h - size, size, size)
    _claim(sheet, design, corner)


def _curve(sheet: Sheet, design: Design, box: Box) -> None:
    """A sweep of colour, the picture in a circle on it."""
    colours = design.palette
    wide = box.w > _WIDE * box.h
    along = np.linspace(0, 1, 40)
    bend = 0.53 + 0.07 * np.sin(np.pi * along + design.seed) + 0.04 * along
    for shift, colour in ((-0.035, colours.accent), (0.0, colours.main)):
        if wide:
            rim = np.stack([box.x + (bend + shift) * box.w, box.y + along * box.h], axis=1)
            far = [(box.x + box.w, box.y + box.h), (box.x + box.w, box.y)]
        else:
            rim = np.stack([box.x + along * box.w, box.y + (bend + shift) * box.h], axis=1)
            far = [(box.x + box.w, box.y + box.h), (box.x, box.y + box.h)]
        sheet.polygon(np.vstack([rim, far]), colour)
    within = box.inset(0.07 * sheet.short)
    image = within.part(0.54, 0.02, 0.46, 0.96) if wide else within.part(0.05, 0.48, 0.9, 0.52)
    radius = min(image.w, image.h) / 2
    x, y = image.middle
    sheet.disc(x, y, 1.05 * radius, colours.ground)
    mask = np.zeros((256, 256), np.uint8)
    cv2.circle(mask, (128, 128), 126, 255, -1, cv2.LINE_AA)
    show(sheet, design, Box(x - radius, y - radius, 2 * radius, 2 * radius), mask)
    _words(sheet, design, within.part(0, 0, 0.42, 1) if wide else within.part(0, 0, 1, 0.39))
    size = 0.55 * radius
    _claim(sheet, design, Box(x - 1.15 * radius, y + 0.5 * radius, size, size))


def _framed(sheet: Sheet, design: Design, box: Box) -> None:
    """A thin frame, all in the middle, a small picture: the old, dear look."""
    colours = design.palette
    metal = ink_on(colours.ground, colours.second, colours.accent, colours.ink)
    edge = 0.045 * sheet.short
    sheet.frame(box.inset(edge), metal, 0.012 * sheet.short, 0.03 * sheet.short)
    sheet.frame(box.inset(1.5 * edge), metal, 0.004 * sheet.short, 0.02 * sheet.short)
    within = box.inset(2.8 * edge)
    words, image = _split(within, 0.4)
    _words(sheet, design, words.inset(0.03 * words.w, 0.03 * words.h), "centre")
    image = image.inset(0.06 * image.w, 0.04 * image.h)
    show(sheet, design, image)
    sheet.frame(image, metal, 0.008 * sheet.short)


def _swiss(sheet: Sheet, design: Design, box: Box) -> None:
    """A block of colour with a large title, the picture in a rounded window, signs below."""
    colours = design.palette
    block, rest = _split(box, 0.58)
    sheet.fill(block, colours.main)
    margin = 0.06 * sheet.short
    within = block.inset(margin)
    title, foot = within.rows(5, 1.1, gap=0.05 * within.h)
    ink = ink_on(colours.main, colours.ground)
    stacked(sheet, design.lead, title, design.head, ink)
    sheet.text(_amount(design) or design.slogan, foot, "medium", ink)
    area = rest.inset(margin)
    brand, image, signs = area.rows(1.5, 5, 0.8, gap=0.05 * area.h)
    logo(sheet, design, brand)
    mask = np.zeros((200, max(20, round(200 * image.w / image.h))), np.uint8)
    cv2.rectangle(mask, (14, 14), (mask.shape[1] - 15, 185), 255, 28)
    cv2.rectangle(mask, (14, 14), (mask.shape[1] - 15, 185), 255, -1)
    show(sheet, design, image, mask)
    icons.row(sheet, design.ware.trade.icons, signs, ink_on(colours.ground, colours.ink))
    size = 0.32 * min(image.w, image.h)
    _claim(sheet, design, Box(image.x + image.w - 0.9 * size, image.y - 0.2 * size, size, size))


def _pattern(sheet: Sheet, design: Design, box: Box) -> None:
    """A pattern of small figures with a plaque for the words."""
    colours = design.palette
    sheet.fill(box, colours.main)
    tone = mix(colours.main, ink_on(colours.main, colours.ground), 0.22)
    pitch = max(0.13 * sheet.short, 5.0)
    for row in range(int(box.h / pitch) + 2):
        for column in range(int(box.w / pitch) + 2):
            x = box.x + (column + 0.5 * (row % 2)) * pitch
            _figure(sheet, design.seed % 4, x, box.y + row * pitch, 0.3 * pitch, tone)
    wide = box.w > _WIDE * box.h
    plaque = box.part(0.05, 0.12, 0.52, 0.76) if wide else box.part(0.1, 0.08, 0.8, 0.5)
    corner = (0.0, 0.08, 0.2)[design.seed % 3] * sheet.short
    sheet.fill(plaque, colours.ground, corner)
    sheet.frame(plaque.inset(0.02 * sheet.short), colours.accent, 0.01 * sheet.short, 0.9 * corner)
    _words(sheet, design, plaque.inset(0.08 * plaque.w, 0.1 * plaque.h), "centre")
    image = box.part(0.61, 0.12, 0.34, 0.76) if wide else box.part(0.1, 0.62, 0.8, 0.32)
    show(sheet, design, image)
    sheet.frame(image, colours.ground, 0.015 * sheet.short)


def _figure(sheet: Sheet, which: int, x: float, y: float, size: float, colour: Colour) -> None:
    if which == 0:
        sheet.disc(x, y, 0.6 * size, colour)
    elif which == 1:
        sheet.polygon([(x, y - size), (x + size, y), (x, y + size), (x - size, y)], colour)
    elif which == 2:
        sheet.line([(x - size, y + size), (x, y - size), (x + size, y + size)], colour, 0.3 * size)
    else:
        sheet.disc(x, y, size, colour, 0.25 * size)


LAYOUTS: tuple[Layout, ...] = (_bands, _bleed, _curve, _framed, _swiss, _pattern)


def cover(sheet: Sheet, design: Design, box: Box) -> None:
    """The front of a book: picture over all, or on coloured cloth; title and author large."""
    colours = design.palette
    within = box.inset(0.09 * sheet.short)
    full = design.layout % 2 == 0
    if full:
        show(sheet, design, box)
        band = box.part(0, 0.15, 1, 0.4)
        if design.layout == 0:
            sheet.fill(band, colours.ground)
        else:
            sheet.paste(np.full((1, 1, 3), mix(colours.main, BLACK, 0.6), np.uint8), box,
                        np.full((1, 1), 120, np.uint8))  # fmt: skip
        title = Box(within.x, band.y, within.w, band.h).inset(0, 0.12 * band.h)
    else:
        sheet.fill(box, colours.main)
        image = within.part(0, 0.36, 1, 0.5)
        show(sheet, design, image)
        title = within.part(0, 0, 1, 0.32)
    ground = sheet.ground_at(title)
    ink = ink_on(ground, colours.ink, colours.ground, colours.accent)
    align: Align = "centre" if design.layout < 4 else "left"
    stacked(sheet, design.lead, title, design.head, ink, align)
    author = within.part(0, 0.93, 1, 0.06) if full else within.part(0, 0.9, 1, 0.055)
    sheet.text(
        design.author or design.brand, author, "medium", ink_on(sheet.ground_at(author)), align
    )
    line = within.part(0, 0.02, 1, 0.028) if full else within.part(0, 0.97, 1, 0.025)
    sheet.text(design.claim, line, "regular", ink_on(sheet.ground_at(line)), align)


def top(sheet: Sheet, design: Design, box: Box) -> None:
    """The top of a box: a field of colour with the sign and the title large."""
    colours = design.palette
    style = (design.seed + design.number) % 3
    within = box.inset(0.09 * sheet.short)
    if style == 0:
        sheet.fill(box, colours.main)
    elif style == 1:
        sheet.fill(box.part(0, 0.75, 1, 0.25), colours.main)
        sheet.fill(box.part(0, 0.72, 1, 0.03), colours.accent)
        within = within.part(0, 0, 1, 0.72)
    else:
        show(sheet, design, box.part(0.55, 0, 0.45, 1))
        within = within.part(0, 0, 0.5, 1)
    if box.w > 1.6 * box.h and style != 2:
        mark, words = within.columns(1, 3, gap=0.05 * within.w)
        sign(sheet, design, mark.inset(0.1 * mark.h))
        name, title = words.rows(1, 2, gap=0.08 * words.h)
    else:
        name, title = within.rows(1.3, 2, gap=0.08 * within.h)
    logo(sheet, design, name)
    ground = sheet.ground_at(title)
    stacked(sheet, design.lead, title, design.head, ink_on(ground, colours.ink, colours.ground))


def lid(sheet: Sheet, design: Design, box: Box) -> None:
    """A lid, round or not: everything stands within the largest circle of its middle."""
    colours = design.palette
    x, y = box.middle
    radius = sheet.short / 2
    if (design.seed + design.number) % 2:
        sheet.fill(box, colours.main)
    ground = sheet.ground_at(box)
    ink = ink_on(ground, colours.ink, colours.ground)
    ring = ink_on(ground, colours.accent, colours.second)
    sheet.disc(x, y, 0.93 * radius, ring, 0.03 * radius)
    sheet.disc(x, y, 0.87 * radius, ring, 0.008 * radius)
    area = Box(x - 0.58 * radius, y - 0.66 * radius, 1.16 * radius, 1.32 * radius)
    mark, name, title = area.rows(1.3, 0.7, 1.6, gap=0.07 * area.h)
    sign(sheet, design, mark)
    sheet.text(design.brand, name, wordface(design), ink, "centre")
    stacked(sheet, design.lead, title, design.head, ink, "centre")
