"""How the evidence of an item is weighed: a logistic regression that cannot turn evidence round.

Learnt on the validation split, through the inspector itself, so that what is weighed is what will
be served. Sound and damaged items count alike in sum (training sets hold far more damage than any
warehouse): what comes out is the log of how much likelier damage made the evidence, and how rare
damage is enters with the operating point (Saerens et al., adjusting a classifier to new a priori
probabilities, 2002).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from amiss.bundle.manifest import Weighing
from amiss.detect.fuse import Numbers
from amiss.domain.errors import DatasetError

LEAST = 20
"""Sound items, and damaged ones, without which nothing is weighed."""
MINOR = 0.3
"""What an item counts whose damage is minor; one whose damage is major counts 1."""
_SHRINK = 0.01
_DIGITS = 6

NAMES = ("damage", "major", "mean")


@dataclass(frozen=True, slots=True)
class Item:
    """One item. numbers: of NAMES. damaged, major: what it is."""

    numbers: Numbers
    damaged: bool
    major: bool


def fit_weighing(items: Sequence[Item]) -> Weighing:
    """The weights that these items give.

    Raises:
        DatasetError: there are too few of them.
    """
    damaged = np.array([item.damaged for item in items], np.bool_)
    if not enough(items):
        raise DatasetError(
            f"The validation split has {int((~damaged).sum())} sound and {int(damaged.sum())} "
            f"damaged items with a verdict; weighing evidence needs {LEAST} of each."
        )
    numbers = np.array([item.numbers for item in items], np.float64)
    counts = np.where([item.damaged and not item.major for item in items], MINOR, 1.0)
    for which in (damaged, ~damaged):
        counts[which] /= counts[which].sum()
    middle, spread = numbers[~damaged].mean(axis=0), np.maximum(numbers.std(axis=0), 1e-6)
    weights, bias = _logistic((numbers - middle) / spread, damaged, counts)
    weights = weights / spread
    bias -= float(weights @ middle)
    rounded = {name: round(float(one), _DIGITS) for name, one in zip(NAMES, weights, strict=True)}
    return Weighing(bias=round(bias, _DIGITS), **rounded)


def enough(items: Sequence[Item]) -> bool:
    """Whether weights can be learnt from these items."""
    damaged = sum(item.damaged for item in items)
    return min(damaged, len(items) - damaged) >= LEAST


def _logistic(
    x: NDArray[np.float64], y: NDArray[np.bool_], counts: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Weights ≥ 0 and the bias, of least weighted cross entropy."""
    sign = np.where(y, 1.0, -1.0)

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (x @ values[:-1] + values[-1])
        pull = -sign * counts / (1 + np.exp(np.clip(margin, -50, 50)))
        value = float(counts @ np.logaddexp(0, -margin)) + _SHRINK * float(
            values[:-1] @ values[:-1]
        )
        slope = np.append(x.T @ pull + 2 * _SHRINK * values[:-1], pull.sum())
        return value, slope

    bounds = [(0.0, None)] * x.shape[1] + [(None, None)]
    start = np.append(np.full(x.shape[1], 0.5), 0.0)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B")
    return np.asarray(found.x[:-1], np.float64), float(found.x[-1])
