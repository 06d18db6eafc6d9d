"""Does the booth agree with people, and do people agree with each other?

The attribute study of AIAG, Measurement Systems Analysis (4th ed., 2010, chapter III.C): several
appraisers judge the same items several times, blind; some items are damaged, and the truth is
known. Amiss is one of the appraisers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amiss.domain.errors import InputError

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Appraiser:
    """One appraiser against the truth.

    repeats: share of items judged alike in all trials. effectiveness: share of items judged right
    in all trials. misses: share of judgements of damaged items that said sound. false_alarms:
    share of judgements of sound items that said damaged. kappa: Cohen's, against the truth.
    """

    name: str
    repeats: float
    effectiveness: float
    misses: float
    false_alarms: float
    kappa: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """between: Cohen's kappa per pair of appraisers. fleiss: of all judgements of an item."""

    appraisers: tuple[Appraiser, ...]
    between: Mapping[tuple[str, str], float]
    fleiss: float


def agreement(judgements: Mapping[str, ArrayLike], truth: ArrayLike) -> Agreement:
    """Evaluates a study.

    judgements: per appraiser items × trials, True where damage was called; all of one shape.
    truth: per item.

    Raises:
        InputError: shapes differ, or all items are sound or all damaged.
    """
    real = np.asarray(truth, np.bool_)
    tables = {name: np.asarray(table, np.bool_) for name, table in judgements.items()}
    shapes = {table.shape for table in tables.values()}
    if len(shapes) != 1 or any(len(shape) != 2 for shape in shapes):
        raise InputError("Every appraiser must judge every item equally often; fill the gaps.")
    if next(iter(shapes))[0] != real.size:
        raise InputError("There must be one truth per item; correct the list.")
    if real.all() or not real.any():
        raise InputError("The study needs sound and damaged items; add the others.")
    appraisers = tuple(_appraiser(name, table, real) for name, table in tables.items())
    between = {
        (one, other): cohen_kappa(tables[one].ravel(), tables[other].ravel())
        for one, other in combinations(tables, 2)
    }
    damaged = np.sum([table.sum(axis=1) for table in tables.values()], axis=0)
    trials = sum(table.shape[1] for table in tables.values())
    return Agreement(appraisers, between, fleiss_kappa(np.stack([trials - damaged, damaged], 1)))


def _appraiser(name: str, table: Bools, real: Bools) -> Appraiser:
    right = table == real[:, None]
    return Appraiser(
        name=name,
        repeats=float((table == table[:, :1]).all(axis=1).mean()),
        effectiveness=float(right.all(axis=1).mean()),
        misses=float((~table[real]).mean()),
        false_alarms=float(table[~real].mean()),
        kappa=cohen_kappa(table.ravel(), np.repeat(real, table.shape[1])),
    )


def cohen_kappa(one: Bools, other: Bools) -> float:
    """Agreement of two raters beyond chance (Cohen 1960): (p_o − p_e) / (1 − p_e).

    Where chance alone explains full agreement (both always say the same), it is 1.
    """
    observed = float((one == other).mean())
    chance = float(one.mean() * other.mean() + (~one).mean() * (~other).mean())
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)


def fleiss_kappa(counts: ArrayLike) -> float:
    """Agreement of many raters beyond chance (Fleiss 1971).

    counts: items × categories: how many ratings fell into each; each row has the same sum n ≥ 2.

    Raises:
        InputError: rows differ in their sum, or it is below 2.
    """
    table = np.asarray(counts, np.float64)
    ratings = table.sum(axis=1)
    if ratings[0] < 2 or (ratings != ratings[0]).any():
        raise InputError("Every item needs the same number of ratings, two at least.")
    n = ratings[0]
    observed = float((((table**2).sum(axis=1) - n) / (n * (n - 1))).mean())
    chance = float(((table.sum(axis=0) / table.sum()) ** 2).sum())
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)
