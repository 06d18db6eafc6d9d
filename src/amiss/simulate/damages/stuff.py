"""What a surface is made of, as far as harm can tell, and how it looks where it is broken."""

from enum import StrEnum

import numpy as np

from amiss.simulate.damages.local import Look
from amiss.simulate.products.product import Kind, Product
from amiss.simulate.shapes.patch import Patch


class Stuff(StrEnum):
    """Board folds white and tears into fibres, metal chips, film goes pale, plastic dull."""

    BOARD = "board"
    METAL = "metal"
    FILM = "film"
    PLASTIC = "plastic"


_METALLIC = 0.4  # mean of Skin.metal from which a surface is bare or printed metal
_OF_KIND: dict[Kind, Stuff] = {
    Kind.CARTON: Stuff.BOARD,
    Kind.PADDED_MAILER: Stuff.BOARD,
    Kind.POLY_BAG: Stuff.FILM,
    Kind.BOOK: Stuff.BOARD,
    Kind.BOTTLE: Stuff.PLASTIC,
    Kind.TIN: Stuff.METAL,
    Kind.JAR: Stuff.PLASTIC,
    Kind.BLISTER: Stuff.BOARD,
    Kind.MULTIPACK: Stuff.PLASTIC,
    Kind.TOY_BOX: Stuff.BOARD,
}


def stuff(product: Product, patch: Patch) -> Stuff:
    """What a patch of a product is made of."""
    if float(patch.skin.metal.mean()) > _METALLIC:
        return Stuff.METAL
    return _OF_KIND[product.kind]


def raw(patch: Patch, made_of: Stuff) -> Look:
    """3 sRGB in [0, 1]: the bare material under the print."""
    back = np.asarray(patch.skin.back, np.float32) / 255
    if made_of is Stuff.METAL:
        return np.array((0.78, 0.79, 0.80), np.float32)
    if made_of is Stuff.BOARD:
        return np.asarray(0.55 * back + 0.45 * np.array((0.90, 0.86, 0.80)), np.float32)
    return np.asarray(0.3 * back + 0.7 * np.array((0.93, 0.93, 0.94)), np.float32)
