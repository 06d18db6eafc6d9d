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

KNOTS = (0.0, 0.1, 0.3, 0.6, 0.85)
"""Quantiles of what a cue says of the right products, at which its line may bend."""
PENALTY = 1e-3
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
    names = sorted({name for one in lessons for name in one.told.cues})
    knots = {name: _knots(name, lessons) for name in names}
    knots = {name: at for name, at in knots.items() if at}
    if not lessons or not knots:
        raise DatasetError("There is nothing to learn identification from; give items with cues.")
    laid = [_laid(one, knots) for one in lessons]
    width = laid[0][0].shape[1]
    signed = 1 + len(knots)  # of none of them: these may be negative
    found = minimize(
        _surprise,
        np.zeros(width),
        args=(laid,),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None)] * signed + [(0, None)] * (width - signed),
        options={"maxiter": 2000},
    ).x
    cues, at = {}, signed
    for place, (name, bends) in enumerate(knots.items()):
        weights = tuple(float(one) for one in found[at : at + len(bends)])
        cues[name] = CueFacts(knots=bends, weights=weights, unknown=float(found[1 + place]))
        at += len(bends)
    return Identification(
        cues=cues, unknown=float(found[0]), sure=SURE, wrong=wrong, sources=sources
    )


def _knots(name: str, lessons: Sequence[Lesson]) -> tuple[float, ...]:
    values = [
        one.told.cues[name][one.right]
        for one in lessons
        if one.right is not None and name in one.told.cues
    ]
    known = np.array(values, np.float64)
    known = known[~np.isnan(known)]
    if not len(known):
        return ()
    return tuple(float(one) for one in np.unique(np.quantile(known, KNOTS)))


def _laid(one: Lesson, knots: Mapping[str, tuple[float, ...]]) -> tuple[Values, Values, int]:
    """(C + 1)×W features, the last row of none of them; C + 1 log priors; which is right."""
    candidates = len(one.told.prior)
    own = np.zeros((candidates + 1, 1 + len(knots)))
    own[-1, 0] = 1
    says = []
    for place, (name, at) in enumerate(knots.items()):
        values = one.told.cues.get(name)
        block = np.zeros((candidates + 1, len(at)))
        if values is not None and is_there(values):
            block[:-1] = bent(filled(values), at)
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
