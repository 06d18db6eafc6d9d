"""Looks a data set over before it is trained on: what is wrong shows now, not after hours.

report = check_dataset(open_dataset("recording/"))
report.require_sound()
"""

from collections.abc import Callable, Iterator

from amiss.dataset.check.files import Files
from amiss.dataset.check.leaks import Leaks
from amiss.dataset.check.report import CheckReport, SplitCounts, Tally
from amiss.dataset.check.truth import check_truth, check_view_numbers
from amiss.dataset.collection import Dataset, Split
from amiss.dataset.records import CaptureRecord, Decode, ReferenceRecord, ViewRecord
from amiss.dataset.words import DefectType, SplitName
from amiss.domain.errors import DatasetError

Progress = Callable[[int, int], None]


def check_dataset(
    data: Dataset,
    *,
    train: SplitName = "train",
    decode: Decode | None = None,
    progress: Progress | None = None,
) -> CheckReport:
    """Looks at all splits: labels, masks, files, and what two splits have in common.

    Of pictures the beginning and the end are read. Files are compared where their sizes are equal.

    Args:
        data: the data set.
        train: the split to train on, which needs both classes.
        decode: reads each picture in full, which is thorough and slow; None leaves it.
        progress: called with (done, total) of captures, and then of files to be compared.
    """
    run = _Run(decode, progress or (lambda _done, _total: None))
    opened = [split for name in data.splits if (split := run.open(data, name)) is not None]
    total = sum(map(len, opened))
    for split in opened:
        run.check(split, total)
        run.check_classes(split.name, train)
    if train not in data.splits:
        has = ", ".join(data.splits)
        run.tally.add("one_class", f"there is no split {train}, only {has or 'nothing'}")
    run.leaks.tell(run.tally, run.progress)
    return CheckReport(str(data.root), run.counts, run.tally.problems())


class _Run:
    """One check as it goes on."""

    def __init__(self, decode: Decode | None, progress: Progress) -> None:
        self.tally = Tally()
        self.counts: dict[str, SplitCounts] = {}
        self.leaks = Leaks()
        self.progress = progress
        self._files = Files(self.tally, decode)
        self._done = 0

    def open(self, data: Dataset, name: SplitName) -> Split | None:
        """Reads a split; what cannot be read is told."""
        try:
            return data.split(name)
        except DatasetError as error:
            self.tally.add("unreadable_split", f"{name}: {error}")
            return None

    def check(self, split: Split, total: int) -> None:
        """Looks at all captures and references of a split."""
        counts = self.counts[split.name] = SplitCounts(items=len(split.items))
        for words in split.left_out:
            self.tally.add("left_out", words)
        for record in self._records(split, total):
            counts.captures += 1
            counts.pictures += len(record.views)
            self._count(record, counts)
            check_truth(record, self.tally)
            for product in {record.item, (record.labels and record.labels.product) or ""}:
                self.leaks.add_item(split.name, product)
            for view in record.views:
                self._check_view(view, split.name)
        for item in split.items:
            for reference in self._references(split, item):
                counts.references += 1
                check_view_numbers(reference.view, self.tally)
                self._check_view(reference.view, split.name)

    def check_classes(self, name: SplitName, train: SplitName) -> None:
        """Whether a split has what it takes to train or to measure."""
        counts = self.counts[name]
        if not (counts.good and counts.damaged):
            words = f"{name} has {counts.good} good and {counts.damaged} damaged captures"
            self.tally.add("one_class" if name == train else "one_class_to_measure", words)
        if name == train and counts.damaged:
            for word in DefectType:
                if word not in counts.types:
                    self.tally.add("empty_class", str(word))

    def _records(self, split: Split, total: int) -> Iterator[CaptureRecord]:
        for place in range(len(split)):
            try:
                record = split[place]
            except DatasetError as error:
                self.tally.add("unreadable_record", str(error))
            else:
                yield record
            self._done += 1
            self.progress(self._done, total)

    def _references(self, split: Split, item: str) -> tuple[ReferenceRecord, ...]:
        try:
            return split.references(item)
        except DatasetError as error:
            self.tally.add("unreadable_record", str(error))
            return ()

    def _count(self, record: CaptureRecord, counts: SplitCounts) -> None:
        if record.defects is None:
            counts.unlabelled += 1
            self.tally.add("unlabelled", record.id)
            return
        counts.damaged += record.defects.any
        counts.good += not record.defects.any
        for word in record.defects.types:
            counts.types[str(word)] = counts.types.get(str(word), 0) + 1

    def _check_view(self, view: ViewRecord, split: SplitName) -> None:
        path = self._files.check(view)
        size = None if path is None else self._files.size(path)
        if path is not None and size:
            self.leaks.add_picture(split, path, size)
