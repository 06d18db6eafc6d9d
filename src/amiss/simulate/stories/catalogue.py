"""The products of the recorded booth, two at least of each story that needs a twin in its kind.

Their seeds were searched for, until ware, print and shape told the story.
"""

from dataclasses import dataclass

from amiss.simulate.prints.deceive import Deception
from amiss.simulate.products.make import make_product
from amiss.simulate.products.product import Kind, Product
from amiss.simulate.seeds import RECORDED


@dataclass(frozen=True, slots=True)
class Spec:
    """A product: its kind, and its place among the seeds of the recording.

    sides: places among its resting poses in which it comes onto the tray; its references show it
    in each of them. deceptive: the damage that its print pretends, or "".
    """

    kind: Kind
    place: int
    sides: tuple[int, ...] = (0, 1)
    deceptive: str = ""

    def make(self, design: int = 0) -> Product:
        """The product in one of its packagings."""
        return make_product(RECORDED[self.place], self.kind, design, self.deceptive)


CATALOGUE: dict[str, Spec] = {
    "kit": Spec(Kind.CARTON, 12, deceptive=Deception.SMASHED_SCREEN),  # a screen protector
    "cleaner": Spec(Kind.CARTON, 20, deceptive=Deception.PUDDLE),
    "blades": Spec(Kind.BLISTER, 16),  # three razor blades
    "pens": Spec(Kind.BLISTER, 5),  # five of them
    "coffee": Spec(Kind.POLY_BAG, 32),
    "parcel": Spec(Kind.CARTON, 43),  # an outer carton of brown board
    "mailer": Spec(Kind.PADDED_MAILER, 4),
    "book": Spec(Kind.BOOK, 1),
    "shampoo": Spec(Kind.BOTTLE, 0),
    "soup": Spec(Kind.TIN, 4),
    "bisque": Spec(Kind.TIN, 6),  # the same soup of another brand
    "honey": Spec(Kind.JAR, 7),
    "juice": Spec(Kind.MULTIPACK, 2),  # nine small cartons in film
    "toy": Spec(Kind.TOY_BOX, 1),  # a robot behind a window
}
"""By a short name, which names captures and references, too."""
