"""Some families as tensors: their views grouped by the size of their grids."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from amiss.detect.cues import without
from amiss.detect.match import Match, around, around_finely
from amiss.train.cache.sight import Grid, Sight
from amiss.train.cache.store import Kept, KeptItem
from amiss.train.damage.describe import features
from amiss.train.damage.families import Family
from amiss.train.damage.matches import Matched
from amiss.train.damage.samples import grades, is_placed, targets

VIEWS = 12
"""Of a family that are asked about at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """A family, and the references that it is held against, if there are any."""

    family: Family
    matched: Matched
    lender: Family


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Views of one grid: `beside` queries with references, other queries, then references.

    shallow, deep, cues: of all of them; shares, targets, known, grades, outlined: of the queries,
    see `damage_loss`. references: places of the references among all of the batch. asked: places of
    the queries among all of the batch. around …: of queries with references; see `Beside`.
    """

    shallow: Tensor
    deep: Tensor
    cues: Tensor
    shares: Tensor
    targets: Tensor
    known: Tensor
    grades: Tensor
    outlined: Tensor
    beside: int
    references: tuple[int, ...]
    asked: tuple[int, ...]
    around: Tensor
    around_finely: Tensor
    support: Tensor
    likeness: Tensor

    def to(self, device: str) -> "Group":
        """The same on another device."""
        moved: dict[str, Any] = {
            one.name: value.to(device)
            for one in fields(self)
            if isinstance(value := getattr(self, one.name), Tensor)
        }
        return replace(self, **moved)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Some families. views: queries of all groups, in the order of the families."""

    groups: tuple[Group, ...]
    views: tuple[str, ...]

    def to(self, device: str) -> "Batch":
        """The same on another device."""
        if device == "cpu":
            return self
        return Batch(tuple(group.to(device) for group in self.groups), self.views)


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """One view of a batch, ready to be stacked. match: None where nothing is beside it."""

    sight: Sight
    cues: NDArray[np.float32]
    grades: NDArray[np.float32]
    targets: NDArray[np.float32]
    known: bool
    outlined: bool
    match: Match | None
    id: str


def batch_of(
    asks: Sequence[Ask], rng: np.random.Generator | None, *, keep: float = 0.7
) -> Batch | None:
    """The tensors of some families; None if nothing can be asked.

    rng: draws VIEWS of each family, turns and mirrors them, and forgets empty trays and depth of a
    family now and then (each stays with the chance `keep`), so that the network does without them;
    None takes all as it is.
    """
    queries: list[_View] = []
    references: list[_View] = []
    for ask in asks:
        asked, beside = _family(ask, rng, keep, len(references))
        queries += asked
        references += beside
    # Those with references first, so that a part of each group is theirs.
    queries.sort(key=lambda view: view.match is None)
    if not queries:
        return None
    grids = [view.sight.grid for view in references]
    return Batch(
        tuple(
            _group(
                [at for at, view in enumerate(queries) if view.sight.grid == grid],
                [at for at, view in enumerate(references) if view.sight.grid == grid],
                queries,
                references,
                grids,
            )
            for grid in dict.fromkeys(view.sight.grid for view in (*queries, *references))
        ),
        tuple(view.id for view in queries),
    )


def _family(
    ask: Ask, rng: np.random.Generator | None, keep: float, first: int
) -> tuple[list[_View], list[_View]]:
    """Its queries and its references, of which `first` stand in the batch already."""
    asked = [
        (item, view)
        for item in ask.family.items
        for view in item.views
        if view.id in ask.matched.views or not ask.matched.references
    ]
    quarters, mirrored = 0, False
    if rng is not None:
        asked = [asked[at] for at in sorted(rng.permutation(len(asked))[:VIEWS])]
        quarters, mirrored = int(rng.integers(4)), bool(rng.integers(2))
    owner = {view.id: item for item in ask.family.items for view in item.views}
    beside = [(owner.get(view.id), view) for view in ask.matched.references]
    forgets = _Forgets(rng, keep)
    queries = [
        _view(
            item,
            view,
            _turned_sight(ask.family.sight(view), quarters, mirrored),
            forgets,
            _turned_match(ask.matched.views[view.id], first, quarters, mirrored)
            if ask.matched.references
            else None,
        )
        for item, view in asked
    ]
    forgets = _Forgets(rng, keep)
    references = [
        _view(
            item, view, (ask.family if item is not None else ask.lender).sight(view), forgets, None
        )
        for item, view in beside
    ]
    return queries, references


class _Forgets:
    """Which cues are forgotten, alike of all views that were taken together."""

    def __init__(self, rng: np.random.Generator | None, keep: float) -> None:
        self.tray, self.depth = False, False
        if rng is not None:
            self.tray, self.depth = rng.random() > keep, rng.random() > keep

    def __call__(self, cues: NDArray[np.float32]) -> NDArray[np.float32]:
        return without(cues, tray=self.tray, depth=self.depth)


def _view(
    item: KeptItem | None, view: Kept, sight: Sight, forgets: _Forgets, match: Match | None
) -> _View:
    return _View(
        sight,
        forgets(sight.cues),
        grades(item, sight.damage),
        targets(item, view),
        is_placed(item, view),
        view.outlined,
        match,
        view.id,
    )


def _group(
    asked: list[int],
    beside: list[int],
    queries: Sequence[_View],
    references: Sequence[_View],
    grids: Sequence[Grid],
) -> Group:
    views = [*(queries[at] for at in asked), *(references[at] for at in beside)]
    shallow, deep = features([view.sight for view in views])
    told = views[: len(asked)]
    matches = [match for at in asked if (match := queries[at].match) is not None]
    shares = [np.concatenate([one.sight.damage, one.sight.item[None]]) for one in told]
    return Group(
        torch.from_numpy(shallow),
        torch.from_numpy(deep),
        _stack([view.cues for view in views]),
        _stack(shares),
        _stack([view.targets for view in told]),
        torch.tensor([view.known for view in told]),
        _stack([view.grades for view in told]),
        torch.tensor([view.outlined for view in told]),
        len(matches),
        tuple(beside),
        tuple(asked),
        _stack([around(one, grids) for one in matches]),
        _stack([around_finely(one, grids) for one in matches]),
        _stack([one.support for one in matches]),
        _stack([one.likeness for one in matches]),
    )


def _stack(arrays: Sequence[NDArray[Any]]) -> Tensor:
    return torch.from_numpy(np.stack(arrays)) if arrays else torch.empty(0)


def _turned(values: NDArray[Any], quarters: int, mirrored: bool) -> NDArray[Any]:
    """Over the last two axes."""
    if not quarters and not mirrored:
        return values
    found = np.rot90(values, quarters, (-2, -1))
    return np.ascontiguousarray(found[..., ::-1] if mirrored else found)


def _turned_sight(sight: Sight, quarters: int, mirrored: bool) -> Sight:
    def turned(values: NDArray[Any]) -> NDArray[Any]:
        return _turned(values, quarters, mirrored)

    return Sight(
        {name: turned(one) for name, one in sight.features.items()},
        turned(sight.cues),
        turned(sight.damage),
        turned(sight.item),
        np.moveaxis(turned(np.moveaxis(sight.place, -1, 0)), 0, -1),
        np.moveaxis(turned(np.moveaxis(sight.facing, -1, 0)), 0, -1),
    )


def _turned_match(one: Match, first: int, quarters: int, mirrored: bool) -> Match:
    """In 32 bits, its references counted from `first` on."""

    def turned(values: NDArray[Any]) -> NDArray[np.float32]:
        return np.asarray(_turned(values, quarters, mirrored), np.float32)

    return Match(
        _turned(one.reference.astype(np.int64) + first, quarters, mirrored),
        turned(one.row),
        turned(one.column),
        turned(one.support),
        turned(one.likeness),
    )
