"""Who made a product, what it is called, and what one version of its packaging looks like.

What the product is comes from its seed alone: brand, logo, title, number, amount. What a packaging
looks like comes from the seed and the number of the design: colours, layout, picture, type.
"""

from dataclasses import dataclass

import numpy as np

from amiss.domain.errors import SimulationError
from amiss.simulate.prints import ean
from amiss.simulate.prints.colour import Colour, Palette, oklch, palette
from amiss.simulate.prints.wares import WARES, Motif, Ware, wares_in
from amiss.simulate.products.product import Kind
from amiss.simulate.streams import stream

_PRINT = 1  # apart from the shape of the product, which draws from the same purpose
_ONSETS = ("b", "br", "c", "d", "f", "fl", "g", "gr", "h", "k", "l", "m", "n", "p", "pr", "r",
           "s", "st", "t", "tr", "v", "w", "z")  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u", "a", "o", "e", "ei", "oa")
_CODAS = ("", "", "", "n", "l", "r", "x", "m", "nd", "s", "lt")
_ENDS = ("", "", "", "a", "o", "is", "ia", "ex", "ura", "en")
NOUNS = ("Garden", "Harbour", "Winter", "Letters", "House", "River", "Silence", "Orchard",
          "Map", "Lighthouse", "Hour", "Bridge", "Shore", "Archive")  # fmt: skip
_OF = ("Salt", "Glass", "Quiet", "Last", "Paper", "Northern", "Hollow", "Blue", "Second",
       "Long", "Borrowed", "Amber")  # fmt: skip
_HEADS = ("black", "bold", "italic", "medium", "light", "serif-black", "serif-bold", "serif-italic")
LAYOUTS = 6
MARKS = 7


@dataclass(frozen=True, slots=True)
class Design:
    """One version of the packaging of one product; equal seeds and numbers give equal designs.

    seed, number: the product, and which of its packagings (0 is the first). ware: what it is.
    brand, title, lead, amount, author, gtin: words on it; title holds them all in one line, lead
    is its loudest part. mark: which logo, in `mark_colours`. palette, head (the typeface of the
    title), body (that of small print), layout, motif, slogan, claim: of this packaging only.
    """

    seed: int
    number: int
    kind: Kind
    ware: Ware
    units: int
    brand: str
    title: str
    lead: str
    amount: str
    author: str
    gtin: str
    mark: int
    mark_colour: Colour
    palette: Palette
    head: str
    body: str
    layout: int
    motif: Motif
    slogan: str
    claim: str

    def rng(self, purpose: int) -> np.random.Generator:
        """Random numbers that belong to this design alone; purpose (≥ 0) keeps uses apart.

        Up to 99 they are for what is printed, from 100 on for who prints it.
        """
        return stream("design", self.seed, self.number, _PRINT + 1 + purpose)


def make_design(
    seed: int, number: int = 0, kind: Kind = Kind.CARTON, units: int = 1, ware: str | None = None
) -> Design:
    """The packaging `number` of the product `seed`.

    Args:
        seed: The product; with kind, units and ware it settles brand, title and gtin.
        number: Which packaging: 0 is the first, others are redesigns of it.
        kind: What it is packed in; decides what may be sold in it.
        units: How many are in the set; stands in the title where it is more than one.
        ware: Its noun, one of those in WARES; drawn from the seed where it is None.

    Raises:
        SimulationError: There is no such ware.
    """
    packed = 1 + list(Kind).index(kind)  # a trailing 0 would be no seed of its own
    made = stream("product", seed, _PRINT, packed)
    wares = wares_in(kind)
    sold = wares[made.integers(len(wares))] if ware is None else _ware(ware)
    brand = _brand(made)
    sort, amount = (_pick(made, words) for words in (sold.sorts, sold.amounts))
    author = f"{invent(made).title()} {invent(made).title()}" if kind is Kind.BOOK else ""
    lead = f"{_pick(made, _OF)} {_pick(made, NOUNS)}" if kind is Kind.BOOK else ""
    lead = f"The {lead}" if lead else f"{sort} {sold.noun}"
    digits = f"{made.integers(400, 440)}{made.integers(10**9):09d}"
    mark, mark_hue = int(made.integers(MARKS)), made.uniform(0, 360)
    hue = float(made.choice(sold.trade.hues)) + made.uniform(-10, 10)
    layout, motif = int(made.integers(LAYOUTS)), int(made.integers(len(sold.motifs)))

    drawn = stream("design", seed, number, _PRINT, packed)
    # A brand keeps its colour more often than not when it changes its clothes.
    if number and drawn.random() < 0.4:
        hue = float(drawn.choice(sold.trade.hues)) + drawn.uniform(-10, 10)
    moods = sold.trade.moods
    colours = palette(drawn, moods[(int(drawn.integers(len(moods))) + number) % len(moods)], hue)
    head = _pick(drawn, _HEADS)
    if units > 1:
        weighed = amount.endswith(("g", "l", "W"))
        amount = f"{units} × {amount}" if weighed else f"{units} {sold.many}"
    words = [brand, lead, amount] if kind is not Kind.BOOK else [lead, "by", author]
    return Design(
        seed=seed,
        number=number,
        kind=kind,
        ware=sold,
        units=units,
        brand=brand,
        title=" ".join(word for word in words if word),
        lead=lead,
        amount=amount,
        author=author,
        gtin=digits + ean.check_digit(digits),
        mark=mark,
        mark_colour=oklch(0.5, 0.15, mark_hue),
        palette=colours,
        head=head,
        body="serif" if head.startswith("serif") and drawn.random() < 0.5 else "regular",
        layout=(layout + number) % LAYOUTS,
        motif=sold.motifs[(motif + number) % len(sold.motifs)],
        slogan=_pick(drawn, sold.trade.slogans),
        claim=_pick(drawn, sold.trade.claims),
    )


def invent(rng: np.random.Generator, syllables: int = 0) -> str:
    """A word that can be said and means nothing, in small letters."""
    count = syllables or int(rng.integers(1, 3))
    parts = [_pick(rng, sounds) for _ in range(count) for sounds in (_ONSETS, _VOWELS, _CODAS)]
    return "".join(parts) + (_pick(rng, _ENDS) if count < 3 else "")


def _pick(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    """Like `choice`, ten times faster."""
    return words[int(rng.integers(len(words)))]


def _brand(rng: np.random.Generator) -> str:
    word = invent(rng)
    while len(word) < 4 or len(word) > 9:
        word = invent(rng)
    style = rng.integers(4)
    if style == 3:
        return f"{word.title()} & {invent(rng, 1).title()}"
    return [word.upper(), word.title(), word][style]


def _ware(noun: str) -> Ware:
    for ware in WARES:
        if ware.noun == noun:
            return ware
    known = ", ".join(ware.noun for ware in WARES)
    raise SimulationError(f"There is no ware {noun!r} to print: choose one of {known}.")
