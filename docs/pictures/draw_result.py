#!/usr/bin/env python
"""Draws result.png: a few sketched items of the demo, each below one of its references.

python docs/pictures/draw_result.py
"""

import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from amiss import Inspector, Result
from amiss.simulate.sketched.demo import DemoQuery, write_demo

SHOWN = ("carton-0000-4", "blister-0001-5", "bottle-0003-4", "carton-0006-4")
TILE, GAP, LINE = 264, 8, 24
COLOURS = {"pass": (26, 127, 55), "sideline": (190, 32, 24), "not_inspected": (150, 105, 0)}
PAPER, INK = (255, 255, 255), (60, 60, 60)
COLOUR_COUNT = 256  # a palette makes the file a third as large
FONT = ImageFont.load_default(15)


def draw(target: Path) -> None:
    """Inspects the shown items and writes the sheet."""
    inspector = Inspector.load()
    width = len(SHOWN) * TILE + (len(SHOWN) - 1) * GAP
    sheet = Image.new("RGB", (width, 2 * (TILE + LINE)), PAPER)
    with tempfile.TemporaryDirectory() as folder:
        queries = write_demo(Path(folder)).queries
        for column, name in enumerate(SHOWN):
            (query,) = (one for one in queries if f"{name}-" in one.file)
            references = [Path(folder) / file for file in query.references]
            result = inspector.inspect(Path(folder) / query.file, references=references)
            _draw_column(sheet, column * (TILE + GAP), references[0], query, result)
    palette = sheet.quantize(COLOUR_COUNT, Image.Quantize.MAXCOVERAGE, kmeans=3)
    sheet.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(target, optimize=True)


def _draw_column(
    sheet: Image.Image, x: int, reference: Path, query: DemoQuery, result: Result
) -> None:
    tiles = [Image.open(reference), Image.fromarray(result.picture())]
    below = 2 * LINE + TILE
    for tile, y in zip(tiles, (LINE, below), strict=True):
        sheet.paste(tile.resize((TILE, TILE), Image.Resampling.LANCZOS), (x, y))
    pen = ImageDraw.Draw(sheet)
    verdict = f"{result.decision.value} {result.score:.2f}"
    pen.text((x, 2), "pristine reference", INK, FONT)
    pen.text((x, LINE + TILE + 3), verdict, COLOURS[result.decision.value], FONT)
    truth = f"truth: {query.damage or 'pristine'}"
    pen.text((x + TILE, LINE + TILE + 3), truth, INK, FONT, anchor="ra")
    pen.rectangle(
        (x, below, x + TILE - 1, below + TILE - 1), outline=COLOURS[result.decision.value], width=3
    )


if __name__ == "__main__":
    draw(Path(__file__).with_name("result.png"))
