"""A contact sheet of the worst misses and the worst false alarms, with heat, to be looked at."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from benchmarks.damage.arms import captures_of
from benchmarks.damage.items import Items, said
from numpy.typing import NDArray

from amiss.dataset.reader import open_dataset
from amiss.dataset.records import CaptureRecord, ReferenceRecord
from amiss.domain.capture import RgbArray
from amiss.domain.picture import overlay
from amiss.inspector import Inspector
from amiss.vision.decode import decode

TILE, CAPTION = 240, 20
OUTLINE = (40, 220, 255)


def worst(items: Items, arm: str, count: int) -> tuple[list[int], list[int]]:
    """Places of items of major damage with the lowest scores; of sound ones with the highest."""
    known = ~items.new
    order = np.argsort(items.scores[arm], kind="stable")
    misses = [int(at) for at in order if known[at] and items.major[at]][:count]
    alarms = [int(at) for at in order[::-1] if known[at] and items.sound[at]][:count]
    return misses, alarms


def draw(
    root: Path,
    items: Items,
    places: Sequence[int],
    inspector: Inspector,
    arm: str,
) -> RgbArray:
    """One row for each item: its views with heat and, outlined, its damage; then its references.

    arm: `all`, or `depth`, which shows no references. Heat is as the inspector serves it.
    """
    data = open_dataset(root)
    wanted = {items.rows[place]["id"] for place in places}
    found: dict[str, tuple[CaptureRecord, tuple[ReferenceRecord, ...]]] = {}
    for split in data:
        for record in split:
            if record.id in wanted:
                found[record.id] = record, split.references(record.item)
    rows = []
    for place in places:
        row = items.rows[place]
        record, references = found[row["id"]]
        shown = references if arm == "all" else ()
        tiles = list(_tiles(inspector, record, shown))
        damages = ", ".join(
            f"{one['severity']} {one['type']} {row['pixels'].get(one['type'], 0)} px"
            for one in row["damages"]
        )
        score = said(row, arm)["score"]
        told = "no opinion" if score is None else f"{score:.3f}"
        words = f"{row['id']}  {row['kind']}  {told}  "
        named = said(row, arm).get("finding")
        rows.append(_captioned(np.hstack(tiles), words + (damages or "sound") + f"  {named or ''}"))
    width = max(row.shape[1] for row in rows)
    padded = [np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0))) for row in rows]
    return np.ascontiguousarray(np.vstack(padded), np.uint8)


def _tiles(
    inspector: Inspector,
    record: CaptureRecord,
    references: tuple[ReferenceRecord, ...],
) -> Iterator[RgbArray]:
    captures = captures_of(references)
    views = [one.view.load(decode) for capture in captures for one in capture]
    capture = record.load(decode)
    result = inspector.inspect(capture, references=[inspector.see(view) for view in views])
    for view, own, heat in zip(capture.views, record.views, result.heatmaps, strict=True):
        tile = _small(overlay(view, heat, ()))
        mask = own.load_damage_mask()
        if mask is not None and mask.any():
            _outline(tile, mask > 0)
        yield tile
    yield from (_small(view.rgb) for view in views)


def _small(rgb: RgbArray) -> RgbArray:
    return np.ascontiguousarray(cv2.resize(rgb, (TILE, TILE), interpolation=cv2.INTER_AREA))


def _outline(tile: RgbArray, mask: NDArray[np.bool_]) -> None:
    large = cv2.resize(mask.astype(np.uint8), (TILE, TILE), interpolation=cv2.INTER_NEAREST)
    shapes, _ = cv2.findContours(large, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(tile, shapes, -1, OUTLINE, 1)


def _captioned(row: RgbArray, words: str) -> RgbArray:
    strip = np.zeros((CAPTION, row.shape[1], 3), np.uint8)
    where, face = (4, CAPTION - 6), cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(strip, words, where, face, 0.45, (255, 255, 255), 1, cv2.LINE_AA)
    return np.vstack([strip, row])
