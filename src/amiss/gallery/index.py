"""Which products look like a picture: the embeddings of all references, searched.

The gallery is the truth; an index is derived from it and can be made anew. Most of it is a
*snapshot* on the disk, mapped into memory and never changed; what the gallery gained since is
searched beside it, and what it lost is passed over, so that a change counts at once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from amiss.gallery.snapshot import Places, Snapshot, Vectors, find_snapshot, write_snapshot
from amiss.gallery.store import Catalogue, Embedded

ROWS = 100
"""References that are looked at closely for each view, where not all of them are."""
LEAST_STALE, STALE = 5_000, 0.2
"""References beside the snapshot, and their share of it, from which it is made anew on opening."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A product that looks like a view. likeness: cosine to its most alike reference, at most 1."""

    product: str
    likeness: float


class Index(Protocol):
    """Whatever finds products by their look: in this process, or on a server."""

    @property
    def n_products(self) -> int:
        """How many products are searched."""
        ...

    def search(
        self, queries: Vectors, count: int = 10, among: Collection[str] | None = None
    ) -> list[list[Hit]]:
        """The products most like each view, best first, at most `count`, as the gallery is now.

        queries: N×E, of length 1. among: only these products; None is all of them.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """What is searched; replaced as a whole, never changed.

    fresh: by id, references beside the snapshot. vectors: theirs, M×E. gone: N, which references of
    the snapshot are no more.
    """

    revision: int
    snapshot: Snapshot
    fresh: dict[int, Embedded]
    vectors: Vectors
    gone: NDArray[np.bool_]
    n_products: int

    @property
    def beside(self) -> int:
        """How far the snapshot is behind."""
        return len(self.fresh) + int(self.gone.sum())


class ProductIndex:
    """The index of one gallery. Any number of threads may search it."""

    def __init__(self, store: Catalogue, folder: Path) -> None:
        """Opens the newest snapshot in a folder, and makes one where there is none that helps.

        Raises:
            GalleryError: the gallery cannot be read, or the folder cannot be written.
        """
        self._store = store
        self._folder = folder
        self._lock = Lock()
        self._state = _of(find_snapshot(folder, store.revision) or self._snapshot())
        self.refresh()
        if self._state.beside > max(LEAST_STALE, STALE * len(self._state.snapshot)):
            self.rebuild()

    @property
    def revision(self) -> int:
        """Of the gallery, as the index knows it."""
        return self._state.revision

    @property
    def snapshot(self) -> Snapshot:
        """What lies on the disk of it."""
        return self._state.snapshot

    def __len__(self) -> int:
        """How many references are searched."""
        state = self._state
        return len(state.snapshot) - int(state.gone.sum()) + len(state.fresh)

    @property
    def n_products(self) -> int:
        """How many products are searched; those that lost all references since may count."""
        return self._state.n_products

    def refresh(self) -> bool:
        """Takes in what the gallery gained and lost; says whether there was anything."""
        with self._lock:
            revision, changed = self._store.embedded(after=self._state.revision)
            if revision == self._state.revision:
                return False
            self._state = _changed(self._state, revision, changed)
            return True

    def rebuild(self) -> None:
        """Makes the snapshot anew, of everything that is there."""
        with self._lock:
            self._state = _of(self._snapshot())

    def search(
        self, queries: Vectors, count: int = 10, among: Collection[str] | None = None
    ) -> list[list[Hit]]:
        """The products most like each view, best first, at most `count`, as the gallery is now.

        queries: N×E, of length 1. among: only these products; None is all of them.
        """
        self.refresh()
        state = self._state
        if among is not None:
            return _among(state, queries, count, frozenset(among))
        return [_best(*_found(state, query), count) for query in queries]

    def _snapshot(self) -> Snapshot:
        return write_snapshot(self._folder, *self._store.embedded())


def _of(snapshot: Snapshot) -> _State:
    gone = np.zeros(len(snapshot), np.bool_)
    return _State(snapshot.revision, snapshot, {}, _stacked({}), gone, len(snapshot.products))


def _changed(state: _State, revision: int, changed: Sequence[Embedded]) -> _State:
    fresh, gone = dict(state.fresh), state.gone.copy()
    for one in changed:
        place = state.snapshot.find(one.product, one.id)
        if place is not None:
            gone[place] = one.vector is None
        elif one.vector is None:
            fresh.pop(one.id, None)
        else:
            fresh[one.id] = one
    more = {one.product for one in fresh.values()}
    n_products = len(state.snapshot.products) + sum(
        not len(state.snapshot.places(product)) for product in more
    )
    return _State(revision, state.snapshot, fresh, _stacked(fresh), gone, n_products)


def _stacked(fresh: dict[int, Embedded]) -> Vectors:
    vectors = [one.vector for one in fresh.values() if one.vector is not None]
    return np.stack(vectors) if vectors else np.zeros((0, 1), np.float32)


def _found(state: _State, query: Vectors) -> tuple[list[str], Vectors]:
    """Whose the likeliest references are, and how alike."""
    places, likeness = _nearest(state, query)
    names = [state.snapshot.product(place) for place in places.tolist()]
    if state.fresh:
        names += [one.product for one in state.fresh.values()]
        likeness = np.concatenate([likeness, state.vectors @ query])
    return names, likeness


def _nearest(state: _State, query: Vectors) -> tuple[Places, Vectors]:
    """In the snapshot, without what is gone: ROWS, or as many as there are."""
    everything, wider = len(state.snapshot), 1
    while True:
        asked = ROWS * wider**2
        places, likeness = state.snapshot.nearest(query, min(asked, everything), wider)
        there = ~state.gone[places]
        if there.sum() >= ROWS // 2 or asked >= everything:
            return places[there], likeness[there]
        wider *= 4  # what is gone lay near


def _among(state: _State, queries: Vectors, count: int, among: frozenset[str]) -> list[list[Hit]]:
    """Some products: all of their references are looked at."""
    places = np.concatenate([np.zeros(0, np.int64), *map(state.snapshot.places, sorted(among))])
    places = places[~state.gone[places]]
    fresh = [place for place, one in enumerate(state.fresh.values()) if one.product in among]
    names = [state.snapshot.product(place) for place in places.tolist()]
    names += [one.product for one in state.fresh.values() if one.product in among]
    if not names:
        return [[] for _ in queries]
    vectors = [state.snapshot.rows(places), state.vectors[fresh]]
    likeness = queries @ np.concatenate([one for one in vectors if len(one)]).T
    return [_best(names, row, count) for row in likeness]


def _best(names: Sequence[str], likeness: Vectors, count: int) -> list[Hit]:
    found: dict[str, float] = {}
    for place in np.argsort(-likeness, kind="stable"):
        found.setdefault(names[place], float(likeness[place]))
        if len(found) == count:
            break
    return [Hit(name, value) for name, value in found.items()]
