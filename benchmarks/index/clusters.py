"""Embeddings as a gallery's are: views crowd around products, products around kinds and families.

Simulated, so that a million of them cost nothing. How far apart they lie is set so that views of
one product are about as alike as those of the packaged bundle are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.gallery.store import Embedded

CHANNELS = 128
VIEWS = 9
"""References of a product: three captures of three views."""
KINDS, SIBLINGS = 40, 2
"""Kinds of packaging; products of one family, which differ little."""
_KIND, _FAMILY, _OWN, _VIEW = 0.8, 1.0, 0.35, 0.55  # lengths of what is added, step by step

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """vectors: N×E of length 1, product by product. queries: further views of some products."""

    vectors: Vectors
    queries: Vectors


def clusters(references: int, queries: int, seed: int = 0) -> Clusters:
    """So many references, and views of products that are drawn."""
    rng = np.random.default_rng(seed)
    products = -(-references // VIEWS)
    kinds = _directions(rng, KINDS)
    families = _directions(rng, -(-products // SIBLINGS))
    middles = (_KIND * kinds[rng.integers(KINDS, size=len(families))] + _FAMILY * families)[
        np.arange(products) // SIBLINGS
    ] + _OWN * _directions(rng, products)
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    of = np.arange(references) // VIEWS
    asked = rng.integers(products, size=queries)
    return Clusters(_views(rng, middles, of), _views(rng, middles, asked))


class Embeddings:
    """Stands in for a gallery: embeddings alone, in memory. Changes are listed, not stored."""

    def __init__(self, vectors: Vectors) -> None:
        self._there = [
            Embedded(place + 1, name_of(place), vector) for place, vector in enumerate(vectors)
        ]
        self._changes: list[Embedded] = []
        self._first = len(vectors)

    @property
    def revision(self) -> int:
        """Grows by one with each change."""
        return self._first + len(self._changes)

    def embedded(self, after: int = 0) -> tuple[int, list[Embedded]]:
        """As `GalleryStore.embedded`; after its first revision it knows changes alone."""
        changed = self._there if after == 0 else self._changes[after - self._first :]
        return self.revision, changed

    def change(self, one: Embedded) -> None:
        """A reference is added, removed (its vector is None) or brought back."""
        self._changes.append(one)


def name_of(place: int) -> str:
    """The product of a reference."""
    return f"p{place // VIEWS:07d}"


def _views(rng: np.random.Generator, middles: Vectors, of: NDArray[np.integer]) -> Vectors:
    found = np.empty((len(of), CHANNELS), np.float32)
    for first in range(0, len(of), 100_000):  # in parts, for the memory
        some = of[first : first + 100_000]
        views = middles[some] + _VIEW * _directions(rng, len(some))
        found[first : first + len(some)] = views / np.linalg.norm(views, axis=1, keepdims=True)
    return found


def _directions(rng: np.random.Generator, count: int) -> Vectors:
    found = rng.standard_normal((count, CHANNELS), np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)
