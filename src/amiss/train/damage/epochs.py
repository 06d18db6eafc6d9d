"""In which order families are shown to the network, and what it says of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from amiss.train.cache.store import KeptItem
from amiss.train.damage.batch import Ask, Batch, batch_of
from amiss.train.damage.families import Family
from amiss.train.damage.judge import DamageNetwork, look
from amiss.train.damage.matches import Matched
from amiss.train.damage.precision import mixed
from amiss.train.damage.samples import targets

TOGETHER = 3
"""Families in a batch: normalisation needs more than one product at a time."""
LEAST_HURT = 1 / 3
"""Share of the families of an epoch that show damage, at least."""
SPOILT = 0.25
"""Chance that a family is shown beside references as they go wrong."""

Pairs = Sequence[tuple[Matched, Matched]]


def steps(families: Sequence[Family]) -> int:
    """Batches in an epoch, at most."""
    return max(1, len(families) // TOGETHER)


def shuffled(families: Sequence[Family], pairs: Pairs, rng: np.random.Generator) -> Iterator[Batch]:
    """The batches of an epoch."""
    order = _order(families, rng)
    for first in range(0, len(order) - TOGETHER + 1, TOGETHER):
        some = []
        for place in order[first : first + TOGETHER]:
            right, wrong = pairs[place]
            one = wrong if rng.random() < SPOILT and wrong.references else right
            some.append(Ask(families[place], one, families[one.lender]))
        batch = batch_of(some, rng)
        if batch is not None:
            yield batch


def _order(families: Sequence[Family], rng: np.random.Generator) -> NDArray[np.intp]:
    """All families; where damage is rare, those that show some take the place of others.

    As many steps as ever, a third of the families in them with damage: a network that sees one
    damage in a hundred learns to say that there is none.
    """
    order = rng.permutation(len(families))
    hurt = [place for place, one in enumerate(families) if any(item.damages for item in one.items)]
    lacking = round(LEAST_HURT * len(families)) - len(hurt)
    if not hurt or lacking <= 0:
        return order
    sound = [place for place in order if place not in set(hurt)][lacking:]
    more = rng.choice(hurt, lacking)
    return np.asarray(rng.permutation([*sound, *hurt, *more]), np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the network says of one item, without and with its references.

    alone, beside: views×(types, any, major) logits. targets: the same, as `samples.targets`.
    """

    item: KeptItem
    alone: NDArray[np.float32]
    beside: NDArray[np.float32]
    targets: NDArray[np.float32]


def answers(
    network: DamageNetwork, families: Sequence[Family], pairs: Pairs, device: str = "cpu"
) -> Iterator[Answer]:
    """Of all items, as they are when the network serves; without references both are the same."""
    for family, (right, _) in zip(families, pairs, strict=True):
        batch = batch_of([Ask(family, right, family)], None)
        if batch is None:
            continue
        with torch.inference_mode(), mixed(device):
            found = look(network, batch.to(device))
        told: dict[str, list[NDArray[np.float32]]] = {}
        asked = [group for group in batch.groups if group.asked]
        for group, (alone, beside) in zip(asked, found, strict=True):
            for at, place in enumerate(group.asked):
                other = alone if beside is None or at >= group.beside else beside
                told[batch.views[place]] = [
                    one[1][at].float().cpu().numpy() for one in (alone, other)
                ]
        for item in family.items:
            both = [told[view.id] for view in item.views]
            yield Answer(
                item,
                np.stack([one for one, _ in both]),
                np.stack([other for _, other in both]),
                np.stack([targets(item, view) for view in item.views]),
            )
