"""What carriers and shippers put on the outside: postal labels, handling marks, bare stock."""

import numpy as np

from amiss.simulate.prints import icons
from amiss.simulate.prints.canvas import Box, Sheet
from amiss.simulate.prints.colour import BLACK, KRAFT, PAPER, Colour, ink_on, mix, oklch
from amiss.simulate.prints.design import Design, invent
from amiss.simulate.prints.logo import logo

_LABEL = (100.0, 150.0)
"""Millimetres of a parcel label."""
_WHITE: Colour = (240, 240, 238)


def stock(design: Design) -> Colour:
    """The bare material of this design's mailer or carton: kraft, white or coloured poly."""
    rng = design.rng(4)
    which = rng.choice(3, p=(0.55, 0.25, 0.2))
    if which == 0:
        return mix(KRAFT, PAPER if rng.random() < 0.5 else BLACK, rng.uniform(0, 0.14))
    if which == 1:
        return mix(PAPER, BLACK, rng.uniform(0, 0.08))
    return oklch(rng.uniform(0.3, 0.75), rng.uniform(0.02, 0.14), rng.uniform(0, 360))


def plain(sheet: Sheet, design: Design, box: Box, rng: np.random.Generator) -> None:
    """Bare stock with the marks of its maker and of handling."""
    ground = stock(design)
    sheet.fill(sheet.box, ground)
    ink = mix(ground, ink_on(ground), rng.uniform(0.6, 0.95))
    side = min(0.22 * sheet.short, 45)
    corner = int(rng.integers(3))
    marks = Box(box.x + 0.06 * sheet.short, box.y + 0.06 * sheet.short, 4.2 * side, side)
    if corner == 1:
        marks = marks._replace(x=max(box.x, box.x + box.w - marks.w))
    if corner == 2:
        marks = marks._replace(y=box.y + box.h - 1.3 * side)
    icons.row(sheet, icons.HANDLING, marks._replace(w=min(marks.w, 0.9 * box.w)), ink)
    if rng.random() < 0.6:
        logo(sheet, design, box.part(0.3, 0.38, 0.4, 0.24), "centre")
    words = "Please recycle this packaging. Caution: keep away from heat and wet."
    foot = box.part(0.55, 0.86, 0.4, 0.1)
    sheet.paragraph(words, foot, "regular", ink, min(3.0, 0.5 * foot.h))
    if rng.random() < 0.5:
        seal = box.part(0.08, 0.72, 0.14, 0.2)
        radius = min(seal.w, seal.h) / 2
        sheet.disc(*seal.middle, radius, ink, 0.6)
        for line, share in zip(
            ("BOX", "ECT 32", invent(rng, 2).upper()), (-0.45, 0, 0.45), strict=True
        ):
            x, y = seal.middle
            high = 0.3 * radius
            place = Box(x - 0.7 * radius, y + share * radius - high / 2, 1.4 * radius, high)
            sheet.text(line, place, "medium", ink, "centre")


def parcel(sheet: Sheet, design: Design, box: Box, rng: np.random.Generator) -> None:
    """A bare parcel with its postal label stuck on."""
    plain(sheet, design, box, rng)
    wide, high = _LABEL if box.h >= box.w else _LABEL[::-1]
    fits = min(1.0, 0.8 * box.w / wide, 0.8 * box.h / high)
    wide, high = fits * wide, fits * high
    x = box.x + rng.uniform(0.08, 0.92) * (box.w - wide)
    y = box.y + rng.uniform(0.08, 0.92) * (box.h - high)
    sheet.fill(Box(x + 0.6, y + 0.8, wide, high), mix(sheet.ground_at(box), BLACK, 0.3))
    label = Sheet(_LABEL, (max(8, round(_LABEL[0] * fits * sheet.scale)),
                           max(8, round(_LABEL[1] * fits * sheet.scale))), _WHITE)  # fmt: skip
    shipping_label(label, design, label.box, rng)
    printed = label.finish()
    sheet.paste(printed if box.h >= box.w else np.rot90(printed).copy(), Box(x, y, wide, high))


def shipping_label(sheet: Sheet, design: Design, box: Box, rng: np.random.Generator) -> None:
    """A postal label: service, addresses, routing code, two barcodes, a square code."""
    sheet.fill(sheet.box, _WHITE)
    area = box.inset(0.04 * box.w)
    thick = 0.007 * box.w
    sheet.frame(area, BLACK, thick)
    head, sender, receiver, route, code = area.rows(1.1, 1.1, 2, 1.3, 2.6)
    for row in (sender, receiver, route, code):
        sheet.line([(row.x, row.y), (row.x + row.w, row.y)], BLACK, thick)
    service, weight = head.columns(1, 2.6)
    sheet.fill(service, BLACK)
    letter = "PESXR"[int(rng.integers(5))]
    sheet.text(letter, service.inset(0.2 * service.w, 0.18 * service.h), "black", _WHITE, "centre")
    name, facts = weight.inset(0.05 * weight.w, 0.14 * weight.h).rows(1.3, 1, gap=1)
    sheet.text(f"{invent(rng, 2).upper()} EXPRESS", name, "black", BLACK)
    sheet.text(f"{rng.uniform(0.2, 9):.1f} kg   1 / 1   {_date(rng)}", facts, "regular", BLACK)
    shipper = (f"{design.brand} Ltd", *_person(rng)[1:])
    _lines(sheet, sender.inset(0.02 * area.w), shipper, "regular")
    to, square = receiver.columns(2.4, 1)
    _lines(sheet, to.inset(0.03 * area.w), ("SHIP TO", *_person(rng)), "bold")
    _square_code(sheet, rng, square.inset(0.1 * square.w))
    numbers = f"{'ABCDEFGH'[int(rng.integers(8))]}{rng.integers(10)} {rng.integers(100, 1000)}"
    left, right = route.columns(1.6, 1)
    sheet.text(numbers, left.inset(0.06 * left.w, 0.2 * left.h), "black", BLACK)
    _bars(sheet, rng, right.inset(0.06 * right.w, 0.15 * right.h))
    big, digits = code.inset(0.05 * code.w, 0.08 * code.h).rows(5, 1, gap=0.05 * code.h)
    _bars(sheet, rng, big)
    number = " ".join(f"{rng.integers(1000, 10000)}" for _ in range(5))
    sheet.text(number, digits, "medium", BLACK, "centre")


def _lines(sheet: Sheet, box: Box, lines: tuple[str, ...], face: str) -> None:
    for words, row in zip(lines, box.rows(*[1] * len(lines)), strict=True):
        sheet.text(words, row.inset(0, 0.18 * row.h), face, BLACK)


def _person(rng: np.random.Generator) -> tuple[str, str, str]:
    first, last, street, town = (invent(rng, 2).title() for _ in range(4))
    where = f"{rng.integers(10000, 99999)} {town}"
    return f"{first} {last}", f"{street} Road {rng.integers(1, 200)}", where


def _date(rng: np.random.Generator) -> str:
    return f"{rng.integers(1, 29):02d}.{rng.integers(1, 13):02d}."


def _bars(sheet: Sheet, rng: np.random.Generator, box: Box) -> None:
    """Bars of a carrier's own code: one to four modules wide."""
    widths = rng.integers(1, 5, 60)
    fine = np.repeat(np.arange(60) % 2 == 0, widths).astype(np.uint8) * 255
    columns, rows = (max(1, round(side * sheet.scale)) for side in (box.w, box.h))
    line = np.repeat(fine, columns).reshape(columns, -1).mean(1).astype(np.uint8)
    sheet.stamp(np.repeat(line[None], rows, axis=0), box.x, box.y, BLACK)


def _square_code(sheet: Sheet, rng: np.random.Generator, box: Box) -> None:
    """A matrix of dots in the manner of two-dimensional codes; it holds no message."""
    cells = (rng.random((24, 24)) < 0.5).astype(np.uint8) * 255
    cells[:, 0] = cells[-1] = 255
    cells[0, 1::2] = cells[1:-1:2, -1] = 0
    side = min(box.w, box.h)
    pixels = max(24, round(side * sheet.scale))
    dots = np.kron(cells, np.ones((-(-pixels // 24),) * 2, np.uint8))
    x, y = box.middle
    picture = np.repeat(255 - dots[..., None], 3, axis=2)
    sheet.paste(picture, Box(x - side / 2, y - side / 2, side, side))
