"""What identification reads of a gallery, in memory: to measure with; nothing of it is kept."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from amiss.gallery.card import Card
from amiss.gallery.store import Embedded, Printed
from amiss.vision.marks import Marks


@dataclass(slots=True, eq=False)
class MemoryCatalogue:
    """A `Catalogue` that only grows."""

    _vectors: list[Embedded] = field(default_factory=list)
    _printed: dict[str, list[Printed]] = field(default_factory=dict)
    _cards: dict[str, Card] = field(default_factory=dict)

    @property
    def revision(self) -> int:
        """How many references it holds."""
        return len(self._vectors)

    def has(self, product: str) -> bool:
        """Whether there is a reference of a product."""
        return product in self._printed

    def embedded(self, after: int = 0) -> tuple[int, list[Embedded]]:
        """As of any gallery."""
        return self.revision, self._vectors[after:]

    def printed(self, product: str) -> tuple[Printed, ...]:
        """As of any gallery."""
        return tuple(self._printed.get(product, ()))

    def card(self, product: str) -> Card | None:
        """As of any gallery."""
        return self._cards.get(product)

    def coded(self, code: str) -> tuple[str, ...]:
        """As of any gallery."""
        return tuple(sorted(one.product for one in self._cards.values() if code in one.codes))

    def add(self, product: str, embedding: NDArray[np.float32], marks: Marks | bytes) -> None:
        """Adds a reference. marks: or their bytes, which take less memory."""
        self._vectors.append(Embedded(self.revision + 1, product, embedding))
        kept = marks if isinstance(marks, bytes) else marks.to_bytes()
        self._printed.setdefault(product, []).append(Printed(embedding, kept))

    def describe(self, card: Card) -> None:
        """Replaces the card of a product."""
        self._cards[card.product] = card
