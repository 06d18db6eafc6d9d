"""The vocabulary of damage, as the field uses it."""

from enum import StrEnum


class DamageType(StrEnum):
    """What happened to the item."""

    CRUSH = "crush"
    TEAR = "tear"
    HOLE = "hole"
    DECONSTRUCTION = "deconstruction"
    SPILLAGE = "spillage"
    MISSING_UNIT = "missing_unit"
    OPENED = "opened"
    SUPERFICIAL = "superficial"


class Severity(StrEnum):
    """How bad it is."""

    MINOR = "minor"
    MAJOR = "major"


class Locus(StrEnum):
    """Where it is: packaging that is thrown away, the product itself, or what lies around it."""

    OUTER_PACKAGING = "outer_packaging"
    PRODUCT = "product"
    SURROUNDINGS = "surroundings"


class Decision(StrEnum):
    """What is done with the item at the booth."""

    PASS = "pass"  # noqa: S105 - a decision, not a password
    SIDELINE = "sideline"
    NOT_INSPECTED = "not_inspected"


class ProcessStep(StrEnum):
    """Where in the fulfilment centre a capture was taken."""

    INBOUND = "inbound"
    STOW = "stow"
    PICK = "pick"
    PACK = "pack"
    SHIP = "ship"
    RETURN = "return"


class Answer(StrEnum):
    """What a person says of a sidelined item."""

    DAMAGED = "damaged"
    NOT_DAMAGED = "not_damaged"
    NEW_DESIGN = "new_design"
    WRONG_ITEM = "wrong_item"
    UNSURE = "unsure"


class Disposition(StrEnum):
    """What becomes of an item."""

    SELL = "sell"
    DISCOUNT = "discount"
    REFURBISH = "refurbish"
    DONATE = "donate"
    RETURN_TO_VENDOR = "return_to_vendor"
    DISPOSE = "dispose"
