"""How long training takes here: some steps of a finished run's network, timed."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from amiss.train.damage.ahead import ahead
from amiss.train.damage.epochs import shuffled, steps
from amiss.train.damage.families import read_families
from amiss.train.damage.judge import DamageNetwork, losses
from amiss.train.damage.precision import laid_out
from amiss.train.damage.run import Options, channels, described, matched

Document = dict[str, Any]
WARM = 5
"""Steps before the clock runs."""


def pace(work: Path, caches: Sequence[Path], options: Options, count: int) -> Document:
    """Seconds a step, and minutes that all of a run's steps take so.

    work: a finished run; its matches are read, and nothing in it is changed.
    """
    torch.set_num_threads(options.threads)
    families = read_families(caches, frozenset(options.on))
    shallow, deep = channels(caches[0])
    options = replace(options, width=replace(options.width, shallow=shallow, deep=deep))
    about = json.loads((work / "describe" / "run.json").read_text())
    known = {name: about[name] for name in ("products", "items", "options")}
    descriptor = described(work / "describe", families, options, known, _quietly)
    pairs = matched(work / "matches", families, descriptor, options, _quietly)
    network = laid_out(DamageNetwork(options.width)).train()
    pacer = torch.optim.AdamW(network.parameters(), options.rate)
    taken: list[float] = []
    last = time.perf_counter()
    rng = np.random.default_rng(options.seed)
    for loss in losses(network, ahead(shuffled(families, pairs, rng)), options.weights, "cpu"):
        pacer.zero_grad()
        torch.autograd.backward(loss)
        pacer.step()
        now = time.perf_counter()
        taken.append(now - last)
        last = now
        if len(taken) == WARM + count:
            break
    every = options.epochs * steps(families)
    each = float(np.mean(taken[WARM:]))
    return {
        "items": sum(len(family.items) for family in families),
        "steps": every,
        "seconds_a_step": each,
        "spread": float(np.std(taken[WARM:])),
        "minutes": every * each / 60,
    }


def _quietly(_stage: str, _figures: dict[str, float]) -> None:
    pass
