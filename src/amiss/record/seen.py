"""From what Amiss says of an item to what is recorded of it."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from PIL import Image

from amiss.bundle.operating_point import OperatingPoint
from amiss.bundle.read import Bundle
from amiss.dataset.cells import intrinsics_cell, pose_cell, time_cell
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.pixels import encode_depth
from amiss.domain.capture import View
from amiss.domain.evidence import ScoreMap
from amiss.domain.result import Result
from amiss.domain.words import ProcessStep
from amiss.record.inspections import LOOSE, Inspected, ViewPictures
from amiss.record.site import Site

LOSSLESS = Encoding("png", crops=False)
"""For views that have no file: what is judged again must be the same bytes."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files that a view was read from; None where it came from a camera."""

    rgb: bytes | None = None
    depth: bytes | None = None
    empty_tray: bytes | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of an item besides its views; as in `Inspected`."""

    taken: datetime | None = None
    station: str = LOOSE
    step: ProcessStep | None = None
    item: str | None = None
    order_id: str | None = None
    lot: str | None = None
    capture: Mapping[str, Any] = field(default_factory=dict)


def inspected(
    result: Result,
    around: Circumstances,
    files: Sequence[Files] = (),
    encoding: Encoding = LOSSLESS,
) -> Inspected:
    """An inspection, ready to be recorded.

    Args:
        result: what Amiss says.
        around: what else is known.
        files: of each view, in their order; none of views without.
        encoding: of views that have no file.
    """
    known = files or [Files()] * len(result.views)
    views = [
        _pictures(view, heat, own, encoding)
        for view, heat, own in zip(result.views, result.heatmaps, known, strict=True)
    ]
    return Inspected(
        result.export(),
        views,
        taken=around.taken,
        station=around.station,
        step=around.step,
        item=around.item,
        order_id=around.order_id,
        lot=around.lot,
        capture=around.capture,
    )


def note_what_decided(site: Site, bundle: Bundle, point: OperatingPoint) -> None:
    """Keeps the documents that decisions name, so that each can be replayed.

    Raises:
        RecordError: the record cannot be written.
    """
    site.note("bundle", bundle.id, bundle.manifest.model_dump(mode="json"), actor="amiss")
    site.note("operating_point", point.hash, point.model_dump(mode="json"), actor="amiss")


def _pictures(view: View, heat: ScoreMap | None, files: Files, encoding: Encoding) -> ViewPictures:
    depth, tray = files.depth, files.empty_tray
    if depth is None and view.depth is not None:
        depth = encode_depth(view.depth)
    if tray is None and view.empty_tray is not None:
        tray = encoding.picture(view.empty_tray)
    told = {
        "intrinsics": intrinsics_cell(view.intrinsics),
        "pose": pose_cell(view.pose),
        "taken": time_cell(view.taken),
        "trigger": view.trigger,
    }
    return ViewPictures(
        rgb=encoding.picture(view.rgb) if files.rgb is None else files.rgb,
        depth=depth,
        empty_tray=tray,
        heatmap=None if heat is None else encode_heat(heat),
        camera=view.camera,
        facts={name: value for name, value in told.items() if value is not None},
    )


def encode_heat(heat: ScoreMap) -> bytes:
    """h×w in [0, 1] as a grey PNG of as many pixels."""
    grey = np.round(255 * np.clip(heat, 0, 1)).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "PNG")
    return file.getvalue()
