"""From data sets to a bundle: everything that `amiss train` does, in the order in which it does it.

The work folder keeps every stage; a run that was killed goes on where it was.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from amiss.bundle.manifest import Source, Weighing
from amiss.bundle.operating_point import OperatingPoint
from amiss.bundle.read import Bundle
from amiss.dataset.check.dataset import check_dataset
from amiss.dataset.collection import Dataset
from amiss.dataset.reader import open_dataset
from amiss.inspector import Inspector
from amiss.train.cache.build import build_cache
from amiss.train.cache.see import EngineFeatures
from amiss.train.calibrate import operating_point, unscaled
from amiss.train.damage.bundle import AS_TRAINED, write_bundle
from amiss.train.damage.card import damage_card
from amiss.train.damage.gather import Gathered, gather
from amiss.train.damage.graphs import compare_graph, view_graph
from amiss.train.damage.run import Options, Trained, train
from amiss.train.damage.weigh import Item, fit_weighing
from amiss.vision.engine.choose import load_engine

WEIGHED = 400
"""Items of the validation split, at most, from which weighing is learnt."""
FACTS = "made.json"

Tell = Callable[[str, dict[str, float]], None]


@dataclass(frozen=True, slots=True)
class Naming:
    """What the bundle is called. sources: of the data, and their licences."""

    name: str
    version: str
    created: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A new bundle with its operating point, and figures of the validation split."""

    bundle: Bundle
    point: OperatingPoint
    figures: dict[str, float]


def make_bundle(
    datasets: Sequence[Path],
    out: Path,
    work: Path,
    encoder: Bundle,
    options: Options,
    naming: Naming,
    tell: Tell = lambda _stage, _figures: None,
) -> Made:
    """Trains on data sets of any layout, and writes the bundle `out`.

    Raises:
        DatasetError: a data set must not be trained on, or the work folder holds another run.
        BundleError: `out` holds something else.
    """
    opened = [_checked(path, tell) for path in datasets]
    caches = [work / f"cache-{number:03d}" for number in range(len(opened))]
    features = EngineFeatures.of(encoder, options.threads)
    for number, (data, cache) in enumerate(zip(opened, caches, strict=True)):
        build_cache(data, cache, features, _told(tell, f"cache {number}"))
    trained = train(work, caches, options, tell)
    graphs = view_graph(trained.network, trained.descriptor), compare_graph(trained.network)

    def write(alone: Weighing, beside: Weighing) -> Bundle:
        card = damage_card(naming.name, naming.version, naming.created, naming.sources, facts)
        return write_bundle(
            out,
            encoder,
            graphs,
            (alone, beside),
            card,
            name=naming.name,
            version=naming.version,
            created=naming.created,
            sources=naming.sources,
        )

    facts = _facts(opened, trained, options)
    gathered = _gathered(write(AS_TRAINED, AS_TRAINED), opened, options, tell)
    alone, beside = fit_weighing(gathered.alone), fit_weighing(gathered.beside)
    bundle = write(alone, beside)
    point = _operating_point(bundle, gathered.beside, beside, naming.created)
    (work / FACTS).write_text(json.dumps({**facts, "bundle": bundle.id}, indent=2) + "\n")
    return Made(bundle, point, trained.figures)


def _checked(path: Path, tell: Tell) -> Dataset:
    data = open_dataset(path)
    check_dataset(data, progress=_told(tell, f"check {path.name}")).require_sound()
    return data


def _told(tell: Tell, stage: str) -> Callable[[int, int], None]:
    return lambda done, total: tell(stage, {"done": done, "total": total})


def _facts(opened: Sequence[Dataset], trained: Trained, options: Options) -> dict[str, Any]:
    return {
        "datasets": [
            {
                "path": data.root.name,
                "captures": {split.name: len(split) for split in data},
                "products": {split.name: len(split.items) for split in data},
            }
            for data in opened
        ],
        "options": asdict(options),
        "validation": trained.figures,
    }


def _gathered(bundle: Bundle, opened: Sequence[Dataset], options: Options, tell: Tell) -> Gathered:
    """Evidence of items of all data sets, as many of each."""
    inspector = Inspector(bundle, unscaled(bundle), load_engine(bundle))
    found = Gathered([], [])
    for number, data in enumerate(opened):
        if "validation" not in data.splits:
            continue
        split = data.split("validation")
        most = max(1, WEIGHED // len(opened))
        some = gather(inspector, split, most, options.seed, _told(tell, f"weigh {number}"))
        found.alone.extend(some.alone)
        found.beside.extend(some.beside)
    return found


def _operating_point(
    bundle: Bundle, items: Sequence[Item], by: Weighing, date: str
) -> OperatingPoint:
    """Where sound items of the validation split end."""
    weights = np.array([by.damage, by.major, by.mean, by.discrepancy])
    found = [
        by.bias + float(weights @ np.array(item.numbers)) for item in items if not item.damaged
    ]
    return operating_point(bundle, found, "sound items of the validation split", date, slope=1.0)
