"""From data sets to a bundle: everything that `amiss train` does, in the order in which it does it.

The work folder keeps every stage; a run that was killed goes on where it was.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from amiss.bundle.manifest import Source, Weighing
from amiss.bundle.operating_point import (
    ModelLimits,
    OperatingPoint,
    read_operating_point,
)
from amiss.bundle.read import Bundle, open_bundle
from amiss.dataset.check.dataset import check_dataset
from amiss.dataset.collection import Dataset, Split
from amiss.dataset.reader import open_dataset
from amiss.dataset.words import SplitName
from amiss.detect.discrepancy import Settings
from amiss.detect.fuse import model_number
from amiss.domain.errors import DatasetError
from amiss.inspector import Inspector
from amiss.train.backbone.make import Backbone, build_caches, made_encoder
from amiss.train.cache.see import EngineFeatures
from amiss.train.cache.sight import by_depth
from amiss.train.cache.store import read_squeezers
from amiss.train.calibrate import LEAST_ITEMS, QUANTILE, operating_point, unscaled
from amiss.train.damage.bundle import AS_TRAINED, write_bundle
from amiss.train.damage.card import damage_card
from amiss.train.damage.familiar import Familiarity, Summary, summary_of
from amiss.train.damage.gather import Gathered, gather
from amiss.train.damage.graphs import graphs_of
from amiss.train.damage.run import Options, Trained, train
from amiss.train.damage.weigh import Item, enough, fit_weighing
from amiss.vision.decode import decode
from amiss.vision.engine.choose import load_engine

WEIGHED = 400
"""Items of the validation split, at most, from which weighing is learnt."""
FAMILIAR = 2000
"""Views of the training split, at most, that say what is familiar; of validation half as many."""
PICTURES = "sound items of the validation split"
CALIBRATION = "sound items of a data set of their own"
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
    *,
    backbone: Backbone | None = None,
    calibration: Path | None = None,
) -> Made:
    """Trains on data sets of any layout, and writes the bundle `out`.

    Where the validation split has hardly any references, what is seen beside references is weighed
    as what is seen without them; `made.json` says so.

    backbone: makes the encoder, in place of `encoder`.
    calibration: a data set whose sound items, of products of their own, say where sound ends; None
    takes those of the validation split.

    Raises:
        DatasetError: a data set must not be trained on, or the work folder holds another run.
        BundleError: `out` holds something else.
    """
    opened = [_checked(path, tell) for path in datasets]
    set_apart = (
        None
        if calibration is None
        else _set_apart(_checked(calibration, tell, one_class=True), opened)
    )
    if backbone is not None:
        encoder = made_encoder(backbone, work / "encoder", opened, options, naming.created, tell)
    caches = build_caches(opened, work, encoder, options.threads, tell)
    features = EngineFeatures.of(encoder, options.threads)
    twisted = [
        build_caches(opened, work, encoder, options.threads, tell, look)
        for look in range(1, options.looks + 1)
    ]
    trained = train(work, caches, options, tell, twisted)
    known = _familiarity(opened, features, options.seed, tell)
    graphs = graphs_of(trained.network, trained.descriptor, known, read_squeezers(caches[0]))

    def write(alone: Weighing, beside: Weighing) -> Bundle:
        every = (*encoder.manifest.sources, *naming.sources)
        card = damage_card(naming.name, naming.version, naming.created, every, facts)
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
    held_out = [
        (data.split("validation"), max(1, WEIGHED // len(opened)))
        for data in opened
        if "validation" in data.splits
    ]
    gathered = _gathered(write(AS_TRAINED, AS_TRAINED), held_out, options, tell)
    alone = fit_weighing(gathered.alone)
    known_references = enough(gathered.beside)
    seen = gathered.beside if known_references else gathered.alone
    beside = fit_weighing(seen)
    bundle = write(alone, beside)
    sound, pictures = gathered, PICTURES
    if set_apart is not None:
        splits = [(set_apart.split(name), len(set_apart.split(name))) for name in set_apart.splits]
        sound, pictures = _gathered(bundle, splits, options, tell), CALIBRATION
    limits = ModelLimits(
        alone=_limit(sound.alone, alone), beside=_limit(sound.beside or sound.alone, beside)
    )
    point = _operating_point(bundle, sound, limits, pictures, naming.created)
    made = {**facts, "bundle": bundle.id, "weighed_with_references": known_references}
    (work / FACTS).write_text(json.dumps(made, indent=2) + "\n")
    return Made(bundle, point, trained.figures)


def _checked(path: Path, tell: Tell, *, one_class: bool = False) -> Dataset:
    data = open_dataset(path)
    report = check_dataset(data, progress=_told(tell, f"check {path.name}"))
    report.require_sound(one_class=one_class)
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


def _familiarity(
    opened: Sequence[Dataset], features: EngineFeatures, seed: int, tell: Tell
) -> Familiarity:
    """Learnt from views of the training splits, its limit from views of the validation splits."""
    drawn: dict[SplitName, int] = {"train": FAMILIAR, "validation": FAMILIAR // 2}
    summaries: dict[SplitName, list[Summary]] = {name: [] for name in drawn}
    for data in opened:
        for name, most in drawn.items():
            if name in data.splits:
                split = data.split(name)
                count = max(1, most // len(opened))
                rng = np.random.default_rng([seed, count])
                for place in rng.permutation(len(split))[:count]:
                    record = split[int(place)]
                    view = record.views[int(rng.integers(len(record.views)))]
                    maps = features(features.frame(view.load(decode).rgb))
                    shallow, deep = ([maps[one] for one in names] for names in by_depth(maps))
                    summaries[name].append(summary_of(shallow, deep))
        tell("familiarity", {"views": sum(map(len, summaries.values()))})
    train, held_out = (np.stack(summaries[name]) for name in drawn)
    return Familiarity(train, held_out)


def _set_apart(calibration: Dataset, trained: Sequence[Dataset]) -> Dataset:
    """The same data set.

    Raises:
        DatasetError: it shows products that are trained on.
    """
    known = {item for data in trained for split in data for item in split.items}
    shared = sorted(known & {item for split in calibration for item in split.items})
    if shared:
        raise DatasetError(
            f"{calibration.root} calibrates with {len(shared)} products that are trained on, such "
            f"as {shared[0]}; take them out of one of the two."
        )
    return calibration


def _gathered(
    bundle: Bundle, splits: Sequence[tuple[Split, int]], options: Options, tell: Tell
) -> Gathered:
    """Evidence of so many items of each split, at most; the discrepancy is always asked."""
    settings = Settings(known=2.0)
    inspector = Inspector(bundle, unscaled(bundle), load_engine(bundle), settings=settings)
    found = Gathered([], [], [])
    for number, (split, most) in enumerate(splits):
        some = gather(inspector, split, most, options.seed, _told(tell, f"weigh {number}"))
        for into, more in (
            (found.alone, some.alone),
            (found.beside, some.beside),
            (found.discrepancies, some.discrepancies),
        ):
            into.extend(more)  # type: ignore[arg-type]  # each list its own kind
    return found


def _limit(items: Sequence[Item], by: Weighing) -> float:
    """Where sound items end."""
    found = np.sort([model_number(item.numbers, by) for item in items if not item.damaged])
    return round(float(found[math.ceil(QUANTILE * len(found)) - 1]), 6)


def _operating_point(
    bundle: Bundle, gathered: Gathered, limits: ModelLimits, pictures: str, date: str
) -> OperatingPoint:
    """With the discrepancy's curve of the packaged encoder, or of sound items beside another one.

    The discrepancy speaks where the model does not know a picture, and its curve goes with the
    encoder: see `amiss.train.calibrate`.

    Raises:
        DatasetError: it is another encoder, and there are too few sound items beside references.
    """
    packaged = open_bundle()
    graphs = {one.manifest.files[one.manifest.encoder.file] for one in (bundle, packaged)}
    if len(graphs) == 1:
        point = read_operating_point(None, packaged)
        facts = {
            **point.calibration,
            "date": date,
            "model_pictures": pictures,
            "model_count": sum(not item.damaged for item in gathered.alone),
        }
        return point.model_copy(update={"bundle": bundle.id, "calibration": facts, "model": limits})
    if len(gathered.discrepancies) < LEAST_ITEMS:
        raise DatasetError(
            f"There are {len(gathered.discrepancies)} {pictures} that were held against "
            f"references; to learn what is alike to this encoder takes {LEAST_ITEMS}."
        )
    return operating_point(bundle, gathered.discrepancies, pictures, date, model=limits)
