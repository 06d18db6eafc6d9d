"""Trains a damage model from feature caches, stage by stage, in one folder.

    describe   descriptors that find places again
    matches    where each view lies in its references, found once by them
    recognise  embeddings that tell products apart
    judge      the damage network, without and with references at once

Each stage goes on where it was stopped. `run.json` of each says what it was trained on and how,
`log.jsonl` how it went.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from amiss.dataset.words import SplitName
from amiss.train.cache.sight import by_depth
from amiss.train.cache.store import read_squeezers
from amiss.train.damage.ahead import ahead
from amiss.train.damage.describe import Describer, describing
from amiss.train.damage.embed import EPOCHS, captures_of, embedding, standardise
from amiss.train.damage.embed import steps as embedding_steps
from amiss.train.damage.epochs import Pairs, answers, shuffled, steps
from amiss.train.damage.families import Family, alone, read_families, sampled, thinned
from amiss.train.damage.figures import figures, recognised
from amiss.train.damage.fit import Recipe, fit
from amiss.train.damage.judge import DamageNetwork, losses
from amiss.train.damage.losses import Weights
from amiss.train.damage.matches import match_families
from amiss.train.damage.network import Descriptor, Embedding, Width
from amiss.train.damage.precision import laid_out

DESCRIBING = 1000
"""Steps after which descriptors find places about as well as they ever will."""

Tell = Callable[[str, dict[str, float]], None]
"""Is told the stage, and figures of how it goes."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to train.

    epochs: of the damage network over all items. describe_epochs: of the descriptors, which need
    few items and many places; None is as many as make DESCRIBING steps. items: of a product that
    descriptors learn from at a time. on: splits that are learnt from; validation is kept for the
    operating point. damaged: share of damaged items, to which they are thinned out; None takes all.
    share: of the products that are learnt from. references: whether they are learnt from, too.
    looks: further ones at each view, turned and lit otherwise, which the network learns from, too.
    """

    epochs: int = 4
    describe_epochs: int | None = None
    items: int = 2
    rate: float = 3e-3
    seed: int = 0
    threads: int = 2
    device: str = "cpu"
    on: tuple[SplitName, ...] = ("train",)
    damaged: float | None = None
    share: float = 1.0
    references: bool = True
    looks: int = 0
    width: Width = field(default_factory=Width)
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """The trained networks. figures: of the validation split."""

    descriptor: Descriptor
    network: DamageNetwork
    figures: dict[str, float]


def train(
    folder: Path,
    caches: Sequence[Path],
    options: Options,
    tell: Tell = lambda _stage, _figures: None,
    twisted: Sequence[Sequence[Path]] = (),
) -> Trained:
    """Trains on the caches' splits, or goes on with what lies in the folder.

    twisted: for each of the further looks its caches.

    Raises:
        DatasetError: a cache is broken or empty, or the folder holds another run.
    """
    torch.set_num_threads(options.threads)
    families = read_families(caches, frozenset(options.on))
    shallow, deep = channels(caches[0])
    options = replace(options, width=replace(options.width, shallow=shallow, deep=deep))
    families = sampled(families, options.share, options.seed)
    if options.damaged is not None:
        families = thinned(families, options.damaged, options.seed)
    held_out = read_families(caches, frozenset({"validation"}))
    if not options.references:
        families, held_out = alone(families), alone(held_out)
    about = {
        "products": [family.product for family in families],
        "items": sum(len(family.items) for family in families),
        "options": _plain(options),
    }
    descriptor = described(folder / "describe", families, options, about, tell)
    pairs = matched(folder / "matches", families, descriptor, options, tell)
    known = matched(folder / "matches-validation", held_out, descriptor, options, tell)
    _recognising(folder / "recognise", descriptor.embed, families, pairs, options, about, tell)
    for number, look in enumerate(twisted, start=1):
        more = read_families(look, frozenset(options.on))
        looked = matched(folder / f"matches-look-{number}", more, descriptor, options, tell)
        pairs = [*pairs, *lent_from(looked, len(families))]
        families = [*families, *more]
    torch.manual_seed(options.seed)
    network = laid_out(DamageNetwork(options.width)).to(options.device)
    recipe = Recipe(options.epochs, steps(families), rate=options.rate, seed=options.seed)
    fit(
        folder / "judge",
        network,
        lambda rng: losses(
            network, ahead(shuffled(families, pairs, rng)), options.weights, options.device
        ),
        recipe,
        about=about,
        report=lambda: figures(answers(network, held_out, known, options.device)),
        tell=lambda line: tell("judge", line),
    )
    found = figures(answers(network, held_out, known, options.device))
    found |= recognised(
        descriptor.embed,
        [
            (captures_of(family, right), len(family.captures))
            for family, (right, _) in zip(held_out, known, strict=True)
        ],
    )
    return Trained(descriptor, network.cpu(), found)


def lent_from(pairs: Pairs, first: int) -> Pairs:
    """The same matches where their families come after so many others."""
    return [
        (replace(right, lender=right.lender + first), replace(wrong, lender=wrong.lender + first))
        for right, wrong in pairs
    ]


def channels(cache: Path) -> tuple[int, int]:
    """Of the encoder's maps of fine cells together, and of its maps of coarse ones."""
    squeezers = read_squeezers(cache)
    shallow, deep = (
        sum(len(squeezers[name].mean) for name in names) for names in by_depth(squeezers)
    )
    return shallow, deep


def described(
    folder: Path,
    families: Sequence[Family],
    options: Options,
    about: dict[str, Any],
    tell: Tell,
) -> Descriptor:
    """The trained descriptors of a run: its stage `describe`."""
    torch.manual_seed(options.seed)
    describer = laid_out(Describer(options.width))
    steps_each = max(1, len(families) // 2)
    recipe = Recipe(
        options.describe_epochs or max(1, round(DESCRIBING / steps_each)),
        steps_each,
        rate=2e-3,
        decay=1e-3,
        seed=options.seed,
    )
    fit(
        folder,
        describer,
        lambda rng: describing(describer, families, rng, options.items),
        recipe,
        about=about,
        tell=lambda line: tell("describe", line),
    )
    return describer.network


def matched(
    folder: Path, families: Sequence[Family], descriptor: Descriptor, options: Options, tell: Tell
) -> Pairs:
    """Where views lie in their references: the stage `matches`."""
    torch.set_num_threads(1)  # each thread works on a product of its own
    found = match_families(
        folder,
        families,
        descriptor,
        options.seed,
        threads=options.threads,
        tell=lambda done, total: tell("matches", {"done": done, "total": total}),
    )
    torch.set_num_threads(options.threads)
    return found


def _recognising(
    folder: Path,
    layer: Embedding,
    families: Sequence[Family],
    pairs: Pairs,
    options: Options,
    about: dict[str, Any],
    tell: Tell,
) -> None:
    """Trains the embedding in place; where products cannot be told apart, it stays as it is."""
    products = [
        captures_of(family, right) for family, (right, _) in zip(families, pairs, strict=True)
    ]
    standardise(layer, products)
    steps_each = embedding_steps(products)
    if steps_each:
        fit(
            folder,
            layer,
            lambda rng: embedding(layer, products, rng),
            Recipe(EPOCHS, steps_each, rate=2e-3, decay=1e-2, seed=options.seed),
            about=about,
            tell=lambda line: tell("recognise", line),
        )


def _plain(options: Options) -> dict[str, Any]:
    """What settles the run: not where, nor on how many threads."""
    left_out = {"threads", "device"} | (set() if options.looks else {"looks"})
    return {name: value for name, value in asdict(options).items() if name not in left_out}
