"""Simulated products, from seeds."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from amiss.simulate.prints.design import Design, make_design
from amiss.simulate.prints.siblings import differences, sibling_of
from amiss.simulate.products.bags import padded_mailer, poly_bag
from amiss.simulate.products.blister import blister
from amiss.simulate.products.book import book
from amiss.simulate.products.boxes import SHIPPERS, carton
from amiss.simulate.products.multipack import SETS, WARES, multipack
from amiss.simulate.products.press import Press
from amiss.simulate.products.product import Film, Kind, Product, Sibling
from amiss.simulate.products.tin import tin
from amiss.simulate.products.toy_box import toy_box
from amiss.simulate.products.toys import TOYS
from amiss.simulate.products.units import UNITS
from amiss.simulate.products.vessels import bottle, jar
from amiss.simulate.products.workbench import Made, Workbench
from amiss.simulate.shapes.compose import moved
from amiss.simulate.shapes.patch import Patch
from amiss.simulate.streams import stream

_SHAPE = 2  # apart from brand and title, which draw from the same purpose
_LARGER = 1.15, 1.3  # a sibling's sides, as multiples; the smaller of the two may be either
_MAKERS: dict[Kind, Callable[[Workbench], Made]] = {
    Kind.CARTON: carton,
    Kind.PADDED_MAILER: padded_mailer,
    Kind.POLY_BAG: poly_bag,
    Kind.BOOK: book,
    Kind.BOTTLE: bottle,
    Kind.TIN: tin,
    Kind.JAR: jar,
    Kind.BLISTER: blister,
    Kind.MULTIPACK: multipack,
    Kind.TOY_BOX: toy_box,
}


def make_product(
    seed: int,
    kind: Kind | None = None,
    design: int = 0,
    deceptive: str = "",
    texels_per_metre: float | None = None,
    sibling: Sibling | None = None,
) -> Product:
    """A product that does not exist; equal arguments give an equal product.

    Args:
        seed: Which product; settles its shape, its brand, title and number.
        kind: What it is; drawn from the seed where it is None.
        design: Which of its packagings: the same shape, title and number in another print.
        deceptive: The damage that its main print pretends, one of `Deception`, or "".
        texels_per_metre: Of its prints; where it is None, about what a camera of 640 pixels sees
            that looks at nothing but the item: the smaller the item, the finer.
        sibling: Makes another product that differs from this one in that alone; see
            `siblings_of`.

    Raises:
        SimulationError: There is no such deception, or the fonts to print with are missing.
    """
    rng = stream("product", seed, _SHAPE)
    drawn = list(Kind)[rng.integers(len(Kind))]
    kind = drawn if kind is None else kind
    units, ware = _order(rng, kind)
    made_up = make_design(seed, design, kind, units, ware)
    made_up = made_up if sibling is None else sibling_of(made_up, sibling)
    asked = texels_per_metre is not None
    press = Press(made_up, texels_per_metre or _density(kind, units), deceptive, fixed=asked)
    bench = Workbench(kind, rng, press, units)
    made = _MAKERS[kind](bench)
    product = Product(
        name=name_of(seed, kind, sibling),
        kind=kind,
        design=design,
        gtin=made_up.gtin,
        title=made_up.title,
        patches=tuple(bench.patches),
        films=tuple(bench.films),
        units=units,
        size=made.size,
        rests=made.rests,
        deceptive=deceptive,
    )
    return _scaled(product, _scale(made_up)) if sibling is Sibling.SIZE else product


def name_of(seed: int, kind: Kind, sibling: Sibling | None = None) -> str:
    """What a product is called; it is known before the product is made."""
    return f"simulated-{kind}-{seed}" + ("" if sibling is None else f"-{sibling}")


def siblings_of(seed: int, kind: Kind) -> tuple[Sibling, ...]:
    """What a sibling of this product may differ in so that it can be seen on its packaging."""
    rng = stream("product", seed, _SHAPE)
    rng.integers(len(Kind))
    units, ware = _order(rng, kind)
    bare = kind is Kind.PADDED_MAILER or (kind is Kind.CARTON and rng.random() < SHIPPERS)
    return (Sibling.SIZE,) if bare else differences(make_design(seed, 0, kind, units, ware))


def _scale(design: Design) -> float:
    rng = stream("product", design.seed, _SHAPE, 1)
    larger = rng.uniform(*_LARGER)
    return float(larger if rng.random() < 0.5 else 1 / larger)


def _scaled(product: Product, scale: float) -> Product:
    """The same in another size, print and all."""

    def scaled(patch: Patch) -> Patch:
        return replace(patch, rest=moved(patch.rest, rotation=scale * np.eye(3)))

    length, width, height = product.size
    return replace(
        product,
        patches=tuple(map(scaled, product.patches)),
        films=tuple(Film(tuple(map(scaled, film.patches)), film.clarity) for film in product.films),
        size=(scale * length, scale * width, scale * height),
    )


def _density(kind: Kind, units: int) -> float:
    """Texels per metre for units, which are made before the size of their set is known."""
    return max(1000.0, 2400 / units**0.5) if kind is Kind.MULTIPACK else 2200.0


def _order(rng: np.random.Generator, kind: Kind) -> tuple[int, str | None]:
    """How many units are in the set, and what they are where the shape depends on it."""
    many = int(rng.choice([2, 3, 3, 4, 4, 5, 6]))
    pick = rng.random()
    if kind is Kind.BLISTER:
        ware = list(UNITS)[int(pick * len(UNITS))]
        return (min(many, 3) if ware in {"LED Bulb", "Race Car"} else many), ware
    if kind is Kind.MULTIPACK:
        ware = WARES[int(pick * len(WARES))]
        return SETS[int(rng.integers(len(SETS)))], ware
    if kind is Kind.TOY_BOX:
        ware = list(TOYS)[int(pick * len(TOYS))]
        return (int(rng.integers(1, 4)) if ware == "Race Car" else 1), ware
    return 1, None
