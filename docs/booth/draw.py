#!/usr/bin/env python
"""Draws the pictures of this folder: the booth, from the simulator's rig, and the printed sheets.

python docs/booth/draw.py
"""

from pathlib import Path

from amiss.booth.accept.lens import Board
from amiss.booth.drawing import Hanging, Plan, Standing, draw
from amiss.booth.virtual.charts import SHEET, figure_corners
from amiss.simulate.rig import FIELD_OF_VIEW, MOUNTS, STRIPS
from amiss.simulate.tray import TRAY_SIZE

ITEM = (0.3, 0.2, 0.15)  # metres: a carton, for scale
SQUARE = 0.4
INK = "#333"  # as dark as toner gets; what counts is the edge


def booth_svg() -> str:
    """The simulator's booth."""
    cameras = [Standing(one.name, one.position, one.target, (FIELD_OF_VIEW,) * 2) for one in MOUNTS]
    lights = [Hanging(strip.centre, strip.size) for strip in STRIPS]
    return draw(Plan(cameras, lights, TRAY_SIZE, ITEM, SQUARE))


def figure_svg() -> str:
    """The twelve-sided figure for sharpness, A4, in millimetres."""
    middle = (SHEET[0] * 500, SHEET[1] * 500)
    corners = " ".join(
        f"{middle[0] + x * 1000:.2f},{middle[1] + y * 1000:.2f}" for x, y in figure_corners()
    )
    return _sheet(f'<polygon points="{corners}" fill="{INK}"/>')


def chessboard_svg() -> str:
    """The chessboard for lenses, A4, in millimetres."""
    board = Board()
    columns, rows = board.corners[0] + 1, board.corners[1] + 1
    side = board.square * 1000
    left, top = SHEET[0] * 500 - columns * side / 2, SHEET[1] * 500 - rows * side / 2
    squares = [
        f'<rect x="{left + column * side:g}" y="{top + row * side:g}" '
        f'width="{side:g}" height="{side:g}" fill="{INK}"/>'
        for row in range(rows)
        for column in range(columns)
        if (row + column) % 2 == 0
    ]
    return _sheet("\n".join(squares))


def _sheet(inside: str) -> str:
    width, height = (side * 1000 for side in SHEET)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
        f'viewBox="0 0 {width:g} {height:g}">\n'
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>\n{inside}\n</svg>\n'
    )


PICTURES = {
    "booth.svg": booth_svg,
    "figure.svg": figure_svg,
    "chessboard.svg": chessboard_svg,
}

if __name__ == "__main__":
    for name, make in PICTURES.items():
        Path(__file__).with_name(name).write_text(make(), encoding="utf-8")
