"""Sketches an item in the booth: drawn in two dimensions, fast, and only roughly a photograph."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import InputError
from amiss.domain.words import DamageType
from amiss.simulate.sketched.artwork import Artwork
from amiss.simulate.sketched.camera import Pose, expose, place
from amiss.simulate.sketched.damages import PAINTED
from amiss.simulate.sketched.packaging import blister, carton, deceptive_carton, mailer
from amiss.simulate.sketched.solids import bottle, tin, toy

KINDS: dict[str, Callable[[np.random.Generator, float | None], Artwork]] = {
    "carton": carton,
    "blister": blister,
    "mailer": mailer,
    "bottle": bottle,
    "toy": toy,
    "tin": tin,
    "deceptive-carton": deceptive_carton,
}
# Damage that is a part left out: only some kinds have parts.
LEFT_OUT = (DamageType.MISSING_UNIT, DamageType.OPENED, DamageType.DECONSTRUCTION)
_SOLID = (DamageType.CRUSH, DamageType.SPILLAGE, DamageType.SUPERFICIAL)
_PACKED = (*_SOLID, DamageType.TEAR, DamageType.HOLE)
DAMAGES: dict[str, tuple[DamageType, ...]] = {
    "carton": _PACKED,
    "blister": (*_PACKED, DamageType.MISSING_UNIT),
    "mailer": _PACKED,
    "bottle": (*_SOLID, DamageType.OPENED),
    "toy": (*_SOLID, DamageType.DECONSTRUCTION),
    "tin": _SOLID,
    "deceptive-carton": _PACKED,
}


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """A picture of a product that does not exist, with the truth about it.

    rgb: H×W×3 uint8. item_mask, damage_mask: H×W bool; damage may lie beside the item. damage:
    None for a pristine item. angle_degrees: in-plane, counter-clockwise, in [0, 360).
    """

    rgb: NDArray[np.uint8]
    item_mask: NDArray[np.bool_]
    damage_mask: NDArray[np.bool_]
    damage: DamageType | None
    product: str
    angle_degrees: float


def sketch(
    product_seed: int,
    capture_seed: int,
    *,
    kind: str | None = None,
    damage: DamageType | None = None,
    pose: Pose = "any",
    size: int = 640,
) -> Sketch:
    """Draws one capture of one product; the same arguments give the same pixels.

    Args:
        product_seed: which product, ≥ 0.
        capture_seed: pose, light, noise and, where there is damage, its place and form, ≥ 0.
        kind: one of KINDS; by default the product seed decides, in turn.
        damage: one of DAMAGES[kind]. The rest of the picture stays that of the intact twin.
        pose: "upright" turns by ±3° and shifts by ±2 % at most; "any" is the full circle.
        size: side of the picture in pixels; made for 320 to 1024.

    Raises:
        InputError: there is no such kind, or it cannot have this damage.
    """
    kind = kind or tuple(KINDS)[product_seed % len(KINDS)]
    if kind not in KINDS:
        raise InputError(f"There is no kind {kind}; choose one of {', '.join(KINDS)}.")
    if damage is not None and damage not in DAMAGES[kind]:
        raise InputError(f"A {kind} is sketched with {', '.join(DAMAGES[kind])} only.")
    shaping = np.random.default_rng([1, product_seed])
    capturing = np.random.default_rng([2, product_seed, capture_seed])
    harming = np.random.default_rng([3, product_seed, capture_seed])
    gone = harming.random() if damage in LEFT_OUT else None
    art = KINDS[kind](shaping, gone)
    if damage in PAINTED:
        PAINTED[damage](harming, art)
    placed, angle = place(capturing, art, pose, size)
    return Sketch(
        rgb=expose(capturing, placed),
        item_mask=placed.item > 0.5,
        damage_mask=placed.damage > 0.5,
        damage=damage,
        product=f"sketched-{kind}-{product_seed:04d}",
        angle_degrees=angle,
    )
