"""Hardly any damaged items to learn from: what references are worth then.

Both sides, one that never sees a reference and one that does, are tuned alike: the same recipes,
each tried once, the best on the validation split is kept. Then each is trained with every seed, and
measured on the test split, of which nothing was learnt or chosen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from amiss.evaluate.metrics import auroc, average_precision
from amiss.train.damage.epochs import Answer, answers
from amiss.train.damage.families import read_families
from amiss.train.damage.losses import Weights
from amiss.train.damage.matches import match_families
from amiss.train.damage.network import ANY, MAJOR
from amiss.train.damage.run import Options, Tell, Trained, train

Document = dict[str, Any]
Side = Literal["alone", "beside"]

RARE = 0.01
"""Share of damaged items that are learnt from, and that average precision is weighted to beside
its own share."""
RECIPES: dict[str, Weights] = {
    "as ever": Weights(),
    "labels not doubted": Weights(doubt=0.02),
    "places before views": Weights(places=2.0, view=1.0),
}


def scarcity(
    folder: Path, caches: Sequence[Path], options: Options, seeds: Sequence[int], tell: Tell
) -> Document:
    """Tunes both sides with the first seed, then trains each with all of them."""
    sides: dict[str, Document] = {}
    for side in ("alone", "beside"):
        tried = {
            name: _trained(folder, caches, options, side, name, seeds[0], tell).figures
            for name in RECIPES
        }
        best = max(tried, key=lambda name: tried[name][f"{side}_any_ap"])
        runs = []
        for seed in seeds:
            trained = _trained(folder, caches, options, side, best, seed, tell)
            work = folder / _name(side, best, seed)
            runs.append({"seed": seed, **_tested(work, caches, trained, options, side, seed)})
        sides[side] = {"tried": tried, "recipe": best, "runs": runs}
    return {"damaged": options.damaged, "sides": sides, **_gain(sides)}


def _trained(
    folder: Path,
    caches: Sequence[Path],
    options: Options,
    side: Side,
    recipe: str,
    seed: int,
    tell: Tell,
) -> Trained:
    asked = replace(options, seed=seed, references=side == "beside", weights=RECIPES[recipe])
    return train(folder / _name(side, recipe, seed), caches, asked, tell)


def _name(side: Side, recipe: str, seed: int) -> str:
    return f"{side}-{recipe.replace(' ', '-')}-{seed}"


def _tested(
    work: Path, caches: Sequence[Path], trained: Trained, options: Options, side: Side, seed: int
) -> dict[str, float]:
    """Figures of the test split."""
    families = read_families(caches, frozenset({"test"}))
    pairs = match_families(
        work / "matches-test", families, trained.descriptor, seed, threads=options.threads
    )
    return ranked(answers(trained.network, families, pairs), side)


def ranked(found: Iterable[Answer], side: Side) -> dict[str, float]:
    """Average precision and AUROC of damage that some view shows, against sound items."""
    kept = [one for one in found if one.item.damages is not None]
    shown = np.array([(one.targets[:, ANY] == 1).any() for one in kept], np.bool_)
    among = shown | np.array([not one.item.damages for one in kept], np.bool_)
    told = [getattr(one, side) for one in kept]
    scores = np.array([one[:, ANY].max() + one[:, MAJOR].max() for one in told])
    labels, scores = shown[among], scores[among]
    return {
        "items": float(len(labels)),
        "damaged": float(labels.sum()),
        "ap": average_precision(labels, scores) or 0.0,
        "ap_rare": average_precision(labels, scores, RARE) or 0.0,
        "auroc": auroc(labels, scores) or 0.0,
    }


def _gain(sides: Mapping[str, Document]) -> Document:
    """What references add, seed by seed, and what was asked for."""
    alone, beside = (
        np.array([run["ap"] for run in sides[side]["runs"]]) for side in ("alone", "beside")
    )
    mean = float(alone.mean())
    return {
        "gain": (beside - alone).tolist(),
        "gain_mean": float((beside - alone).mean()),
        "asked": (1 - mean) / 3 if mean > 0.8 else 0.1,
    }
