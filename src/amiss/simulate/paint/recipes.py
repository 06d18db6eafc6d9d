"""All recipes, by type and family."""

from collections.abc import Collection

from amiss.domain.errors import SimulationError
from amiss.domain.words import DamageType
from amiss.simulate.paint import crush, hole, opened, parts, spill, superficial, tear
from amiss.simulate.paint.recipe import Recipe

RECIPES: tuple[Recipe, ...] = (
    Recipe(DamageType.CRUSH, 0, "wedges", crush.wedges),
    Recipe(DamageType.CRUSH, 1, "buckles", crush.buckles),
    Recipe(DamageType.CRUSH, 2, "crumple", crush.crumple),
    Recipe(DamageType.TEAR, 0, "tongue", tear.tongue),
    Recipe(DamageType.TEAR, 1, "slit", tear.slit),
    Recipe(DamageType.HOLE, 0, "punched", hole.punched),
    Recipe(DamageType.HOLE, 1, "burst", hole.burst),
    Recipe(DamageType.SPILLAGE, 0, "liquid", spill.liquid),
    Recipe(DamageType.SPILLAGE, 1, "powder", spill.powder),
    Recipe(DamageType.SUPERFICIAL, 0, "scratches", superficial.scratches),
    Recipe(DamageType.SUPERFICIAL, 1, "dirt", superficial.dirt),
    Recipe(DamageType.SUPERFICIAL, 2, "scuff", superficial.scuff),
    Recipe(DamageType.DECONSTRUCTION, 0, "snapped", parts.snapped),
    Recipe(DamageType.DECONSTRUCTION, 1, "bitten", parts.bitten),
    Recipe(DamageType.MISSING_UNIT, 0, "end_gone", parts.end_gone),
    Recipe(DamageType.MISSING_UNIT, 1, "empty_seat", parts.empty_seat),
    Recipe(DamageType.OPENED, 0, "flap", opened.flap),
    Recipe(DamageType.OPENED, 1, "ajar", opened.ajar),
)


def of(damage: DamageType, families: Collection[int] | None) -> tuple[Recipe, ...]:
    """The recipes of a type, only of these families where any are named.

    Raises:
        SimulationError: there is none.
    """
    found = tuple(
        recipe
        for recipe in RECIPES
        if recipe.damage == damage and (families is None or recipe.family in families)
    )
    if not found:
        wanted = ", ".join(map(str, sorted(families or ())))
        raise SimulationError(f"No recipe paints {damage} in the families {wanted}: take 0 or 1.")
    return found


def types(families: Collection[int] | None) -> tuple[DamageType, ...]:
    """The types that these families can paint.

    Raises:
        SimulationError: they paint nothing.
    """
    found = tuple(
        damage
        for damage in DamageType
        if any(r.damage == damage and (families is None or r.family in families) for r in RECIPES)
    )
    if not found:
        raise SimulationError("No recipe is of these families: take some of 0, 1 and 2.")
    return found
