"""Opened: flaps stand up, a cover is folded back, a cap is off, a bag's mouth gapes."""

import math

import numpy as np

from amiss.domain.errors import SimulationError
from amiss.domain.words import DamageType, Locus
from amiss.simulate.damages import law
from amiss.simulate.damages.board import numbers_of
from amiss.simulate.damages.harm import Harm
from amiss.simulate.damages.hinge import Hinge, swung
from amiss.simulate.damages.loose import Thing, outline, set_down
from amiss.simulate.damages.measure import of_patches
from amiss.simulate.damages.place import Place, Vector, surface
from amiss.simulate.damages.stuff import stuff
from amiss.simulate.damages.tear import Slit
from amiss.simulate.products.product import Product
from amiss.simulate.shapes.compose import Warp, warped
from amiss.simulate.shapes.patch import Patch, Points

CLOSURES = frozenset({"cap", "lid", "tab"})
_ANGLE = law.Law(1.0, 0.55, 0.2, 4.0)  # times the angle that the share asks for
_WIDE = 12.0  # degrees that a flap opens per root of a percent of the visible area


def opened(product: Product, rng: np.random.Generator, share: float) -> Harm:
    """Opens what the product has: flaps, a cover, a closure, or the mouth of a bag.

    Raises:
        SimulationError: it has none of these.
    """
    parts = {patch.part for patch in product.patches}
    if any(part.startswith("flap-") for part in parts):
        return open_flaps(product, rng, share)
    if "cover" in parts:
        return _open_cover(product, rng, share)
    if parts & CLOSURES:
        return _open_closure(product, rng, share)
    if "bag" in parts:
        return open_mouth(product, rng, share)
    raise SimulationError(f"Nothing of {product.name} can be opened: ask for another damage.")


def _angle(rng: np.random.Generator, share: float, most: float) -> float:
    """Degrees; the wider the larger the share."""
    return float(np.clip(_WIDE * math.sqrt(share * 100) * _ANGLE.draw(rng), 5, most))


def open_flaps(
    product: Product, rng: np.random.Generator, share: float, least: float = 5.0
) -> Harm:
    """Outer flaps swing up by `least` degrees or more; wide open, the inner ones follow."""
    outer = _by_part(product, "flap-", hidden=False)
    inner = _by_part(product, "flap-", hidden=True)
    inner = {part: thing for part, thing in inner.items() if part not in outer}
    added: list[Patch] = []
    gap = widest = 0.0
    removed: set[str] = set()
    for part, thing in outer.items():
        if removed and rng.random() < 0.25:
            continue  # only one of the two was opened
        angle = max(_angle(rng, share, 205), least)
        hinge = Hinge.of(thing[0])
        added += swung(thing, hinge.swing(angle, float(rng.normal(0, 8) - 0.08 * angle)))
        removed.add(part)
        gap, widest = max(gap, hinge.gap(angle)), max(widest, angle)
    for part, thing in inner.items():
        if widest > 50 and rng.random() < 0.7:
            angle = float(rng.uniform(15, 0.75 * widest))
            added += swung(thing, Hinge.of(thing[0]).swing(angle, -0.05 * angle))
            removed.add(part)
    words = f"flaps open by {widest:.0f}°"
    numbers = {"gap_mm": gap * 1e3, "angle_deg": widest}
    return _harm(
        product, next(iter(outer.values()))[0], numbers, frozenset(removed), tuple(added), words
    )


def _by_part(product: Product, prefix: str, *, hidden: bool) -> dict[str, Thing]:
    things: dict[str, Thing] = {}
    for patch in product.patches:
        if patch.part.startswith(prefix) and patch.hidden == hidden:
            things[patch.part] = (*things.get(patch.part, ()), patch)
    return things


def upper_cover(product: Product) -> Thing:
    """The cover of a book that lies upwards: the front one, or the back one of a book face down."""
    part = "cover" if product.rests[0][2, 2] >= 0 else "back"
    return tuple(patch for patch in product.patches if patch.part == part)


def _open_cover(product: Product, rng: np.random.Generator, share: float) -> Harm:
    """The upper cover of a book, bent open about its spine at −x."""
    cover = upper_cover(product)
    front = cover[0].part == "cover"
    points = outline(cover)
    low, high = points.min(0), points.max(0)
    inside = float(low[2] if front else high[2])
    hinge = Hinge(
        np.array((low[0], (low[1] + high[1]) / 2, inside)),
        np.array((0.0, 1.0 if front else -1.0, 0.0)),
        np.array((1.0, 0.0, 0.0)),
        np.array((0.0, 0.0, 1.0 if front else -1.0)),
        float(high[0] - low[0]),
    )
    angle = _angle(rng, share, 172)
    added = swung(cover, hinge.swing(0.6 * angle, 0.4 * angle))
    numbers = {"gap_mm": hinge.gap(angle) * 1e3, "angle_deg": angle}
    words = f"cover open by {angle:.0f}°"
    return _harm(product, cover[0], numbers, frozenset({cover[0].part}), added, words)


def _open_closure(product: Product, rng: np.random.Generator, share: float) -> Harm:
    """A cap or lid is gone, or lies beside, or sits askew."""
    closure = tuple(patch for patch in product.patches if patch.part in CLOSURES)
    removed = frozenset(patch.part for patch in closure)
    points = outline(closure)
    low, high = points.min(0), points.max(0)
    wide = float(high[0] - low[0])
    if share * rng.uniform(0.3, 3) > law.SHARE[DamageType.OPENED].median:
        numbers = {"gap_mm": wide * 1e3, "parts_off": 1.0}
        if rng.random() < 0.5:
            return _harm(product, closure[0], numbers, removed, (), "closure gone")
        added = set_down(product, rng, closure, [])
        return _harm(product, closure[0], numbers, removed, added, "closure off, lies beside")
    angle = float(np.clip(rng.lognormal(math.log(9), 0.6), 3, 60))
    rim = float(rng.uniform(0, 2 * np.pi))
    pivot = np.append((low[:2] + high[:2]) / 2, low[2])
    aside = np.array((math.cos(rim), math.sin(rim), 0.0))
    tilt = _tilted(pivot - aside * wide / 2, np.cross((0.0, 0.0, 1.0), aside), -math.radians(angle))
    added = tuple(
        Patch(
            f"{patch.name}-askew", patch.part, warped(patch.rest, tilt), patch.grid, patch.skin,
            patch.locus, patch.closed_u, patch.hidden,
        )
        for patch in closure
    )  # fmt: skip
    numbers = {"gap_mm": wide * math.sin(math.radians(angle)) * 1e3, "angle_deg": angle}
    return _harm(product, closure[0], numbers, removed, added, f"closure askew by {angle:.0f}°")


def _tilted(pivot: Vector, axis: Vector, angle: float) -> Warp:
    """Space turned about a line by radians (Rodrigues' formula)."""

    def warp(points: Points) -> Points:
        offset = points - pivot
        turned = offset * math.cos(angle) + np.cross(axis, offset) * math.sin(angle)
        turned += (offset @ axis)[..., None] * axis * (1 - math.cos(angle))
        return np.asarray(pivot + turned)

    return warp


def open_mouth(product: Product, rng: np.random.Generator, share: float) -> Harm:
    """A bag opened along its upper seal: a wide slit across, its lips apart."""
    front = next(patch for patch in product.patches if patch.part == "bag" and not patch.hidden)
    around = surface(product, lambda patch: patch.name == front.name)
    length, width, _ = product.size
    spot = np.array((length / 2 - max(0.02, 0.13 * length), 0.0, product.size[2]))
    index = int(((around.points - spot)[:, :2] ** 2).sum(1).argmin())
    out = around.normals[index]
    along = np.cross(out, (1.0, 0.0, 0.0))
    along /= np.linalg.norm(along)
    place = Place(around.points[index], along, np.cross(out, along), out, front)
    wide = float(np.clip(width * (0.35 + 2.5 * math.sqrt(share)), 0.3 * width, 0.85 * width))
    gape = wide * float(rng.uniform(0.06, 0.2))
    slit = Slit(rng, place, wide, gape, stuff(product, front), frozenset({front.name}), 0.0015)
    numbers = {"gap_mm": gape * 1e3, "wide_mm": wide * 1e3, **numbers_of(around, slit)}
    numbers["area_share"] = numbers["area_cm2"] / 1e4 / surface(product).visible
    words = f"opened across over {wide * 1e3:.0f} mm"
    severity = law.severity(DamageType.OPENED, numbers)
    return Harm(DamageType.OPENED, severity, front.locus, numbers, slit, words=words)


def _harm(
    product: Product,
    patch: Patch,
    numbers: dict[str, float],
    removed: frozenset[str],
    added: Thing,
    words: str,
) -> Harm:
    shown = (patch for patch in product.patches if patch.part in removed)
    area = of_patches(shown) / 2  # as much as a view shows of a sheet on average
    numbers |= {"area_cm2": area * 1e4, "area_share": area / surface(product).visible}
    severity = law.severity(DamageType.OPENED, numbers)
    locus: Locus = patch.locus
    return Harm(
        DamageType.OPENED, severity, locus, numbers, removed=removed, added=added, words=words
    )
