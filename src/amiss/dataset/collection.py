"""What every reader hands out, whatever the layout: a data set, its splits, their records."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import overload

from amiss.dataset.records import CaptureRecord, ReferenceRecord
from amiss.dataset.words import SplitName
from amiss.domain.errors import DatasetError


class Split(Sequence[CaptureRecord]):
    """The captures of one split, in an order that is the same each time.

    left_out: what the data set lists, or holds, and the reader cannot give as a capture, in words.
    """

    name: SplitName
    left_out: tuple[str, ...] = ()

    @overload
    def __getitem__(self, index: int) -> CaptureRecord: ...
    @overload
    def __getitem__(self, index: slice) -> list[CaptureRecord]: ...
    def __getitem__(self, index: int | slice) -> CaptureRecord | list[CaptureRecord]:
        """A capture, or several; DatasetError where one cannot be read."""
        if isinstance(index, slice):
            return [self._at(place) for place in range(*index.indices(len(self)))]
        return self._at(index)

    @abstractmethod
    def _at(self, place: int) -> CaptureRecord: ...

    @property
    @abstractmethod
    def items(self) -> tuple[str, ...]:
        """All products that captures are compared with, by name."""

    @abstractmethod
    def references(self, item: str) -> tuple[ReferenceRecord, ...]:
        """The references of a product; none where there are none."""


class Dataset(ABC):
    """A data set; its splits are read when they are asked for."""

    root: Path

    @property
    @abstractmethod
    def splits(self) -> tuple[SplitName, ...]:
        """The splits that it has."""

    @abstractmethod
    def _read(self, name: SplitName) -> Split: ...

    def split(self, name: SplitName) -> Split:
        """Reads a split.

        Raises:
            DatasetError: there is no such split, or it cannot be read.
        """
        if name not in self.splits:
            raise DatasetError(
                f"{self.root} has no split {name}; choose from {', '.join(self.splits)}."
            )
        return self._read(name)

    def __iter__(self) -> Iterator[Split]:
        """All splits, one after the other."""
        return (self.split(name) for name in self.splits)


class ListedSplit(Split):
    """A split whose records are all at hand."""

    def __init__(
        self,
        name: SplitName,
        records: Sequence[CaptureRecord],
        references: Sequence[ReferenceRecord] = (),
        left_out: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.left_out = tuple(left_out)
        self._records = tuple(records)
        self._references: dict[str, list[ReferenceRecord]] = {}
        for reference in references:
            self._references.setdefault(reference.item, []).append(reference)

    def __len__(self) -> int:
        return len(self._records)

    def _at(self, place: int) -> CaptureRecord:
        return self._records[place]

    @property
    def items(self) -> tuple[str, ...]:
        """All products, by name."""
        return tuple(sorted({record.item for record in self._records}))

    def references(self, item: str) -> tuple[ReferenceRecord, ...]:
        """The references of a product."""
        return tuple(self._references.get(item, ()))


class ListedDataset(Dataset):
    """A data set whose splits are made by functions, each when it is asked for."""

    def __init__(self, root: Path, splits: Mapping[SplitName, Callable[[], Split]]) -> None:
        self.root = root
        self._splits = dict(splits)

    @property
    def splits(self) -> tuple[SplitName, ...]:
        """The splits that it has."""
        return tuple(self._splits)

    def _read(self, name: SplitName) -> Split:
        return self._splits[name]()
