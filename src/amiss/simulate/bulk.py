"""Simulates whole data sets: goes on where it was cut off, takes over what others have made."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from amiss.dataset.pack import Packed
from amiss.dataset.schema import QueryRow
from amiss.dataset.writer import Writer, writing
from amiss.domain.errors import DatasetError, SimulationError
from amiss.simulate.begun import Settings, begin, check, is_finished, settings_of
from amiss.simulate.crew import Crew, Opener
from amiss.simulate.parts import packed_in
from amiss.simulate.plan import MOST_ITEMS, Plan
from amiss.simulate.render.backend import Backend
from amiss.simulate.studio import Outfit, Studio, Task

Progress = Callable[[int, int], None]
"""Is told how many captures of how many stand."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a run did.

    captures: that stand now of those asked for, references and twins among them. drawn: those that
    this run drew, in so many seconds. taken_over: captures, and views of references, that came from
    other folders.
    """

    captures: int
    drawn: int
    seconds: float
    taken_over: int


@dataclass(frozen=True, slots=True)
class Bulk:
    """A data set to be made, or gone on with.

    opener: opens the renderer where several processes draw; backend: the same, open already.
    """

    root: Path
    plan: Plan
    outfit: Outfit
    backend: Backend
    opener: Opener
    processes: int = 1

    def make(
        self, indexes: range, parts: Sequence[Path] = (), progress: Progress = lambda *_: None
    ) -> Made:
        """Draws what is missing of the items `indexes`, their twins and their references.

        parts: data sets of the same plan whose captures are taken over, not drawn.

        Raises:
            SimulationError: there are no such items, one cannot be made, or the backend failed.
            DatasetError: the folder or a part was begun in another way, or the disk refuses.
        """
        if not 0 <= indexes.start < indexes.stop <= MOST_ITEMS:
            raise SimulationError(
                f"A data set has items 0 to {MOST_ITEMS - 1}, and one or more are made at a time; "
                f"{indexes.start} to {indexes.stop - 1} were asked for."
            )
        settings = settings_of(self.plan, self.outfit, self.backend.name)
        for part in parts:
            _check_part(part, settings)
        with writing(self.root, self.outfit.encoding) as writer:
            begin(self.root, settings)
            taken_over = sum(_take_over(writer, part) for part in parts)
            tasks = list(self._missing(indexes, writer))
            return self._drawn(writer, tasks, self._captures(indexes), taken_over, progress)

    def _drawn(
        self,
        writer: Writer,
        tasks: list[Task],
        captures: int,
        taken_over: int,
        progress: Progress,
    ) -> Made:
        started, drawn = time.perf_counter(), 0
        there = captures - sum(task.captures for task in tasks)
        progress(there, captures)
        for capture in self._work(tasks):
            for packed in capture:
                if not _stands(writer, packed):
                    writer.place(packed)
            drawn += 1
            progress(there + drawn, captures)
        return Made(captures, drawn, time.perf_counter() - started, taken_over)

    def _work(self, tasks: list[Task]) -> Iterator[list[Packed]]:
        if self.processes > 1 and len(tasks) > 1:
            yield from Crew(self.plan, self.outfit, self.opener, self.processes).work(tasks)
        else:
            studio = Studio(self.plan, self.outfit, self.backend)
            for task in tasks:
                yield from studio.work(task)

    def _captures(self, indexes: range) -> int:
        """How many the items stand for, with their twins and references."""
        groups = self.plan.group(indexes[-1]) - self.plan.group(indexes[0]) + 1
        twins = sum(self.plan.twin(index) is not None for index in indexes)
        return len(indexes) + twins + groups * self.plan.references

    def _missing(self, indexes: range, writer: Writer) -> Iterator[Task]:
        plan, views = self.plan, range(self.outfit.views)
        for group, members in groupby(indexes, key=plan.group):
            items = tuple(members)
            task = Task(
                group=group,
                references=tuple(
                    number
                    for number in range(plan.references)
                    if not all(
                        writer.has_reference(f"{plan.reference_id(group, number)}-{view}")
                        for view in views
                    )
                ),
                items=tuple(index for index in items if plan.id(index) not in writer),
                twins=tuple(
                    index
                    for index in items
                    if (twin := plan.twin(index)) is not None and twin not in writer
                ),
            )
            if task.captures:
                yield task


def _check_part(part: Path, settings: Settings) -> None:
    check(part, settings)
    if not is_finished(part):
        raise DatasetError(f"The data set in {part} is not finished: repeat its own command first.")


def _take_over(writer: Writer, part: Path) -> int:
    """Adds what a part has; returns how much that was."""
    count = 0
    for packed in packed_in(part):
        if not _stands(writer, packed):
            writer.place(packed)
            count += 1
    return count


def _stands(writer: Writer, packed: Packed) -> bool:
    first = packed.rows[0]
    if isinstance(first, QueryRow):
        return (first.capture or "") in writer
    return writer.has_reference(first.reference_id or "")
