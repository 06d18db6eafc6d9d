"""What comes onto the tray of the recorded booth, item by item.

Most items are sound, as everywhere; each damage is there more than once, minor and major where the
two exist; and there are the stories that make the problem hard. Seeds were searched until the
damage could be seen by a camera; whether Amiss sees it was never asked.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from amiss.domain.words import DamageType, ProcessStep, Severity
from amiss.simulate.damages.harm import Harm
from amiss.simulate.damages.make import harm
from amiss.simulate.damages.pools import POWDERS
from amiss.simulate.damages.spilt import spill
from amiss.simulate.item import Item
from amiss.simulate.place import Placement
from amiss.simulate.products.product import Product
from amiss.simulate.shoot import lying
from amiss.simulate.stories.booths import Day
from amiss.simulate.stories.catalogue import CATALOGUE
from amiss.simulate.streams import stream

Blow = Callable[[Product, np.random.Generator, Placement], Harm]
"""What befalls a product that lies so."""
COFFEE_POWDER = next(powder for powder in POWDERS if powder.name == "coffee powder")


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of the script.

    spec: its name in the catalogue. side: on which side it lies. place: of its seed among those of
    the recording. blow: what befell it. day: the state of the booth. design: which packaging it
    has. taken_for: name in the catalogue of the product on its barcode; None where the scanner read
    nothing, "" where it is the item's own. tags, story: for figures, and for people.
    """

    spec: str
    side: int
    place: int
    blow: Blow | None = None
    day: Day = Day.USUAL
    design: int = 0
    taken_for: str | None = ""
    tags: tuple[str, ...] = ()
    story: str = ""

    @property
    def tells(self) -> bool:
        """Whether it tells a story, and is not only one more item, sound or harmed."""
        own = self.story or self.tags or self.taken_for != "" or self.day is not Day.USUAL
        return bool(own or CATALOGUE[self.spec].deceptive)


def suffers(damage: DamageType, severity: Severity) -> Blow:
    """A damage of a type and severity, of a size after the law."""

    def blow(product: Product, rng: np.random.Generator, where: Placement) -> Harm:
        return harm(product, damage, rng, severity, rest=where.side, yaw=where.yaw)

    return blow


def heap_beside(share: float) -> Blow:
    """Coffee powder on the tray, beside a sound item, over a share of the item's visible area."""

    def blow(product: Product, rng: np.random.Generator, where: Placement) -> Harm:
        lain = replace(product, rests=(product.rests[where.side],))
        return spill(lain, rng, share, COFFEE_POWDER, on=False, beside=True)

    return blow


def entries() -> Iterator[tuple[str, int, Entry]]:
    """All entries, in the order in which they come, each with its item's id and number."""
    count: Counter[str] = Counter()
    for number, entry in enumerate(SCRIPT, start=1):
        count[entry.spec] += 1
        yield f"{entry.spec}-{count[entry.spec]}", number, entry


def item_of(entry: Entry, name: str, number: int, seed: int) -> Item:
    """The item of an entry: how it lies, what befell it and how it was handled are the seed's.

    Raises:
        SimulationError: what befalls it is never as severe as the entry says.
    """
    product = CATALOGUE[entry.spec].make(entry.design)
    where = lying(product, seed, entry.side)
    harms: tuple[Harm, ...] = ()
    if entry.blow is not None:
        harms = (entry.blow(product, stream("damage", seed), where),)
    read = None if entry.taken_for is None else CATALOGUE[entry.taken_for or entry.spec].make()
    tags = () if entry.day is Day.USUAL else (str(entry.day),)
    return Item(
        id=name,
        seed=seed,
        product=product,
        harms=harms,
        placement=where,
        sequence=number,
        step=ProcessStep.PICK,
        barcode=None if read is None else read.gtin,
        taken_for=None if read is None else read.name,
        tags=(*tags, *entry.tags),
        story=entry.story,
    )


_MINOR, _MAJOR = Severity.MINOR, Severity.MAJOR
_CRUSH, _TEAR, _HOLE = DamageType.CRUSH, DamageType.TEAR, DamageType.HOLE
_APART, _SPILT, _OPENED = DamageType.DECONSTRUCTION, DamageType.SPILLAGE, DamageType.OPENED
_GONE, _SPOILT = DamageType.MISSING_UNIT, DamageType.SUPERFICIAL

SCRIPT: tuple[Entry, ...] = (
    Entry("kit", 0, 1, story="The broken screen is printed on the box of a protector."),
    Entry("kit", 0, 2, story="The same box, lying otherwise.", day=Day.OTHER_TRAY),
    Entry("kit", 1, 3),
    Entry("kit", 0, 304, suffers(_CRUSH, _MAJOR), story="This box is broken, not only its print."),
    Entry("kit", 0, 205, suffers(_TEAR, _MINOR)),
    Entry("cleaner", 0, 6, story="The box is awash with spills, all of them printed."),
    Entry("cleaner", 0, 7, story="The same box, lying otherwise."),
    Entry("cleaner", 1, 8),
    Entry("cleaner", 0, 109, suffers(_SPILT, _MAJOR), story="Here a spill is real."),
    Entry("cleaner", 1, 10, suffers(_SPILT, _MINOR)),
    Entry("blades", 0, 11),
    Entry("blades", 0, 12),
    Entry("blades", 1, 13),
    Entry("blades", 0, 14, suffers(_GONE, _MAJOR), story="Two razor blades of three."),
    Entry("blades", 0, 15, suffers(_GONE, _MAJOR), story="Two razor blades of three."),
    Entry("blades", 0, 16, suffers(_HOLE, _MINOR)),
    Entry("pens", 0, 17),
    Entry("pens", 0, 18, day=Day.AGED_LIGHT, story="A strip of lights is dead; the item is sound."),
    Entry("pens", 1, 19),
    Entry("pens", 0, 120, suffers(_GONE, _MAJOR), story="Four pens of five."),
    Entry("pens", 1, 121, suffers(_CRUSH, _MINOR)),
    Entry("pens", 0, 70, suffers(_APART, _MAJOR)),
    Entry("coffee", 0, 22),
    Entry("coffee", 1, 23),
    Entry("coffee", 0, 24, heap_beside(0.03), tags=("beside",),
          story="A sound bag beside a little heap of coffee powder: something leaks."),
    Entry("coffee", 0, 25, suffers(_TEAR, _MAJOR)),
    Entry("coffee", 1, 26, suffers(_HOLE, _MINOR)),
    Entry("coffee", 0, 170, suffers(_APART, _MAJOR)),
    Entry("coffee", 0, 27, design=1, tags=("new_design",), story="A sound bag in a new design."),
    Entry("parcel", 0, 28),
    Entry("parcel", 1, 29),
    Entry("parcel", 0, 230, suffers(_CRUSH, _MINOR), tags=("tolerable",),
          story="A small dent in an outer carton that is thrown away: tolerable."),
    Entry("parcel", 1, 331, suffers(_CRUSH, _MAJOR)),
    Entry("parcel", 0, 532, suffers(_TEAR, _MINOR), tags=("tolerable",)),
    Entry("parcel", 0, 133, suffers(_OPENED, _MAJOR)),
    Entry("mailer", 0, 34),
    Entry("mailer", 1, 35),
    Entry("mailer", 0, 536, suffers(_TEAR, _MAJOR)),
    Entry("mailer", 0, 37, suffers(_OPENED, _MAJOR)),
    Entry("mailer", 0, 438, suffers(_SPOILT, _MINOR), tags=("tolerable",)),
    Entry("book", 0, 39),
    Entry("book", 1, 40),
    Entry("book", 0, 341, suffers(_CRUSH, _MINOR)),
    Entry("book", 0, 142, suffers(_TEAR, _MAJOR)),
    Entry("book", 1, 143, suffers(_SPOILT, _MAJOR)),
    Entry("shampoo", 0, 44),
    Entry("shampoo", 1, 45),
    Entry("shampoo", 1, 146, suffers(_SPILT, _MAJOR)),
    Entry("shampoo", 0, 147, suffers(_OPENED, _MINOR)),
    Entry("shampoo", 1, 48, suffers(_SPOILT, _MINOR)),
    Entry("soup", 0, 49),
    Entry("soup", 1, 50),
    Entry("soup", 1, 51, suffers(_CRUSH, _MAJOR)),
    Entry("soup", 1, 352, suffers(_CRUSH, _MINOR)),
    Entry("soup", 1, 53, design=1, tags=("new_design",), story="A sound tin in a new design."),
    Entry("bisque", 1, 54),
    Entry("bisque", 0, 55),
    Entry("bisque", 1, 56, taken_for="soup",
          story="A sound tin of another brand under the barcode of the soup: a wrong item."),
    Entry("honey", 0, 57),
    Entry("honey", 1, 58, day=Day.AGED_LIGHT),
    Entry("honey", 1, 59, suffers(_SPILT, _MAJOR)),
    Entry("honey", 0, 260, suffers(_OPENED, _MAJOR)),
    Entry("honey", 1, 61, taken_for=None, tags=("smudged_barcode",),
          story="A sound jar; its barcode, which lies below, is smudged, and nothing was read."),
    Entry("juice", 0, 62),
    Entry("juice", 1, 63),
    Entry("juice", 0, 164, suffers(_GONE, _MAJOR), story="Eight cartons of nine."),
    Entry("juice", 1, 565, suffers(_APART, _MAJOR)),
    Entry("juice", 0, 166, suffers(_TEAR, _MINOR)),
    Entry("toy", 0, 67),
    Entry("toy", 1, 68),
    Entry("toy", 0, 69, day=Day.DIRTY_TRAY, story="The tray is stained; the item is sound."),
    Entry("toy", 1, 171, suffers(_HOLE, _MAJOR)),
    Entry("toy", 0, 72, suffers(_OPENED, _MINOR)),
)  # fmt: skip
