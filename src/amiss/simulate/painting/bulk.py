"""Paints whole data sets: goes on where it was cut off."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from amiss.dataset.writer import Writer, writing
from amiss.domain.errors import SimulationError
from amiss.simulate.begun import PAINTED, begin
from amiss.simulate.painting.easel import Easel, LeftOut
from amiss.simulate.painting.photographs import Found, Photograph
from amiss.simulate.painting.plan import ENCODING, Plan

Progress = Callable[[int, int], None]
"""Is told how many captures of how many are done with."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a run did.

    planned: captures, of which some are left out. written: captures that this run wrote, in so many
    seconds. left_out: captures by why nothing came of them.
    """

    planned: int
    written: int
    left_out: dict[LeftOut, int]
    seconds: float


def paint_all(
    root: Path, plan: Plan, found: Found, progress: Progress = lambda _done, _all: None
) -> Made:
    """Brings a data set to where it holds all that a plan makes of some photographs.

    Until it does, the folder has no manifest, and no reader takes it for a data set.

    Raises:
        DatasetError: the folder was begun in another way or holds something else, or the disk
            refuses.
        SimulationError: nothing came of any photograph.
        ImageError: a photograph cannot be read any more.
    """
    with writing(root, ENCODING) as writer:
        begin(root, _settings(plan, found), PAINTED)
        made = _Run(Easel(plan), writer, progress).make(found)
        if sum(made.left_out.values()) == made.planned:
            raise SimulationError(
                f"In none of {len(found.photographs)} photographs an item stands out that could "
                "be painted on; take some in which it fills more of the middle, or lies on a "
                "plain ground."
            )
    return made


def _settings(plan: Plan, found: Found) -> dict[str, Any]:
    encoding = {name: value for name, value in asdict(ENCODING).items() if name != "depth_step"}
    return {"amiss": version("amiss"), **plan.settings(found.photographs), **encoding}


class _Run:
    def __init__(self, easel: Easel, writer: Writer, progress: Progress) -> None:
        self._easel, self._writer, self._progress = easel, writer, progress
        self._done = self._written = 0
        self._left_out: Counter[LeftOut] = Counter()

    def make(self, found: Found) -> Made:
        started = time.perf_counter()
        shared = [self._easel.plan.shared_out(some) for some in found.products.values()]
        planned = self._easel.plan.copies * sum(len(others) for _, others in shared)
        self._progress(0, planned)
        for references, others in shared:
            for photograph in references:
                self._refer(photograph)
            for photograph in others:
                self._copy(photograph)
                self._progress(self._done, planned)
        seconds = time.perf_counter() - started
        return Made(planned, self._written, dict(self._left_out), seconds)

    def _refer(self, photograph: Photograph) -> None:
        if not self._writer.has_reference(self._easel.plan.name(photograph)):
            self._writer.place(self._easel.reference(photograph))

    def _copy(self, photograph: Photograph) -> None:
        """All captures of a photograph that are missing."""
        copies = self._easel.plan.copies_of(photograph)
        missing = [copy for copy in copies if copy.id not in self._writer]
        self._done += len(copies)
        if not missing:
            return
        canvas = self._easel.put_up(photograph)
        for copy in missing:
            made = canvas if isinstance(canvas, str) else self._easel.capture(canvas, copy)
            if isinstance(made, str):
                self._left_out[made] += 1
            else:
                self._writer.place(made)
                self._written += 1
