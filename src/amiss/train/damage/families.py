"""Products in the feature cache: each with its items and its references."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from amiss.domain.errors import DatasetError
from amiss.train.cache.sight import Sight
from amiss.train.cache.squeeze import Squeezer
from amiss.train.cache.store import Kept, KeptItem, Shard, read_shard, read_squeezers, shards


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """One product. captures: its references, each with all its views."""

    product: str
    items: tuple[KeptItem, ...]
    captures: tuple[tuple[Kept, ...], ...]
    shard: Shard
    squeezers: dict[str, Squeezer]

    def sight(self, view: Kept) -> Sight:
        """A view of an item, or of a reference."""
        return self.shard.sight(view, self.squeezers)


def read_families(caches: Sequence[Path], splits: frozenset[str]) -> list[Family]:
    """All products of these splits.

    Raises:
        DatasetError: a cache is broken, or none holds such a product.
    """
    found = [
        family
        for cache in caches
        for path in shards(cache)
        for family in _families(read_shard(path), read_squeezers(cache), splits)
    ]
    if not found:
        raise DatasetError(
            f"The feature caches hold no view of the splits {', '.join(sorted(splits))}."
        )
    return found


def thinned(families: Sequence[Family], damaged: float, seed: int) -> list[Family]:
    """The same products with so few damaged items that they are `damaged` of all; which, is drawn.

    damaged: share, in (0, 1). Where there are fewer already, nothing is left out.
    """
    hurt = [item.id for family in families for item in family.items if item.damages]
    sound = sum(len(family.items) for family in families) - len(hurt)
    count = max(1, round(sound * damaged / (1 - damaged)))
    drawn = np.random.default_rng([seed, 1]).permutation(len(hurt))[:count]
    kept = {hurt[place] for place in drawn}
    found = []
    for family in families:
        items = tuple(item for item in family.items if not item.damages or item.id in kept)
        if items:
            found.append(replace(family, items=items))
    return found


def sampled(families: Sequence[Family], share: float, seed: int) -> list[Family]:
    """A share of the products, drawn, in the same order; of two shares the larger holds the other.

    share: in (0, 1]. At least one is left.
    """
    count = max(1, round(share * len(families)))
    drawn = np.random.default_rng([seed, 2]).permutation(len(families))[:count]
    return [families[place] for place in sorted(drawn)]


def alone(families: Sequence[Family]) -> list[Family]:
    """The same products, as if none had references."""
    return [replace(family, captures=()) for family in families]


def _families(
    shard: Shard, squeezers: dict[str, Squeezer], splits: frozenset[str]
) -> Iterator[Family]:
    of: dict[str, list[KeptItem]] = {}
    for item in shard.items:
        if item.split in splits:
            of.setdefault(item.taken_for, []).append(item)
    for product, items in of.items():
        captures = _captures(shard.references.get(product, ()))
        yield Family(product, tuple(items), captures, shard, squeezers)


def _captures(views: Sequence[Kept]) -> tuple[tuple[Kept, ...], ...]:
    """Views one after another are of one capture, until a camera comes again."""
    found: list[list[Kept]] = []
    for view in views:
        if not found or any(view.camera == other.camera for other in found[-1]):
            found.append([])
        found[-1].append(view)
    return tuple(tuple(capture) for capture in found)
