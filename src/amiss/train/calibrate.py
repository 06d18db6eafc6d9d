"""The provisional operating point: where pristine items end, before a booth has its own.

It is marked provisional: simulated items vary less than those of a real booth do, so that a site
replaces it with its own as soon as it has a few hundred sound captures.
"""

import math
from collections.abc import Sequence

import numpy as np

from amiss.bundle.operating_point import ModelLimits, OperatingPoint
from amiss.bundle.read import Bundle
from amiss.domain.errors import InputError

QUANTILE = 0.99
"""Share of pristine items that lie at or below the threshold."""

LEAST_ITEMS = 100
_DIGITS = 10**6
MEDIAN_SCORE = 0.1
"""Score of the median pristine item; the threshold itself has 0.5."""


def operating_point(
    bundle: Bundle,
    discrepancies: Sequence[float],
    pictures: str,
    date: str,
    model: ModelLimits | None = None,
) -> OperatingPoint:
    """The provisional operating point that these pristine items give.

    pictures: what they are, in words. date: YYYY-MM-DD. model: limits of the damage model, if
    there is one.

    Raises:
        InputError: there are too few items, or they are all alike.
    """
    if len(discrepancies) < LEAST_ITEMS:
        raise InputError(
            f"There are {len(discrepancies)} pristine items; calibrate with {LEAST_ITEMS}."
        )
    ordered = np.sort(discrepancies)
    highest = float(ordered[math.ceil(QUANTILE * len(ordered)) - 1])
    limit = math.ceil(highest * _DIGITS) / _DIGITS  # upwards, so that the item itself passes
    median = float(np.median(ordered))
    if limit <= median:
        raise InputError("The pristine items are all alike; calibrate with others.")
    return OperatingPoint(
        bundle=bundle.id,
        threshold=0.5,
        provisional=True,
        calibration={
            "pictures": pictures,
            "count": len(ordered),
            "quantile": QUANTILE,
            "discrepancy_median": round(median, 6),
            "discrepancy_limit": limit,
            "date": date,
        },
        midpoint=limit,
        model=model,
        slope=round(math.log(1 / MEDIAN_SCORE - 1) / (limit - median), 6),
    )


def unscaled(bundle: Bundle) -> OperatingPoint:
    """An operating point from whose scores discrepancies can be read off."""
    return OperatingPoint(
        bundle=bundle.id,
        threshold=0.5,
        provisional=True,
        calibration={},
        midpoint=0.0,
        slope=1.0,
        model=None if bundle.manifest.damage is None else ModelLimits(alone=0.0, beside=0.0),
    )
