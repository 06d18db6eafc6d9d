"""The worst errors of an evaluation, to be looked at."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from amiss.dataset.reader import Split
from amiss.dataset.records import CaptureRecord
from amiss.domain.capture import RgbArray, View
from amiss.domain.errors import ImageError
from amiss.domain.picture import overlay
from amiss.evaluate.capture_report import CaptureReport
from amiss.evaluate.inspection import Heatmap, InspectCaptures
from amiss.evaluate.items import CaptureRow
from amiss.evaluate.load import load_capture
from amiss.evaluate.localise import Mask
from amiss.evaluate.metrics import rank_scores
from amiss.evaluate.pristine import Pristine

SHOWN = 12
TILE_PX = 260
TRUTH_COLOUR = (40, 220, 255)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One item that Amiss got wrong: its views with heat and, outlined, what is amiss.

    views, references: JPEG files, at most 260 pixels a side; none where they cannot be read.
    """

    row: CaptureRow
    story: str
    views: tuple[bytes, ...]
    references: tuple[bytes, ...]


def worst_errors(
    report: CaptureReport, split: Split, inspect: InspectCaptures, count: int = SHOWN
) -> dict[str, list[Exhibit]]:
    """Good items that look most damaged, and damaged ones that look most sound; worst first.

    They are inspected once more, since nobody keeps the maps of all.
    """
    labels = [row.truth.amiss for row in report.rows]
    ranked = rank_scores(labels, [row.found.score for row in report.rows])
    order = np.argsort(ranked, kind="stable")
    alarms = [report.rows[place] for place in order[::-1] if not labels[place]][:count]
    misses = [report.rows[place] for place in order if labels[place]][:count]
    shown = {row.id for row in (*alarms, *misses)}
    records = {record.id: record for record in split if record.id in shown}
    return {
        name: [_exhibit(row, records[row.id], report, split, inspect) for row in rows]
        for name, rows in (("alarms", alarms), ("misses", misses))
    }


def _exhibit(
    row: CaptureRow,
    record: CaptureRecord,
    report: CaptureReport,
    split: Split,
    inspect: InspectCaptures,
) -> Exhibit:
    story = record.labels.story if record.labels is not None else ""
    pristine = Pristine.of(
        inspect,
        split,
        record.item,
        references=report.references,
        picture=report.picture,
        seed=report.seed,
    )
    references = tuple(_tile(view, None, None) for view in pristine.views)
    try:
        capture = load_capture(record, report.picture)
    except ImageError:
        return Exhibit(row, story, (), references)
    seen = inspect(capture, pristine.prepared(row.there))
    whole = report.picture == "image"
    masks = [view.load_damage_mask() if whole else None for view in record.views]
    return Exhibit(
        row=row,
        story=story,
        views=tuple(
            _tile(view, heat, None if mask is None else mask > 0)
            for view, heat, mask in zip(capture.views, seen.heatmaps, masks, strict=True)
        ),
        references=references,
    )


def _tile(view: View, heat: Heatmap | None, mask: Mask | None) -> bytes:
    """A view at tile size: heat glows over it, what is amiss has an outline."""
    rgb = overlay(view, heat, [])
    if mask is not None and mask.any():
        size = (rgb.shape[1], rgb.shape[0])
        large = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        outlines, _ = cv2.findContours(large, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(rgb, outlines, -1, TRUTH_COLOUR, 2)
    return _jpeg(rgb)


def _jpeg(rgb: RgbArray) -> bytes:
    scale = TILE_PX / max(rgb.shape[:2])
    size = (round(rgb.shape[1] * scale), round(rgb.shape[0] * scale))
    file = io.BytesIO()
    Image.fromarray(rgb).resize(size, Image.Resampling.BOX).save(file, "JPEG", quality=80)
    return file.getvalue()


def data_urls(files: Sequence[bytes]) -> list[str]:
    """JPEG files as addresses that hold them, so that a page needs nothing beside itself."""
    return [f"data:image/jpeg;base64,{base64.b64encode(file).decode()}" for file in files]
