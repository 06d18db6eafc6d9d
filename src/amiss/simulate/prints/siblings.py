"""Products that look alike: the same brand, shape and artwork, and one thing that differs.

They are what makes identification hard: a blue and a grey version, two flavours, two sizes.
"""

from dataclasses import replace

import numpy as np

from amiss.simulate.prints import ean
from amiss.simulate.prints.colour import Palette, palette
from amiss.simulate.prints.design import NOUNS, Design
from amiss.simulate.products.product import Kind, Sibling
from amiss.simulate.streams import stream

_DRAWN = 3  # apart from the first product's words and shape, which draw from the same purpose
_HUES = 12
_APART = 60.0  # sRGB levels between the colours of two siblings, at least in one of their inks


def differences(design: Design) -> tuple[Sibling, ...]:
    """What a sibling of this product may differ in."""
    flavours = design.kind is Kind.BOOK or len(design.ware.sorts) > 1
    return tuple(one for one in Sibling if one is not Sibling.FLAVOUR or flavours)


def sibling_of(design: Design, what: Sibling) -> Design:
    """The packaging of a product that differs in nothing else; its number is another one, too."""
    rng = stream("product", design.seed, _DRAWN, 1 + list(Sibling).index(what))
    digits = f"{rng.integers(400, 440)}{rng.integers(10**9):09d}"
    own = replace(design, gtin=digits + ean.check_digit(digits))
    if what is Sibling.COLOUR:
        return replace(own, palette=_recoloured(design, rng))
    if what is Sibling.FLAVOUR:
        lead = _other_lead(design, rng)
        return replace(own, lead=lead, title=design.title.replace(design.lead, lead))
    if what is Sibling.SIZE:
        return _resized(own, rng)
    ware, trade = design.ware, design.ware.trade
    return replace(
        own,
        motif=ware.motifs[(ware.motifs.index(design.motif) + 1) % len(ware.motifs)],
        claim=_another(trade.claims, design.claim, rng),
        slogan=_another(trade.slogans, design.slogan, rng),
    )


def _recoloured(design: Design, rng: np.random.Generator) -> Palette:
    """A palette of the same mood around another hue, far enough from the first to be seen."""
    first, seed = rng.uniform(0, 360), int(rng.integers(2**31))
    made = [
        palette(np.random.default_rng(seed), design.palette.mood, first + 360 / _HUES * number)
        for number in range(_HUES)
    ]
    apart = [_apart(one, design.palette) for one in made]
    return next(
        (one for one, by in zip(made, apart, strict=True) if by >= _APART),
        made[int(np.argmax(apart))],
    )


def _apart(one: Palette, other: Palette) -> float:
    pairs = ((one.ground, other.ground), (one.main, other.main))
    return max(float(np.linalg.norm(np.subtract(a, b))) for a, b in pairs)


def _other_lead(design: Design, rng: np.random.Generator) -> str:
    if design.kind is Kind.BOOK:
        *words, noun = design.lead.split()
        return " ".join([*words, _another(NOUNS, noun, rng)])
    sort = design.lead.removesuffix(f" {design.ware.noun}")
    return f"{_another(design.ware.sorts, sort, rng)} {design.ware.noun}"


def _resized(design: Design, rng: np.random.Generator) -> Design:
    """Another amount, where the ware is sold in several."""
    own = [amount for amount in design.ware.amounts if amount and amount in design.amount]
    others = [amount for amount in design.ware.amounts if amount not in own]
    if not own or not others:
        return design
    # "75 ml" is in "750 ml": the longest is the one that is meant
    old, new = max(own, key=len), others[int(rng.integers(len(others)))]
    amount = design.amount.replace(old, new)
    return replace(design, amount=amount, title=design.title.replace(design.amount, amount))


def _another(words: tuple[str, ...], taken: str, rng: np.random.Generator) -> str:
    others = [word for word in words if word != taken] or [taken]
    return others[int(rng.integers(len(others)))]
