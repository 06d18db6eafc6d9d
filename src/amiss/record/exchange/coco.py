"""The record as COCO: pictures, and instances whose categories are damage types."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.dataset.disk import place_files
from amiss.domain.words import DamageType
from amiss.record.exchange.shown import Marked, Shown, shown
from amiss.record.queries.inspections import Wanted
from amiss.record.site import Site

ANNOTATIONS = "annotations.json"
PICTURES = "images"
_IDS = {damage: number for number, damage in enumerate(DamageType, start=1)}


def give_coco(
    site: Site, out: Path, wanted: Wanted | None = None, left_out: dict[str, str] | None = None
) -> int:
    """Writes pictures and `annotations.json`; gives how many pictures. Repeated, it goes on.

    left_out: takes captures whose pictures cannot be read, with the reason.

    Raises:
        RecordError: the record cannot be read.
        DatasetError: the disk refuses.
    """
    images: list[dict[str, Any]] = []
    instances: list[dict[str, Any]] = []
    for number, one in enumerate(shown(site, wanted or Wanted(), left_out), start=1):
        write_picture(out, one)
        width, height = one.size
        images.append(
            {
                "id": number,
                "file_name": f"{PICTURES}/{one.file}",
                "width": width,
                "height": height,
                "item": one.product,
                "capture": one.capture,
                "view": one.view,
                "damaged": one.damaged,
            }
        )
        for mark in one.marks:
            instances.append(_instance(len(instances) + 1, number, mark))
    document = {
        "images": images,
        "annotations": instances,
        "categories": [{"id": number, "name": damage.value} for damage, number in _IDS.items()],
    }
    place_files(out, {ANNOTATIONS: json.dumps(document).encode()})
    return len(images)


def write_picture(out: Path, one: Shown) -> None:
    """Puts a picture there, unless it is there."""
    out.mkdir(parents=True, exist_ok=True)
    name = f"{PICTURES}/{one.file}"
    if not (out / name).exists():
        place_files(out, {name: one.data})


def _instance(number: int, image: int, mark: Marked) -> dict[str, Any]:
    x, y, width, height = mark.box
    area = width * height if mark.mask is None else float(mark.mask.sum())
    if mark.polygon:
        area = float(cv2.contourArea(np.array(mark.polygon, np.float32)))
    return {
        "id": number,
        "image_id": image,
        "category_id": _IDS[mark.type],
        "bbox": [x, y, width, height],
        "area": area,
        "iscrowd": 0,
        "segmentation": _segmentation(mark),
        "severity": mark.severity,
        "locus": mark.locus,
    }


def _segmentation(mark: Marked) -> Any:  # noqa: ANN401 - as COCO has it: polygons or runs
    if mark.polygon:
        return [[value for corner in mark.polygon for value in corner]]
    return [] if mark.mask is None else runs(mark.mask)


def runs(mask: NDArray[np.bool_]) -> dict[str, Any]:
    """COCO's uncompressed runs: lengths column by column, the first of what is not marked."""
    flat = mask.T.ravel()
    edges = np.flatnonzero(np.diff(flat.astype(np.int8))) + 1
    lengths = np.diff(np.concatenate([[0], edges, [flat.size]])).tolist()
    return {"size": list(mask.shape), "counts": [0, *lengths] if flat[0] else lengths}
