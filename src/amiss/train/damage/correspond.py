"""Teaches descriptors to find places again, from pairs that are known to show the same.

Two cells of two captures show the same where they lie at the same place of the product and face the
same way. Each cell of a view is to be more like one of its partners than like any other cell of the
product's references (van den Oord et al., contrastive predictive coding, 2018; with several right
answers, as units and references repeat).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from amiss.train.cache.sight import Sight

SAME, NEAR = 0.008, 0.016
"""Metres within which two cells are the same place, and beyond which they surely are not."""
FACING = 0.5  # cosine of their normals, at least: the two sides of a thin bag are not the same
SOUND, ITEM = 0.08, 0.5  # shares of a cell: most damage, least item
CELLS = 160  # of a view, that are asked at a time

Flat = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The coarse cells of a view, row by row.

    place, facing: N×3, in the product's frame. usable: N bool, sound cells of the item whose place
    is known. item: N bool, cells that may be matched at all.
    """

    place: Flat
    facing: Flat
    usable: NDArray[np.bool_]
    item: NDArray[np.bool_]

    @classmethod
    def of(cls, sight: Sight) -> "Places":
        """Those of a view."""
        item = _coarse(sight.item, sight.grid).mean(axis=(1, 3)).ravel() > ITEM
        hurt = _coarse(sight.damage.max(axis=0), sight.grid).max(axis=(1, 3)).ravel()
        place = sight.place.reshape(-1, 3)
        usable = item & (hurt < SOUND) & np.isfinite(place).all(axis=1)
        return cls(place, np.nan_to_num(sight.facing.reshape(-1, 3)), usable, item)


def _coarse(fine: Flat, grid: tuple[int, int]) -> Flat:
    rows, columns = grid
    return fine.reshape(rows, fine.shape[0] // rows, columns, fine.shape[1] // columns)


def correspondence_loss(
    view: Tensor,
    at: Places,
    references: Tensor,
    beside: Sequence[Places],
    sharpness: Tensor,
    rng: np.random.Generator,
) -> Tensor | None:
    """How badly cells of a view find their partners; None where they have none.

    Args:
        view: D×N descriptors of its cells.
        at: where they lie.
        references: R×D×N, of the product's references.
        beside: where their cells lie.
        sharpness: what cosines are multiplied with.
        rng: chooses the cells that are asked.
    """
    asked = rng.permutation(np.flatnonzero(at.usable))[:CELLS]
    # Where a place is not known, nobody can say whether it is the same: neither right nor wrong.
    offered = np.concatenate([one.item & np.isfinite(one.place).all(axis=1) for one in beside])
    others = np.concatenate([one.place for one in beside])[offered]
    facing = np.concatenate([one.facing for one in beside])[offered]
    sound = np.concatenate([one.usable for one in beside])[offered]
    apart = _squared_distances(at.place[asked], others)
    right = (apart < SAME**2) & sound & (at.facing[asked] @ facing.T > FACING)
    found = right.any(axis=1)
    if not found.any():
        return None
    right, close = right[found], (apart[found] < NEAR**2) & ~right[found]
    bank = references.permute(1, 0, 2).flatten(1)[:, torch.from_numpy(offered)]
    scores = sharpness * (view[:, asked[found]].T @ bank)
    scores = scores.masked_fill(torch.from_numpy(close), -1e4)
    partners = scores.masked_fill(~torch.from_numpy(right), -1e4)
    return (torch.logsumexp(scores, dim=1) - torch.logsumexp(partners, dim=1)).mean()


def _squared_distances(some: Flat, others: Flat) -> Flat:
    """N×M, in square metres; near enough for distances of millimetres within a metre."""
    squares = (some**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None]
    return np.asarray(np.maximum(squares - 2 * some @ others.T, 0), np.float32)
