"""Times several things in turn, so that whatever disturbs the machine disturbs all alike."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import numpy as np

WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one thing over all rounds; p5 is nearly undisturbed."""

    median: float
    p5: float
    p99: float
    rounds: int

    def export(self) -> dict[str, float]:
        """Plain JSON values."""
        return asdict(self)


def interleave(
    things: Mapping[str, Callable[[], object]], rounds: int, progress: Callable[[], None]
) -> dict[str, Timing]:
    """Call everything once per round; every second round goes backwards."""
    for call in things.values():
        for _ in range(WARM_UP):
            call()
    spent: dict[str, list[float]] = {name: [] for name in things}
    order = list(things.items())
    for _ in range(rounds):
        for name, call in order:
            start = time.perf_counter()
            call()
            spent[name].append(1000 * (time.perf_counter() - start))
        order.reverse()
        progress()
    return {name: _timing(values) for name, values in spent.items()}


def _timing(values: list[float]) -> Timing:
    p5, median, p99 = np.percentile(values, (5, 50, 99))
    return Timing(float(median), float(p5), float(p99), len(values))
