"""Spillage: liquid or powder on the item, beside it, or only beside a sound item."""

import math

import numpy as np

from amiss.domain.words import DamageType, Locus
from amiss.simulate.damages import law
from amiss.simulate.damages.board import numbers_of, skinned
from amiss.simulate.damages.harm import Harm
from amiss.simulate.damages.local import Local
from amiss.simulate.damages.loose import reach, toward
from amiss.simulate.damages.place import Place, Vector, pick
from amiss.simulate.damages.pools import LIQUIDS, POWDERS, WATER, Substance, pool
from amiss.simulate.damages.stains import Dusting, Wet, running
from amiss.simulate.damages.stuff import stuff
from amiss.simulate.products.product import Kind, Product
from amiss.simulate.shapes.patch import Patch

_LIQUID_SHARE: dict[Kind, float] = {
    Kind.POLY_BAG: 0.15,
    Kind.BOTTLE: 1.0,
    Kind.TIN: 0.7,
    Kind.JAR: 0.9,
    Kind.MULTIPACK: 1.0,
    Kind.BOOK: 1.0,
}
"""How often what runs out of, or onto, a kind is a liquid; half of the time where none is given."""


def substance(product: Product, rng: np.random.Generator) -> Substance:
    """What may have been spilt here."""
    if product.kind is Kind.BOOK:
        return WATER if rng.random() < 0.4 else LIQUIDS[int(rng.integers(2))]
    if rng.random() < _LIQUID_SHARE.get(product.kind, 0.5):
        return LIQUIDS[int(rng.integers(len(LIQUIDS)))]
    return POWDERS[int(rng.integers(len(POWDERS)))]


def spilt(product: Product, rng: np.random.Generator, share: float) -> Harm:
    """Something ran or trickled out: on the item and beside it, or only one of the two."""
    where = rng.choice(("both", "beside", "on"), p=(0.45, 0.3, 0.25))
    what = substance(product, rng)
    if what is WATER:
        where = "on"
    return spill(product, rng, share, what, on=where != "beside", beside=where != "on")


def spill(
    product: Product,
    rng: np.random.Generator,
    share: float,
    what: Substance,
    *,
    on: bool,
    beside: bool,
) -> Harm:
    """A spill of `what` over a share of the visible area, on the item, beside it, or both."""
    around = skinned(product)
    place = pick(rng, around)
    down = product.rests[0].T @ (0.0, 0.0, -1.0)
    radius = law.radius(share * (0.5 if on and beside else 1.0), around.visible)
    radius = max(radius, 0.006)
    numbers = {"area_cm2": 0.0, "area_share": 0.0, "volume_ml": 0.0}
    field: Local | None = None
    if on:
        names = around.facing(place, 2 * radius)
        if what.liquid:
            made_of = stuff(product, place.patch)
            field = Wet(rng, running(place, down), radius, names, what, made_of)
        else:
            field = Dusting(rng, place, radius, names, what)
        numbers |= numbers_of(around, field)
        numbers["volume_ml"] = numbers["area_cm2"] * 0.01  # a film of a tenth of a millimetre
    added: tuple[Patch, ...] = ()
    if beside:
        at = _foot(product, rng, place, radius)
        added, volume = pool(rng, what, at, radius)
        numbers["volume_ml"] += volume * 1e6
        numbers["area_cm2"] += math.pi * radius**2 * 1e4
        numbers["area_share"] += math.pi * radius**2 / around.visible
    severity = law.severity(DamageType.SPILLAGE, numbers)
    locus = place.patch.locus if on else Locus.SURROUNDINGS
    form = ("puddle" if what.liquid else "heap") + " beside" if beside else "stain"
    words = f"{what.name} spilt: {form}" + (", and on the item" if on and beside else "")
    return Harm(DamageType.SPILLAGE, severity, locus, numbers, field, added=added, words=words)


def _foot(
    product: Product, rng: np.random.Generator, place: Place, radius: float
) -> tuple[float, float]:
    """Where on the tray it gathers: below the place it came from, reaching under the item."""
    lying: Vector = (product.rests[0] @ place.out)[:2]
    angle = math.atan2(lying[1], lying[0]) + float(rng.normal(0, 0.3))
    if float(np.linalg.norm(lying)) < 0.3:
        angle = float(rng.uniform(0, 2 * np.pi))
    direction = toward(angle)
    away = reach(product, direction) + radius * float(rng.uniform(0.35, 1.05))
    return float(away * direction[0]), float(away * direction[1])
