"""From the name of a backbone to the encoder bundle that a damage model is trained on."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import torch

from amiss.bundle.manifest import Source
from amiss.bundle.read import Bundle
from amiss.dataset.collection import Dataset
from amiss.train.backbone.export import export_trunk
from amiss.train.backbone.finetune import finetune, pictures, steps
from amiss.train.backbone.trunk import TimmTrunk
from amiss.train.cache.build import build_cache
from amiss.train.cache.learn import learn_squeezers
from amiss.train.cache.see import EngineFeatures
from amiss.train.cache.store import SQUEEZERS, read_squeezers, write_squeezers
from amiss.train.damage.families import read_families
from amiss.train.damage.fit import Recipe
from amiss.train.damage.run import Options

Tell = Callable[[str, dict[str, float]], None]


@dataclass(frozen=True, slots=True)
class Backbone:
    """An encoder of timm. weights: a file of them; None are random, or fetched if `pretrained`.

    epochs: that it is trained further; 0 leaves it as it is. device: cpu or cuda. licence: of the
    weights, for the model card.
    """

    name: str
    weights: Path | None = None
    pretrained: bool = False
    epochs: int = 0
    rate: float = 1e-3
    device: str = "cpu"
    licence: str = "not stated"


def made_encoder(
    backbone: Backbone,
    folder: Path,
    opened: Sequence[Dataset],
    options: Options,
    created: str,
    tell: Tell,
) -> Bundle:
    """The encoder bundle of a backbone, trained further where that is asked for.

    Raises:
        InputError: timm cannot make the backbone.
        DatasetError: the data sets cannot be read, or the folder holds another run.
    """
    torch.manual_seed(options.seed)
    trunk = TimmTrunk(backbone.name, backbone.weights, pretrained=backbone.pretrained)
    name = backbone.name.partition(".")[0].replace("/", "-").lower()
    sources = (
        Source(
            what=f"Weights of the backbone {backbone.name}, through timm",
            licence=backbone.licence,
            where=str(backbone.weights.name if backbone.weights else "timm"),
        ),
    )
    before = export_trunk(folder / "before", trunk, name, created, sources)
    if not backbone.epochs:
        return before
    # What the labels say, cell by cell, is the same whatever encoder looked.
    caches = build_caches(opened, folder, before, options.threads, tell)
    families = read_families(caches, frozenset(options.on))
    shown = pictures(families, opened)
    recipe = Recipe(backbone.epochs, steps(shown), rate=backbone.rate, seed=options.seed)
    trunk = finetune(
        folder / "finetune",
        trunk,
        shown,
        recipe,
        about={**asdict(backbone), "weights": str(backbone.weights), "pictures": len(shown)},
        width=options.width,
        device=backbone.device,
        threads=options.threads,
        tell=lambda line: tell("encoder", line),
    )
    return export_trunk(folder / "after", trunk, f"{name}-tuned", created, sources)


def build_caches(
    opened: Sequence[Dataset],
    folder: Path,
    encoder: Bundle,
    threads: int,
    tell: Tell,
    look: int = 0,
) -> list[Path]:
    """The feature caches of all data sets, made or gone on with. look: see `build_cache`.

    Raises:
        DatasetError: a cache was made of something else, or a data set cannot be read.
    """
    features = EngineFeatures.of(encoder, threads)
    if not (folder / SQUEEZERS).exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_squeezers(folder, learn_squeezers(opened, features))
    squeezers = read_squeezers(folder)
    mark = f"look-{look}-" if look else "cache-"
    caches = [folder / f"{mark}{number:03d}" for number in range(len(opened))]
    for number, (data, cache) in enumerate(zip(opened, caches, strict=True)):
        told = partial(_told, tell, f"{mark.rstrip('-')} {number}")
        build_cache(data, cache, features, squeezers, told, look)
    return caches


def _told(tell: Tell, stage: str, done: int, total: int) -> None:
    tell(stage, {"done": done, "total": total})
