"""How far a figure could have been otherwise: intervals over products, not over pictures.

Items of one product succeed and fail together, so that whole products are the sample: a draw of
single items would make every interval too narrow.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from amiss.evaluate.bootstrap import Difference

Array = NDArray[np.float64]
Key = tuple[str, ...]
Figures = Mapping[Key, Array]
"""Figures by name, a number for each draw; NaN where one is undefined."""
Measure = Callable[[Array], Figures]
"""Gives figures of several draws; it is handed how often each item was drawn, draws×n."""

ROUNDS = 1000
AT_ONCE = 2**21
"""Numbers held at once for each step of a figure: 16 MB."""


def measured(measure: Measure, n_items: int) -> dict[Key, float | None]:
    """The figures of the items as they are; None where one is undefined."""
    figures = measure(np.ones((1, n_items)))
    return {key: None if np.isnan(own[0]) else float(own[0]) for key, own in figures.items()}


def intervals(
    products: Sequence[str], measure: Measure, n: int = ROUNDS, seed: int = 0
) -> dict[Key, list[float] | None]:
    """The 95 % interval [low, high] of each figure.

    Each round draws as many products as there are, with replacement, and all their items.
    Source: percentile bootstrap over clusters, Davison and Hinkley 1997, section 3.8.

    Args:
        products: of each item.
        measure: gives the figures.
        n: rounds.
        seed: of the draws.

    Returns:
        Per figure the interval over the rounds in which it is defined; None where it never is.
    """
    return {key: _interval(own) for key, own in _over(products, [measure], n, seed)[0].items()}


def gains(
    products: Sequence[str], before: Measure, after: Measure, n: int = ROUNDS, seed: int = 0
) -> dict[Key, Difference | None]:
    """What the same items gain from before to after, figure by figure; a paired bootstrap.

    Each round hands one draw to both. None where a figure is undefined, of all items or of every
    round. Arguments as in `intervals`.
    """
    was, now = (measured(measure, len(products)) for measure in (before, after))
    drawn_before, drawn_after = _over(products, [before, after], n, seed)
    return {
        key: _difference(was[key], now[key], _interval(drawn_after[key] - drawn_before[key]))
        for key in was
    }


def _difference(a: float | None, b: float | None, span: list[float] | None) -> Difference | None:
    if a is None or b is None or span is None:
        return None
    return Difference(a, b, b - a, *span)


def _over(
    products: Sequence[str], measures: Sequence[Measure], n: int, seed: int
) -> list[dict[Key, Array]]:
    """The figures of each measure in every round, the draws shared."""
    parts: list[dict[Key, list[Array]]] = [{} for _ in measures]
    for times in _draws(products, n, seed):
        for part, measure in zip(parts, measures, strict=True):
            for key, figures in measure(times).items():
                part.setdefault(key, []).append(figures)
    return [{key: np.concatenate(own) for key, own in part.items()} for part in parts]


def _draws(products: Sequence[str], n: int, seed: int) -> Iterator[Array]:
    """How often each item was drawn in each round, rounds×items, some rounds at a time."""
    _, of_item = np.unique(np.asarray(products), return_inverse=True)
    if not len(of_item):
        return
    count = int(of_item.max()) + 1
    generator = np.random.default_rng(seed)
    step = max(1, AT_ONCE // len(of_item))
    for start in range(0, n, step):
        rounds = min(step, n - start)
        drawn = generator.integers(count, size=(rounds, count))
        flat = (drawn + count * np.arange(rounds)[:, None]).ravel()
        times = np.bincount(flat, minlength=rounds * count).reshape(rounds, count)
        yield times[:, of_item].astype(np.float64)


def _interval(figures: Array) -> list[float] | None:
    known = figures[~np.isnan(figures)]
    return [float(end) for end in np.quantile(known, [0.025, 0.975])] if len(known) else None
