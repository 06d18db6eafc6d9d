"""Opens data sets: what Amiss recorded or simulated, and Kaputt in each of its layouts.

data = open_dataset("recording/")
for record in data.split("test"):
    capture = record.load(decode)
    references = data.split("test").references(record.item)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

import polars as pl

from amiss.dataset.layout import Layout
from amiss.dataset.manifest import read_manifest
from amiss.dataset.records import CaptureRecord, ReferenceRecord
from amiss.dataset.schema import QueryRow, ReferenceRow
from amiss.dataset.unpack import unpack_capture, unpack_references
from amiss.dataset.words import SplitName
from amiss.domain.errors import DatasetError


class Split(Sequence[CaptureRecord]):
    """The captures of one split, in the order of its manifest; each is made when it is asked for.

    Raises DatasetError where a row cannot be read.
    """

    def __init__(self, layout: Layout, name: SplitName) -> None:
        self.name = name
        self._layout = layout
        self._rows = read_manifest(layout.manifest("query", name), QueryRow)
        self._places = _group(self._rows)
        path = layout.manifest("reference", name)
        # Items without references are a fact of life; a split without any may have no manifest.
        self._references = read_manifest(path, ReferenceRow) if path.is_file() else None
        self._reference_places = _by_item(self._references)

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> CaptureRecord: ...
    @overload
    def __getitem__(self, index: slice) -> list[CaptureRecord]: ...
    def __getitem__(self, index: int | slice) -> CaptureRecord | list[CaptureRecord]:
        """A capture, or several."""
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        rows = [QueryRow(**self._rows.row(n, named=True)) for n in self._places[index]]
        return unpack_capture(rows, self._layout)

    @property
    def items(self) -> tuple[str, ...]:
        """All products that captures are compared with, by name."""
        return tuple(sorted(set(self._rows["item_identifier"].drop_nulls().to_list())))

    def references(self, item: str) -> tuple[ReferenceRecord, ...]:
        """The references of a product; none where there are none."""
        if self._references is None:
            return ()
        return tuple(
            record
            for number in self._reference_places.get(item, ())
            for record in unpack_references(
                ReferenceRow(**self._references.row(number, named=True)),
                self._layout,
                number,
            )
        )


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set; its splits are read when they are asked for."""

    layout: Layout

    @property
    def splits(self) -> tuple[SplitName, ...]:
        """The splits that it has."""
        return self.layout.splits

    def split(self, name: SplitName) -> Split:
        """Reads the manifests of a split.

        Raises:
            DatasetError: there is no such split, or its manifests cannot be read.
        """
        if name not in self.splits:
            raise DatasetError(
                f"{self.layout.manifests} has no split {name}; choose from "
                f"{', '.join(self.splits)}."
            )
        return Split(self.layout, name)

    def __iter__(self) -> Iterator[Split]:
        """All splits, one after the other."""
        return (self.split(name) for name in self.splits)


def open_dataset(path: str | Path, manifests: str | Path | None = None) -> Dataset:
    """Opens a data set; nothing is read yet.

    Args:
        path: its folder, see `amiss.dataset.layout`.
        manifests: the folder of its manifests where they lie elsewhere, as those of kaputt-rare.

    Raises:
        DatasetError: there is no manifest.
    """
    return Dataset(Layout.find(path, manifests))


def _group(rows: pl.DataFrame) -> list[list[int]]:
    """The row numbers of each capture, in order of appearance; a row without one is its own."""
    own = pl.col("capture").is_not_null() & (pl.col("capture") != "")
    key = pl.struct(own.alias("own"), pl.when(own).then("capture").otherwise("capture_id"))
    numbered = rows.select(key.alias("key")).with_row_index("number")
    groups = numbered.group_by("key", maintain_order=True).agg("number")
    return groups["number"].to_list()


def _by_item(rows: pl.DataFrame | None) -> dict[str, list[int]]:
    if rows is None:
        return {}
    numbered = rows.select("item_identifier").with_row_index("number")
    groups = numbered.group_by("item_identifier", maintain_order=True).agg("number")
    return {item: numbers for item, numbers in groups.iter_rows() if item is not None}
