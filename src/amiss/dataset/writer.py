"""Writes a data set, capture by capture, such that a kill loses at most the one being written.

A capture's files are written elsewhere and moved into place, then it becomes a line of the journal:
from there on it stands. `publish` makes the manifests from all lines. Rows are sorted, so the same
captures give the same bytes, in whatever order and after however many kills they were written.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from amiss.dataset.disk import clear_staging, disk_errors, locked, place_files
from amiss.dataset.journal import Entry, Journal, Kind
from amiss.dataset.labels import ItemMask, Labels, Masks
from amiss.dataset.manifest import manifest_name, read_manifest
from amiss.dataset.pack import Packed, pack_capture, pack_reference
from amiss.dataset.pack_picture import Encoding, is_named_by_content
from amiss.dataset.schema import QueryRow, ReferenceRow, columns
from amiss.dataset.words import SPLITS, SplitName
from amiss.domain.capture import Capture, View
from amiss.domain.errors import DatasetError

_ROW: dict[Kind, type[QueryRow] | type[ReferenceRow]] = {
    "query": QueryRow,
    "reference": ReferenceRow,
}
_ID: dict[Kind, str] = {"query": "capture", "reference": "reference_id"}
_ORDER: dict[Kind, list[str]] = {
    "query": ["capture", "view"],
    "reference": ["item_identifier", "reference_id"],
}
_PRODUCTS: dict[Kind, list[str]] = {
    "query": ["item_identifier", "true_product"],
    "reference": ["item_identifier"],
}
_ROWS_PER_GROUP = 65_536


class Writer:
    """Adds captures and references to a data set; open one with `writing`."""

    def __init__(self, root: Path, encoding: Encoding) -> None:
        self.root = root
        self.encoding = encoding
        self._journal = Journal(root)
        self._ids: dict[Kind, set[str]] = {"query": set(), "reference": set()}
        self._split_of: dict[str, SplitName] = {}
        for entry in self._published():
            self._remember(entry)
        for entry in self._journal.read():
            self._remember(entry)

    def __contains__(self, capture: str) -> bool:
        """Whether a capture of this id stands already."""
        return capture in self._ids["query"]

    def has_reference(self, name: str) -> bool:
        """Whether a reference of this name stands already."""
        return name in self._ids["reference"]

    def add(
        self, capture: Capture, labels: Labels, masks: Sequence[Masks] = (), *, split: SplitName
    ) -> None:
        """Adds a capture; it stands once this returns.

        Args:
            capture: its id is its name in the data set.
            labels: what is true of the item.
            masks: one per view, or none at all.
            split: where it belongs; `amiss.dataset.split.split_of` says so by the product.

        Raises:
            DatasetError: there is such a capture, its product is in another split, something in it
                does not fit the format, or the disk refuses.
        """
        self.place(pack_capture(capture, labels, masks, split, self.encoding))

    def add_reference(
        self,
        name: str,
        view: View,
        labels: Labels,
        mask: ItemMask | None = None,
        *,
        split: SplitName,
    ) -> None:
        """Adds a pristine view of a product; it stands once this returns.

        Args:
            name: its own in the data set.
            view: the picture.
            labels: product and design, and where it comes from; the rest is not asked.
            mask: H×W bool, the item's silhouette.
            split: that of the product.

        Raises:
            DatasetError: as `add`.
        """
        self.place(pack_reference(name, view, mask, labels, split, self.encoding))

    def place(self, packed: Packed) -> None:
        """Adds what was packed elsewhere; it stands once this returns.

        Raises:
            DatasetError: it is there already, its product is in another split, or the disk refuses.
        """
        kind: Kind = "query" if isinstance(packed.rows[0], QueryRow) else "reference"
        entry = Entry(kind, packed.split, [asdict(row) for row in packed.rows])
        self._check(entry)
        new = {
            name: data
            for name, data in packed.files.items()
            if not (is_named_by_content(name) and (self.root / name).exists())
        }
        with disk_errors(self.root):
            place_files(self.root, new)
            self._journal.append(entry)
        self._remember(entry)

    def publish(self) -> None:
        """Brings the manifests up to date; what was written before shows in readers from now on.

        Raises:
            DatasetError: the disk refuses, or a manifest was altered by others.
        """
        entries = list(self._journal.read())
        with disk_errors(self.root):
            for split in SPLITS:
                mine = [entry for entry in entries if entry.split == split]
                if mine:
                    files = {
                        manifest_name(kind, split): self._merge(kind, split, mine) for kind in _ROW
                    }
                    place_files(self.root, files)
            self._journal.delete()
            clear_staging(self.root)

    def _check(self, entry: Entry) -> None:
        name = entry.rows[0][_ID[entry.kind]]
        if name in self._ids[entry.kind]:
            raise DatasetError(f"{self.root} has {name} already; give each its own id.")
        for product in _products(entry):
            split = self._split_of.get(product, entry.split)
            if split != entry.split:
                raise DatasetError(
                    f"Product {product} is in the split {split} of {self.root}; "
                    f"{name} must go there, too, not to {entry.split}."
                )

    def _remember(self, entry: Entry) -> None:
        self._ids[entry.kind].update(row[_ID[entry.kind]] for row in entry.rows)
        self._split_of.update(dict.fromkeys(_products(entry), entry.split))

    def _published(self) -> Iterator[Entry]:
        """What stands in the manifests: ids and products are enough."""
        for split in SPLITS:
            for kind, row in _ROW.items():
                frame = self._read(kind, split, row)
                wanted = {_ID[kind], *_PRODUCTS[kind]}
                yield Entry(kind, split, frame.select(sorted(wanted)).unique().to_dicts())

    def _merge(self, kind: Kind, split: SplitName, entries: list[Entry]) -> bytes:
        """A manifest with what it has and what is new."""
        row = _ROW[kind]
        rows = [cells for entry in entries if entry.kind == kind for cells in entry.rows]
        new = pl.DataFrame(rows, schema=columns(row), orient="row")
        # A kill between manifest and journal leaves rows in both.
        old = self._read(kind, split, row).join(new, on=_ID[kind], how="anti")
        merged = pl.concat([old, new]).sort(_ORDER[kind]).rechunk()
        file = io.BytesIO()
        merged.write_parquet(file, compression="zstd", row_group_size=_ROWS_PER_GROUP)
        return file.getvalue()

    def _read(
        self, kind: Kind, split: SplitName, row: type[QueryRow] | type[ReferenceRow]
    ) -> pl.DataFrame:
        path = self.root / manifest_name(kind, split)
        if not path.exists():
            return pl.DataFrame(schema=columns(row))
        frame = read_manifest(path, row)
        if frame[_ID[kind]].null_count():
            raise DatasetError(f"{path} was not written by Amiss; write to another folder.")
        return frame


@contextmanager
def writing(root: str | Path, encoding: Encoding | None = None) -> Iterator[Writer]:
    """Opens a data set for writing, a new one or one to continue, and publishes it at the end.

    Where the block ends in an error, nothing is published, but what was added stands and is
    published next time. One process writes at a time.

    Raises:
        DatasetError: another process writes to it, it was not written by Amiss, or the disk
            refuses.
    """
    folder = Path(root)
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        with disk_errors(folder):
            clear_staging(folder)
        writer = Writer(folder, encoding or Encoding())
        yield writer
        writer.publish()


def _products(entry: Entry) -> set[str]:
    found: set[Any] = {row[name] for row in entry.rows for name in _PRODUCTS[entry.kind]}
    return {product for product in found if product}
