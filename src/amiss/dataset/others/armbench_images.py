"""ARMBench's defect pictures.

    <root>/train.csv, test.csv        the ids of transfers
    <root>/data/<id>/<id>_<k>.jpg     one picture of each camera k
    <root>/data/<id>/<id>_<k>.json    id (with or without .jpg), label, sublabel, polygon

As in its own benchmark a picture is an item of its own, since each has its own label; pictures of
one transfer share the name of the item. No product is told, so nothing has references. The polygon
is around the item, damaged or not: it is the silhouette and says nothing about where damage is.
"""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from amiss.dataset.collection import Dataset, ListedDataset, ListedSplit
from amiss.dataset.labels import Defects, ItemMask, Labels
from amiss.dataset.others.armbench_lists import (
    LISTS,
    check_name,
    has_lists,
    label_errors,
    read_label,
    read_list,
)
from amiss.dataset.others.words import Told, labels_of
from amiss.dataset.outlines import draw_polygon
from amiss.dataset.records import CaptureRecord, ViewRecord
from amiss.dataset.words import SplitName
from amiss.domain.errors import DatasetError
from amiss.domain.words import DamageType

NOMINAL, MULTI_PICK, PACKAGE_DEFECT = "nominal", "multi_pick", "package_defect"
"""Its labels. Two items where one was asked for are no damage, and may be damaged or not."""

TYPES = {
    "open_box": DamageType.OPENED,
    "open_book": DamageType.OPENED,
    "crush_box": DamageType.CRUSH,
    "torn_bag": DamageType.TEAR,
}
"""Sublabels that say what one of our types says; others are damage of no type that we know."""


def is_one(root: Path) -> bool:
    """Whether a folder is such a data set."""
    return has_lists(root) and (root / "data").is_dir()


def open_part(root: Path) -> Dataset:
    """Opens it; labels are read with their split."""
    return ListedDataset(
        root,
        {name: partial(_split, root, name) for name in LISTS if (root / LISTS[name]).is_file()},
    )


def _split(root: Path, name: SplitName) -> ListedSplit:
    records: list[CaptureRecord] = []
    left_out: list[str] = []
    for transfer in read_list(root / LISTS[name]):
        folder = root / "data" / transfer
        labels = sorted(folder.glob("*.json"))
        records += [_record(path, transfer) for path in labels]
        if not labels:
            left_out.append(f"{transfer} is listed, and has no labels")
            continue
        stems = {path.stem for path in labels}
        bare = sorted(path.name for path in folder.glob("*.jpg") if path.stem not in stems)
        left_out += [f"{name} has no label" for name in bare]
    return ListedSplit(name, records, left_out=left_out)


def _record(path: Path, transfer: str) -> CaptureRecord:
    told = read_label(path)
    with label_errors(path):
        name = str(told["id"])
        stem = name.removesuffix(".jpg")
        check_name(stem, path)
        if stem != path.stem:
            raise ValueError(f"it is for {stem}")
        labels, defects = _truth(told)
        points = np.asarray(told.get("polygon") or [], np.float64).reshape(-1, 2)
    image = path.with_name(f"{stem}.jpg")
    view = ViewRecord(
        id=stem,
        image=image,
        crop=None,
        item_mask=None,
        defects=defects,
        camera=stem.removeprefix(f"{transfer}_"),
        item_from=partial(_silhouette, image, points) if len(points) >= 3 else None,
    )
    return CaptureRecord(stem, transfer, (view,), labels, defects)


def _truth(told: dict[str, Any]) -> tuple[Labels, Defects | None]:
    label, sublabel = str(told["label"]), str(told.get("sublabel") or "")
    if label == MULTI_PICK:
        return Labels(tags=(MULTI_PICK,)), None
    if label == NOMINAL:
        return labels_of([], None)
    if label != PACKAGE_DEFECT:
        raise ValueError(f"there is no label {label!r}")
    return labels_of([Told(str(TYPES.get(sublabel, sublabel or PACKAGE_DEFECT)))], None)


def _silhouette(image: Path, points: np.ndarray[Any, np.dtype[np.float64]]) -> ItemMask:
    try:
        with Image.open(image) as picture:
            width, height = picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DatasetError(f"The picture {image} cannot be read; restore it.") from error
    return draw_polygon(points, (height, width))
