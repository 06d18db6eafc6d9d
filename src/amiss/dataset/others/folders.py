"""Folders of pictures as captures: `folder` (see `amiss.dataset.folder`), of one or more products.

    <root>/good, damaged, reference, masks              one product, named as the folder is
    <root>/<product>/good, damaged, reference, masks    several

Each picture is a capture of one view. There are no splits on the disk: a product's name decides.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np

from amiss.dataset.collection import Dataset, ListedDataset, ListedSplit
from amiss.dataset.folder import FolderDataset, Sample
from amiss.dataset.labels import DamageMask
from amiss.dataset.mask import load_mask
from amiss.dataset.others.words import Told, index_of, labels_of, plain
from amiss.dataset.records import CaptureRecord, ReferenceRecord, ViewRecord
from amiss.dataset.split import in_splits
from amiss.dataset.words import SplitName
from amiss.domain.errors import DatasetError

_UNNAMED = "damaged"


def is_one(root: Path) -> bool:
    """Whether there is a folder good/, here or in each product's folder."""
    return bool(_products(root))


def open_folders(root: Path, shares: Mapping[SplitName, float]) -> Dataset:
    """Lists all pictures; opens none.

    Raises:
        DatasetError: there is no folder good/, or none with a picture in it.
    """
    folders = _products(root)
    if not folders:
        raise DatasetError(f"{root} needs a folder good/ with pristine pictures (JPEG or PNG).")
    captures: list[CaptureRecord] = []
    references: list[ReferenceRecord] = []
    left_out: dict[str, int] = {}
    for product, folder in folders.items():
        found = FolderDataset.open(folder)
        prefix = "" if folder == root else f"{product}/"
        captures += [_capture(s, product, prefix) for s in (*found.good, *found.damaged)]
        references += [
            ReferenceRecord(product, _view(s, f"{prefix}{s.name}")) for s in found.references
        ]
        if found.ignored:
            left_out[product] = found.ignored
    parts = in_splits(captures, shares)
    pristine = in_splits(references, shares)
    return ListedDataset(
        root,
        {
            name: partial(
                ListedSplit,
                name,
                records,
                pristine.get(name, ()),
                [
                    f"{left_out[product]} files of {product} that are no picture, or a mask of none"
                    for product in sorted({record.item for record in records} & left_out.keys())
                ],
            )
            for name, records in parts.items()
        },
    )


def _products(root: Path) -> dict[str, Path]:
    if (root / "good").is_dir():
        return {root.resolve().name: root}
    if not root.is_dir():
        return {}
    return {
        path.name: path
        for path in sorted(root.iterdir())
        if (path / "good").is_dir() and not path.name.startswith(".")
    }


def _capture(sample: Sample, product: str, prefix: str) -> CaptureRecord:
    word = plain(sample.type) if sample.type is not None else _UNNAMED
    labels, defects = labels_of([Told(word)] if sample.damaged else [], product)
    name = f"{prefix}{sample.name}"
    view = _view(sample, name, word)
    return CaptureRecord(name, product, (view,), labels, defects, product)


def _view(sample: Sample, name: str, word: str = "") -> ViewRecord:
    _, defects = labels_of([Told(word)] if sample.damaged else [], None)
    return ViewRecord(
        id=name,
        image=sample.path,
        crop=None,
        item_mask=None,
        defects=defects,
        damage_from=None if sample.mask is None else partial(_mask, sample.mask, index_of(word)),
    )


def _mask(path: Path, index: int) -> DamageMask:
    return np.where(load_mask(path), np.uint8(index), np.uint8(0))
