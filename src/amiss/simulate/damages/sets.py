"""Missing units: one or more of a set is gone, under a film that is whole, dented or torn."""

import math

import numpy as np

from amiss.domain.errors import SimulationError
from amiss.domain.words import DamageType, Locus
from amiss.simulate.damages import law
from amiss.simulate.damages.crush import Dent, Tool
from amiss.simulate.damages.harm import Field, Harm
from amiss.simulate.damages.loose import Thing
from amiss.simulate.damages.place import framed, over_films, surface
from amiss.simulate.damages.stuff import Stuff
from amiss.simulate.damages.tear import Slit
from amiss.simulate.products.product import Product

_ONE_MORE = 0.22  # chance that yet another unit is missing
_FILM = ("whole", "dented", "torn")
_FILM_ODDS = (0.76, 0.10, 0.14)


def units(product: Product) -> dict[str, Thing]:
    """The patches of each unit, by its part, "unit-0" and so on."""
    found: dict[str, Thing] = {}
    for patch in product.patches:
        if patch.part.startswith("unit-"):
            found[patch.part] = (*found.get(patch.part, ()), patch)
    return found


def chosen(product: Product, rng: np.random.Generator, more: float) -> list[str]:
    """Parts of the units that are taken out: one, seldom more, never all.

    Raises:
        SimulationError: the product has fewer than two units.
    """
    parts = sorted(units(product))
    if len(parts) < 2:
        raise SimulationError(f"{product.name} is no set of units: ask for another damage.")
    count = 1
    while count < len(parts) - 1 and rng.random() < more:
        count += 1
    return [str(part) for part in rng.permutation(parts)[:count]]


def missing(product: Product, rng: np.random.Generator, share: float) -> Harm:
    """Units that are gone; the larger the share, the more of them."""
    more = _ONE_MORE * min(2.0, math.sqrt(share / law.SHARE[DamageType.MISSING_UNIT].median))
    gone = chosen(product, rng, more)
    around = surface(product)
    own = np.isin(np.array([patch.part for patch in around.patches]), gone)[around.owner]
    of_item = float(around.areas[own].sum() / around.areas.sum())
    numbers = {
        "units_missing": float(len(gone)),
        "units_share": len(gone) / len(units(product)),
        "area_share": of_item,
        "area_cm2": float(around.areas[own].sum()) / 4 * 1e4,
    }
    state = str(rng.choice(_FILM, p=_FILM_ODDS)) if product.films else "absent"
    field = film_field(product, rng, gone[0], state)
    severity = law.severity(DamageType.MISSING_UNIT, numbers)
    film = {"absent": "", "whole": ", film whole"}.get(state, f", film {state} over the gap")
    words = f"{len(gone)} of {len(units(product))} units missing{film}"
    return Harm(
        DamageType.MISSING_UNIT,
        severity,
        Locus.PRODUCT,
        numbers,
        field,
        removed=frozenset(gone),
        words=words,
    )


def film_field(product: Product, rng: np.random.Generator, part: str, state: str) -> Field | None:
    """What happened to the film over one unit: it is "dented", "torn", or nothing happened."""
    if state not in {"dented", "torn"}:
        return None
    films = over_films(product)
    thing = np.concatenate([p.rest(np.full((1, 2), 0.5)) for p in units(product)[part]])
    upper = films.normals @ product.rests[0][2] > 0.3
    near = np.linalg.norm(films.points - thing.mean(0), axis=1) + 1e3 * ~upper
    index = int(near.argmin())
    place = framed(rng, films, index, films.normals[index])
    names = frozenset(patch.name for patch in films.patches)
    size = math.sqrt(float(films.areas.sum()) / 6)
    if state == "torn":
        length = min(size, 0.06) * float(rng.uniform(0.5, 0.9))
        return Slit(rng, place, length, 0.35 * length, Stuff.FILM, names, 0.0015)
    depth = min(0.012, 0.2 * films.thickness(place) + 0.003) * float(rng.uniform(0.5, 1.0))
    tool = Tool.faceted(rng, depth, 2 * depth)
    return Dent(rng, place, tool, 2 * depth, Stuff.FILM, names=names)
