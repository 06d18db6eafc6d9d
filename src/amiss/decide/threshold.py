"""From discrepancy to score, and from score to decision."""

import math
from typing import overload

import numpy as np
from numpy.typing import NDArray

from amiss.bundle.operating_point import OperatingPoint
from amiss.detect.fuse import Weighed
from amiss.domain.errors import BundleError
from amiss.domain.words import Decision

Map = NDArray[np.float32]

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


@overload
def confidence(weighed: Weighed[float], point: OperatingPoint) -> float: ...
@overload
def confidence(weighed: Weighed[Map], point: OperatingPoint) -> Map: ...
def confidence(weighed: Weighed[float] | Weighed[Map], point: OperatingPoint) -> float | Map:
    """The score in (0, 1) of an item, or of each place of a view.

    Model and discrepancy are each brought to where their own limit is 0, and then mixed as far as
    the model knows such pictures; so an item at both limits has 0.5, whatever the mixture.
    """
    if weighed.discrepancy is None and weighed.model is None:
        raise ValueError("nothing was weighed")
    exponent: float | Map = 0.0
    share = 0.0 if weighed.model is None else 1.0
    if weighed.discrepancy is not None:
        share = min(share, weighed.familiarity)
        exponent = (1 - share) * point.slope * (weighed.discrepancy - point.midpoint)
    if weighed.model is not None:
        limit = _limit(point, compared=weighed.compared)
        exponent = exponent + share * (weighed.model - limit)
    score = 1 / (1 + np.exp(-np.clip(exponent, -STEEPEST, STEEPEST)))
    return score.astype(np.float32) if isinstance(score, np.ndarray) else float(score)


def _limit(point: OperatingPoint, *, compared: bool) -> float:
    limits = point.model
    if limits is None:
        raise BundleError(
            "The operating point has no limits for the damage model; recalibrate for this bundle."
        )
    return limits.beside if compared else limits.alone


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
