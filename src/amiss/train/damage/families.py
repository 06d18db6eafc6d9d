"""Products in the feature cache: each with its items and its references."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

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
