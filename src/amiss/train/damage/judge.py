"""The damage network, and how it is trained: with and without references at once.

Both answers come from the same maps and the same head. Trained together, the comparator learns
while the head does not yet know the training items by heart; trained after it, there would be
nothing left to learn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from amiss.detect.cues import without
from amiss.detect.match import Match, around, around_finely
from amiss.train.cache.sight import Sight
from amiss.train.cache.store import Kept, KeptItem
from amiss.train.damage.comparator import Beside, Comparator
from amiss.train.damage.describe import features
from amiss.train.damage.families import Family
from amiss.train.damage.losses import Weights, damage_loss
from amiss.train.damage.matches import Matched
from amiss.train.damage.network import DamageHead, Neck, Width
from amiss.train.damage.precision import mixed
from amiss.train.damage.samples import grades, is_placed, targets

Told = tuple[Tensor, Tensor]
"""Logits of maps N×MAPS×2h×2w, and of views N×(types, any, major)."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Some families. Queries come first, `queries` of them, the references after them.

    shallow, deep, cues: of all views. shares, item and types: of all views. targets, known,
    grades, outlined: see `damage_loss`. around …: of the queries; see `Beside`.
    """

    shallow: Tensor
    deep: Tensor
    cues: Tensor
    shares: Tensor
    targets: Tensor
    known: Tensor
    grades: Tensor
    outlined: Tensor
    queries: int
    around: Tensor
    around_finely: Tensor
    support: Tensor
    likeness: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """A family, and the references that it is held against."""

    family: Family
    matched: Matched
    lender: Family


def look(network: DamageNetwork, batch: Batch) -> tuple[Told, Told]:
    """Of all views without references, and of the queries with them."""
    coarse, fine = network.neck(batch.shallow, batch.deep, batch.cues)
    keys, fine_keys = network.comparator.keys(coarse[batch.queries :], fine[batch.queries :])
    beside = Beside(
        _rows(keys),
        _rows(fine_keys),
        batch.around,
        batch.around_finely,
        batch.support,
        batch.likeness,
    )
    asked = slice(batch.queries)
    return network.alone(coarse, fine), network.beside(coarse[asked], fine[asked], beside)


def losses(network: DamageNetwork, batches: Iterator[Batch], weights: Weights) -> Iterator[Tensor]:
    """One for each batch."""
    for batch in batches:
        with mixed():
            (maps, view), (maps_beside, view_beside) = _wide(look(network, batch))
        asked = slice(batch.queries)
        alone = damage_loss(
            maps,
            view,
            batch.shares,
            batch.targets,
            weights,
            batch.known,
            batch.grades,
            batch.outlined,
        )
        beside = damage_loss(
            maps_beside,
            view_beside,
            batch.shares[asked],
            batch.targets[asked],
            weights,
            batch.known[asked],
            batch.grades[asked],
            batch.outlined[asked],
        )
        yield alone + beside


def _wide(told: tuple[Told, Told]) -> tuple[Told, Told]:
    """In 32 bits, as losses want them."""
    (maps, view), (maps_beside, view_beside) = told
    return (maps.float(), view.float()), (maps_beside.float(), view_beside.float())


def _rows(keys: Tensor) -> Tensor:
    """R×C×h×w to (R·h·w + 1)×C, the last row zeros."""
    rows = keys.permute(0, 2, 3, 1).flatten(0, 2)
    return torch.cat([rows, rows.new_zeros(1, rows.shape[1])])


def batch_of(
    asks: Sequence[Ask], rng: np.random.Generator | None, *, keep: float = 0.7
) -> Batch | None:
    """The tensors of some families; None if nothing can be asked.

    rng: turns and mirrors each family's queries, and forgets empty trays and depth of a family now
    and then (each stays with the chance `keep`), so that the network does without them; None leaves
    all as it is.
    """
    parts = [_part(ask, rng, keep) for ask in asks if ask.matched.views]
    if not parts:
        return None
    first = np.cumsum([0, *(len(part.references) for part in parts)])
    grids = [sight.grid for part in parts for sight in part.references]
    everything = [(part.features[asked], asked) for asked in (0, 1) for part in parts]
    shallow, deep, cues, shares, graded = (
        torch.from_numpy(np.concatenate([found[at] for found, _ in everything])) for at in range(5)
    )
    told = [part.told for part in parts] + [part.told_of_references for part in parts]
    found = [
        Match(
            one.reference.astype(np.int64) + start,
            np.asarray(one.row, np.float32),
            np.asarray(one.column, np.float32),
            np.asarray(one.support, np.float32),
            np.asarray(one.likeness, np.float32),
        )
        for part, start in zip(parts, first[:-1], strict=True)
        for one in part.matches
    ]
    return Batch(
        shallow,
        deep,
        cues,
        shares,
        torch.from_numpy(np.concatenate([one.targets for one in told])),
        torch.from_numpy(np.concatenate([one.known for one in told])),
        graded,
        torch.from_numpy(np.concatenate([one.outlined for one in told])),
        sum(len(part.matches) for part in parts),
        torch.from_numpy(np.stack([around(one, grids) for one in found])),
        torch.from_numpy(np.stack([around_finely(one, grids) for one in found])),
        torch.from_numpy(np.stack([one.support for one in found])),
        torch.from_numpy(np.stack([one.likeness for one in found])),
    )


_Arrays = tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Labels:
    targets: NDArray[np.float32]
    known: NDArray[np.bool_]
    outlined: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One family of a batch.

    features: shallow, deep, cues, shares and grades of its queries, and of its references.
    """

    features: tuple[_Arrays, _Arrays]
    references: list[Sight]
    matches: list[Match]
    told: _Labels
    told_of_references: _Labels


def _part(ask: Ask, rng: np.random.Generator | None, keep: float) -> _Part:
    queries = [(item, view) for item in ask.family.items for view in item.views]
    queries = [(item, view) for item, view in queries if view.id in ask.matched.views]
    matches = [ask.matched.views[view.id] for _, view in queries]
    owner = {view.id: item for item in ask.family.items for view in item.views}
    beside = [(owner.get(view.id), view) for view in ask.matched.references]
    sights = [ask.family.sight(view) for _, view in queries]
    others = [(ask.family if item is not None else ask.lender).sight(view) for item, view in beside]
    asked = _stacked(sights, [item for item, _ in queries], rng, keep)
    if rng is not None:
        quarters, mirrored = int(rng.integers(4)), bool(rng.integers(2))
        asked = tuple(_turned(one, quarters, mirrored) for one in asked)
        matches = [_turned_match(one, quarters, mirrored) for one in matches]
    return _Part(
        (asked, _stacked(others, [item for item, _ in beside], rng, keep)),
        others,
        matches,
        _labels(queries),
        _labels(beside),
    )


def _stacked(
    sights: Sequence[Sight],
    items: Sequence[KeptItem | None],
    rng: np.random.Generator | None,
    keep: float,
) -> _Arrays:
    shallow, deep = features(sights)
    cues = [sight.cues for sight in sights]
    if rng is not None:
        tray, depth = rng.random() > keep, rng.random() > keep
        cues = [without(one, tray=tray, depth=depth) for one in cues]
    shares = [np.concatenate([sight.damage, sight.item[None]]) for sight in sights]
    graded = [grades(item, sight.damage) for item, sight in zip(items, sights, strict=True)]
    return shallow, deep, np.stack(cues), np.stack(shares), np.stack(graded)


def _labels(views: Sequence[tuple[KeptItem | None, Kept]]) -> _Labels:
    return _Labels(
        np.stack([targets(item, view) for item, view in views]),
        np.array([is_placed(item, view) for item, view in views]),
        np.array([view.outlined for _, view in views]),
    )


def _turned(values: NDArray[Any], quarters: int, mirrored: bool) -> NDArray[Any]:
    """Over the last two axes."""
    found = np.rot90(values, quarters, (-2, -1))
    return np.ascontiguousarray(found[..., ::-1] if mirrored else found)


def _turned_match(one: Match, quarters: int, mirrored: bool) -> Match:
    def turned(values: NDArray[Any]) -> NDArray[Any]:
        return _turned(values, quarters, mirrored)

    return Match(
        turned(one.reference),
        turned(one.row),
        turned(one.column),
        turned(one.support),
        turned(one.likeness),
    )
