"""What befell a product, as fields over its rest position.

A harm is asked twice, like a patch: at the vertices of the mesh and at the texels of the print.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from amiss.domain.words import DamageType, Locus, Severity
from amiss.simulate.products.product import Film
from amiss.simulate.shapes.patch import Patch, Points


class Field(Protocol):
    """How one harm acts on the surface. n points at once, all in the frame of the product."""

    def displace(self, patch: Patch, rest: Points, normal: Points) -> Points:
        """n×3 metres: how far each point is moved from rest."""
        ...

    def cut(self, patch: Patch, rest: Points) -> NDArray[np.float64]:
        """n, negative where the surface is gone; +inf where this harm cuts nothing."""
        ...

    def paint(self, patch: Patch, rest: Points, base: NDArray[np.float32]) -> NDArray[np.float32]:
        """n×3 sRGB in [0, 1]: the look after the harm."""
        ...

    def touched(self, patch: Patch, rest: Points) -> NDArray[np.float32]:
        """N in [0, 1]: how far this point shows damage; above .5 it is in the ground truth."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Harm:
    """One damage of one item, in physical numbers.

    severity follows from `numbers` alone (depth_mm, area_cm2, through, units_missing, …), never
    from pixels. removed: parts that are gone. added: patches that came with it (a puddle, flaps,
    contents that fell out), in the frame of the product, or of the tray where their locus is
    SURROUNDINGS (origin where the item lies, z = 0 the tray). films: replaces the product's films
    where it is not None (torn or dented over a gap). words: what happened, for people.
    """

    type: DamageType
    severity: Severity
    locus: Locus
    numbers: dict[str, float]
    field: Field | None = None
    removed: frozenset[str] = frozenset()
    added: tuple[Patch, ...] = ()
    films: tuple[Film, ...] | None = None
    words: str = ""
