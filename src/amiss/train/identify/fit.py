"""Teaches how cues are weighed: the conditional logit of `amiss.gallery.identify.fuse`, fitted.

Weights are not negative, so that a better match never makes a product less likely; a small penalty
holds them where little is known. The likelihood is concave in them: there is one best fit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from amiss.bundle.manifest import CueFacts, Identification, Source
from amiss.domain.errors import DatasetError
from amiss.gallery.identify.fuse import Told, bent, filled, is_there, softmax

OF_RIGHT, OF_WRONG = (0.0, 0.1, 0.3, 0.6, 0.85), (0.5, 0.9, 0.99)
"""Quantiles of what a cue says of right and of wrong products, at which its line may bend."""
PENALTY = 3e-4
"""On squares of weights, each in standard deviations of its cue."""
SURE = 0.9

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """An item that was seen. right: the place of its product among the candidates; None: none."""

    told: Told
    right: int | None


def fit(
    lessons: Sequence[Lesson], sources: tuple[Source, ...], wrong: float = 0.0
) -> Identification:
    """How cues are weighed so that what happened is most likely.

    Raises:
        DatasetError: there is nothing to learn from.
    """
    lines = {
        name: line
        for name in sorted({name for one in lessons for name in one.told.cues})
        if (line := _line(name, lessons)) is not None
    }
    if not lessons or not lines:
        raise DatasetError("There is nothing to learn identification from; give items with cues.")
    laid = [_laid(one, lines) for one in lessons]
    width = laid[0][0].shape[1]
    signed = 1 + len(lines)  # of none of them: these may be negative
    found = minimize(
        _surprise,
        np.zeros(width),
        args=(laid,),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None)] * signed + [(0, None)] * (width - signed),
        options={"maxiter": 5000, "maxfun": 10_000},
    ).x
    cues, at = {}, signed
    for place, (name, line) in enumerate(lines.items()):
        weights = tuple(float(one) / line.unit for one in found[at : at + len(line.knots)])
        cues[name] = CueFacts(knots=line.knots, weights=weights, unknown=float(found[1 + place]))
        at += len(line.knots)
    return Identification(
        cues=cues, unknown=float(found[0]), sure=SURE, wrong=wrong, sources=sources
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """Where what a cue adds may bend. unit: its standard deviation over all candidates."""

    knots: tuple[float, ...]
    unit: float


def _line(name: str, lessons: Sequence[Lesson]) -> _Line | None:
    """None where the cue says nothing of any right product."""
    right, wrong = [], []
    for one in lessons:
        values = one.told.cues.get(name)
        if values is None or not is_there(values):
            continue
        others = np.arange(len(values)) != (-1 if one.right is None else one.right)
        wrong.append(values[others])
        if one.right is not None:
            right.append(values[one.right])
    good, bad = np.array(right), np.concatenate(wrong) if wrong else np.zeros(0)
    good, bad = good[~np.isnan(good)], bad[~np.isnan(bad)]
    if not len(good):
        return None
    places = [np.quantile(good, OF_RIGHT)] + ([np.quantile(bad, OF_WRONG)] if len(bad) else [])
    unit = float(np.std(np.concatenate([good, bad]))) or 1.0
    return _Line(tuple(float(one) for one in np.unique(np.concatenate(places))), unit)


def _laid(one: Lesson, lines: Mapping[str, _Line]) -> tuple[Values, Values, int]:
    """(C + 1)×W features, the last row of none of them; C + 1 log priors; which is right."""
    candidates = len(one.told.prior)
    own = np.zeros((candidates + 1, 1 + len(lines)))
    own[-1, 0] = 1
    says = []
    for place, (name, line) in enumerate(lines.items()):
        values = one.told.cues.get(name)
        block = np.zeros((candidates + 1, len(line.knots)))
        if values is not None and is_there(values):
            block[:-1] = bent(filled(values), line.knots) / line.unit
            own[-1, 1 + place] = 1
        says.append(block)
    prior = np.array([*one.told.prior, one.told.unknown])
    right = candidates if one.right is None else one.right
    return np.hstack([own, *says]), prior, right


def _surprise(weights: Values, laid: Sequence[tuple[Values, Values, int]]) -> tuple[float, Values]:
    """Mean negative log-likelihood with its penalty, and its gradient."""
    loss, slope = 0.0, np.zeros_like(weights)
    for features, prior, right in laid:
        likely = softmax(features @ weights + prior)
        loss -= float(np.log(max(likely[right], 1e-300)))
        likely[right] -= 1
        slope += likely @ features
    count = len(laid)
    return (
        loss / count + PENALTY * float(weights @ weights),
        slope / count + 2 * PENALTY * weights,
    )
