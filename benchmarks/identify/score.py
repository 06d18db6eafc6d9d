"""What identification says of each simulated item, asked in every way."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from benchmarks.identify.sets import difference, family, is_stranger

from amiss.domain.identity import Identity
from amiss.gallery.identify.identify import Identifier
from amiss.gallery.identify.seen import Unnamed
from amiss.gallery.index import ProductIndex
from amiss.inspector import Inspector
from amiss.train.identify.lessons import EXPECTED, catalogue_of
from amiss.train.identify.see import SeenProduct

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """The gallery's products, and what items are asked about."""

    identifier: Identifier
    names: tuple[str, ...]
    everything: frozenset[str]

    def item(self, one: SeenProduct, name: str, rng: np.random.Generator) -> Document:
        """All answers for one item."""
        shown = one.items[name].unnamed()
        known = one.product in self.names
        others = [str(name) for name in rng.permutation(self.names) if name != one.product]
        siblings = [name for name in others if family(name) == family(one.product)]
        expected = [*others[: EXPECTED - 1], one.product] if known else others[:EXPECTED]
        with_sibling = [*siblings, *expected][:EXPECTED]
        return {
            "id": name,
            "product": one.product,
            "damaged": name in one.damaged,
            "known": known,
            "differs": difference(set(self.everything), one.product),
            "open": self._said(shown, one.product),
            "expected": self._said(shown, one.product, with_sibling),
            "claims": {
                "right": self._claimed(shown, one.product) if known else None,
                "wrong": self._claimed(shown, next(o for o in others if o not in siblings)),
                "sibling": self._claimed(shown, siblings[0]) if siblings else None,
            },
        }

    def _said(self, shown: Unnamed, product: str, expected: Sequence[str] = ()) -> Document:
        found = self.identifier.identify(shown, expected)
        order = [one.product for one in found.candidates]
        return {
            "rank": order.index(product) if product in order else None,
            "first": order[0] if order else None,
            "probability": found.candidates[0].probability if order else 0.0,
            "named": found.product,
            "unknown": found.unknown,
        }

    def _claimed(self, shown: Unnamed, product: str) -> Document:
        found: Identity = self.identifier.identify(shown, claimed=product)
        return {"contradicted": found.contradicted, "named": found.product}


def score(
    inspector: Inspector,
    products: Sequence[SeenProduct],
    seed: int,
    done: Collection[str] = (),
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Iterator[Document]:
    """One line for each item of each product, strangers among them, but for those that are done."""
    there = [one for one in products if not is_stranger(one.product)]
    store = catalogue_of(there)
    names = tuple(one.product for one in there)
    with TemporaryDirectory() as folder:
        identifier = inspector.identifier(store, ProductIndex(store, Path(folder)))
        asked = Asked(identifier, names, frozenset(one.product for one in products))
        for place, one in enumerate(products, start=1):
            for number, name in enumerate(sorted(one.items)):
                if name not in done:
                    yield asked.item(one, name, np.random.default_rng([seed, place, number]))
            progress(place, len(products))
