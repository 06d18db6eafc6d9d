"""What the feature cache costs: the same training on squeezed features, and on whole maps."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from amiss.bundle.read import Bundle
from amiss.dataset.collection import Dataset
from amiss.train.cache.build import build_cache
from amiss.train.cache.learn import learn_squeezers
from amiss.train.cache.see import EngineFeatures
from amiss.train.damage.run import Options, Tell, train

Document = dict[str, Any]
WHOLE_BYTES = 1_000_000
"""More than a view's features take in the finest steps: next to nothing is lost."""


def squeezed(
    sets: Sequence[Dataset],
    folder: Path,
    encoder: Bundle,
    options: Options,
    tell: Tell,
    progress: Callable[[int, int], None],
) -> Document:
    """Figures of the validation splits, and bytes a view, of both.

    Args:
        sets: what is trained on; whole maps of a view take some 200 KB.
        folder: where caches and runs are kept, to go on with.
        encoder: the bundle whose encoder looks.
        options: of both runs.
        tell: is told how training goes.
        progress: gets shards done, and of how many.
    """
    features = EngineFeatures.of(encoder, options.threads)
    kinds = {
        "squeezed": learn_squeezers(sets, features),
        "whole": learn_squeezers(sets, features, WHOLE_BYTES),
    }
    found: Document = {}
    for name, squeezers in kinds.items():
        caches = [folder / name / f"cache-{number:03d}" for number in range(len(sets))]
        for data, cache in zip(sets, caches, strict=True):
            build_cache(data, cache, features, squeezers, progress)
        trained = train(folder / name, caches, options, tell)
        size = sum(file.stat().st_size for cache in caches for file in cache.glob("shard-*.npz"))
        found[name] = {"bytes_per_view": size / _views(sets), "validation": trained.figures}
    return found


def _views(sets: Sequence[Dataset]) -> int:
    """Of all items and references."""
    splits = [split for data in sets for split in data]
    shown = sum(len(record.views) for split in splits for record in split)
    return shown + sum(len(split.references(item)) for split in splits for item in split.items)
