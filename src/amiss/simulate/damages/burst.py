"""Deconstruction: the package has come apart and what was in it lies beside it."""

import math

import numpy as np

from amiss.domain.errors import SimulationError
from amiss.domain.words import DamageType, Locus
from amiss.simulate.damages import law
from amiss.simulate.damages.board import dented
from amiss.simulate.damages.harm import Field, Harm
from amiss.simulate.damages.loose import Thing, beside, plain, set_down
from amiss.simulate.damages.measure import of_patches
from amiss.simulate.damages.opened import open_flaps, open_mouth, upper_cover
from amiss.simulate.damages.place import Vector, surface
from amiss.simulate.damages.pools import Substance, pool
from amiss.simulate.damages.sets import chosen, film_field, units
from amiss.simulate.products.product import Kind, Product
from amiss.simulate.shapes.box import FACES, Box
from amiss.simulate.shapes.patch import Patch

_CRUSHED = 0.6  # how often a box that burst is dented as well
_WIDE, _LEAST = (
    6.0,
    75.0,
)  # times the share, and degrees: open far wider than usual


def burst(product: Product, rng: np.random.Generator, share: float) -> Harm:
    """Takes apart what can come apart: units, a cover, or the contents of a box or bag.

    Raises:
        SimulationError: the product is of one piece.
    """
    parts = {patch.part for patch in product.patches}
    if len(units(product)) > 1:
        return _units_out(product, rng, share)
    if "cover" in parts:
        return _cover_off(product, rng, share)
    if any(part.startswith("flap-") for part in parts):
        return _contents_out(product, rng, share, open_flaps(product, rng, share * _WIDE, _LEAST))
    if "contents" in parts and "bag" in parts:
        return _poured_out(product, rng, share)
    raise SimulationError(f"{product.name} is of one piece: ask for another damage.")


def _contents_out(product: Product, rng: np.random.Generator, share: float, opening: Harm) -> Harm:
    """Some of the contents lie beside the open box; the rest stays where it was."""
    things = list((_things(product) or units(product)).values())
    order = [int(i) for i in rng.permutation(len(things))]
    count = 1 + int(rng.integers(len(things)))
    taken: list[Vector] = []
    added: list[Patch] = list(opening.added)
    for index in order[:count]:
        added += set_down(product, rng, things[index], taken)
    for index in order[count:]:  # what stays is no damage: it is hidden, as it was
        added += things[index]
    field, depth = opening.field, 0.0
    if field is None and rng.random() < _CRUSHED:
        field, depth = _dent(product, rng, share)
    removed = opening.removed | {patch.part for thing in things for patch in thing}
    words = f"{count} of {len(things)} contents out, {opening.words}"
    numbers = {"parts_out": float(count), "depth_mm": depth, **opening.numbers}
    return _harm(numbers, opening.locus, field, removed, tuple(added), words, product)


def _poured_out(product: Product, rng: np.random.Generator, share: float) -> Harm:
    """A bag gapes; what was loose in it lies in a heap beside, what was whole as a small box."""
    mouth = open_mouth(product, rng, share * _WIDE)
    contents = [patch for patch in product.patches if patch.part == "contents"]
    red, green, blue = (contents[0].skin.base.reshape(-1, 3).mean(0) / 255).tolist()
    if product.kind is Kind.POLY_BAG:
        radius = law.radius(share * _WIDE / 3, surface(product).visible)
        at = beside(product, rng, radius, [])
        added, volume = pool(
            rng, Substance("contents", (red, green, blue), liquid=False), at, radius
        )
        numbers = {"volume_ml": volume * 1e6}
    else:
        added = set_down(product, rng, _parcel(product, rng), [])
        numbers = {}
    numbers |= {"parts_out": 1.0, **mouth.numbers}
    gone = frozenset({"contents"})
    return _harm(
        numbers, mouth.locus, mouth.field, gone, added, f"contents out, {mouth.words}", product
    )


def _parcel(product: Product, rng: np.random.Generator) -> Thing:
    """A small box of plain board, as it fits into an envelope."""
    length, width, height = product.size
    size = (rng.uniform(0.4, 0.7) * length, rng.uniform(0.4, 0.7) * width, max(height, 0.012))
    box = Box((float(size[0]), float(size[1]), float(size[2])), 0.002)
    tone = rng.uniform(0.2, 0.9) + rng.normal(0, 0.12, 3)
    red, green, blue = np.clip(tone, 0.04, 0.95).tolist()
    patches = []
    for face in FACES:
        across, up = box.extent(face)
        skin = plain((red, green, blue), 0.45, (round(across / 0.001) + 8, round(up / 0.001) + 8))
        grid = (round(across / 0.004) + 4, round(up / 0.004) + 4)
        patches.append(
            Patch(f"parcel-{face}", "contents", box.face(face), grid, skin, Locus.PRODUCT)
        )
    return tuple(patches)


def _things(product: Product) -> dict[str, Thing]:
    """Contents by piece: patches "contents-1-top" and "contents-1-left" are one."""
    found: dict[str, Thing] = {}
    for patch in product.patches:
        if patch.part == "contents":
            name = patch.name.rsplit("-", 1)[0]
            found[name] = (*found.get(name, ()), patch)
    return found


def _cover_off(product: Product, rng: np.random.Generator, share: float) -> Harm:
    """The cover of a book is torn off and lies beside it."""
    cover = upper_cover(product)
    added = set_down(product, rng, cover, [])
    field, depth = _dent(product, rng, share) if rng.random() < _CRUSHED / 2 else (None, 0.0)
    numbers = {"parts_out": 1.0, "depth_mm": depth}
    removed = frozenset({cover[0].part})
    return _harm(numbers, cover[0].locus, field, removed, added, "cover torn off", product)


def _units_out(product: Product, rng: np.random.Generator, share: float) -> Harm:
    """Units of a set have come out of their film, and lie beside it."""
    more = 0.3 * min(2.0, math.sqrt(share / law.SHARE[DamageType.DECONSTRUCTION].median))
    out = chosen(product, rng, more)
    taken: list[Vector] = []
    added: list[Patch] = []
    for part in out:
        added += set_down(product, rng, units(product)[part], taken)
    field = film_field(product, rng, out[0], "torn") if product.films else None
    numbers = {"parts_out": float(len(out))}
    words = f"{len(out)} of {len(units(product))} units have come out"
    return _harm(numbers, Locus.PRODUCT, field, frozenset(out), tuple(added), words, product)


def _dent(product: Product, rng: np.random.Generator, share: float) -> tuple[Field | None, float]:
    """The dent that went with it, and its depth in millimetres."""
    radius = 0.12 * float(np.mean(product.size)) * (1 + 2 * math.sqrt(share))
    at = str(rng.choice(("panel", "edge", "corner")))
    harm = dented(product, rng, 0.8 * radius * law.ASPECT.draw(rng), radius, at)
    return harm.field, harm.numbers["depth_mm"]


def _harm(
    numbers: dict[str, float],
    locus: Locus,
    field: Field | None,
    removed: frozenset[str],
    added: Thing,
    words: str,
    product: Product,
) -> Harm:
    damage = DamageType.DECONSTRUCTION
    area = of_patches(added) / 4  # as much as a view shows of a body on average
    numbers |= {"area_cm2": area * 1e4, "area_share": area / surface(product).visible}
    severity = law.severity(damage, numbers)
    return Harm(damage, severity, locus, numbers, field, removed=removed, added=added, words=words)
