"""Harm that comes from outside: dents, tears, holes, and what spoils the look only."""

import math

import numpy as np

from amiss.domain.words import DamageType, Locus, Severity
from amiss.simulate.damages import law
from amiss.simulate.damages.crush import STEEPEST, Dent, Tool
from amiss.simulate.damages.fold import Fold
from amiss.simulate.damages.harm import Field, Harm
from amiss.simulate.damages.hole import Puncture
from amiss.simulate.damages.local import Local, Several
from amiss.simulate.damages.measure import area
from amiss.simulate.damages.place import (
    Place,
    Surface,
    over_films,
    pick,
    pick_corner,
    roomy,
    surface,
)
from amiss.simulate.damages.stuff import Stuff, stuff
from amiss.simulate.damages.superficial import superficial
from amiss.simulate.damages.tear import Ripped, Slit, Tongue
from amiss.simulate.products.product import Kind, Product
from amiss.simulate.shapes.patch import Patch

_DEEPEST, _SHALLOWEST = 0.42, 3.5
"""Share of the product's thickness below a place that a dent takes at most, and how many times as
wide as deep it is at most."""
_LEAST = 0.0045  # metres; less than this nobody sees, and nobody calls damage
_FLATTEST = 0.001  # metres; no dent is shallower, wherever it is
_ROOM, _PLACES = 0.004, 6  # metres that should give way, and places that are tried for it
_SHRINK = {"panel": 1.0, "edge": 0.55, "corner": 0.75}
"""An edge or a corner gives way on several sides: less width for the same area,"""
_DEEPER = {"panel": 0.75, "edge": 1.15, "corner": 1.3}
"""and more depth for the same width."""
_ROUND = (Kind.TIN, Kind.BOTTLE, Kind.JAR)
_SHEETS = (Kind.POLY_BAG, Kind.PADDED_MAILER)
_THIN = (Kind.BLISTER, Kind.PADDED_MAILER)


def skinned(product: Product) -> Surface:
    """The outer surface that harm from outside meets first: units under a film are left out."""
    covered = product.kind in (Kind.BLISTER, Kind.TOY_BOX)

    def meets(patch: Patch) -> bool:
        inside = patch.locus is Locus.PRODUCT and covered
        return not patch.hidden and not inside

    return surface(product, meets)


def numbers_of(around: Surface, field: Local) -> dict[str, float]:
    """area_cm2 and area_share (of what a view shows on average) of what a field touches."""
    touched = area(around, field)
    return {"area_cm2": touched * 1e4, "area_share": touched / around.visible}


def crushed(product: Product, rng: np.random.Generator, share: float) -> Harm:
    """A dent on a panel, an edge or a corner, as large as its share of the visible area asks."""
    around = skinned(product)
    radius = max(law.radius(share, around.visible), _LEAST)
    if product.kind is Kind.BLISTER or (product.kind in _THIN and rng.random() < 0.5):
        return bent(product, rng, radius)
    odds = (0.5, 0.3, 0.2) if product.kind not in _ROUND else (0.75, 0.25, 0.0)
    at = str(rng.choice(tuple(_SHRINK), p=odds))
    radius = _SHRINK[at] * radius
    return dented(product, rng, _DEEPER[at] * radius * law.ASPECT.draw(rng), radius, at)


def dented(
    product: Product, rng: np.random.Generator, depth: float, radius: float, at: str
) -> Harm:
    """A dent `depth` metres deep and about `radius` wide; never deeper than 42 % of the product.

    at: "panel", "edge" or "corner".
    """
    around = skinned(product)
    place, room = _with_room(product, rng, around, at, depth)
    depth = max(min(depth, room), _FLATTEST)
    made_of = stuff(product, place.patch)
    radius = min(radius, _SHALLOWEST * depth)
    if at == "panel":
        radius = max(radius * 1.15, depth * 1.3 / STEEPEST)
        field = _panel_dent(rng, product, place, depth, radius, made_of)
    else:  # the tool meets a wedge or a tip: what it cuts off follows from its depth
        radius = max(1.8 * depth, radius)
        tool = Tool.faceted(rng, depth, 1.5 * radius, 5)
        field = Dent(rng, place, tool, radius, made_of, bulge=0.2)
    numbers = {"depth_mm": depth * 1e3, **numbers_of(around, field)}
    words = f"{at} pushed in by {depth * 1e3:.0f} mm"
    return _harm(DamageType.CRUSH, place, numbers, field, words)


def _with_room(
    product: Product, rng: np.random.Generator, around: Surface, at: str, depth: float
) -> tuple[Place, float]:
    """A place, and metres that it can be pushed in; of some, the first that is thick enough.

    A flange or the rim of a window has nothing behind it that would give way.
    """
    found: list[tuple[Place, float]] = []
    for _ in range(_PLACES):
        place = pick(rng, around) if at == "panel" else pick_corner(rng, around, edge=at == "edge")
        room = min(_DEEPEST * around.thickness(place), 0.5 * min(product.size))
        if room >= min(depth, _ROOM):
            return place, room
        found.append((place, room))
    return max(found, key=lambda each: each[1])


def bent(product: Product, rng: np.random.Generator, radius: float) -> Harm:
    """A bent corner of something thin; both its sides together cover a circle of `radius`."""
    around = skinned(product)
    low, high = around.points.min(0), around.points.max(0)
    signs = rng.choice((-1.0, 1.0), 2)
    corner = np.where(signs > 0, high[:2], low[:2])
    index = int(np.linalg.norm(around.points[:, :2] - corner, axis=1).argmin())
    up = np.array((0.0, 0.0, math.copysign(1.0, float(product.rests[0][2, 2]) or 1.0)))
    inwards = -signs * rng.uniform(0.7, 1.4, 2)
    along = np.append(inwards / np.linalg.norm(inwards), 0.0)
    tip = np.append(corner, around.points[index, 2])
    patch = around.patches[int(around.owner[index])]
    place = Place(tip, along, np.cross(up, along), up, patch)
    length = min(1.3 * radius, 0.4 * min(product.size[:2]))
    fold = Fold(rng, place, length, float(rng.uniform(0.4, 2.6)), stuff(product, patch))
    numbers = {"depth_mm": fold.lift * 1e3, **numbers_of(around, fold)}
    return _harm(DamageType.CRUSH, place, numbers, fold, f"corner bent over {length * 1e3:.0f} mm")


def _panel_dent(
    rng: np.random.Generator,
    product: Product,
    place: Place,
    depth: float,
    radius: float,
    made_of: Stuff,
) -> Dent:
    if product.kind in _ROUND and abs(place.out[2]) < 0.5:
        upright = _axis_along(place)
        tool = Tool.diamond(depth, radius * rng.uniform(1.0, 1.5), radius * rng.uniform(1.0, 1.6))
        return Dent(rng, upright, tool, 1.2 * radius, made_of)
    return Dent(rng, place, Tool.faceted(rng, depth, radius), radius, made_of)


def _axis_along(place: Place) -> Place:
    """The place on a round product with its frame turned so that `along` is the axis, z."""
    up = np.array((0.0, 0.0, 1.0))
    along = up - (up @ place.out) * place.out
    along /= np.linalg.norm(along)
    return Place(place.point, along, np.cross(place.out, along), place.out, place.patch)


def torn(product: Product, rng: np.random.Generator, share: float) -> Harm:
    """A slit in what is thin; in board a tongue that curls up, or a ply that came off."""
    around = skinned(product)
    if product.kind is Kind.MULTIPACK and product.films:
        around = over_films(product)
        place = pick(rng, around)
        return _slit(product, rng, around, place, share * around.visible, Stuff.FILM)
    place = pick(rng, around)
    made_of = stuff(product, place.patch)
    touched = share * around.visible
    if made_of is Stuff.FILM or (product.kind in _SHEETS and rng.random() < 0.7):
        return _slit(product, rng, around, place, touched, made_of)
    slim = float(rng.uniform(0.3, 0.7))
    length = min(max(math.sqrt(touched / slim), 2 * _LEAST), 0.7 * max(product.size))
    place = roomy(rng, around, place, 0.55 * length)
    names = around.facing(place, length)
    if product.kind is Kind.BOOK or length < 0.02 or rng.random() < 0.4:
        ripped = Ripped(rng, place, 1.3 * length, 0.8 * slim * length, made_of, names)
        numbers = {"length_mm": length * 1e3, **numbers_of(around, ripped)}
        return _harm(DamageType.TEAR, place, numbers, ripped, "top layer ripped off")
    slot = _slot(place.patch)
    tongue = Tongue(rng, place, length, max(slim * length, 5 * slot), made_of, names, slot)
    numbers = {"through_mm": length * 1e3, **numbers_of(around, tongue)}
    return _harm(DamageType.TEAR, place, numbers, tongue, f"torn open over {length * 1e3:.0f} mm")


def _slit(
    product: Product,
    rng: np.random.Generator,
    around: Surface,
    place: Place,
    touched: float,
    made_of: Stuff,
) -> Harm:
    slim = float(rng.uniform(0.12, 0.35))
    length = max(math.sqrt(touched / (0.7 * slim)), 0.012)
    length = min(length, 0.6 * max(product.size))
    place = roomy(rng, around, place, 0.5 * length)
    names = around.facing(place, 0.6 * length)
    slit = Slit(rng, place, length, slim * length, made_of, names, _slot(place.patch))
    numbers = {"through_mm": length * 1e3, **numbers_of(around, slit)}
    return _harm(DamageType.TEAR, place, numbers, slit, f"slit over {length * 1e3:.0f} mm")


def pierced(product: Product, rng: np.random.Generator, share: float) -> Harm:
    """A ragged hole with a pushed-in rim; large ones often dent what is around them."""
    around = skinned(product)
    place = pick(rng, around)
    made_of = stuff(product, place.patch)
    radius = max(law.radius(share, around.visible), _LEAST / 2)
    names = around.facing(place, 2 * radius)
    stretch = float(np.exp(rng.normal(0, 0.2)))
    hole = Puncture(rng, place, radius, made_of, names, stretch)
    fields: tuple[Field, ...] = (hole,)
    numbers = {"through_mm": 2e3 * radius, **numbers_of(around, hole)}
    depth = min(0.5 * radius, 0.2 * around.thickness(place))
    if rng.random() < 0.5 and radius > 0.005 and depth > _FLATTEST:
        tool = Tool.faceted(rng, depth, 2.2 * radius)
        fields = (Dent(rng, place, tool, 2.2 * radius, made_of), hole)
        numbers["depth_mm"] = depth * 1e3
    field = fields[0] if len(fields) == 1 else Several(fields)
    return _harm(DamageType.HOLE, place, numbers, field, f"hole of {2e3 * radius:.0f} mm")


def spoilt(product: Product, rng: np.random.Generator, share: float) -> Harm:
    """Scratches, scuffs, dirt, dried water, glue."""
    around = skinned(product)
    place = pick(rng, around)
    radius = max(law.radius(share, around.visible), 0.8 * _LEAST)
    names = around.facing(place, 2 * radius)
    field, word = superficial(rng, place, radius, stuff(product, place.patch), names)
    return _harm(DamageType.SUPERFICIAL, place, numbers_of(around, field), field, word)


def _slot(patch: Patch) -> float:
    """Half width in metres of a cut that the mesh of a patch can show."""
    corners = patch.rest(np.array([[0.0, 0.5], [0.5, 0.5], [1.0, 0.5], [0.5, 0.0], [0.5, 1.0]]))
    wide = np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[1])
    high = np.linalg.norm(corners[1] - corners[3]) + np.linalg.norm(corners[4] - corners[1])
    pitch = max(float(wide) / patch.grid[0], float(high) / patch.grid[1])
    return max(0.0009, 0.8 * pitch)


def _harm(
    damage: DamageType, place: Place, numbers: dict[str, float], field: Field, words: str
) -> Harm:
    severity: Severity = law.severity(damage, numbers)
    return Harm(damage, severity, place.patch.locus, numbers, field, words=words)
