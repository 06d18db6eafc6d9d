"""How cues become probabilities of products, and of none of them.

A conditional logit (McFadden, Conditional logit analysis of qualitative choice behavior, 1974):
each candidate's log-odds are its prior and what each cue says of it; "none of them" is one more
candidate, whose own are learned. What a cue says grows with its value, along a line with bends; a
cue that is not there says nothing of anybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.bundle.manifest import Identification

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What is known of an item before it is weighed, for C candidates.

    cues: C values by cue, NaN where the cue cannot say anything of a candidate. prior: C, log of
    how likely each is before anything is seen; unknown: the same of none of them.
    """

    cues: Mapping[str, Values]
    prior: Values
    unknown: float


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """probability: C; unknown: of none of them; all add up to 1.

    says: what each cue adds to the log-odds, C by cue; 0 where it says nothing.
    """

    probability: Values
    unknown: float
    says: dict[str, Values]


def weigh(told: Told, facts: Identification) -> Weighed:
    """Probabilities of C candidates, and of none of them."""
    says = {
        name: bent(filled(values), cue.knots) @ np.array(cue.weights)
        for name, cue in facts.cues.items()
        if (values := told.cues.get(name)) is not None and is_there(values)
    }
    logits = np.array([*told.prior, told.unknown + facts.unknown])
    for name, added in says.items():
        logits += np.array([*added, facts.cues[name].unknown])
    found = softmax(logits)
    nothing = np.zeros(len(told.prior))
    return Weighed(
        found[:-1], float(found[-1]), {name: says.get(name, nothing) for name in facts.cues}
    )


def is_there(values: Values) -> bool:
    """Whether a cue says anything of any candidate."""
    return bool(len(values)) and not bool(np.isnan(values).all())


def filled(values: Values) -> Values:
    """Candidates of which a cue cannot say anything get what it says of the others on average."""
    return np.asarray(np.where(np.isnan(values), np.nanmean(values), values))


def bent(values: Values, knots: Sequence[float]) -> Values:
    """C×K: how far each value lies beyond each knot."""
    return np.asarray(np.maximum(values[:, None] - np.array(knots), 0))


def softmax(logits: Values) -> Values:
    """Probabilities that add up to 1."""
    likely = np.exp(logits - logits.max())
    return np.asarray(likely / likely.sum())
