"""From discrepancy to score, and from score to decision."""

import math
from typing import overload

import numpy as np
from numpy.typing import NDArray

from amiss.bundle.operating_point import OperatingPoint
from amiss.domain.words import Decision

STEEPEST = 50.0  # exponent at which a double is still far from 0 and 1


@overload
def damage_confidence(discrepancy: float, point: OperatingPoint) -> float: ...
@overload
def damage_confidence(
    discrepancy: NDArray[np.float32], point: OperatingPoint
) -> NDArray[np.float32]: ...
def damage_confidence(
    discrepancy: float | NDArray[np.float32], point: OperatingPoint
) -> float | NDArray[np.float32]:
    """The score in (0, 1) of a raw discrepancy ≥ 0, or of a map of them; order is kept."""
    exponent = np.clip(point.slope * (discrepancy - point.midpoint), -STEEPEST, STEEPEST)
    confidence = 1 / (1 + np.exp(-exponent))
    return (
        confidence.astype(np.float32) if isinstance(discrepancy, np.ndarray) else float(confidence)
    )


def discrepancy_of(score: float, point: OperatingPoint) -> float:
    """The raw discrepancy that has a score; the inverse of `damage_confidence`.

    Exact only while |slope · (discrepancy − midpoint)| is well below STEEPEST.
    """
    return point.midpoint + math.log(score / (1 - score)) / point.slope


def decide(score: float | None, point: OperatingPoint) -> Decision:
    """Sidelines what lies strictly above the threshold; without a score nothing passes."""
    if score is None:
        return Decision.NOT_INSPECTED
    # Asked this way round, so that a score that is no number is not a pass either.
    return Decision.PASS if score <= point.threshold else Decision.SIDELINE
