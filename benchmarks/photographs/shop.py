"""The photographs: which are looked at, what is painted on them, and what shows their products.

    PHOTOS/query/<product>/…      what is inspected: untouched, painted on, seamed
    PHOTOS/iconic/<product>.jpg   the catalogue picture of each product: a reference
    PHOTOS/gallery/<product>/…    further photographs, of which some are references

Training paints with families 0 and 2 and seed 1 on gallery and catalogue; here recipes are of
family 1 and all seeds are others.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from amiss.domain.errors import DatasetError, SimulationError
from amiss.simulate.paint.paint import paste
from amiss.simulate.paint.painted import Painted
from amiss.simulate.painting.easel import Easel
from amiss.simulate.painting.photographs import Photograph, find
from amiss.simulate.painting.plan import Plan
from amiss.vision.decode import decode

Kind = Literal["sound", "damaged", "pasted", "aside"]
"""aside: no item stands out in the photograph, so that nothing is painted; shown as it is."""

SEED = 90_005
PLAN = Plan(SEED, copies=3, damaged=2 / 3, references=0, families=frozenset({1}), split="test")
"""Of each photograph one copy is left as it is but for the painter's last step; two are damaged."""
FROM_GALLERY = 3
"""Photographs of each product that are references, beside its catalogue picture."""
EASEL = Easel(PLAN)


@dataclass(frozen=True, slots=True)
class Shop:
    """queries: photographs of each product. references: of each, its catalogue picture first."""

    queries: Mapping[str, Sequence[Photograph]]
    references: Mapping[str, Sequence[Photograph]]

    @classmethod
    def open(cls, root: Path, limit: int | None = None) -> "Shop":
        """Lists what there is. limit: photographs of each product that are looked at, at most.

        Raises:
            DatasetError: a folder is missing, a product has too few references, or a photograph is
                both looked at and a reference.
        """
        queries = find([root / "query"]).products
        catalogue = find([root / "iconic"]).products
        gallery = find([root / "gallery"]).products
        references = {}
        for product in queries:
            taken = sorted(gallery.get(product, ()), key=lambda one: _draw(product, one.digest))
            drawn = [*catalogue.get(product, ())[:1], *taken[:FROM_GALLERY]]
            if len(drawn) < 1 + FROM_GALLERY:
                raise DatasetError(
                    f"{product} has no catalogue picture or fewer than {FROM_GALLERY} photographs "
                    "in the gallery to compare it with; add them."
                )
            references[product] = drawn
        _refuse_shared(queries, references)
        return cls({name: some[:limit] for name, some in queries.items()}, references)


def _refuse_shared(
    queries: Mapping[str, Sequence[Photograph]], references: Mapping[str, Sequence[Photograph]]
) -> None:
    shown = {one.digest: one for some in references.values() for one in some}
    for some in queries.values():
        for one in some:
            if one.digest in shown:
                raise DatasetError(
                    f"{one.path} is also a reference, {shown[one.digest].path}; remove one."
                )


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What came of a photograph. id: its own; the same id gives the same pixels."""

    id: str
    kind: Kind
    painted: Painted


def made_of(photograph: Photograph) -> Iterator[Made]:
    """All that is shown of a photograph, made one by one."""
    canvas = EASEL.put_up(photograph)
    if isinstance(canvas, str):
        rgb = decode(photograph.path).rgb
        nothing = np.zeros(rgb.shape[:2], np.bool_)
        yield Made(f"{PLAN.name(photograph)}-aside", "aside", Painted(rgb, *[nothing] * 3))
        return
    for copy in PLAN.copies_of(photograph):
        drawn = EASEL.draw(canvas, copy)
        if drawn is not None:
            yield Made(copy.id, "damaged" if copy.damaged else "sound", drawn[0])
    rng = np.random.default_rng(_draw("paste", photograph.digest))
    try:
        seamed = paste(canvas.rgb, rng, item=canvas.outline.mask)
    except SimulationError:
        return
    yield Made(f"{PLAN.name(photograph)}-paste", "pasted", seamed)


def other_than(product: str, among: Sequence[str], *, but: str) -> str:
    """Some other product, drawn by the names alone. but: which is not it, either."""
    rest = [one for one in among if one not in (product, but)]
    if not rest:
        raise DatasetError("There are too few products for references of another one; add some.")
    return min(rest, key=lambda one: _draw(product, one))


def _draw(*words: str) -> int:
    """63 bits that follow from the benchmark's seed and some words."""
    digest = hashlib.sha256("\0".join([str(SEED), *words]).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
