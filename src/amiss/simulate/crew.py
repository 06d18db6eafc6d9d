"""Several processes that work for one data set; one of them alone writes it."""

import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import groupby
from multiprocessing.connection import wait as wait_for

from amiss.dataset.pack import Packed
from amiss.domain.errors import SimulationError
from amiss.simulate.plan import Plan
from amiss.simulate.render.backend import Backend
from amiss.simulate.studio import Outfit, Studio, Task

_AHEAD = 2  # tasks per process that are handed out at a time
Opener = Callable[[], Backend]
"""Opens the renderer, in the process that will use it."""


@dataclass(frozen=True, slots=True)
class Crew:
    """So many processes, each with a renderer of its own."""

    plan: Plan
    outfit: Outfit
    opener: Opener
    processes: int

    def work(self, tasks: Sequence[Task]) -> Iterator[list[Packed]]:
        """What `Studio.work` gives for all tasks, in any order, but each task as a whole.

        Raises:
            SimulationError: an item cannot be made, or a process died.
        """
        # not forked: neither OpenGL nor Mitsuba outlives that
        context = multiprocessing.get_context("spawn")
        begin = (self.plan, self.outfit, self.opener)
        hands = [
            ProcessPoolExecutor(1, context, _begin, begin)
            for _ in range(min(self.processes, len(tasks)))
        ]
        try:
            yield from _gathered(hands, Shares(self.plan, tasks))
        except BrokenProcessPool as error:
            raise SimulationError(
                "A process that draws has died, perhaps for want of memory; repeat the command to "
                "go on, with fewer processes if it dies again."
            ) from error
        finally:
            for hand in hands:
                hand.shutdown(wait=False, cancel_futures=True)
            for hand in hands:
                hand.shutdown(wait=True)


class Shares:
    """Which task is whose next. A process stays in its booth, since empty trays are dear to render.

    Only where no booth is left does it help with that of another.
    """

    def __init__(self, plan: Plan, tasks: Iterable[Task]) -> None:
        booths = groupby(tasks, key=lambda task: plan.booth(task.group))
        self._booths = deque(deque(found) for _, found in booths)
        self._of: dict[int, deque[Task]] = {}

    def next(self, hand: int) -> Task | None:
        """The next task of one process; None where nothing is left."""
        mine = self._of.get(hand)
        if not mine:
            if self._booths:
                mine = self._booths.popleft()
            else:
                mine = max(self._of.values(), key=len, default=deque())
            self._of[hand] = mine
        return mine.popleft() if mine else None


def _gathered(hands: Sequence[ProcessPoolExecutor], shares: Shares) -> Iterator[list[Packed]]:
    working: dict[Future[list[list[Packed]]], int] = {}

    def give(number: int) -> None:
        task = shares.next(number)
        if task is not None:
            working[hands[number].submit(_work, task)] = number

    for number in list(range(len(hands))) * _AHEAD:
        give(number)
    while working:
        done, _ = wait(working, return_when=FIRST_COMPLETED)
        for future in done:
            give(working.pop(future))
            yield from future.result()


_studio: Studio
"""Of a working process."""


def _begin(plan: Plan, outfit: Outfit, opener: Opener) -> None:
    """Makes a process ready to work."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(1))  # whoever started it says so
    threading.Thread(target=_end_with_parent, daemon=True).start()
    logging.getLogger("amiss").setLevel(logging.ERROR)  # its notes have been told already
    global _studio  # noqa: PLW0603 - a pool has no other way to hand a process what it needs
    _studio = Studio(plan, outfit, opener())


def _end_with_parent() -> None:
    """A pool's processes would outlive a parent that is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _work(task: Task) -> list[list[Packed]]:
    return list(_studio.work(task))
