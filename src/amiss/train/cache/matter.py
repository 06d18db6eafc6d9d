"""Which of an encoder's features tell damage, so that a feature cache keeps these most faithfully.

A small network learns to tell damaged cells from sound ones, and which damage they show. How far
each channel moves its answer says what an error in that channel costs: the Fisher information of
the answer with respect to the features (Amari, natural gradient, 1998). Without cells whose damage
is known, all channels matter alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from amiss.train.cache.sight import TYPES, Sight, by_depth

ALIKE = 0.3
"""Share of what matters that is spread over all channels: cells are not all that is learnt."""
LEAST_CELLS = 500
"""Damaged cells without which nothing is said about what matters."""
_HOT, _COLD, _BESIDE = 60, 45, 15  # cells of a view: damaged, sound on the item, sound beside it
_SEEDS = (0, 1, 2)
_EPOCHS, _BATCH, _ASKED = 5, 512, 8000
_NEIGHBOURS = [(down, right) for down in (0, 1, 2) for right in (0, 1, 2)]

Matter = dict[str, NDArray[np.float64]]
"""Of each encoder output C×C, its trace C; see `Squeezer.fit`."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Some cells of views. shown: N, 0 where nothing is damaged, else 1 + the damage type.

    features: of each encoder output N×(taps·C), for fine cells nine neighbours, C by C.
    """

    features: dict[str, NDArray[np.float32]]
    shown: NDArray[np.int64]


def cells_of(sight: Sight, rng: np.random.Generator) -> Cells:
    """Some damaged and some sound cells of a view, drawn."""
    worst = sight.damage.max(axis=0)
    sound = worst == 0
    drawn = [
        rng.permutation(np.flatnonzero(which))[:count]
        for which, count in (
            (worst > 0.5, _HOT),
            (sound & (sight.item > 0.5), _COLD),
            (sound & (sight.item <= 0.5), _BESIDE),
        )
    ]
    rows, columns = np.unravel_index(np.concatenate(drawn), worst.shape)
    shown = np.zeros(len(rows), np.int64)
    hot = slice(len(drawn[0]))
    shown[hot] = 1 + sight.damage[:, rows[hot], columns[hot]].argmax(axis=0)
    fine, _ = by_depth(sight.features)
    return Cells(
        {
            name: _around(one, rows, columns) if name in fine else one[:, rows // 2, columns // 2].T
            for name, one in sight.features.items()
        },
        shown,
    )


def matter_of(cells: Sequence[Cells], spread: Mapping[str, NDArray[np.float32]]) -> Matter | None:
    """What matters of each output, its channels standardised; None if too little is known.

    cells: of many views. spread: C deviations of each output's channels.
    """
    shown = np.concatenate([one.shown for one in cells]) if cells else np.zeros(0, np.int64)
    if (shown > 0).sum() < LEAST_CELLS or (shown == 0).sum() < LEAST_CELLS:
        return None
    parts = []
    for name, deviation in spread.items():
        some = np.concatenate([one.features[name] for one in cells])
        wide = np.tile(deviation, some.shape[1] // len(deviation))
        parts.append((some - some.mean(axis=0)) / wide)
    pulls = _pulls(torch.from_numpy(np.concatenate(parts, axis=1)), torch.from_numpy(shown))
    found: Matter = {}
    at = 0
    for (name, deviation), part in zip(spread.items(), parts, strict=True):
        channels = len(deviation)
        own = pulls[:, at : at + part.shape[1]].reshape(-1, channels)
        at += part.shape[1]
        cost = own.T @ own
        cost *= channels / max(float(np.trace(cost)), 1e-12)
        found[name] = (1 - ALIKE) * cost + ALIKE * np.eye(channels)
    return found


def _around(
    values: NDArray[np.float32], rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.float32]:
    wide = np.pad(values, ((0, 0), (1, 1), (1, 1)), mode="edge")
    near = [wide[:, rows + down, columns + right] for down, right in _NEIGHBOURS]
    return np.concatenate(near).T


def _pulls(features: Tensor, shown: Tensor) -> NDArray[np.float64]:
    """Of some cells, and of several networks, how the answer moves with each feature."""
    found = []
    for seed in _SEEDS:
        torch.manual_seed(seed)
        network = _taught(features, shown)
        asked = features[torch.randperm(len(features))[:_ASKED]].clone().requires_grad_(True)
        likely = functional.log_softmax(network(asked), dim=1)
        answer = torch.multinomial(likely.detach().exp(), 1)[:, 0]
        torch.autograd.backward(functional.nll_loss(likely, answer, reduction="sum"))
        if asked.grad is not None:
            found.append(asked.grad.numpy().astype(np.float64))
    return np.concatenate(found)


def _taught(features: Tensor, shown: Tensor) -> nn.Module:
    network = nn.Sequential(
        nn.Dropout(0.1),
        nn.Linear(features.shape[1], 64),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(64, len(TYPES) + 1),
    )
    pace = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=0.05)
    for _ in range(_EPOCHS):
        order = torch.randperm(len(features))
        for first in range(0, len(order), _BATCH):
            some = order[first : first + _BATCH]
            loss = functional.cross_entropy(network(features[some]), shown[some])
            pace.zero_grad()
            torch.autograd.backward(loss)
            pace.step()
    return network.eval()
