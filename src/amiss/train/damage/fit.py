"""Trains a network epoch by epoch, in a plain folder, so that a run that was killed goes on.

The folder holds `run.json` (what is trained, on what, with which seed), `log.jsonl` (a line for
each epoch) and `checkpoint.pt`. A run that went on ends with the same weights as one that was never
stopped: everything random is drawn from the seed and the number of the epoch.
"""

import json
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from amiss.domain.errors import DatasetError

RUN, LOG, CHECKPOINT = "run.json", "log.jsonl", "checkpoint.pt"
_BROKEN = (OSError, RuntimeError, ValueError, KeyError, EOFError, pickle.UnpicklingError)

Step = Callable[[np.random.Generator], Iterator[Tensor]]
"""The losses of an epoch, batch by batch, all drawn from the generator."""
Report = Callable[[], dict[str, float]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained. rate: the highest; it rises over `warm` of the run, then falls."""

    epochs: int
    steps: int
    rate: float = 3e-3
    decay: float = 0.02
    warm: float = 0.15
    clip: float = 1.0
    seed: int = 0


def fit(
    folder: Path,
    network: nn.Module,
    epoch: Step,
    recipe: Recipe,
    *,
    about: dict[str, Any],
    groups: list[dict[str, Any]] | None = None,
    report: Report = dict,
    tell: Callable[[dict[str, float]], None] = lambda _: None,
) -> None:
    """Trains `network` in place, from where the folder's run stands.

    Seeds torch's own generator at each epoch, for dropout.

    Args:
        folder: of the run; new, or one to go on with.
        network: freshly made from the recipe's seed.
        epoch: gives the losses of one epoch; at most `recipe.steps` of them are used.
        recipe: how.
        about: what else settles the run, as plain JSON values.
        groups: parameters with rates of their own, as torch's optimisers take them; None trains all
            at the recipe's.
        report: figures of the network as it is, after each epoch.
        tell: gets the line of the log.

    Raises:
        DatasetError: the folder holds another run, its checkpoint is broken, or an epoch gives
            nothing to learn from.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _begin(folder / RUN, {**asdict(recipe), **about})
    pace = torch.optim.AdamW(groups or network.parameters(), recipe.rate, weight_decay=recipe.decay)
    rates = [group["lr"] for group in pace.param_groups]
    total = recipe.epochs * recipe.steps
    curve = torch.optim.lr_scheduler.OneCycleLR(
        pace, rates, total_steps=max(total, 1), pct_start=recipe.warm
    )
    first = _restored(folder / CHECKPOINT, network, pace, curve)
    for number in range(first, recipe.epochs):
        torch.manual_seed(recipe.seed * 1_000_003 + number)
        losses = _trained(network, epoch, pace, curve, recipe, number)
        if not losses:
            raise DatasetError(f"{folder} has nothing to learn from; give views that teach.")
        network.eval()
        line = {"epoch": number, "loss": float(np.mean(losses)), **report()}
        network.train()
        _keep(folder / CHECKPOINT, number + 1, network, pace, curve)
        with (folder / LOG).open("a") as log:
            log.write(json.dumps(line) + "\n")
        tell(line)
    network.eval()


def _trained(
    network: nn.Module,
    epoch: Step,
    pace: torch.optim.Optimizer,
    curve: torch.optim.lr_scheduler.LRScheduler,
    recipe: Recipe,
    number: int,
) -> list[float]:
    network.train()
    losses: list[float] = []
    for loss in epoch(np.random.default_rng([recipe.seed, number])):
        if not bool(torch.isfinite(loss)):
            raise DatasetError(
                f"The loss is no number after {len(losses)} steps of epoch {number}; "
                "lower the rate, or look for broken views."
            )
        pace.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(network.parameters(), recipe.clip)
        pace.step()
        curve.step()
        losses.append(float(loss.detach()))
        if len(losses) == recipe.steps:
            break
    return losses


def _begin(file: Path, about: dict[str, Any]) -> None:
    about = json.loads(json.dumps(about))  # tuples become lists, as they come back
    if file.exists():
        try:
            before = json.loads(file.read_text())
        except ValueError:
            before = None
        if before != about:
            raise DatasetError(
                f"{file.parent} holds a run of another kind; name a new folder, or delete it."
            )
        return
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(about, indent=2) + "\n")
    draft.rename(file)


def _keep(
    file: Path,
    done: int,
    network: nn.Module,
    pace: torch.optim.Optimizer,
    curve: torch.optim.lr_scheduler.LRScheduler,
) -> None:
    """Whole or not at all: a kill while it is written leaves the one before."""
    draft = file.with_suffix(".draft")
    with draft.open("wb") as stream:
        torch.save(
            {
                "done": done,
                "network": network.state_dict(),
                "pace": pace.state_dict(),
                "curve": curve.state_dict(),
            },
            stream,
        )
        stream.flush()
        os.fsync(stream.fileno())
    draft.rename(file)


def _restored(
    file: Path,
    network: nn.Module,
    pace: torch.optim.Optimizer,
    curve: torch.optim.lr_scheduler.LRScheduler,
) -> int:
    """How many epochs are done."""
    if not file.exists():
        return 0
    try:
        kept = torch.load(file, map_location="cpu", weights_only=True)
        network.load_state_dict(kept["network"])
        pace.load_state_dict(kept["pace"])
        curve.load_state_dict(kept["curve"])
        return int(kept["done"])
    except _BROKEN as error:
        raise DatasetError(
            f"The checkpoint {file} is broken, or of another network; delete its folder."
        ) from error
