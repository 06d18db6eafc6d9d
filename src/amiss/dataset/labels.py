"""What is known of an item and of its pictures, beyond what the cameras saw."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from amiss.dataset.words import DEFECT_OF, DefectType, Material
from amiss.domain.capture import Matrix
from amiss.domain.words import DamageType, Locus, Severity

ItemMask = NDArray[np.bool_]
DamageMask = NDArray[np.uint8]

UNTYPED = 255
"""In damage masks of other people's data sets: damaged, and not told as which of our types."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One damage of an item.

    numbers: its size in physical units, by name (depth_mm, area_cm2, …). words: for people.
    """

    type: DamageType
    severity: Severity | None = None
    locus: Locus | None = None
    numbers: dict[str, float] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True, slots=True)
class Labels:
    """What is true of an item.

    damages: empty where it is sound, None where nobody has looked. product: what the item really
    is, whatever its barcode says. design: which packaging of it. tags: short words to slice
    figures by. story: why the item is here, for people. simulated: rendered or painted, not
    photographed. seed: what it was made from. twin: id of the capture that shows the same item
    intact. lies: 4×4 float64, from the product's own frame to the booth's, metres; known of what
    is rendered, and with cameras and depth it tells which places of two pictures show the same.
    """

    damages: tuple[Damage, ...] | None = None
    product: str | None = None
    design: str | None = None
    material: Material | None = None
    tags: tuple[str, ...] = ()
    story: str = ""
    simulated: bool = False
    seed: int | None = None
    twin: str | None = None
    lies: Matrix | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Masks:
    """What is to be seen where in one picture; None where that is not known.

    item: H×W bool, the item's silhouette. damage: H×W uint8, 0 is sound, otherwise 1 + the place of
    the type in DamageType. Both of the size of the picture.
    """

    item: ItemMask | None = None
    damage: DamageMask | None = None


@dataclass(frozen=True, slots=True)
class Defects:
    """What Kaputt's label columns say, of one picture or of an item.

    types: without doubles, in order of their names. major: at least one of them is.
    """

    any: bool
    major: bool
    types: tuple[DefectType, ...]

    @classmethod
    def of(cls, damages: Iterable[Damage]) -> "Defects":
        """Damages in Kaputt's words."""
        found = tuple(damages)
        return cls(
            any=bool(found),
            major=any(damage.severity is Severity.MAJOR for damage in found),
            types=tuple(sorted({DEFECT_OF[damage.type] for damage in found})),
        )

    @classmethod
    def union(cls, parts: Iterable["Defects"]) -> "Defects":
        """What several pictures of one item say together."""
        found = tuple(parts)
        return cls(
            any=any(part.any for part in found),
            major=any(part.major for part in found),
            types=tuple(sorted({word for part in found for word in part.types})),
        )
