"""Views from the feature cache, as the heads want them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from amiss.detect.cues import without
from amiss.domain.errors import DatasetError
from amiss.domain.words import DamageType, Severity
from amiss.train.cache.sight import Grid, Sight
from amiss.train.cache.squeeze import Squeezer
from amiss.train.cache.store import Kept, KeptItem, Shard, read_shard, read_squeezers, shards
from amiss.train.damage.losses import UNKNOWN
from amiss.train.damage.network import ANY, MAJOR, TYPES

VISIBLE = 100
"""Pixels of a damage from which a view shows it; with fewer nobody can be asked to see it."""

_PLACE = {damage.value: place for place, damage in enumerate(DamageType)}


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One view in the cache. item: what it shows; None for a reference, which is sound."""

    shard: Shard
    squeezers: dict[str, Squeezer]
    view: Kept
    item: KeptItem | None

    def sight(self) -> Sight:
        """The view itself."""
        return self.shard.sight(self.view, self.squeezers)

    @property
    def is_placed(self) -> bool:
        """Whether it is known which cells show damage; a sound view shows none."""
        sound = self.item is None or self.item.damages == ()
        return sound or self.view.pixels is not None

    def targets(self) -> NDArray[np.float32]:
        """What the view shows of (types, any, major): 1, 0, or UNKNOWN where it is hardly seen."""
        found = np.zeros(TYPES + 2, np.float32)
        if self.item is None:
            return found
        if self.item.damages is None:
            return np.full(TYPES + 2, UNKNOWN, np.float32)
        if self.view.pixels is None:
            return _of_the_item(self.item)
        pixels = np.array(self.view.pixels)
        grave = {_PLACE[kind] for kind, severity, _ in self.item.damages if severity == _MAJOR}
        found[:TYPES] = _told(pixels)
        found[ANY] = _told(pixels.max(initial=0, keepdims=True))[0]
        worst = max((pixels[place] for place in grave), default=0)
        found[MAJOR] = _told(np.array([worst]))[0]
        return found


_MAJOR = Severity.MAJOR.value


def _told(pixels: NDArray[np.int64]) -> NDArray[np.float32]:
    return np.where(pixels >= VISIBLE, 1, np.where(pixels > 0, UNKNOWN, 0)).astype(np.float32)


def _of_the_item(item: KeptItem) -> NDArray[np.float32]:
    """Of a data set without masks: a damage may be on any of the item's views, or on none."""
    found = np.zeros(TYPES + 2, np.float32)
    alone = len(item.views) == 1
    for kind, severity, _ in item.damages or ():
        told = 1.0 if alone else UNKNOWN
        found[_PLACE[kind]] = found[ANY] = told
        if severity == _MAJOR:
            found[MAJOR] = told
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Views of one grid.

    s8, s16: the encoder's maps. shares: of (types, item) in fine cells. known: N bool, whether the
    shares of damage are known; without a mask a damaged view may show it anywhere.
    """

    s8: Tensor
    s16: Tensor
    cues: Tensor
    shares: Tensor
    targets: Tensor
    known: Tensor


def read_samples(caches: Sequence[Path], splits: frozenset[str]) -> list[Sample]:
    """All views of items of these splits, and of their references.

    Raises:
        DatasetError: a cache is broken, or none holds such a view.
    """
    found: list[Sample] = []
    for cache in caches:
        squeezers = read_squeezers(cache)
        for path in shards(cache):
            shard = read_shard(path)
            items = [item for item in shard.items if item.split in splits]
            known = {item.taken_for for item in items}
            found += [Sample(shard, squeezers, view, item) for item in items for view in item.views]
            found += [
                Sample(shard, squeezers, view, None)
                for product, views in shard.references.items()
                if product in known
                for view in views
            ]
    if not found:
        raise DatasetError(
            f"The feature caches hold no view of the splits {', '.join(sorted(splits))}."
        )
    return found


def batches(
    samples: Sequence[Sample], size: int, rng: np.random.Generator | None
) -> Iterator[list[Sample]]:
    """All samples once, in batches of one grid; in random order where there is a generator."""
    order = np.arange(len(samples)) if rng is None else rng.permutation(len(samples))
    waiting: dict[Grid, list[Sample]] = {}
    for place in order:
        sample = samples[int(place)]
        group = waiting.setdefault(sample.view.coarse, [])
        group.append(sample)
        if len(group) == size:
            yield waiting.pop(sample.view.coarse)
    yield from (group for group in waiting.values() if group)


def batch_of(
    samples: Sequence[Sample], rng: np.random.Generator | None, *, keep: float = 0.7
) -> Batch:
    """The tensors of some views of one grid.

    rng: turns and mirrors the batch, and forgets empty trays and depth now and then (each stays
    with the chance `keep`), so that the heads do without them; None leaves all as it is.
    """
    sights = [sample.sight() for sample in samples]
    cues = [
        sight.cues
        if rng is None
        else without(sight.cues, tray=rng.random() > keep, depth=rng.random() > keep)
        for sight in sights
    ]
    coarse = [name for name in sights[0].features if name.startswith("s16")]
    maps = (
        np.stack([sight.features["s8b4"] for sight in sights]),
        np.stack([np.concatenate([s.features[name] for name in coarse]) for s in sights]),
        np.stack(cues),
        np.stack([np.concatenate([sight.damage, sight.item[None]]) for sight in sights]),
    )
    if rng is not None:
        maps = _turned(maps, int(rng.integers(4)), bool(rng.integers(2)))
    s8, s16, cue, shares = (torch.from_numpy(np.ascontiguousarray(one)) for one in maps)
    targets = torch.from_numpy(np.stack([sample.targets() for sample in samples]))
    known = torch.tensor([sample.is_placed for sample in samples])
    return Batch(s8, s16, cue, shares, targets, known)


_Maps = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]


def _turned(maps: _Maps, quarters: int, mirrored: bool) -> _Maps:
    a, b, c, d = (np.rot90(one, quarters, (2, 3)) for one in maps)
    return (a[..., ::-1], b[..., ::-1], c[..., ::-1], d[..., ::-1]) if mirrored else (a, b, c, d)
