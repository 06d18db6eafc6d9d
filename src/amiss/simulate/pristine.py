"""Sound items and references of their products, to see where pristine ends.

As in the recorded booth: a product comes on two of its sides, and a reference shows it on each. No
product and no booth is in the recording.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from amiss.dataset.pack_picture import Encoding
from amiss.domain.capture import Capture, View
from amiss.simulate.capture import take
from amiss.simulate.item import Item
from amiss.simulate.products.make import make_product
from amiss.simulate.products.product import Kind, Product
from amiss.simulate.render.backend import Backend
from amiss.simulate.rig import empty_booth
from amiss.simulate.scene import Scene
from amiss.simulate.seeds import CALIBRATED
from amiss.simulate.shoot import EmptyTray, look_at_empty, lying
from amiss.vision.decode import decode

SIDES = 2
_CAMERAS, _SIZE = 3, 512
_BOOTHS = 5  # over which the items are spread
_STORED = Encoding(quality=86)  # nothing comes out of a booth that was not in a JPEG file
_FOR_REFERENCE = 3_000  # places of seeds from here on say how products lay for reference


@dataclass(frozen=True, slots=True, eq=False)
class Pristine:
    """A sound item, and pristine views of its product on each side on which it may lie."""

    capture: Capture
    references: tuple[View, ...]


def pristine_items(count: int, backend: Backend, size: int = _SIZE) -> Iterator[Pristine]:
    """Yields sound items, each another product: all kinds in turn, in a few booths in turn.

    Equal arguments give equal pixels. size: pixels of a side of the pictures.

    Raises:
        SimulationError: the backend failed.
    """
    studios = [_Studio.open(place, backend, size) for place in range(min(_BOOTHS, count))]
    for place in range(count):
        product = make_product(CALIBRATED[place], list(Kind)[place % len(Kind)])
        studio = studios[place % len(studios)]
        sides = min(SIDES, len(product.rests))
        shown = [
            studio.capture(product, _FOR_REFERENCE + SIDES * place + side, side)
            for side in range(sides)
        ]
        references = tuple(
            replace(view, depth=None, empty_tray=None) for one in shown for view in one.views
        )
        side = place // len(Kind) % sides
        yield Pristine(studio.capture(product, place, side), references)


@dataclass(frozen=True, slots=True, eq=False)
class _Studio:
    """One booth, ready."""

    booth: Scene
    empty: EmptyTray
    backend: Backend

    @classmethod
    def open(cls, place: int, backend: Backend, size: int) -> "_Studio":
        booth = empty_booth(CALIBRATED[place], _CAMERAS, size)
        return cls(booth, look_at_empty(booth, backend, CALIBRATED[place]), backend)

    def capture(self, product: Product, place: int, side: int) -> Capture:
        """The product, sound, on one of its sides; place: of the seed that says how."""
        seed = CALIBRATED[place]
        item = Item(
            id=f"{product.name}-{place}",
            seed=seed,
            product=product,
            placement=lying(product, seed, side),
            barcode=product.gtin,
            taken_for=product.name,
        )
        capture = take(item, self.booth, self.backend, self.empty).capture
        views = tuple(
            replace(view, rgb=decode(_STORED.picture(view.rgb)).rgb) for view in capture.views
        )
        return replace(capture, views=views)
