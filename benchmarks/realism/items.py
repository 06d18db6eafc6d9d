"""The simulated items that are measured: seeded, and apart from all others.

Products, captures and booths of every part have seeds of their own, from FIRST on; nothing that is
trained on or recorded uses them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.words import DamageType
from amiss.simulate.damages.harm import Harm
from amiss.simulate.damages.make import HARMS, draw_type, harm
from amiss.simulate.damages.seen import seen
from amiss.simulate.place import Placement
from amiss.simulate.products.make import make_product
from amiss.simulate.products.product import Kind, Product
from amiss.simulate.render.backend import Backend
from amiss.simulate.rig import empty_booth
from amiss.simulate.scene import Scene
from amiss.simulate.shoot import lying, stage
from amiss.simulate.streams import stream

FIRST = 800_000
KINDS = tuple(Kind)
PER_BOOTH = 10  # items before the next booth


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One product in one pose, with the harm that befell it (its twin: without)."""

    seed: int
    product: Product
    placement: Placement
    harm: Harm

    def scene(self, booth: Scene, *, harmed: bool) -> Scene:
        """The item, or its intact twin, on the tray of a booth."""
        harms = [self.harm] if harmed else []
        return stage(booth, self.product, harms, self.seed, placement=self.placement)


def item(seed: int, kind: Kind, damage: DamageType | None = None) -> Item:
    """The item of a seed; its damage is drawn in the usual mix where it is None.

    It lies as the seed says, unless no camera would see what befell it: then on another side, so
    that what is measured is to be seen wherever that is possible.
    """
    product = make_product(seed, kind)
    rng = stream("damage", seed)
    drawn = draw_type(kind, rng) if damage is None else damage
    return Item(seed, product, *befallen(product, seed, drawn))


def befallen(product: Product, seed: int, damage: DamageType) -> tuple[Placement, Harm]:
    """How a product lies in the capture of a seed, and what of a damage type befell it."""
    first = lying(product, seed)
    sides = [first, *(lying(product, seed, side) for side in range(len(product.rests)))]
    for placement in sides:
        rng = stream("damage", seed, 1)
        made = harm(product, damage, rng, rest=placement.side, yaw=placement.yaw)
        if seen(product, made, placement.side, placement.yaw):
            return placement, made
    return placement, made


def usual(count: int, first: int) -> Iterator[Item]:
    """`count` items, all kinds in turn, damages in the usual mix."""
    for number in range(count):
        yield item(first + number, KINDS[number % len(KINDS)])


def balanced(count: int, first: int, types: tuple[DamageType, ...]) -> Iterator[Item]:
    """`count` items, the damage types in turn, each with its kinds in turn."""
    for number in range(count):
        damage = types[number % len(types)]
        able = [kind for kind in KINDS if damage in HARMS[kind]]
        yield item(first + number, able[number // len(types) % len(able)], damage)


@lru_cache(maxsize=2)
def booth(seed: int, cameras: int, size: int) -> Scene:
    """One booth; making its tray takes as long as a frame."""
    return empty_booth(seed, cameras, size)


def booth_of(number: int, first: int, cameras: int, size: int) -> Scene:
    """The booth in which the item of this number lies."""
    return booth(first + number // PER_BOOTH, cameras, size)


def open_backend(name: str, threads: int | None = None) -> Backend:
    """The fast renderer or the path tracer."""
    if name == "fast":
        from amiss.simulate.render.fast import FastBackend

        return FastBackend()
    from amiss.simulate.render.path import PathBackend

    return PathBackend(threads=threads)


def around(mask: NDArray[np.bool_], pixels: int) -> NDArray[np.bool_]:
    """The mask and everything within so many pixels (a square) of it."""
    kernel = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)
