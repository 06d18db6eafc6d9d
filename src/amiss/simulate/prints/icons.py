"""Small signs of our own drawing: care, handling, recycling. Drawn in a unit square, y down."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from amiss.simulate.prints.canvas import Box, Sheet
from amiss.simulate.prints.colour import Colour

Stroke = tuple[str, NDArray[np.float64]]
"""How ("line", "loop" or "fill") and through which points, N×2 in the unit square."""


def _points(*values: float) -> NDArray[np.float64]:
    return np.array(values, np.float64).reshape(-1, 2)


def _arc(x: float, y: float, radius: float, start: float, end: float) -> NDArray[np.float64]:
    turns = np.deg2rad(np.linspace(start, end, 24))
    return np.stack([x + radius * np.cos(turns), y + radius * np.sin(turns)], axis=1)


def _recycle() -> list[Stroke]:
    strokes: list[Stroke] = []
    for turn in range(3):
        angle = np.deg2rad(120 * turn)
        rotate = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        bend = _points(-0.30, 0.12, -0.12, -0.22, 0.10, -0.30)
        head = _points(0.06, -0.44, 0.30, -0.27, 0.04, -0.14)
        strokes += [("line", 0.5 + bend @ rotate), ("fill", 0.5 + head @ rotate)]
    return strokes


def _leaf() -> list[Stroke]:
    side = np.linspace(0, 1, 16)
    bulge = 0.28 * np.sin(np.pi * side) ** 0.8
    rim = np.concatenate(
        [
            np.stack([0.15 + 0.7 * side - bulge * 0.6, 0.85 - 0.7 * side - bulge * 0.6], axis=1),
            np.stack([0.15 + 0.7 * side + bulge * 0.6, 0.85 - 0.7 * side + bulge * 0.6], axis=1)[
                ::-1
            ],
        ]
    )
    return [("loop", rim), ("line", _points(0.05, 0.95, 0.6, 0.4))]


def _star() -> list[Stroke]:
    turns = np.arange(10) * np.pi / 5
    reach = np.where(np.arange(10) % 2, 0.2, 0.48)
    return [("fill", np.stack([0.5 + reach * np.sin(turns), 0.5 - reach * np.cos(turns)], axis=1))]


def _drop() -> list[Stroke]:
    return [("loop", np.vstack([_points(0.5, 0.06), _arc(0.5, 0.64, 0.28, -25, 205)]))]


def _cold() -> list[Stroke]:
    ends = np.deg2rad([0, 60, 120])
    return [
        ("line", 0.5 + 0.45 * np.array([[np.cos(a), np.sin(a)], [-np.cos(a), -np.sin(a)]]))
        for a in ends
    ]


_STROKES: dict[str, Callable[[], list[Stroke]]] = {
    "recycle": _recycle,
    "leaf": _leaf,
    "star": _star,
    "drop": _drop,
    "cold": _cold,
    "clock": lambda: [
        ("loop", _arc(0.5, 0.5, 0.42, 0, 345)),
        ("line", _points(0.5, 0.22, 0.5, 0.52, 0.7, 0.62)),
    ],
    "bin": lambda: [
        ("loop", _points(0.25, 0.3, 0.75, 0.3, 0.68, 0.9, 0.32, 0.9)),
        ("line", _points(0.18, 0.22, 0.82, 0.22)),
        ("line", _points(0.1, 0.95, 0.9, 0.08)),
    ],
    "warning": lambda: [
        ("loop", _points(0.5, 0.08, 0.95, 0.9, 0.05, 0.9)),
        ("line", _points(0.5, 0.38, 0.5, 0.64)),
        ("line", _points(0.5, 0.76, 0.5, 0.78)),
    ],
    "hand": lambda: [
        ("loop", np.vstack([_arc(0.5, 0.7, 0.24, 0, 180), _points(0.24, 0.42, 0.76, 0.42)])),
        ("line", _points(0.34, 0.42, 0.34, 0.16)),
        ("line", _points(0.5, 0.42, 0.5, 0.08)),
        ("line", _points(0.66, 0.42, 0.66, 0.16)),
    ],
    "house": lambda: [
        ("loop", _points(0.08, 0.5, 0.5, 0.1, 0.92, 0.5)),
        ("line", _points(0.2, 0.5, 0.2, 0.9, 0.8, 0.9, 0.8, 0.5)),
    ],
    "bolt": lambda: [
        ("fill", _points(0.58, 0.05, 0.22, 0.56, 0.46, 0.56, 0.4, 0.95, 0.78, 0.4, 0.52, 0.4))
    ],
    "up": lambda: [
        stroke
        for x in (0.27, 0.73)
        for stroke in (
            ("fill", _points(x, 0.05, x + 0.2, 0.36, x - 0.2, 0.36)),
            ("line", _points(x, 0.3, x, 0.78)),
        )
    ]
    + [("line", _points(0.05, 0.92, 0.95, 0.92))],
    "fragile": lambda: [
        ("fill", np.vstack([_points(0.22, 0.06, 0.78, 0.06), _arc(0.5, 0.32, 0.26, 10, 170)])),
        ("line", _points(0.5, 0.5, 0.5, 0.9)),
        ("line", _points(0.26, 0.93, 0.74, 0.93)),
    ],
    "dry": lambda: [
        ("fill", _arc(0.5, 0.5, 0.42, 180, 360)),
        ("line", _points(0.5, 0.45, 0.5, 0.84)),
        ("line", _arc(0.42, 0.84, 0.08, 0, 170)),
        ("line", _points(0.2, 0.02, 0.16, 0.12)),
        ("line", _points(0.84, 0.02, 0.8, 0.12)),
    ],
}  # fmt: skip
HANDLING = ("up", "fragile", "dry")
NAMES = tuple(_STROKES)


def icon(sheet: Sheet, name: str, box: Box, ink: Colour) -> None:
    """Draws one sign into the largest square in the middle of a box."""
    side = min(box.w, box.h)
    x, y = box.middle
    for how, points in _STROKES[name]():
        placed = points * side + (x - side / 2, y - side / 2)
        if how == "fill":
            sheet.polygon(placed, ink)
        else:
            sheet.line(placed, ink, 0.075 * side, closed=how == "loop")


def row(sheet: Sheet, names: tuple[str, ...], box: Box, ink: Colour) -> None:
    """Signs side by side from the left, as high as the box or as fit into its width."""
    side = min(box.h, box.w / (1.3 * len(names)))
    for place, name in enumerate(names):
        icon(sheet, name, Box(box.x + 1.3 * side * place, box.y, side, side), ink)
