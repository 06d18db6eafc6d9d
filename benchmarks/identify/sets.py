"""The simulated products: which seed, how many, and who of them is not in the gallery."""

import hashlib

from amiss.dataset.pack_picture import Encoding
from amiss.simulate.plan import Plan
from amiss.simulate.studio import Outfit

PRODUCTS, PER_PRODUCT, REFERENCES = 2000, 2, 3
PLAN = Plan(seed=1750, damaged=0.25, references=REFERENCES, per_product=PER_PRODUCT, siblings=0.5)
"""Data sets that are trained on have seeds 0 to 999; two seeds share no product, booth or item."""
OUTFIT = Outfit(views=2, size=448, empty_trays=False, encoding=Encoding(crops=False))
STRANGERS = 0.125
"""Share of products that are left out of the gallery, their siblings with them."""


def family(product: str) -> str:
    """What siblings have in common: a product's name without what it differs in."""
    return "-".join(product.split("-")[:3])


def is_stranger(product: str) -> bool:
    """Whether a product, with its sibling, is left out of the gallery."""
    digest = hashlib.sha256(f"stranger {family(product)}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 < STRANGERS


def difference(products: set[str], product: str) -> str | None:
    """What a product differs from its sibling in; None if it has none among these."""
    others = [one for one in products if family(one) == family(product) and one != product]
    if not others:
        return None
    return max((*others, product), key=len).rsplit("-", 1)[1]
