"""Reads data sets with manifests: what Amiss recorded or simulated, and Kaputt in all its layouts.

Rows stay in their table; a record is made when it is asked for.
"""

from collections.abc import Iterator

import polars as pl

from amiss.dataset.collection import Dataset, Split
from amiss.dataset.layout import Layout
from amiss.dataset.manifest import read_manifest
from amiss.dataset.records import CaptureRecord, ReferenceRecord
from amiss.dataset.schema import QueryRow, ReferenceRow
from amiss.dataset.unpack import unpack_capture, unpack_references
from amiss.dataset.words import SplitName


class ManifestSplit(Split):
    """The captures of one split, in the order of its manifest.

    Raises DatasetError where a row cannot be read.
    """

    def __init__(self, layout: Layout, name: SplitName) -> None:
        self.name = name
        self.layout = layout
        self._rows = read_manifest(layout.manifest("query", name), QueryRow)
        self._places = _group(self._rows)
        path = layout.manifest("reference", name)
        # Items without references are a fact of life; a split without any may have no manifest.
        self._references = read_manifest(path, ReferenceRow) if path.is_file() else None
        self._reference_places = _by_item(self._references)

    def __len__(self) -> int:
        return len(self._places)

    def _at(self, place: int) -> CaptureRecord:
        return unpack_capture(self.rows(place), self.layout)

    def rows(self, place: int) -> list[QueryRow]:
        """A capture as it stands in the manifest, one row for each view."""
        return [QueryRow(**self._rows.row(n, named=True)) for n in self._places[place]]

    def reference_rows(self) -> Iterator[ReferenceRow]:
        """All references as they stand in the manifest."""
        if self._references is not None:
            yield from (ReferenceRow(**row) for row in self._references.iter_rows(named=True))

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
                self.layout,
                number,
            )
        )


class ManifestDataset(Dataset):
    """A data set with a manifest for each split."""

    def __init__(self, layout: Layout) -> None:
        self.root = layout.manifests
        self._layout = layout

    @property
    def splits(self) -> tuple[SplitName, ...]:
        """The splits that have a manifest."""
        return self._layout.splits

    def _read(self, name: SplitName) -> Split:
        return ManifestSplit(self._layout, name)


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
