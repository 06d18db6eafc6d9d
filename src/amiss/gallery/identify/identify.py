"""From what is seen of an item to the product that it is, or to the word that nobody can say.

Cheap cues come first: who looks like it, how large and heavy it is, what its barcode says. Where
they leave a doubt, the print of the likeliest few is compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from amiss.bundle.manifest import Identification
from amiss.domain.identity import Candidate, Cue, Identity
from amiss.gallery.identify import cues
from amiss.gallery.identify.cues import Values
from amiss.gallery.identify.fuse import Told, Weighed, is_there, weigh
from amiss.gallery.identify.seen import Unnamed
from amiss.gallery.index import Index
from amiss.gallery.store import Catalogue

CONSIDERED = 30
"""Candidates, at most; the product of a barcode is always one."""
BEYOND_DOUBT = 0.9995
"""Probability from which the print is not compared any more."""
STRANGERS = 0.05
"""Share of items whose product is not in the gallery, before anything is seen."""
EXPECTED_HOLDS = 0.98
"""Share of items that are one of the expected products."""
CLAIM_HOLDS = 0.5
"""Of items that are said to be a product; low, so that pictures alone decide."""
CODE_SAYS = 12.0
"""What a barcode adds to the log-odds of the product that it names."""


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """An item beside its candidates. coded: those that its barcodes name."""

    products: tuple[str, ...]
    expected: frozenset[str]
    coded: frozenset[str]
    cues: Mapping[Cue, Values]


@dataclass(frozen=True, slots=True)
class Identifier:
    """Identifies items against one gallery. Safe to share between threads."""

    store: Catalogue
    index: Index
    facts: Identification

    def identify(
        self,
        item: Unnamed,
        expected: Sequence[str] = (),
        claimed: str | None = None,
    ) -> Identity:
        """Which product an item is.

        Args:
            item: what is seen of it.
            expected: products of which it should be one; those that the gallery does not know say
                nothing.
            claimed: what it is said to be; None takes what its barcode names.

        Raises:
            GalleryError: the gallery cannot be read.
            InputError: text is to be read, and the extra `ocr` is not installed.
        """
        described = self.describe(item, expected, claimed)
        coded = sorted(described.coded)
        claimed = claimed or (coded[0] if len(coded) == 1 else None)
        weighed = self._weighed(described)
        likely = self._claim(described, claimed)
        contradicted = likely is not None and likely < self.facts.wrong
        return Identity(
            product=None if contradicted else self._named(described, weighed),
            candidates=_candidates(described, weighed),
            unknown=weighed.unknown,
            codes=tuple(code.gtin or code.text for code in item.codes),
            unavailable=_unavailable(described),
            claimed=claimed,
            contradicted=contradicted,
        )

    def describe(
        self, item: Unnamed, expected: Sequence[str] = (), claimed: str | None = None
    ) -> Described:
        """What cues say of the candidates, before it is weighed."""
        coded = frozenset(self._coded(item))
        wanted = frozenset(one for one in expected if self._knows(one))
        named = {*coded, *({claimed} if claimed and self._knows(claimed) else ())}
        products = self._considered(item, wanted, named)
        cards = [self.store.card(product) for product in products]
        told = {
            Cue.LOOK: cues.look(self.index, item, products),
            Cue.SIZE: cues.size(item, cards),
            Cue.WEIGHT: cues.weight(item, cards),
            Cue.TEXT: cues.text(item, cards),
        }
        described = Described(products, wanted, coded, told)
        # Without its barcode: that must not keep a look-alike from being looked at.
        likely = self._weighed(replace(described, coded=frozenset()))
        sure = [
            product
            for product, probability in zip(products, likely.probability, strict=True)
            if probability >= BEYOND_DOUBT
        ]
        if not products or (sure and named <= set(sure)):
            return described
        compared = cues.printed(self.store, item, products, likely.probability, named)
        return Described(products, wanted, coded, {**told, **compared})

    def _coded(self, item: Unnamed) -> set[str]:
        """The products that barcodes name: by their cards, or by being called so."""
        found: set[str] = set()
        for code in item.codes:
            text = code.gtin or code.text
            found.update(self.store.coded(text))
            short = text.lstrip("0")
            same = {text, code.text, *(short.zfill(digits) for digits in (8, 12, 13, 14))}
            found.update(one for one in same if self.store.has(one))
        return found

    def _knows(self, product: str) -> bool:
        return self.store.has(product) or self.store.card(product) is not None

    def _considered(
        self, item: Unnamed, wanted: frozenset[str], named: set[str]
    ) -> tuple[str, ...]:
        """The candidates: named ones, then those that look most like it, expected or not."""
        best: dict[str, float] = {}
        for among in (None, wanted) if wanted else (None,):
            hits = self.index.search(item.embeddings, CONSIDERED, among=among)
            for hit in (hit for view in hits for hit in view):
                best[hit.product] = max(hit.likeness, best.get(hit.product, -1.0))
        ranked = sorted(best, key=lambda product: (-best[product], product))
        unseen = sorted(wanted - set(best))  # without a reference, told by card alone
        first = [*sorted(named), *ranked, *unseen]
        if wanted:  # half of the places are for what is expected
            theirs = [one for one in (*ranked, *unseen) if one in wanted][: CONSIDERED // 2]
            first = [*sorted(named), *theirs, *ranked]
        return tuple(dict.fromkeys(first))[: max(CONSIDERED, len(named))]

    def _weighed(self, described: Described) -> Weighed:
        prior, unknown = self.prior(described)
        told = {cue.value: values for cue, values in described.cues.items()}
        prior = prior + CODE_SAYS * _among(described.products, described.coded)
        return weigh(Told(told, prior, unknown), self.facts)

    def prior(self, described: Described) -> tuple[Values, float]:
        """Log of how likely each candidate, and none of them, is before anything is seen."""
        everything = max(self.index.n_products, len(described.products), 1)
        inside = _among(described.products, described.expected)
        if not described.expected:
            each = np.full(len(inside), (1 - STRANGERS) / everything)
            return np.log(each), float(np.log(STRANGERS))
        others = max(everything - len(described.expected), 1)
        left = 1 - EXPECTED_HOLDS
        each = np.where(inside > 0, EXPECTED_HOLDS / len(described.expected), 0.5 * left / others)
        return np.log(each), float(np.log(0.5 * left))

    def _claim(self, described: Described, claimed: str | None) -> float | None:
        """How likely its pictures alone make what an item is said to be; None if they cannot say.

        They cannot where no reference of it is in the gallery.
        """
        if claimed is None or claimed not in described.products:
            return None
        place = described.products.index(claimed)
        if np.isnan(described.cues[Cue.LOOK][place]):
            return None
        prior, unknown = self.claim_prior(described, claimed)
        told = {cue.value: values for cue, values in described.cues.items()}
        return float(weigh(Told(told, prior, unknown), self.facts).probability[place])

    def claim_prior(self, described: Described, claimed: str) -> tuple[Values, float]:
        """As `prior`, of an item that is said to be one of the candidates."""
        each = (1 - CLAIM_HOLDS) * (1 - STRANGERS) / max(self.index.n_products - 1, 1)
        prior = np.full(len(described.products), np.log(each))
        prior[described.products.index(claimed)] = np.log(CLAIM_HOLDS)
        return prior, float(np.log((1 - CLAIM_HOLDS) * STRANGERS))

    def _named(self, described: Described, weighed: Weighed) -> str | None:
        if not len(weighed.probability):
            return None
        best = int(weighed.probability.argmax())
        sure = weighed.probability[best] >= self.facts.sure
        return described.products[best] if sure else None


def _among(products: Sequence[str], some: frozenset[str]) -> Values:
    return np.array([float(product in some) for product in products])


def _candidates(described: Described, weighed: Weighed) -> tuple[Candidate, ...]:
    order = np.argsort(-weighed.probability, kind="stable")
    return tuple(
        Candidate(
            product=(product := described.products[place]),
            probability=float(weighed.probability[place]),
            says={
                **{
                    cue: float(weighed.says[cue.value][place])
                    for cue, values in described.cues.items()
                    if cue.value in weighed.says and not np.isnan(values[place])
                },
                **({Cue.BARCODE: CODE_SAYS} if product in described.coded else {}),
            },
            expected=product in described.expected,
        )
        for place in order.tolist()
    )


def _unavailable(described: Described) -> dict[Cue, str]:
    there = {cue for cue, values in described.cues.items() if is_there(values)}
    there |= {Cue.BARCODE} if described.coded else set()
    there |= {Cue.EXPECTED} if described.expected else set()
    return {cue: reason for cue, reason in cues.SAID.items() if cue not in there}
