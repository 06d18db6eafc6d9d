"""Takes over what was simulated elsewhere, as it stands there."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from amiss.dataset.disk import disk_errors
from amiss.dataset.layout import Layout
from amiss.dataset.manifest import read_manifest
from amiss.dataset.pack import Packed
from amiss.dataset.schema import QueryRow, ReferenceRow
from amiss.domain.errors import DatasetError

_PICTURES = ("image", "crop", "mask")
_FILES = (
    *(f"{kind}_{picture}" for kind in ("query", "reference") for picture in _PICTURES),
    "depth",
    "empty_tray",
)
"""Columns that name files."""


def packed_in(root: Path) -> Iterator[Packed]:
    """All captures and references of a data set, with their files.

    Raises:
        DatasetError: it cannot be read.
    """
    layout = Layout.find(root)
    for split in layout.splits:
        references = layout.manifest("reference", split)
        if references.is_file():
            for cells in read_manifest(references, ReferenceRow).iter_rows(named=True):
                yield Packed(split, [ReferenceRow(**cells)], _files(layout, [cells]))
        views = read_manifest(layout.manifest("query", split), QueryRow).iter_rows(named=True)
        for _, found in groupby(views, key=itemgetter("capture")):  # sorted as it was written
            rows = list(found)
            yield Packed(split, [QueryRow(**cells) for cells in rows], _files(layout, rows))


def _files(layout: Layout, rows: list[dict[str, Any]]) -> dict[str, bytes]:
    names = sorted({cells[column] for cells in rows for column in _FILES if cells.get(column)})
    files = {}
    for name in names:
        path = layout.resolve(name)
        if path is None:
            raise DatasetError(f"{layout.root} lacks {name}; copy the data set again.")
        with disk_errors(layout.root):
            files[name] = path.read_bytes()
    return files
