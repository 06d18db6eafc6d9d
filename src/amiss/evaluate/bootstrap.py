"""Is B better than A, or were the pictures kind to it? Paired intervals over pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.evaluate.metrics import auroc, rank_scores

Metric = Callable[[NDArray[np.bool_], NDArray[np.float64]], float | None]
Indices = NDArray[np.intp]
ABSENT = -1


@dataclass(frozen=True, slots=True)
class PairedRun:
    """Two methods on the same pictures, with one seed.

    names: picture names, the same picture under the same name in every run. labels: true =
    damaged. scores_a, scores_b: parallel to the names; None is "no opinion".
    """

    names: Sequence[str]
    labels: Sequence[bool]
    scores_a: Sequence[float | None]
    scores_b: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of two methods, and b − a with its 95 % interval [low, high]."""

    a: float
    b: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """A run as arrays; place: where in the run each known picture stands, or ABSENT."""

    labels: NDArray[np.bool_]
    a: NDArray[np.float64]
    b: NDArray[np.float64]
    place: Indices


def paired_bootstrap(
    labels: Sequence[bool],
    scores_a: Sequence[float | None],
    scores_b: Sequence[float | None],
    metric: Metric = auroc,
    n: int = 2000,
    seed: int = 0,
) -> Difference:
    """What B gains over A on the same pictures; see `paired_bootstrap_over_seeds`."""
    names = [str(index) for index in range(len(labels))]
    run = PairedRun(names, labels, scores_a, scores_b)
    return paired_bootstrap_over_seeds([run], metric, n, seed)


def paired_bootstrap_over_seeds(
    runs: Sequence[PairedRun], metric: Metric = auroc, n: int = 2000, seed: int = 0
) -> Difference:
    """What B gains over A, the figure averaged over runs that share pictures.

    The pictures are the sample, not the scores: each round draws names with replacement, good and
    damaged apart, and hands the same draw to both methods and to every run; a run skips names it
    did not test (its references, say).
    Source: percentile bootstrap, Efron and Tibshirani 1993, chapter 13.

    Args:
        runs: one per seed.
        metric: a figure of (labels, scores), n bool and n float64; None where it is undefined.
        n: rounds.
        seed: of the draws.

    Raises:
        ValueError: a run lacks a class, has a name twice, or a picture has two labels.
    """
    label_of = _label_of(runs)
    names = sorted(label_of)
    tables = [_table(run, names) for run in runs]
    damaged = np.array([label_of[name] for name in names], dtype=bool)
    classes = [np.flatnonzero(damaged == label) for label in (False, True)]

    a, b = _figures(tables, np.arange(len(names)), metric)
    if np.isnan([a, b]).any():
        raise ValueError("The figure is undefined here: good and damaged pictures are both needed.")
    generator = np.random.default_rng(seed)
    gains = np.empty(n)
    for index in range(n):
        draw = np.concatenate([generator.choice(members, len(members)) for members in classes])
        round_a, round_b = _figures(tables, draw, metric)
        gains[index] = round_b - round_a
    # A tiny run can miss a class in a round, and so have no figure there.
    low, high = np.nanquantile(gains, [0.025, 0.975])
    return Difference(a, b, b - a, float(low), float(high))


def _label_of(runs: Sequence[PairedRun]) -> dict[str, bool]:
    label_of: dict[str, bool] = {}
    for run in runs:
        if len(set(run.names)) != len(run.names):
            raise ValueError("A run has the same picture twice.")
        for name, label in zip(run.names, run.labels, strict=True):
            if label_of.setdefault(name, bool(label)) != label:
                raise ValueError(f"The picture '{name}' is good in one run and damaged in another.")
    return label_of


def _table(run: PairedRun, names: Sequence[str]) -> _Table:
    position = {name: index for index, name in enumerate(run.names)}
    labels = np.asarray(run.labels, dtype=bool)
    return _Table(
        labels=labels,
        a=rank_scores(labels, run.scores_a),
        b=rank_scores(labels, run.scores_b),
        place=np.array([position.get(name, ABSENT) for name in names], dtype=np.intp),
    )


def _figures(tables: Sequence[_Table], draw: Indices, metric: Metric) -> tuple[float, float]:
    """The figure of A and of B on the drawn pictures, averaged over the runs; NaN = undefined."""
    figures = np.empty((len(tables), 2))
    for index, table in enumerate(tables):
        rows = table.place[draw]
        rows = rows[rows != ABSENT]
        for method, scores in enumerate((table.a, table.b)):
            figure = metric(table.labels[rows], scores[rows])
            figures[index, method] = np.nan if figure is None else figure
    a, b = figures.mean(axis=0)
    return float(a), float(b)
