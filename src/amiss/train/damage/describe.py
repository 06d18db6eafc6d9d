"""Trains descriptors on families: every place of an item finds itself in the references."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from amiss.train.cache.sight import Sight, by_depth
from amiss.train.damage.correspond import Places, correspondence_loss
from amiss.train.damage.families import Family
from amiss.train.damage.network import Descriptor, Width
from amiss.train.damage.precision import mixed

VIEWS, REFERENCES = 3, 4
"""Of an item and of its references that are shown at a time."""
ITEM = 0.3  # how much the outline counts beside finding places


class Describer(nn.Module):
    """A descriptor network, with the sharpness at which it is taught."""

    def __init__(self, width: Width) -> None:
        super().__init__()
        self.network: Descriptor = Descriptor(width)
        self.sharpness = nn.Parameter(torch.tensor(14.0))


def describing(
    describer: Describer, families: Sequence[Family], rng: np.random.Generator, items: int
) -> Iterator[Tensor]:
    """Losses of an epoch: of each family `items` of its items, two families at a time."""
    chosen = [family for family in families if family.captures]
    order = rng.permutation(len(chosen))
    for first in range(0, len(order) - 1, 2):
        losses: list[Tensor] = []
        for place in order[first : first + 2]:
            losses += _losses(describer, chosen[place], rng, items)
        if losses:
            yield torch.stack(losses).mean()


def _losses(
    describer: Describer, family: Family, rng: np.random.Generator, items: int
) -> list[Tensor]:
    own = [item for item in family.items if item.product in (None, family.product)]
    queries = [view for place in rng.permutation(len(own))[:items] for view in own[place].views]
    queries = [queries[place] for place in rng.permutation(len(queries))[: VIEWS * items]]
    views = [view for capture in family.captures for view in capture]
    views = [views[place] for place in rng.permutation(len(views))[:REFERENCES]]
    if not queries or not views:
        return []
    sights = [family.sight(view) for view in (*queries, *views)]
    if any(sight.grid != sights[0].grid for sight in sights):
        return []
    with mixed():
        told = describer.network.places(*map(torch.from_numpy, features(sights)))
    descriptors, item = (one.float() for one in told)
    descriptors = functional.normalize(descriptors, dim=1)
    outlined = torch.tensor([view.outlined for view in (*queries, *views)])
    losses = []
    if bool(outlined.any()):
        outline = torch.from_numpy(np.stack([_coarse_item(sight) for sight in sights]))
        losses.append(
            ITEM * functional.binary_cross_entropy_with_logits(item[outlined], outline[outlined])
        )
    count = len(queries)
    flat = descriptors.flatten(2)
    at = [Places.of(sight) for sight in sights]
    found = []
    for place in range(count):
        loss = correspondence_loss(
            flat[place], at[place], flat[count:], at[count:], describer.sharpness, rng
        )
        if loss is not None:
            found.append(loss)
    return [*losses, torch.stack(found).mean()] if found else losses


def features(
    sights: Sequence[Sight],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The encoder's fine maps N×S×2h×2w, and its coarse ones N×D×h×w."""
    shallow, deep = by_depth(sights[0].features)
    return (
        np.stack([np.concatenate([sight.features[name] for name in shallow]) for sight in sights]),
        np.stack([np.concatenate([sight.features[name] for name in deep]) for sight in sights]),
    )


def _coarse_item(sight: Sight) -> NDArray[np.float32]:
    rows, columns = sight.grid
    return np.asarray(sight.item.reshape(rows, 2, columns, 2).mean(axis=(1, 3)), np.float32)
