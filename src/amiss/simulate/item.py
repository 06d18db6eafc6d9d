"""One simulated item: what it is, what befell it and how it came to the booth. No pixels yet."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self

from amiss.dataset.labels import Damage, Labels
from amiss.dataset.words import Material
from amiss.domain.words import ProcessStep
from amiss.simulate.damages.harm import Harm
from amiss.simulate.place import Placement
from amiss.simulate.products.product import Kind, Product
from amiss.simulate.streams import stream

MATERIAL: dict[Kind, Material] = {
    Kind.CARTON: Material.CARDBOARD,
    Kind.PADDED_MAILER: Material.PLASTIC_BUBBLE_WRAP,
    Kind.POLY_BAG: Material.PLASTIC_LOOSE_BAG,
    Kind.BOOK: Material.BOOK_PAPER,
    Kind.BOTTLE: Material.PLASTIC_HARD,
    Kind.TIN: Material.OTHER,
    Kind.JAR: Material.OTHER,
    Kind.BLISTER: Material.PLASTIC_HARD,
    Kind.MULTIPACK: Material.PLASTIC_TIGHT_WRAP,
    Kind.TOY_BOX: Material.CARDBOARD,
}
"""What Kaputt would call the outside of each kind."""

DECEPTIVE, WRONG_ITEM = "deceptive_print", "wrong_item"
"""Tags that follow from the item itself."""

_START = datetime(2025, 1, 1, 6, tzinfo=UTC)
_PACE, _HURRY = 15.0, 10.0  # seconds from item to item, and by how much one of them may be late


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """An item that is put before the cameras.

    id: of its capture. seed: how it lies (unless `placement` says), how the light drifted, what
    noise the cameras had. sequence: its number in the booth; with the seed it gives the time.
    barcode: what the scanner read; None where it read nothing. taken_for: name of the product that
    the booth took it for; None where it did not know, another name where it is the wrong item.
    tags: beside those that follow from the item. story: why it is here, for people. twin: id of
    the capture that shows it intact, where there is one.
    """

    id: str
    seed: int
    product: Product
    harms: tuple[Harm, ...] = ()
    placement: Placement | None = None
    sequence: int = 0
    step: ProcessStep | None = None
    barcode: str | None = None
    taken_for: str | None = None
    tags: tuple[str, ...] = ()
    story: str = ""
    twin: str | None = None

    @property
    def taken(self) -> datetime:
        """When its capture is triggered: from its place in the sequence and its seed alone."""
        late = float(stream("capture", self.seed, 2).uniform(0, _HURRY))
        return _START + timedelta(milliseconds=round(1000 * (_PACE * self.sequence + late)))

    def intact(self) -> Self:
        """The same item at the same moment in the same place, unharmed; its id is `twin`.

        Raises:
            ValueError: the item names no twin.
        """
        if self.twin is None:
            raise ValueError(f"Item {self.id} names no twin; set its twin to an id.")
        return replace(self, id=self.twin, harms=(), twin=None, story="")

    def labels(self) -> Labels:
        """What is true of it. Every harm stands in them, whether a camera sees it or not."""
        product = self.product
        wrong = self.taken_for not in (None, product.name)
        own = [tag for tag, holds in ((DECEPTIVE, product.deceptive), (WRONG_ITEM, wrong)) if holds]
        return Labels(
            damages=tuple(
                Damage(harm.type, harm.severity, harm.locus, harm.numbers, harm.words)
                for harm in self.harms
            ),
            product=product.name,
            design=str(product.design),
            material=MATERIAL[product.kind],
            tags=tuple(dict.fromkeys((*own, *self.tags))),
            story=self.story,
            simulated=True,
            seed=self.seed,
            twin=self.twin,
        )
