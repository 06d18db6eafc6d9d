"""Where the time of one inspection goes.

The functions that an inspection calls are wrapped while it runs, so that what is measured is the
inspection itself. Each stage counts without the stages within it, so that they add up. What other
threads do at the same time is shown beside it, and does not add up; waiting for them is `rest`.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from amiss import inspector as inspecting
from amiss.detect import discrepancy
from amiss.detect.pose import PoseFinder, Turn
from amiss.inspector import Inspector
from amiss.vision import look

REST = "rest"
ASIDE = ", aside"
"""What the name of a stage ends in where another thread did it."""
# Name shown → where the functions are looked up when an inspection calls them.
STAGES: dict[str, tuple[tuple[Any, str], ...]] = {
    "decode": ((inspecting, "decode"),),
    "thumbnail, pose": (
        (discrepancy, "thumbnail"),
        (PoseFinder, "find"),
        (PoseFinder, "upright"),
    ),
    "turn": ((discrepancy, "turn"), (Turn, "inside")),
    "frame": ((look, "to_frame"),),
    "look: unit vectors": ((look, "_unit_vectors"),),
    "look: silhouette": ((look, "isolate"),),
    "look: palette": ((look, "colour_cells"),),
    "novelty and places": ((discrepancy.Comparator, "_one_output"), (discrepancy, "in_place")),
    "outline": ((discrepancy, "shortfall"),),
    "colour": ((discrepancy.Comparator, "_colour"),),
    "heat map": ((discrepancy, "_to_view"), (inspecting, "damage_confidence")),
    "findings": ((inspecting, "findings_in"),),
    "digest": ((inspecting, "digest_of"),),
}


class Stopwatch:
    """Seconds per stage of the inspection that is running."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._thread = threading.get_ident()
        self._within: list[float] = []

    def wrap(self, stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed; what stages within it take is theirs alone."""

        def timed(*args: Any, **options: Any) -> Any:  # noqa: ANN401
            if threading.get_ident() != self._thread:
                return self._time_aside(f"{stage}{ASIDE}", partial(call, *args, **options))
            self._within.append(0.0)
            start = time.perf_counter()
            try:
                return call(*args, **options)
            finally:
                whole = time.perf_counter() - start
                self.spent[stage] += whole - self._within.pop()
                if self._within:
                    self._within[-1] += whole

        return timed

    def _time_aside(self, stage: str, call: Callable[[], Any]) -> Any:  # noqa: ANN401
        start = time.perf_counter()
        try:
            return call()
        finally:
            self.spent[stage] += time.perf_counter() - start


def breakdown(
    inspector: Inspector,
    inspect: Callable[[], object],
    rounds: int,
    progress: Callable[[], None],
) -> dict[str, float]:
    """Median milliseconds per stage, largest first; `rest` is what no stage accounts for."""
    rows: list[dict[str, float]] = []
    watch = Stopwatch()
    whole = watch.wrap(REST, inspect)
    with _watched(watch, inspector):
        for _ in range(rounds):
            watch.spent.clear()
            whole()
            rows.append(dict(watch.spent))
            progress()
    names = dict.fromkeys(name for row in rows for name in row)
    medians = {n: 1000 * float(np.median([row.get(n, 0.0) for row in rows])) for n in names}
    return dict(sorted(medians.items(), key=lambda item: -item[1]))


@contextmanager
def _watched(watch: Stopwatch, inspector: Inspector) -> Iterator[None]:
    engine = type(inspector.eye.engine)
    with ExitStack() as patches:
        for stage, places in {**STAGES, "encoder": ((engine, "run"),)}.items():
            for owner, name in places:
                timed = watch.wrap(stage, getattr(owner, name))
                patches.enter_context(patch.object(owner, name, timed))
        yield


def encoder_passes(inspector: Inspector, inspect: Callable[[], object]) -> int:
    """How many poses one inspection looks at."""
    engine = type(inspector.eye.engine)
    with patch.object(engine, "run", autospec=True, side_effect=engine.run) as run:
        inspect()
    return run.call_count
