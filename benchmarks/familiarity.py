"""How far a damage model knows the pictures that it is measured on."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from amiss.detect.discrepancy import Settings
from amiss.detect.fuse import LEAST_KNOWN
from amiss.domain.result import Result

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def familiarity_of(result: Result) -> float | None:
    """Of the first view; None of a bundle without a damage model."""
    told = (one.details.get("familiarity") for one in result.evidence if one.detector == "damage")
    return next((float(one) for one in told if one is not None), None)


def distribution(found: Iterable[float | None]) -> dict[str, Any] | None:
    """Quantiles, and the shares that the model decides alone, and rather than the discrepancy.

    None where there is no damage model.
    """
    values = np.array([one for one in found if one is not None], np.float64)
    if not len(values):
        return None
    return {
        "pictures": len(values),
        "quantiles": {f"{level:g}": float(np.quantile(values, level)) for level in LEVELS},
        "decided_by_the_model_alone": float((values >= Settings().known).mean()),
        "decided_by_the_model_rather": float((values >= LEAST_KNOWN).mean()),
    }


def in_words(found: dict[str, Any] | None) -> str:
    """The same for people."""
    if found is None:
        return "no damage model"
    levels = found["quantiles"]
    return (
        f"{', '.join(f'{value:.2f}' for value in levels.values())} "
        f"({', '.join(f'{float(level):.0%}' for level in levels)}), {found['pictures']} pictures; "
        f"the model decides alone in {found['decided_by_the_model_alone']:.0%}, and rather than "
        f"the discrepancy in {found['decided_by_the_model_rather']:.0%}"
    )
