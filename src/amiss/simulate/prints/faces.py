"""The other faces of a packaging: what must be said somewhere, laid out in columns."""

import numpy as np

from amiss.simulate.prints import icons
from amiss.simulate.prints.blocks import address, barcode, small, small_print, stacked, table
from amiss.simulate.prints.canvas import Box, Sheet
from amiss.simulate.prints.colour import PAPER, ink_on, mix
from amiss.simulate.prints.design import Design
from amiss.simulate.prints.fronts import front, show
from amiss.simulate.prints.logo import logo, sign, wordface

_CODE = (39.0, 27.0)  # mm that a barcode of nominal size and its margin take


def back(sheet: Sheet, design: Design, box: Box) -> None:
    """A heading, a picture, directions, a table, signs, the barcode."""
    colours = design.palette
    heading, rest = box.rows(1, 5)
    sheet.fill(heading, colours.main)
    within = heading.inset(0.06 * sheet.short, 0.2 * heading.h)
    name, title = within.columns(1, 2, gap=0.05 * within.w)
    logo(sheet, design, name)
    sheet.text(design.lead, title, design.head, ink_on(colours.main, colours.ground), "right")
    area = rest.inset(0.06 * sheet.short)
    ink = ink_on(sheet.ground_at(area), colours.ink)
    if area.w > 0.9 * area.h:
        left, right = area.columns(1.15, 1, gap=0.05 * area.w)
    else:
        left, right = area.rows(1, 1, gap=0.04 * area.h)
    image, print_ = left.rows(1, 1.3, gap=0.05 * left.h)
    if design.layout % 2:
        image = image._replace(w=0.48 * image.w)
        beside = image._replace(x=image.x + 1.08 * image.w, w=left.w - 1.08 * image.w)
        small_print(sheet, design, beside, ink)
    show(sheet, design, image)
    slogan, words = print_.rows(1, 6, gap=0.03 * print_.h)
    sheet.text(design.slogan, slogan.inset(0, 0.16 * slogan.h), design.head, ink)
    small_print(sheet, design, words, ink)
    _facts(sheet, design, right)


def _facts(sheet: Sheet, design: Design, box: Box) -> None:
    """The table, signs and, in the lower right corner, the barcode."""
    ink = ink_on(sheet.ground_at(box), design.palette.ink)
    code = Box(0, 0, min(_CODE[0], box.w), min(_CODE[1], 0.42 * box.h))
    code = code._replace(x=box.x + box.w - code.w, y=box.y + box.h - code.h)
    above = box._replace(h=box.h - code.h - 0.04 * box.h)
    bottom = table(sheet, design.ware.trade.table, above, ink, design.body)
    left = above._replace(y=bottom + small(sheet), h=above.y + above.h - bottom - small(sheet))
    if left.h > 4 * small(sheet):
        signs, words = left.rows(1, 2, gap=small(sheet))
        icons.row(sheet, design.ware.trade.icons, signs._replace(h=min(signs.h, 11)), ink)
        small_print(sheet, design, words, ink)
    beside = Box(box.x, code.y, box.w - code.w - small(sheet), code.h)
    if beside.w > 12:
        address(sheet, design, beside, ink)
    barcode(sheet, design.gtin, code)


def side(sheet: Sheet, design: Design, box: Box, rng: np.random.Generator) -> None:
    """A narrow face: brand and claims along it, or the table with signs."""
    colours = design.palette
    claims, filled = rng.random(2) < 0.5
    if filled:
        sheet.fill(box, colours.main)
    ground = sheet.ground_at(box)
    ink = ink_on(ground, colours.ink, colours.ground)
    area = box.inset(0.09 * sheet.short)
    if box.w > 1.8 * box.h:
        mark, middle, end = area.columns(1, 1.4, 1, gap=0.05 * area.w)
        logo(sheet, design, mark.inset(0, 0.15 * mark.h))
        stacked(sheet, design.lead, middle.inset(0, 0.1 * middle.h), design.head, ink, "centre")
        if end.h > 24:
            _facts_small(sheet, design, end)
        else:
            icons.row(sheet, design.ware.trade.icons, end.inset(0, 0.3 * end.h), ink)
        return
    head, title, image, facts = area.rows(0.8, 1.2, 1.6, 2.6, gap=0.035 * area.h)
    logo(sheet, design, head, "centre")
    stacked(sheet, design.lead, title, design.head, ink, "centre")
    if claims:
        _claims(sheet, design, image)
    else:
        show(sheet, design, image)
    _facts_small(sheet, design, facts)


def _claims(sheet: Sheet, design: Design, box: Box) -> None:
    """What the maker is proud of, line by line behind a sign."""
    ink = ink_on(sheet.ground_at(box), design.palette.ink)
    name = "leaf" if design.seed % 2 else "star"
    lines = box.rows(1, 1, 1, gap=0.05 * box.h)
    for claim, line in zip(design.ware.trade.claims, lines, strict=False):
        icons.icon(sheet, name, line._replace(w=line.h), ink)
        words = line._replace(x=line.x + 1.4 * line.h, w=line.w - 1.4 * line.h)
        sheet.text(claim, words.inset(0, 0.25 * words.h), "medium", ink)


def _facts_small(sheet: Sheet, design: Design, box: Box) -> None:
    ink = ink_on(sheet.ground_at(box), design.palette.ink)
    y = table(sheet, design.ware.trade.table, box, ink, design.body)
    rest = box._replace(y=y + small(sheet), h=max(box.y + box.h - y - small(sheet), 0))
    if rest.h > 2 * small(sheet):
        small_print(sheet, design, rest, ink)


def bottom(sheet: Sheet, design: Design, box: Box) -> None:
    """The face that nobody looks at: barcode, maker, batch, signs, glue flap line."""
    colours = design.palette
    area = box.inset(0.07 * sheet.short)
    ink = ink_on(sheet.ground_at(area), colours.ink)
    wide = area.w >= area.h
    code, words = area.columns(1, 1.2, gap=4) if wide else area.rows(1, 1, gap=4)
    barcode(sheet, design.gtin, code._replace(w=min(code.w, 50), h=min(code.h, 34)))
    lines, signs = words.rows(2, 1, gap=2)
    address(sheet, design, lines, ink)
    icons.row(sheet, ("recycle", "bin", "clock"), signs._replace(h=min(signs.h, 12)), ink)
    tint = mix(sheet.ground_at(area), ink, 0.25)
    sheet.line([(box.x, box.y + box.h / 2), (box.x + box.w, box.y + box.h / 2)], tint, 0.25)


def label(sheet: Sheet, design: Design, box: Box) -> None:
    """A wrap round a bottle, tin or jar: the front in the middle, facts left and right of it.

    The ground is one colour at both ends, so that they meet without a seam.
    """
    third = min(box.w / 3, 1.1 * box.h)
    left_edge = box.x + (box.w - third) / 2
    front(sheet, design, Box(left_edge, box.y, third, box.h))
    colours = design.palette
    # What the front bleeds over the seam is covered: a label has a clean column on each side.
    for x, words in ((box.x, True), (left_edge + third, False)):
        column = Box(x, box.y, left_edge - box.x, box.h)
        sheet.fill(column, colours.ground)
        for y in (box.y, box.y + 0.96 * box.h):
            sheet.fill(Box(x, y, column.w, 0.04 * box.h), colours.main)
        area = column.inset(0.06 * column.w, 0.1 * box.h)
        ink = ink_on(colours.ground, colours.ink)
        if words:
            half = area.columns(1, 1, gap=0.06 * area.w) if area.w > 50 else [area]
            small_print(sheet, design, half[-1], ink)
            if len(half) == 2:
                mark, name = half[0].rows(2, 1, gap=0.05 * area.h)
                sign(sheet, design, mark)
                sheet.text(design.brand, name, wordface(design), ink, "centre")
        elif area.w > 60:
            code, facts = area.columns(1, 1, gap=0.06 * area.w)
            barcode(sheet, design.gtin, code)
            table(sheet, design.ware.trade.table, facts, ink, design.body)
        else:
            facts, code = area.rows(1, 1, gap=0.04 * area.h)
            table(sheet, design.ware.trade.table, facts, ink, design.body)
            barcode(sheet, design.gtin, code)


def spine(sheet: Sheet, design: Design, box: Box) -> None:
    """The back of a book, read from left to right: author, title, publisher's sign."""
    colours = design.palette
    sheet.fill(box, colours.main)
    ink = ink_on(colours.main, colours.ground)
    area = box.inset(0.04 * box.w, 0.28 * box.h)
    author, title, mark = area.columns(2, 4, 0.6, gap=0.04 * area.w)
    sheet.text(design.author or design.brand, author, "medium", ink)
    sheet.text(design.lead, title, design.head, ink, "centre")
    sign(sheet, design, mark)
    if design.layout % 2:
        for share in (0.012, 0.985):
            sheet.fill(box.part(share, 0, 0.004, 1), ink)


def blurb(sheet: Sheet, design: Design, box: Box) -> None:
    """The rear cover of a book: what it is about, praise, barcode."""
    colours = design.palette
    if design.layout % 2:
        sheet.fill(box, colours.main)
    ground = sheet.ground_at(box)
    ink = ink_on(ground, colours.ink, colours.ground)
    area = box.inset(0.1 * sheet.short)
    head, words, foot = area.rows(0.8, 4, 1.4, gap=0.04 * area.h)
    stacked(sheet, design.slogan, head, design.head, ink)
    height = min(4.2, 0.03 * sheet.box.h)
    text = " ".join(design.ware.trade.about * 2)
    after = sheet.paragraph(text, words, design.body, ink, height, 1.4)
    rest = words._replace(y=after + height, h=words.y + words.h - after - height)
    if rest.h > 12 * small(sheet):
        show(sheet, design, rest.inset(0, 0.06 * rest.h))
    code = Box(0, 0, min(_CODE[0], 0.5 * foot.w), min(_CODE[1], foot.h))
    code = code._replace(x=foot.x + foot.w - code.w, y=foot.y + foot.h - code.h)
    sheet.fill(code, PAPER)
    barcode(sheet, design.gtin, code)
    maker = Box(foot.x, foot.y, foot.w - code.w - 4, foot.h)
    logo(sheet, design, maker.part(0, 0.1, 0.9, 0.3))
    address(sheet, design, maker.part(0, 0.55, 1, 0.45), ink)


def pages(sheet: Sheet, design: Design, box: Box, rng: np.random.Generator) -> None:
    """The edges of the leaves of a book: fine stripes of paper along the width."""
    paper = np.array([(226, 217, 196), (236, 233, 224), (214, 202, 176)][design.seed % 3])
    rows = sheet.rgb.shape[0]
    shade = 1 + 0.07 * rng.standard_normal(rows) - 0.12 * (rng.random(rows) < 0.12)
    drift = 0.03 * np.interp(np.linspace(0, 5, rows), np.arange(6), rng.standard_normal(6))
    sheet.rgb[:] = np.clip(paper * (shade + drift)[:, None, None], 0, 245).astype(np.uint8)
    # The hinge of the cover shades the first leaves.
    for share in (0.0, 0.97):
        sheet.fill(box.part(0, share, 1, 0.03), mix(design.palette.main, PAPER, 0.35))
