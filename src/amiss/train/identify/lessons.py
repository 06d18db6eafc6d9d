"""Items of known products, as identification meets them.

With and without an expected set, and some with their own product taken out of the gallery.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from amiss.bundle.manifest import CueFacts, Identification
from amiss.domain.identity import Cue
from amiss.gallery.card import Card
from amiss.gallery.identify.fuse import Told, weigh
from amiss.gallery.identify.identify import Described, Identifier
from amiss.gallery.index import ProductIndex
from amiss.gallery.memory import MemoryCatalogue
from amiss.train.identify.fit import Lesson
from amiss.train.identify.see import SeenProduct

EXPECTED = 24
"""Products in a tote."""
FALSE_ALARMS = 0.002
"""Share of items that are what they are said to be, and are held not to be."""
_UNKNOWN = 0.25  # share of items whose product is taken out of the gallery
FIRST = Identification(
    cues={Cue.LOOK.value: CueFacts(knots=(0.3,), weights=(20.0,), unknown=8.0)},
    unknown=0.0,
    sure=0.9,
    wrong=0.0,
    sources=(),
)
"""By which candidates are found before anything was learnt."""


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """What is learnt from.

    claims: of each item whose product is there, as it is weighed where it is said to be just that.
    """

    lessons: tuple[Lesson, ...]
    claims: tuple[Lesson, ...]


def catalogue_of(products: Sequence[SeenProduct]) -> MemoryCatalogue:
    """A gallery of these products; cards say how large their references are."""
    store = MemoryCatalogue()
    for one in products:
        for vector, marks in zip(one.references.embeddings, one.references.marks, strict=True):
            store.add(one.product, vector, marks)
        store.describe(Card(one.product, size=one.references.size))
    return store


def gather(
    products: Sequence[SeenProduct],
    facts: Identification,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Gathered:
    """Every item once in the open, once within an expected set."""
    rng = np.random.default_rng(seed)
    store = catalogue_of(products)
    names = [one.product for one in products]
    lessons: list[Lesson] = []
    claims: list[Lesson] = []
    with TemporaryDirectory() as folder:
        identifier = Identifier(store, ProductIndex(store, Path(folder)), facts)
        for done, one in enumerate(products, start=1):
            for shown in one.items.values():
                item = shown.unnamed()
                others = [name for name in rng.permutation(names)[:EXPECTED] if name != one.product]
                for wanted in ((), (one.product, *others[: EXPECTED - 1])):
                    described = identifier.describe(item, wanted)
                    if one.product not in described.products:
                        lessons.append(_lesson(identifier, described, None))
                        continue
                    if rng.random() < _UNKNOWN:
                        without = _without(described, one.product)
                        lessons.append(_lesson(identifier, without, None))
                    else:
                        lessons.append(_lesson(identifier, described, one.product))
                    if not wanted:
                        claims.append(_claim(identifier, described, one.product))
            progress(done, len(products))
    return Gathered(tuple(lessons), tuple(claims))


def with_limit(gathered: Gathered, facts: Identification) -> Identification:
    """The facts with the probability below which a claim is held to be wrong."""
    likely = np.sort(
        [
            weigh(one.told, facts).probability[one.right]
            for one in gathered.claims
            if one.right is not None
        ]
    )
    below = int(FALSE_ALARMS * len(likely))
    return facts.model_copy(update={"wrong": float(likely[below]) if len(likely) else 0.0})


def _lesson(identifier: Identifier, described: Described, right: str | None) -> Lesson:
    prior, unknown = identifier.prior(described)
    cues = {cue.value: values for cue, values in described.cues.items()}
    place = None if right is None else described.products.index(right)
    return Lesson(Told(cues, prior, unknown), place)


def _claim(identifier: Identifier, described: Described, product: str) -> Lesson:
    prior, unknown = identifier.claim_prior(described, product)
    cues = {cue.value: values for cue, values in described.cues.items()}
    return Lesson(Told(cues, prior, unknown), described.products.index(product))


def _without(described: Described, product: str) -> Described:
    kept = [place for place, name in enumerate(described.products) if name != product]
    return replace(
        described,
        products=tuple(described.products[place] for place in kept),
        expected=described.expected - {product},
        cues={cue: values[kept] for cue, values in described.cues.items()},
    )
