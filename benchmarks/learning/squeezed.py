"""What the feature cache loses: the same network on squeezed features, and on whole maps.

Squeezed is what training sees; whole is what the bundle sees when it serves.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amiss.bundle.operating_point import OperatingPoint
from amiss.bundle.read import Bundle
from amiss.dataset.collection import Dataset
from amiss.detect.discrepancy import Settings
from amiss.detect.fuse import numbers
from amiss.evaluate.metrics import auroc
from amiss.inspector import Inspector
from amiss.train.damage.epochs import Answer, answers
from amiss.train.damage.families import read_families
from amiss.train.damage.matches import match_families
from amiss.train.damage.network import ANY, MAJOR
from amiss.train.damage.run import Options, train
from amiss.vision.decode import decode
from amiss.vision.engine.choose import load_engine

Document = dict[str, Any]
Array = NDArray[np.float64]
SIDES = ("alone", "beside")
SPLIT = "validation"


def squeezed(
    data: Dataset,
    cache: Path,
    folder: Path,
    caches: Sequence[Path],
    bundle: Bundle,
    point: OperatingPoint,
    options: Options,
    most: int,
    progress: Callable[[int, int], None],
) -> Document:
    """Both, on the same items of the validation split.

    Args:
        data: the data set.
        cache: its feature cache.
        folder: of the training run that made the bundle; it is finished.
        caches: that the run learnt from.
        bundle: the one that it made.
        point: of the bundle.
        options: of the run.
        most: items at most.
        progress: gets items done, and of how many.
    """
    trained = train(folder, caches, options)
    families = read_families([cache], frozenset({SPLIT}))
    pairs = match_families(folder / f"matches-{cache.name}", families, trained.descriptor, 0)
    from_cache = list(answers(trained.network, families, pairs))[:most]
    whole = _whole(data, bundle, point, [one.item.id for one in from_cache], progress)
    shown, among = _truth(from_cache)
    found: Document = {
        "items": int(among.sum()),
        "bytes_per_view": _bytes_per_view(cache),
    }
    for side in SIDES:
        views = [getattr(one, side) for one in from_cache]
        small = np.array([one[:, ANY].max() + one[:, MAJOR].max() for one in views])
        found[side] = {
            "auroc_squeezed": auroc(shown[among], small[among]),
            "auroc_whole": auroc(shown[among], whole[side][among]),
            "mean_difference": float(np.abs(small - whole[side]).mean()),
            "spread": float(whole[side].std()),
        }
    return found


def _truth(found: Sequence[Answer]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    shown = np.array([(one.targets[:, ANY] == 1).any() for one in found], np.bool_)
    return shown, shown | np.array([not one.item.damages for one in found], np.bool_)


def _whole(
    data: Dataset,
    bundle: Bundle,
    point: OperatingPoint,
    names: Sequence[str],
    progress: Callable[[int, int], None],
) -> dict[str, Array]:
    """The same sums as the inspector says them."""
    inspector = Inspector(bundle, point, load_engine(bundle), settings=Settings(known=0.0))
    split = data.split(SPLIT)
    records = {record.id: record for record in split}
    found: dict[str, list[float]] = {side: [] for side in SIDES}
    for done, name in enumerate(names):
        progress(done, len(names))
        record = records[name]
        capture = record.load(decode)
        references = [inspector.see(one.view.load(decode)) for one in split.references(record.item)]
        for side, beside in (("alone", []), ("beside", references)):
            told = numbers(inspector.judge(capture, beside))
            if told is None:
                raise ValueError(f"The bundle says nothing of {name}.")
            found[side].append(told[0] + told[1])
    return {side: np.array(values) for side, values in found.items()}


def _bytes_per_view(cache: Path) -> float:
    families = read_families([cache], frozenset({"train", SPLIT, "test"}))
    views = sum(
        sum(len(item.views) for item in family.items)
        + sum(len(capture) for capture in family.captures)
        for family in families
    )
    return sum(file.stat().st_size for file in cache.glob("shard-*.npz")) / views
