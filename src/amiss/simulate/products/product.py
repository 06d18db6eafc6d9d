"""What a simulated product is, before it is placed or harmed."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from amiss.simulate.shapes.patch import Patch


class Kind(StrEnum):
    """Kinds of packaging that the simulator can make."""

    CARTON = "carton"
    PADDED_MAILER = "padded_mailer"
    POLY_BAG = "poly_bag"
    BOOK = "book"
    BOTTLE = "bottle"
    TIN = "tin"
    JAR = "jar"
    BLISTER = "blister"
    MULTIPACK = "multipack"
    TOY_BOX = "toy_box"


class Sibling(StrEnum):
    """What alone tells a product from another one of the same brand, shape and artwork."""

    COLOUR = "colour"
    FLAVOUR = "flavour"
    SIZE = "size"
    EDITION = "edition"


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """A clear sheet over the product (a blister dome, shrink wrap, a window).

    patches: its surface, in the product's frame. clarity: share of light let through, in [0, 1].
    It is drawn as reflections over what lies behind; truth looks through it.
    """

    patches: tuple[Patch, ...]
    clarity: float = 0.92


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """One design of one simulated product, at rest.

    name: `simulated-<kind>-<seed>`, of a sibling `…-<what it differs in>`. design: 0 is the first
    packaging, others are later variants.
    gtin: 13 digits with a right check digit, printed on it as a barcode. title: in words. patches:
    opaque surfaces, hidden ones included. films: clear ones. units: how many are in the set; the
    patches of unit i have the part "unit-i". size: length, width, height in metres. rests: poses in
    which it lies still, 3×3 rotations of its frame (the placed item is dropped onto the tray).
    deceptive: the damage that its print pretends, in words, or "".
    """

    name: str
    kind: Kind
    design: int
    gtin: str
    title: str
    patches: tuple[Patch, ...]
    films: tuple[Film, ...]
    units: int
    size: tuple[float, float, float]
    rests: tuple[NDArray[np.float64], ...]
    deceptive: str = ""
