"""What is doubtful in a gallery: references that mislead whoever is compared with them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from amiss.domain.words import Decision
from amiss.gallery.identify.agree import agree
from amiss.gallery.index import ProductIndex
from amiss.gallery.store import Embedded, GalleryStore
from amiss.inspector import Inspector
from amiss.vision.decode import decode

ALIKE = 0.9
"""Cosine of embeddings from which the print of two products is compared."""
SAME_STRUCTURE, SAME_COLOUR, SAME_PLACES = 0.8, 4.0, 1.0
"""Correlation, ΔE and hundreds of places alike, from which print is held to be the same."""


class Kind(StrEnum):
    """What is doubtful."""

    DIFFERS = "differs_from_its_siblings"
    TWICE = "shown_twice"
    ALIKE = "looks_like_another_product"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reference to look at. other: the product that it is also of, or looks like.

    score: damage confidence beside its siblings, or how alike the print is; both in [0, 1].
    """

    kind: Kind
    product: str
    reference: str
    score: float
    other: str | None = None
    reasons: tuple[str, ...] = ()

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "kind": self.kind.value,
            "product": self.product,
            "reference": self.reference,
            "score": self.score,
            "other": self.other,
            "reasons": list(self.reasons),
        }


def doubts(
    inspector: Inspector,
    store: GalleryStore,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Iterator[Doubt]:
    """Looks at all products of a gallery.

    A reference is inspected beside the others of its product: one that would be sidelined may be
    damaged itself, or be of another product. One whose picture was not kept is passed over.

    Raises:
        GalleryError: a reference is damaged on the disk.
        EngineError: the engine failed.
    """
    products = store.products()
    yield from _shown_twice(store, products)
    with TemporaryDirectory() as folder:
        index = ProductIndex(store, Path(folder))
        vectors = _by_product(store)
        for done, product in enumerate(products, start=1):
            yield from _differing(inspector, store, product)
            yield from _alike(store, index, product, vectors.get(product, []))
            progress(done, len(products))


def _shown_twice(store: GalleryStore, products: list[str]) -> Iterator[Doubt]:
    """The same picture is a reference of two products."""
    of: dict[str, list[tuple[str, str]]] = {}
    for product in products:
        for one in store.listed(product):
            of.setdefault(one.digest, []).append((product, one.name))
    for (first, name), *others in of.values():
        for other, _ in others:
            yield Doubt(Kind.TWICE, first, name, 1.0, other)


def _differing(inspector: Inspector, store: GalleryStore, product: str) -> Iterator[Doubt]:
    references = store.references(product)
    if len(references) < 2:
        return
    for one in references:
        picture = store.picture(product, one.digest)
        if picture is None:
            continue
        others = [other for other in references if other.digest != one.digest]
        result = inspector.inspect(decode(picture).rgb, references=others)
        if result.decision is Decision.SIDELINE and result.score is not None:
            reasons = result.reasons
            yield Doubt(Kind.DIFFERS, product, one.name, result.score, reasons=reasons)


def _alike(
    store: GalleryStore, index: ProductIndex, product: str, own: list[Embedded]
) -> Iterator[Doubt]:
    """Another product that nothing tells apart, named once for each pair."""
    likely = {
        hit.product
        for one in own
        if one.vector is not None
        for hit in index.search(one.vector[None], 3)[0]
        if hit.product > product and hit.likeness >= ALIKE
    }
    names = [one.name for one in store.listed(product)]
    for other in sorted(likely):
        for name, mine in zip(names, store.printed(product), strict=False):
            told = [agree(mine.marks, theirs.marks) for theirs in store.printed(other)]
            best = max(
                (one for one in told if one is not None), key=lambda one: one.alike, default=None
            )
            if (
                best is not None
                and best.structure >= SAME_STRUCTURE
                and best.colour <= SAME_COLOUR
                and best.alike >= SAME_PLACES
            ):
                yield Doubt(Kind.ALIKE, product, name, best.structure, other)
                break


def _by_product(store: GalleryStore) -> dict[str, list[Embedded]]:
    of: dict[str, list[Embedded]] = {}
    for one in store.embedded()[1]:
        of.setdefault(one.product, []).append(one)
    return of
