"""Amiss with one part left out or replaced, each as the settings or the comparator it needs."""

from dataclasses import dataclass, replace

import numpy as np

from amiss.detect.compare import InPlace, Map, novelty
from amiss.detect.discrepancy import Comparator, Settings
from amiss.detect.pose import Lie
from amiss.gallery.bank import build_bank
from amiss.gallery.reference import Reference
from amiss.vision.look import Eye, Look

Aligned = list[tuple[Reference, Lie]]
NEVER = 2.0
"""An agreement that no picture reaches: agreements are at most 1."""


class SurplusOnly(Comparator):
    """Query → reference only: what is missing is not asked for."""

    def _patches(self, look: Look, aligned: Aligned) -> tuple[Map, list[InPlace]]:
        novel, places = super()._patches(look, aligned)
        return novel, [replace(one, missing=one.surplus) for one in places]


class NaiveBothWays(Comparator):
    """Reference → query as a plain nearest neighbour anywhere, added with half the weight.

    The obvious way to ask for missing parts without aligning anything. Of several references the
    one with the fewest unmatched patches counts: a part that only one of them shows is no damage.
    """

    def _patches(self, look: Look, aligned: Aligned) -> tuple[Map, list[InPlace]]:  # noqa: ARG002
        novel, _ = super()._patches(look, [])
        reverse = [
            self._unmatched(reference.look, look)
            for reference in self.bank.references
            if reference.look.grid == look.grid
        ]
        if not reverse:
            return novel, []
        least = min(reverse, key=_largest).reshape(look.grid)
        return novel, [InPlace(least, least, np.ones(look.grid, np.bool_))]

    def _unmatched(self, reference: Look, query: Look) -> Map:
        maps = [
            weight * novelty(reference.patches[layer], query.patches[layer])
            for layer, weight in self.settings.layer_weights
        ]
        return np.asarray(np.sum(maps, axis=0), np.float32)

    def _trust(self, look: Look, places: list[InPlace], agreement: float) -> float:  # noqa: ARG002
        return 0.5 if places else 0.0


def _largest(values: Map) -> float:
    count = max(1, round(len(values) / 100))
    return float(np.sort(values)[-count:].mean())


@dataclass(frozen=True, slots=True)
class Variant:
    """One row of the table; quarter_turns: whether the bank may hold turned references."""

    name: str
    settings: Settings
    comparator: type[Comparator] = Comparator
    quarter_turns: bool = True

    def build(self, references: list[Reference], eye: Eye) -> Comparator:
        """The comparator of these references."""
        kept = references if self.quarter_turns else [_upright_only(one) for one in references]
        return self.comparator(build_bank(kept), eye, self.settings)


def _upright_only(reference: Reference) -> Reference:
    return replace(reference, turned=())


def variants() -> tuple[Variant, ...]:
    """All rows, the full one first; everything else as packaged."""
    full = Settings()
    unturned = replace(full, turn_agreement=NEVER, much_gain=NEVER)
    no_outline = replace(full, outline_weight=0.0)
    novelty_only = replace(unturned, most_trust=0.0, colour_weight=0.0)
    naive = replace(novelty_only, outline_weight=0.0, in_place_share=full.novelty_share)
    return (
        Variant("full", full),
        Variant("without alignment (never turned)", unturned),
        Variant("one-way, aligned (nothing missing)", no_outline, SurplusOnly),
        Variant("one-way, unaligned (novelty alone)", novelty_only),
        Variant("two-way, unaligned (naive mean)", naive, NaiveBothWays),
        Variant("without outline", no_outline),
        Variant("without colour", replace(full, colour_weight=0.0)),
        Variant("without quarter turns", full, quarter_turns=False),
    )
