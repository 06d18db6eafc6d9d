"""What the painter returns."""

from dataclasses import dataclass, field

from amiss.domain.capture import RgbArray
from amiss.domain.words import DamageType, Locus, Severity
from amiss.simulate.paint.fields import Mask


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """A photograph that went through the painter, damaged or not.

    picture: H×W×3 uint8 RGB. mask: H×W bool, what shows damage; empty exactly where damage is None.
    item: H×W bool, the item as it was before. worked: H×W bool, what was worked on: the damage, or
    the patch of an identity paste. recipe: its name and version, "" where nothing was painted.
    family: the recipe's, −1 where nothing was painted. numbers: what was drawn and measured,
    lengths as shares of the item's size, areas as shares of the item.
    """

    picture: RgbArray
    mask: Mask
    item: Mask
    worked: Mask
    damage: DamageType | None = None
    severity: Severity | None = None
    locus: Locus | None = None
    recipe: str = ""
    family: int = -1
    numbers: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if bool(self.mask.any()) != (self.damage is not None):
            raise ValueError("A damage has a mask that shows it, and nothing else has one.")
