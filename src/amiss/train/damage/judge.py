"""The damage network, and how it is trained: with and without references at once.

Both answers come from the same maps and the same head. Trained together, the comparator learns
while the head does not yet know the training items by heart; trained after it, there would be
nothing left to learn.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from amiss.train.damage.batch import Batch, Group
from amiss.train.damage.comparator import Beside, Comparator
from amiss.train.damage.losses import Weights, damage_loss
from amiss.train.damage.network import DamageHead, Neck, Width
from amiss.train.damage.precision import mixed

Told = tuple[Tensor, Tensor]
"""Logits of maps N×MAPS×2h×2w, and of views N×(types, any, major, which)."""


class DamageNetwork(nn.Module):
    """What a view shows by itself, and what it shows beside its references."""

    def __init__(self, width: Width) -> None:
        super().__init__()
        self.width = width
        self.neck = Neck(width)
        self.head = DamageHead(width)
        self.comparator = Comparator(width)

    def alone(self, coarse: Tensor, fine: Tensor) -> Told:
        """Without references, from the neck's maps."""
        found: Told = self.head(coarse, fine)
        return found

    def beside(self, coarse: Tensor, fine: Tensor, references: Beside) -> Told:
        """With references."""
        found: Told = self.head(*self.comparator(coarse, fine, references))
        return found


def look(network: DamageNetwork, batch: Batch) -> list[tuple[Told, Told | None]]:
    """Of each group, its queries without references; and those that have some, beside them."""
    seen = [network.neck(group.shallow, group.deep, group.cues) for group in batch.groups]
    keys: dict[int, Tensor] = {}
    fine_keys: dict[int, Tensor] = {}
    for group, (coarse, fine) in zip(batch.groups, seen, strict=True):
        if group.references:
            first = len(group.asked)
            found = network.comparator.keys(coarse[first:], fine[first:])
            for into, some in zip((keys, fine_keys), found, strict=True):
                into.update(zip(group.references, some, strict=True))
    told: list[tuple[Told, Told | None]] = []
    for group, (coarse, fine) in zip(batch.groups, seen, strict=True):
        if not group.asked:
            continue
        asked, beside = slice(len(group.asked)), slice(group.beside)
        compared = None
        if group.beside:
            references = Beside(
                _rows(keys),
                _rows(fine_keys),
                group.around,
                group.around_finely,
                group.support,
                group.likeness,
            )
            compared = network.beside(coarse[beside], fine[beside], references)
        told.append((network.alone(coarse[asked], fine[asked]), compared))
    return told


def losses(
    network: DamageNetwork, batches: Iterator[Batch], weights: Weights, device: str = "cpu"
) -> Iterator[Tensor]:
    """One for each batch, on the device where the network is."""
    for batch in (one.to(device) for one in batches):
        with mixed(device):
            found = look(network, batch)
        asked = [group for group in batch.groups if group.asked]
        beside = sum(group.beside for group in asked)
        parts = []
        for group, (alone, compared) in zip(asked, found, strict=True):
            count = len(group.asked)
            parts.append(_loss(alone, group, weights, count) * (count / len(batch.views)))
            if compared is not None:
                part = _loss(compared, group, weights, group.beside)
                parts.append(part * (group.beside / beside))
        yield torch.stack(parts).sum()


def _loss(told: Told, group: Group, weights: Weights, count: int) -> Tensor:
    """Of the first `count` views of a group; in 32 bits."""
    maps, view = told
    some = slice(count)
    return damage_loss(
        maps.float(),
        view.float(),
        group.shares[some],
        group.targets[some],
        weights,
        group.known[some],
        group.grades[some],
        group.outlined[some],
    )


def _rows(keys: dict[int, Tensor]) -> Tensor:
    """C×h×w of each reference, in order, to one row per cell and a last one of zeros."""
    rows = [keys[place].flatten(1).T for place in sorted(keys)]
    return torch.cat([*rows, rows[0].new_zeros(1, rows[0].shape[1])])
