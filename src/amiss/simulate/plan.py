"""Which items a simulated data set holds: each from the data set's seed and its index alone.

So any range of indexes can be made on any machine, in any order, and all ranges together are the
whole. Items come in groups that show one product, products in groups that lay in one booth.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from amiss.dataset.split import split_of
from amiss.dataset.words import SplitName
from amiss.domain.errors import SimulationError
from amiss.domain.words import DamageType, ProcessStep, Severity
from amiss.simulate.damages.harm import Harm
from amiss.simulate.damages.make import draw_evenly, draw_type, harm
from amiss.simulate.item import Item
from amiss.simulate.place import Placement
from amiss.simulate.prints.deceive import Deception
from amiss.simulate.products.make import make_product, name_of, siblings_of
from amiss.simulate.products.product import Kind, Product, Sibling
from amiss.simulate.shoot import lying
from amiss.simulate.streams import stream

PER_BOOTH = 40
"""Items that lay in one booth; after that, another one is built."""
MOST_ITEMS = 100_000_000
"""Indexes end before this, so that no two data sets share a seed."""
MOST_REFERENCES = 8
NEW_DESIGN = "new_design"
"""Tag of items in a packaging that none of the references shows."""

_ROOM = 10 * MOST_ITEMS  # seeds that a data set has for itself
_REDESIGNED = 0.15  # share of products that have a second packaging
_KNOWN = 0.5  # of these, the share whose references show both
_NEW = 0.5  # share of their items that are in the second one
_UNREAD = 0.05  # share of items whose barcode nobody could read
_TWICE = 0.1  # share of damaged items that were harmed twice
_WORSE = 0.5  # share of damaged items whose damage is major where it can be, in an even data set
_TRIES = 20  # until a harm is found that the product can have
_MARKS = {DamageType.CRUSH, DamageType.TEAR, DamageType.HOLE, DamageType.SUPERFICIAL}
"""What may come on top of another damage."""
_SLIGHT = {DamageType.SUPERFICIAL}
"""What is hardly ever major, so that nobody should wait for it."""
_STEPS = {
    ProcessStep.INBOUND: 0.3,
    ProcessStep.STOW: 0.2,
    ProcessStep.PICK: 0.15,
    ProcessStep.PACK: 0.2,
    ProcessStep.SHIP: 0.05,
    ProcessStep.RETURN: 0.1,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a data set is made of; equal plans give equal items.

    seed: which data set (≥ 0); two seeds share no product, booth or item. damaged: share of items
    that are harmed. references: pristine captures of each product. kinds: of products, in turn.
    twins: every harmed item is captured once more, intact. even: rare types of damage befall as
    often as common ones, and every other damage is major where it can be; to learn and to measure
    by, not as it happens. deceptive: share of products whose print pretends a damage. per_product:
    items that show one product. siblings: share of products that have one which differs from them
    in colour, flavour, size or edition alone.
    """

    seed: int
    damaged: float = 0.5
    references: int = 2
    kinds: tuple[Kind, ...] = tuple(Kind)
    twins: bool = False
    even: bool = False
    deceptive: float = 0.12
    per_product: int = 4
    siblings: float = 0.0
    _base: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Checks the figures.

        Raises:
            SimulationError: one of them is impossible.
        """
        shares = all(0 <= share <= 1 for share in (self.damaged, self.deceptive, self.siblings))
        if self.seed < 0 or not shares or not self.kinds:
            raise SimulationError(
                "A data set needs a seed of 0 or more, shares (of damaged items, of deceptive "
                "products, of siblings) from 0 to 1 and one kind of product or more; correct what "
                "is not so."
            )
        if not 1 <= self.per_product <= PER_BOOTH:
            raise SimulationError(
                f"A product is shown by 1 to {PER_BOOTH} items, not by {self.per_product}; ask for "
                "as many."
            )
        if not 0 <= self.references <= MOST_REFERENCES:
            raise SimulationError(
                f"A product has 0 to {MOST_REFERENCES} references, not {self.references}; ask for "
                "as many."
            )
        object.__setattr__(self, "_base", (self.seed + 1) * _ROOM)

    def group(self, index: int) -> int:
        """The number of the product that an item shows."""
        return index // self.per_product

    def name(self, group: int) -> str:
        """The name of a product; it is known before the product is made."""
        return name_of(self._seed(group), self._kind(group), self.sibling(group))

    def split(self, group: int) -> SplitName:
        """Where a product belongs, with its sibling and all that shows them."""
        return split_of(name_of(self._seed(group), self._kind(group)))

    def sibling(self, group: int) -> Sibling | None:
        """What a product differs in from the one before it, if that is its sibling."""
        return (
            _sibling(self._base + group - 1, self._kind(group), self.siblings)
            if group % 2
            else None
        )

    def id(self, index: int) -> str:
        """The capture of an item."""
        return f"{self.seed}-{index:06d}"

    def twin(self, index: int) -> str | None:
        """The capture of the same item intact, where there is one."""
        return f"{self.id(index)}-intact" if self.twins and self.is_damaged(index) else None

    def reference_id(self, group: int, number: int) -> str:
        """The capture of a product's reference; its views are `<id>-<view>`."""
        return f"{self.name(group)}-{number}"

    def booth(self, group: int) -> int:
        """The seed of the booth in which a product lies: its tray, lights and cameras."""
        return self._base + group * self.per_product // PER_BOOTH

    def is_damaged(self, index: int) -> bool:
        """Whether an item is harmed; known before it is made."""
        return bool(stream("plan", self._base + index, 1).random() < self.damaged)

    def item(self, index: int) -> Item:
        """An item, its product and harms made; that takes some tenths of a second.

        Raises:
            SimulationError: fonts are missing, or no harm was found.
        """
        group, seed = self.group(index), self._base + index
        rng = stream("plan", seed, 2)
        step = list(_STEPS)[int(rng.choice(len(_STEPS), p=list(_STEPS.values())))]
        read, new = rng.random() >= _UNREAD, rng.random() < _NEW
        design = int(new) if self._redesigned(group) else 0
        product = self._product(group, design)
        where = lying(product, seed)
        return Item(
            id=self.id(index),
            seed=seed,
            product=product,
            harms=_harms(product, seed, where, self.even) if self.is_damaged(index) else (),
            placement=where,
            sequence=index,
            step=step,
            barcode=product.gtin if read else None,
            taken_for=product.name if read else None,
            tags=() if design in self._shown(group) else (NEW_DESIGN,),
            twin=self.twin(index),
        )

    def reference(self, group: int, number: int) -> Item:
        """The product as it should be, in another resting pose for each number.

        Raises:
            SimulationError: fonts are missing.
        """
        shown = self._shown(group)
        product = self._product(group, shown[number % len(shown)])
        seed = self._base + MOST_ITEMS + group * MOST_REFERENCES + number
        order = stream("plan", self._base + group, 3).permutation(len(product.rests))
        return Item(
            id=self.reference_id(group, number),
            seed=seed,
            product=product,
            placement=lying(product, seed, int(order[number % len(order)])),
            sequence=group * self.per_product,
        )

    def _kind(self, group: int) -> Kind:
        # siblings follow each other, so that they are of one kind
        return self.kinds[(group // 2 if self.siblings else group) % len(self.kinds)]

    def _seed(self, group: int) -> int:
        """Of a product; siblings share it."""
        return self._base + group - (self.sibling(group) is not None)

    def _product(self, group: int, design: int) -> Product:
        seed = self._seed(group)
        rng = stream("plan", seed, 4)
        pretends = rng.random() < self.deceptive
        what = list(Deception)[int(rng.integers(len(Deception)))]
        deceptive = what if pretends else ""
        return _made(seed, self._kind(group), design, deceptive, self.sibling(group))

    def _redesigned(self, group: int) -> bool:
        return bool(stream("plan", self._seed(group), 5).random() < _REDESIGNED)

    def _shown(self, group: int) -> tuple[int, ...]:
        """The designs that references show, in turn."""
        known = stream("plan", self._seed(group), 6).random() < _KNOWN
        return (0, 1) if self._redesigned(group) and known and self.references > 1 else (0,)


@lru_cache(maxsize=4)
def _made(seed: int, kind: Kind, design: int, deceptive: str, sibling: Sibling | None) -> Product:
    """Items of one product follow each other."""
    return make_product(seed, kind, design, deceptive, sibling=sibling)


def _sibling(founder: int, kind: Kind, share: float) -> Sibling | None:
    """What the product after one of that seed differs from it in, if anything."""
    rng = stream("plan", founder, 8)
    if rng.random() >= share:
        return None
    able = siblings_of(founder, kind)
    return able[int(rng.integers(len(able)))]


def _harms(product: Product, seed: int, where: Placement, even: bool) -> tuple[Harm, ...]:
    """One harm, seldom two, of types that the product can have."""
    rng = stream("plan", seed, 7)
    count = 2 if rng.random() < _TWICE else 1
    worse = Severity.MAJOR if even and rng.random() < _WORSE else None
    for number in range(_TRIES):
        drawn = stream("damage", seed, number + 1)
        types = _types(product.kind, drawn, draw_evenly if even else draw_type)[:count]
        try:
            return tuple(
                harm(
                    product,
                    damage,
                    drawn,
                    None if damage in _SLIGHT else worse,
                    rest=where.side,
                    yaw=where.yaw,
                )
                for damage in types
            )
        except SimulationError:
            continue  # what this one product cannot suffer is drawn again
    raise SimulationError(
        f"No damage was found for {product.name}; leave out kinds, or take another seed."
    )


def _types(
    kind: Kind, rng: np.random.Generator, draw: Callable[[Kind, np.random.Generator], DamageType]
) -> list[DamageType]:
    """What happened, and what else happened where something can."""
    first, *others = (draw(kind, rng) for _ in range(8))
    return [first, *(other for other in others if other in _MARKS and other is not first)]
