"""Runs the inspector over a data set in every arm, product by product; goes on where it was.

One line of JSON for each product; a line that was cut off is made anew. The first line says what
the file was made with.
"""

import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, cast

import cv2
from benchmarks.damage.arms import ARMS, WRONG, Swap, Wrong, captures_of, swaps
from benchmarks.damage.look import Document, open_inspector, said, shown
from benchmarks.damage.sets import plan_of
from benchmarks.damage.trays import tray_of

from amiss.bundle.operating_point import read_operating_point
from amiss.bundle.read import open_bundle
from amiss.dataset.collection import Dataset
from amiss.dataset.reader import open_dataset
from amiss.dataset.records import CaptureRecord, ReferenceRecord, ViewRecord
from amiss.domain.errors import DatasetError
from amiss.evaluate.arms import Arm as Covers
from amiss.gallery.reference import Reference
from amiss.vision.decode import decode

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What is scored, and with what."""

    root: Path
    bundle: Path
    point: Path

    def header(self) -> Document:
        """What a file of scores was made with."""
        bundle = open_bundle(self.bundle)
        point = read_operating_point(self.point, bundle)
        seed = plan_of(self.root).seed
        return {"bundle": bundle.id, "operating_point": point.hash, "seed": seed}


def score(
    job: Job,
    out: Path,
    *,
    limit: int | None = None,
    processes: int = 1,
    progress: Progress = lambda *_: None,
) -> int:
    """Scores what is missing of a data set; returns how many items stand in `out` afterwards.

    limit: items at most, in whole products, the first ones.

    Raises:
        DatasetError: the file was begun with another bundle, operating point or data set.
    """
    data = open_dataset(job.root)
    done = _begun(job.header(), out)
    products = _products(data, limit)
    changed = {arm: swaps(data, arm) for arm in WRONG}
    tasks = [
        _Task(name, {arm: {one: own[one] for one in members if one in own}
                     for arm, own in changed.items()})
        for name, members in products.items()
        if name not in done
    ]  # fmt: skip
    total = sum(map(len, products.values()))
    count = total - sum(len(products[task.product]) for task in tasks)
    progress(count, total)
    with out.open("a", encoding="utf-8") as file, _workers(job, processes) as work:
        for line in work(tasks):
            file.write(json.dumps(line) + "\n")
            file.flush()
            count += len(line["items"])
            progress(count, total)
    return count


@dataclass(frozen=True, slots=True)
class _Task:
    """A product. swaps: of each arm, by the capture of an item."""

    product: str
    swaps: Mapping[str, Mapping[str, Sequence[Swap]]]


def _begun(wanted: Document, out: Path) -> set[str]:
    """The products that stand in the file; a new one is begun."""
    out.parent.mkdir(parents=True, exist_ok=True)
    *lines, cut_off = out.read_bytes().split(b"\n") if out.exists() else [b""]
    if not lines:
        out.write_text(json.dumps(wanted) + "\n", encoding="utf-8")
        return set()
    if cut_off:
        out.write_bytes(b"".join(line + b"\n" for line in lines))
    header, *rest = map(json.loads, lines)
    for name, value in wanted.items():
        if header.get(name) != value:
            raise DatasetError(
                f"{out} was made with {name.replace('_', ' ')} {header.get(name)}, not {value}; "
                "remove it, or name another folder."
            )
    return {line["product"] for line in rest}


def _products(data: Dataset, limit: int | None) -> dict[str, list[str]]:
    """The captures of each product, in the order in which they were made."""
    records = sorted((record for split in data for record in split), key=_place)
    found: dict[str, list[str]] = {}
    for number, record in enumerate(records):
        if limit is not None and number >= limit and record.item not in found:
            break
        found.setdefault(record.item, []).append(record.id)
    return found


def _place(record: CaptureRecord) -> int:
    if record.sequence is None:
        raise DatasetError(f"{record.id} has no number in its data set; it was not simulated.")
    return record.sequence


@contextmanager
def _workers(job: Job, processes: int) -> Iterator[Callable[[Sequence[_Task]], Iterator[Document]]]:
    """Something that works through tasks, in order; one process is this one."""
    if processes == 1:
        worker = _Worker(job)
        yield lambda tasks: map(worker.product, tasks)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _begin, (job,)) as pool:
        try:
            yield lambda tasks: pool.map(_work, tasks)
        finally:
            pool.shutdown(cancel_futures=True)


_worker: "_Worker"
"""Of a working process."""


def _begin(job: Job) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    global _worker  # noqa: PLW0603 - a pool has no other way to hand a process what it needs
    _worker = _Worker(job)


def _end_with_parent() -> None:
    """A pool's processes would outlive a parent that is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _work(task: _Task) -> Document:
    return _worker.product(task)


class _Worker:
    """An inspector with one thread, and the data set."""

    def __init__(self, job: Job) -> None:
        cv2.setNumThreads(1)
        self.inspector = open_inspector(job.bundle, job.point, threads=1)
        self.plan = plan_of(job.root)
        self.records: dict[str, CaptureRecord] = {}
        self.references: dict[str, tuple[ReferenceRecord, ...]] = {}
        self.of: dict[str, list[CaptureRecord]] = {}
        for split in open_dataset(job.root):
            for record in split:
                self.records[record.id] = record
                self.of.setdefault(record.item, []).append(record)
            self.references |= {name: split.references(name) for name in split.items}

    def product(self, task: _Task) -> Document:
        """All items of a product."""
        seen = _Seen(self)
        members = sorted(self.of[task.product], key=_place)
        return {
            "product": task.product,
            "items": [self._item(record, task, seen) for record in members],
        }

    def _item(self, record: CaptureRecord, task: _Task, seen: "_Seen") -> Document:
        pixels, beside, masks = shown(record)
        capture = record.load(decode)
        found: Document = {}
        for name, arm in ARMS.items():
            references = [
                one
                for number in range(arm.references)
                for one in seen.own(record.item, number, arm.covers)
            ]
            stripped = arm.covers.strip_all(capture)
            found[name] = said(self.inspector, stripped, references, masks)
        for wrong, of_items in task.swaps.items():
            if record.id in of_items:
                references = seen.swapped(record.item, of_items[record.id], cast("Wrong", wrong))
                found[wrong] = said(self.inspector, capture, references, masks)
        return {**self._facts(record), "pixels": pixels, "beside": beside, "arms": found}

    def _facts(self, record: CaptureRecord) -> Document:
        labels = record.labels
        if labels is None or labels.damages is None:
            raise DatasetError(f"{record.id} has no labels; it was not simulated.")
        tray = tray_of(self.plan.booth(self.plan.group(_place(record))))
        return {
            "id": record.id,
            "kind": record.item.split("-")[1],
            "material": str(record.material),
            "tags": list(labels.tags),
            "tray": list(tray.words),
            "damages": [
                {"type": one.type.value, "severity": str(one.severity), "locus": str(one.locus)}
                for one in labels.damages
            ],
        }


@dataclass(slots=True)
class _Seen:
    """References of one product, each looked at once for each of what covers it."""

    worker: _Worker
    _kept: dict[tuple[str, int, Covers], list[Reference]] = field(default_factory=dict)

    def own(self, product: str, number: int, covers: Covers) -> list[Reference]:
        """One reference capture of a product."""
        key = (product, number, covers)
        if key not in self._kept:
            captures = captures_of(self.worker.references[product])
            self._kept[key] = self._see([one.view for one in captures[number]], covers)
        return self._kept[key]

    def swapped(self, product: str, changes: Sequence[Swap], arm: Wrong) -> list[Reference]:
        """All reference captures, some of them replaced."""
        by = {change.number: change.by for change in changes}
        whole = ARMS["all"]
        found: list[Reference] = []
        for number in range(whole.references):
            if number not in by:
                found += self.own(product, number, whole.covers)
            elif arm == "wrong-references":
                found += self.own(by[number], number, whole.covers)
            else:
                found += self._see(self.worker.records[by[number]].views, whole.covers)
        return found

    def _see(self, views: Sequence[ViewRecord], covers: Covers) -> list[Reference]:
        loaded: list[Any] = [covers.strip(view.load(decode)) for view in views]
        return [
            self.worker.inspector.see(view, record.id)
            for view, record in zip(loaded, views, strict=True)
        ]
