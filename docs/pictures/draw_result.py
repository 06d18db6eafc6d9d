#!/usr/bin/env python
"""Draws result.png: a few items of the recorded booth, each below one of its references.

python docs/pictures/draw_result.py
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from amiss import Inspector, Result
from amiss.cli.demo_rows import Row, row_of
from amiss.cli.recorded import Pristine
from amiss.dataset.reader import Split, open_dataset
from amiss.dataset.records import CaptureRecord, ReferenceRecord
from amiss.domain.picture import overlay
from amiss.recordings import BOOTH
from amiss.vision.decode import decode

SHOWN = ("soup-3", "blades-4", "shampoo-3", "kit-1")
TILE, GAP, LINE = 264, 8, 24
COLOURS = {"pass": (26, 127, 55), "sideline": (190, 32, 24), "not_inspected": (150, 105, 0)}
PAPER, INK = (255, 255, 255), (60, 60, 60)
COLOUR_COUNT = 256  # a palette makes the file a third as large
FONT = ImageFont.load_default(15)


def draw(target: Path) -> None:
    """Inspects the shown items and writes the sheet."""
    inspector = Inspector.load()
    split = open_dataset(BOOTH).split("test")
    pristine = Pristine(split, inspector)
    width = len(SHOWN) * TILE + (len(SHOWN) - 1) * GAP
    sheet = Image.new("RGB", (width, 2 * (TILE + LINE)), PAPER)
    for column, name in enumerate(SHOWN):
        (record,) = (one for one in split if one.id == name)
        references = pristine.of(record.product)
        result = inspector.inspect(record.load(decode), references=references)
        _draw_column(sheet, column * (TILE + GAP), split, record, result)
    palette = sheet.quantize(COLOUR_COUNT, Image.Quantize.MAXCOVERAGE, kmeans=3)
    sheet.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(target, optimize=True)


def _draw_column(
    sheet: Image.Image, x: int, split: Split, record: CaptureRecord, result: Result
) -> None:
    """The view that shows most of what is amiss, or else differs most."""
    number = _telling(record, result)
    reference = _alike(split, record, result, number)
    findings = [one for one in result.findings if one.view == number]
    shown = overlay(result.views[number], result.heatmaps[number], findings)
    below = 2 * LINE + TILE
    for tile, y in zip((reference.view.load(decode).rgb, shown), (LINE, below), strict=True):
        sheet.paste(_fitted(tile), (x, y))
    pen = ImageDraw.Draw(sheet)
    row: Row = row_of(record, result)
    score = "–" if row.score is None else f"{row.score:.2f}"
    colour = COLOURS[row.decision.value]
    pen.text((x, 2), "pristine reference", INK, FONT)
    pen.text((x, LINE + TILE + 3), f"{row.decision.value} {score}", colour, FONT)
    truth = f"truth: {row.truth.split(', ')[0]}"
    pen.text((x + TILE, LINE + TILE + 3), truth, INK, FONT, anchor="ra")
    pen.rectangle((x, below, x + TILE - 1, below + TILE - 1), outline=colour, width=3)


def _telling(record: CaptureRecord, result: Result) -> int:
    damage = [view.damage_pixels or 0 for view in record.views]
    if any(damage):
        return int(np.argmax(damage))
    scores = {one.view: one.score for one in result.evidence if one.score is not None}
    return max(scores, key=lambda view: scores[view], default=0)


def _alike(split: Split, record: CaptureRecord, result: Result, number: int) -> ReferenceRecord:
    """The reference that the view was found to be most like."""
    named = {one.view: one.reference for one in result.evidence if one.available}
    references = split.references(record.item)
    return next((one for one in references if one.view.id == named.get(number)), references[0])


def _fitted(rgb: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(rgb).resize((TILE, TILE), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    draw(Path(__file__).with_name("result.png"))
