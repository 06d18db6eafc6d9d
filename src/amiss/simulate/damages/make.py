"""Harms by type: what can befall each kind of product, and one of them drawn for a product."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from amiss.domain.errors import SimulationError
from amiss.domain.words import DamageType, Severity
from amiss.simulate.damages import law
from amiss.simulate.damages.board import crushed, pierced, spoilt, torn
from amiss.simulate.damages.burst import burst
from amiss.simulate.damages.harm import Harm
from amiss.simulate.damages.opened import opened
from amiss.simulate.damages.seen import seen
from amiss.simulate.damages.sets import missing
from amiss.simulate.damages.spilt import spilt
from amiss.simulate.products.product import Kind, Product

_CRUSH, _TEAR, _HOLE = DamageType.CRUSH, DamageType.TEAR, DamageType.HOLE
_APART, _SPILT, _OPENED = DamageType.DECONSTRUCTION, DamageType.SPILLAGE, DamageType.OPENED
_MISSING, _SPOILT = DamageType.MISSING_UNIT, DamageType.SUPERFICIAL
_BOX = (_CRUSH, _TEAR, _HOLE, _APART, _SPILT, _OPENED, _SPOILT)

HARMS: dict[Kind, tuple[DamageType, ...]] = {
    Kind.CARTON: _BOX,
    Kind.PADDED_MAILER: _BOX,
    Kind.POLY_BAG: (_TEAR, _HOLE, _APART, _SPILT, _OPENED, _SPOILT),
    Kind.BOOK: (_CRUSH, _TEAR, _APART, _SPILT, _OPENED, _SPOILT),
    Kind.BOTTLE: (_CRUSH, _SPILT, _OPENED, _SPOILT),
    Kind.TIN: (_CRUSH, _HOLE, _SPILT, _OPENED, _SPOILT),
    Kind.JAR: (_SPILT, _OPENED, _SPOILT),
    Kind.BLISTER: (_CRUSH, _TEAR, _HOLE, _APART, _MISSING, _SPOILT),
    Kind.MULTIPACK: (_CRUSH, _TEAR, _APART, _SPILT, _MISSING, _SPOILT),
    Kind.TOY_BOX: _BOX,
}
"""What can happen to each kind. A bag is crumpled by nature, so no dent counts; glass does not
dent; a book has no hole that is not a tear."""

_MAKERS: dict[DamageType, Callable[[Product, np.random.Generator, float], Harm]] = {
    _CRUSH: crushed,
    _TEAR: torn,
    _HOLE: pierced,
    _APART: burst,
    _SPILT: spilt,
    _MISSING: missing,
    _OPENED: opened,
    _SPOILT: spoilt,
}
_TRIES, _LOOKS = 60, 8
_STEP = 1.12  # by which the size moves from try to try towards the severity that is asked for


def draw_type(kind: Kind, rng: np.random.Generator) -> DamageType:
    """A damage type that the kind can have, as often as it happens (law.OFTEN)."""
    types = HARMS[kind]
    odds = np.array([law.OFTEN[damage] for damage in types])
    return types[int(rng.choice(len(types), p=odds / odds.sum()))]


def draw_evenly(kind: Kind, rng: np.random.Generator) -> DamageType:
    """A damage type that the kind can have; over all kinds, each type about as often as others."""
    types = HARMS[kind]
    odds = np.array([1 / sum(damage in able for able in HARMS.values()) for damage in types])
    return types[int(rng.choice(len(types), p=odds / odds.sum()))]


def harm(
    product: Product,
    damage: DamageType,
    rng: np.random.Generator,
    severity: Severity | None = None,
    *,
    rest: int | None = None,
    yaw: float | None = None,
) -> Harm:
    """One harm of a type, of a size after the law; nothing but `rng` is drawn from.

    severity: drawn too where it is None. rest: index of the pose in which the item will lie, where
    that is known: damage is then mostly put where cameras look, and what falls out lies near. yaw:
    how it will be turned, degrees; where both are known, a harm that no camera would see is drawn
    again (a few times: some places cannot be seen).

    Raises:
        SimulationError: this kind of product cannot have this damage, or not of this severity.
    """
    if damage not in HARMS[product.kind]:
        able = ", ".join(HARMS[product.kind])
        raise SimulationError(
            f"{product.name} cannot have {damage}: a {product.kind} can have {able}."
        )
    if severity is Severity.MINOR and damage in law.NEVER_MINOR:
        raise SimulationError(f"{damage} is never minor: ask for major, or for another damage.")
    lying = product if rest is None else replace(product, rests=(product.rests[rest],))
    made = _drawn(lying, damage, rng, severity)
    if rest is not None and yaw is not None:
        for _ in range(_LOOKS):
            if seen(lying, made, 0, yaw):
                break
            made = _drawn(lying, damage, rng, severity)
    return made


def _drawn(
    product: Product, damage: DamageType, rng: np.random.Generator, severity: Severity | None
) -> Harm:
    """One harm of the severity that is asked for."""
    size = 1.0
    for _ in range(_TRIES):
        share = law.SHARE[damage].draw(rng)
        made = _MAKERS[damage](product, rng, min(share * size, law.SHARE[damage].high))
        if severity is None or made.severity == severity:
            return made
        size *= _STEP if severity is Severity.MAJOR else 1 / _STEP
    raise SimulationError(f"{damage} of {product.name} is never {severity}: ask for the other one.")
