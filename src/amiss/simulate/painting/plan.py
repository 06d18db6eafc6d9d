"""What becomes of each photograph: from the data set's seed and the photograph's bytes alone.

So what other products there are changes nothing, whatever the files are called and in whatever
order they are found.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from amiss.dataset.pack_picture import Encoding
from amiss.dataset.split import SHARES, split_of
from amiss.dataset.words import SplitName
from amiss.domain.errors import SimulationError
from amiss.domain.words import DamageType, Locus
from amiss.simulate.paint import recipes
from amiss.simulate.painting.photographs import Photograph

TAG = "painted"
"""Tag of all captures of a painted data set, the untouched ones too."""
ENCODING = Encoding(crops=False)
"""Of most photographs nobody knows the silhouette by which the item would be cut out."""
LEAST_SIZE = 128
"""Pixels of the long side, under which nothing can be painted that would be seen."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One capture of a photograph.

    seed: all that is drawn for it comes from this, and where it has to be drawn anew from the next.
    """

    id: str
    seed: int
    damaged: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a painted data set is made of; equal plans give equal captures.

    seed: which data set (≥ 0). copies: captures of each photograph. damaged: share of them that
    are painted on. references: photographs of a product that are kept for reference, at most half
    of them. types, families: of damages and of recipes; all where empty. size: pixels of the long
    side, at most. surface: what the items' surface is. split: where everything goes; None: each
    product where its name says.
    """

    seed: int
    copies: int = 2
    damaged: float = 0.5
    references: int = 3
    types: tuple[DamageType, ...] = ()
    families: frozenset[int] = frozenset()
    size: int = 640
    surface: Locus = Locus.OUTER_PACKAGING
    split: SplitName | None = None

    def __post_init__(self) -> None:
        """Checks the figures.

        Raises:
            SimulationError: one of them is impossible, or no recipe is as asked for.
        """
        if self.seed < 0 or self.copies < 1 or not 0 <= self.damaged <= 1 or self.references < 0:
            raise SimulationError(
                "A painted data set needs a seed and a number of references of 0 or more, one copy "
                "or more and a share of damaged ones from 0 to 1; correct what is not so."
            )
        if self.size < LEAST_SIZE:
            raise SimulationError(
                f"On pictures of {self.size} pixels no damage would be seen; ask for {LEAST_SIZE} "
                "or more."
            )
        unknown = sorted(self.families - {recipe.family for recipe in recipes.RECIPES})
        if unknown:
            raise SimulationError(
                f"There is no family {unknown[0]} of recipes: take some of 0, 1 and 2."
            )
        for damage in self.types:
            recipes.of(damage, self.families or None)

    @property
    def kinds(self) -> tuple[DamageType, ...]:
        """The types that are drawn from, in the order of the enum."""
        able = recipes.types(self.families or None)
        return tuple(kind for kind in able if not self.types or kind in self.types)

    def shared_out(
        self, photographs: Sequence[Photograph]
    ) -> tuple[list[Photograph], list[Photograph]]:
        """The references of a product, and the photographs that become captures.

        No photograph is both: whoever compares would only have to look for what was painted.
        """
        count = min(self.references, len(photographs) // 2)
        drawn = sorted(photographs, key=lambda one: self._number("reference", one.digest))
        kept = {one.digest for one in drawn[:count]}
        return (
            [one for one in photographs if one.digest in kept],
            [one for one in photographs if one.digest not in kept],
        )

    def copies_of(self, photograph: Photograph) -> list[Copy]:
        """The captures of a photograph.

        As many of them are damaged as the share says, as far as that goes, so that the photograph
        tells nothing.
        """
        rng = np.random.default_rng(self._number("copies", photograph.digest))
        count = math.floor(self.copies * self.damaged + rng.random())
        damaged = set(rng.permutation(self.copies)[:count].tolist())
        return [
            Copy(
                f"{self.name(photograph)}-{number}",
                self._number("copy", photograph.digest, str(number)),
                number in damaged,
            )
            for number in range(self.copies)
        ]

    def name(self, photograph: Photograph) -> str:
        """What stands at the beginning of all that is made of a photograph."""
        return f"{TAG}-{self.seed}-{photograph.digest[:16]}"

    def split_of(self, product: str) -> SplitName:
        """Where a product, with all that shows it, belongs."""
        return split_of(product, SHARES if self.split is None else {self.split: 1.0})

    def settings(self, photographs: Sequence[Photograph]) -> dict[str, Any]:
        """All that settles the captures of these photographs, as plain JSON values."""
        whole = hashlib.sha256()
        for one in photographs:
            whole.update(f"{one.product}\0{one.digest}\n".encode())
        return {
            "seed": self.seed,
            "copies": self.copies,
            "damaged": self.damaged,
            "references": self.references,
            "types": [kind.value for kind in self.kinds],
            "families": [str(family) for family in sorted(self.families)],
            "size": self.size,
            "surface": self.surface.value,
            "split": self.split,
            "photographs": f"{len(photographs)} ({whole.hexdigest()[:16]})",
        }

    def _number(self, *words: str) -> int:
        """62 bits that follow from the data set's seed and some words; room for more in 63."""
        digest = hashlib.sha256("\0".join([str(self.seed), *words]).encode()).digest()
        return int.from_bytes(digest[:8], "big") >> 2
