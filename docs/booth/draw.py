#!/usr/bin/env python
"""Draws booth.svg: the booth from above and from the side, from the figures of the simulator's rig.

python docs/booth/draw.py
"""

import math
from collections.abc import Callable, Iterator
from pathlib import Path

from amiss.simulate.rig import FIELD_OF_VIEW, MOUNTS, STRIPS, Mount
from amiss.simulate.tray import TRAY_SIZE

SCALE = 260  # pixels per metre
HALF_WIDTH, TOP = 1.0, 1.5  # metres that a drawing shows beside the middle, and above the tray
MARGIN, GAP, CAPTION = 16, 24, 34
ITEM = (0.3, 0.2, 0.15)  # metres: a carton, for scale
INK, CAMERA, LIGHT, TABLE, FIELD = "#333", "#1b5e8c", "#f2b705", "#d5d9dc", "#1b5e8c"

Point = tuple[float, float]


def booth_svg() -> str:
    """The whole drawing."""
    side = 2 * HALF_WIDTH * SCALE  # of each of the two drawings
    width = 2 * MARGIN + 2 * side + GAP
    height = CAPTION + side + 2 * MARGIN
    above = _frame(MARGIN + side / 2, CAPTION + MARGIN + side / 2)
    beside = _frame(MARGIN + 1.5 * side + GAP, CAPTION + MARGIN + TOP * SCALE)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'font-family="sans-serif" font-size="12" fill="{INK}">'
        ),
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
        *_title(MARGIN, "From above (metres from the tray's middle)"),
        *_title(MARGIN + side + GAP, "From the front (metres above the tray)"),
        *_from_above(above),
        *_from_front(beside),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _frame(x: float, y: float) -> Callable[[Point], Point]:
    """From metres (right, up) to pixels (right, down), the origin at (x, y)."""
    return lambda point: (x + point[0] * SCALE, y - point[1] * SCALE)


def _title(x: float, text: str) -> Iterator[str]:
    yield f'<text x="{x:.0f}" y="24" font-size="15" font-weight="bold">{text}</text>'


def _from_above(place: Callable[[Point], Point]) -> Iterator[str]:
    yield _box(place, (0, 0), TRAY_SIZE, TABLE)
    yield _box(place, (0, 0), ITEM[:2], "#c9a06b")
    half = math.tan(math.radians(FIELD_OF_VIEW) / 2) * MOUNTS[0].position[2]
    yield _box(place, (0, 0), (2 * half, 2 * half), "none", FIELD, dashed=True)
    for strip in STRIPS:
        yield from _strip(place, strip.centre[:2], strip.size, "light", flat=True)
    for mount in MOUNTS:
        yield from _camera(place, mount, mount.position[:2], mount.target[:2])


def _from_front(place: Callable[[Point], Point]) -> Iterator[str]:
    yield _box(place, (0, -0.015), (TRAY_SIZE[0], 0.03), TABLE)
    yield _box(place, (0, ITEM[2] / 2), (ITEM[0], ITEM[2]), "#c9a06b")
    for strip in STRIPS:
        x, _, z = strip.centre
        if strip.size[0] < strip.size[1] or strip.centre[1] < 0:  # those behind hide behind these
            yield from _strip(place, (x, z), (strip.size[0], 0.03), f"light, {z:g}", flat=False)
    for mount in MOUNTS:
        x, y, z = mount.position
        if mount.name in {"top", "left", "right"}:
            yield from _field(place, mount)
        if y <= 0:
            aim = (mount.target[0], mount.target[2])
            yield from _camera(place, mount, (x, z), aim)


def _field(place: Callable[[Point], Point], mount: Mount) -> Iterator[str]:
    """What a camera sees of the drawing's plane: two rays down to the tray."""
    x, _, z = mount.position
    middle = math.atan2(mount.target[2] - z, mount.target[0] - x)
    for side in (-1, 1):
        angle = middle + side * math.radians(FIELD_OF_VIEW) / 2
        reach = -z / math.sin(angle)
        end = (x + reach * math.cos(angle), 0.0)
        yield _line(place, (x, z), end, FIELD, dashed=True)


def _camera(place: Callable[[Point], Point], mount: Mount, at: Point, aim: Point) -> Iterator[str]:
    if math.dist(at, aim) > 0:
        yield _line(place, at, aim, CAMERA)
    x, y = place(at)
    yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="{CAMERA}"/>'
    label = f"{mount.name} ({at[0]:g}, {at[1]:g})"
    left = at[0] < 0
    anchor, beside = ("end", x - 13) if left else ("start", x + 13)
    yield f'<text x="{beside:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}">{label}</text>'


def _strip(
    place: Callable[[Point], Point], at: Point, size: Point, label: str, *, flat: bool
) -> Iterator[str]:
    yield _box(place, at, size, LIGHT)
    x, y = place(at)
    below = 4 if flat else -10
    yield f'<text x="{x:.1f}" y="{y + below:.1f}" text-anchor="middle">{label}</text>'


def _box(
    place: Callable[[Point], Point],
    middle: Point,
    size: Point,
    fill: str,
    stroke: str = INK,
    *,
    dashed: bool = False,
) -> str:
    x, y = place((middle[0] - size[0] / 2, middle[1] + size[1] / 2))
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{size[0] * SCALE:.1f}" '
        f'height="{size[1] * SCALE:.1f}" fill="{fill}" stroke="{stroke}"{_dashes(dashed=dashed)}/>'
    )


def _line(
    place: Callable[[Point], Point], one: Point, other: Point, stroke: str, *, dashed: bool = False
) -> str:
    (x1, y1), (x2, y2) = place(one), place(other)
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{stroke}"{_dashes(dashed=dashed)}/>'
    )


def _dashes(*, dashed: bool) -> str:
    return ' stroke-dasharray="5 4"' if dashed else ""


if __name__ == "__main__":
    Path(__file__).with_name("booth.svg").write_text(booth_svg(), encoding="utf-8")
