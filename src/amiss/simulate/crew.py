"""Several processes that work for one data set; one of them alone writes it."""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
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
        pool = ProcessPoolExecutor(
            self.processes,
            # not forked: neither OpenGL nor Mitsuba outlives that
            multiprocessing.get_context("spawn"),
            _begin,
            (self.plan, self.outfit, self.opener),
        )
        try:
            yield from self._gathered(pool, list(tasks))
        except BrokenProcessPool as error:
            raise SimulationError(
                "A process that draws has died, perhaps for want of memory; repeat the command to "
                "go on, with fewer processes if it dies again."
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _gathered(self, pool: ProcessPoolExecutor, tasks: list[Task]) -> Iterator[list[Packed]]:
        waiting: set[Future[list[list[Packed]]]] = set()
        while tasks or waiting:
            while tasks and len(waiting) < _AHEAD * self.processes:
                waiting.add(pool.submit(_work, tasks.pop(0)))
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
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
