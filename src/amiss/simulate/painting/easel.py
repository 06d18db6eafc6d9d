"""Puts photographs up, paints on them or leaves them, and packs what came of it."""

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from amiss.dataset.labels import Damage, DamageMask, Labels, Masks
from amiss.dataset.pack import Packed, pack_capture, pack_reference
from amiss.domain.capture import Capture, RgbArray, View
from amiss.domain.errors import ImageError, SimulationError
from amiss.domain.words import DamageType
from amiss.simulate.paint.outline import Outline, sought
from amiss.simulate.paint.paint import paint, untouched
from amiss.simulate.paint.painted import Painted
from amiss.simulate.paint.photo import LEAST_ITEM_PX
from amiss.simulate.painting.photographs import Photograph
from amiss.simulate.painting.plan import ENCODING, TAG, Copy, Plan
from amiss.vision.decode import decode

LeftOut = Literal["no_item", "small_item", "no_damage_fits"]
"""Why nothing came of a photograph, or of one copy of it."""

LEAST_SEEN_PX = 100
"""Pixels of a damage under which nobody can be asked to see it: it is drawn anew."""

_TRIES = 8
_TYPES = tuple(DamageType)


Drawn = tuple[Painted, int]
"""What was made, and the seed that makes it again."""


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """A photograph at the size at which it is worked on, its item found."""

    photograph: Photograph
    rgb: RgbArray
    outline: Outline


@dataclass(frozen=True, slots=True)
class Easel:
    """Where the photographs of a plan are worked on. Equal arguments give equal bytes."""

    plan: Plan

    def put_up(self, photograph: Photograph) -> Canvas | LeftOut:
        """A photograph, its item found; or why it cannot be worked on.

        Raises:
            ImageError: it cannot be read.
        """
        rgb = self._shown(photograph)
        try:
            outline = sought(rgb)
        except ImageError:
            return "no_item"
        small = outline.mask.sum() < LEAST_ITEM_PX
        return "small_item" if small else Canvas(photograph, rgb, outline)

    def capture(self, canvas: Canvas, copy: Copy) -> Packed | LeftOut:
        """One copy of a photograph, as a capture of one view."""
        drawn = self.draw(canvas, copy)
        if drawn is None:
            return "no_damage_fits"
        done, seed = drawn
        product = canvas.photograph.product
        view = View(rgb=done.picture, source=canvas.photograph.name)
        masks = Masks(done.item if canvas.outline.certain else None, _mask(done))
        return pack_capture(
            Capture((view,), product=product, id=copy.id),
            _labels(canvas, done, seed),
            (masks,),
            self.plan.split_of(product),
            ENCODING,
        )

    def draw(self, canvas: Canvas, copy: Copy) -> Drawn | None:
        """One copy of a photograph, painted on or left; None where no damage fits."""
        return self._damaged(canvas, copy) if copy.damaged else self._sound(canvas, copy)

    def reference(self, photograph: Photograph) -> Packed:
        """A photograph as it is, but for its size.

        Raises:
            ImageError: it cannot be read.
        """
        view = View(rgb=self._shown(photograph), source=photograph.name)
        labels = Labels(product=photograph.product)
        split = self.plan.split_of(photograph.product)
        return pack_reference(self.plan.name(photograph), view, None, labels, split, ENCODING)

    def _shown(self, photograph: Photograph) -> RgbArray:
        """H×W×3 uint8, its long side at most as long as planned; never enlarged."""
        rgb = decode(photograph.path, min_side=self.plan.size).rgb
        scale = self.plan.size / max(rgb.shape[:2])
        if scale >= 1:
            return rgb
        width, height = (max(1, round(side * scale)) for side in (rgb.shape[1], rgb.shape[0]))
        return np.asarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA), np.uint8)

    def _sound(self, canvas: Canvas, copy: Copy) -> Drawn:
        rng = np.random.default_rng(copy.seed)
        return untouched(canvas.rgb, rng, item=canvas.outline.mask), copy.seed

    def _damaged(self, canvas: Canvas, copy: Copy) -> Drawn | None:
        """A damage of a type that is drawn evenly, of those that fit; None where none does."""
        kinds = self.plan.kinds
        for place in np.random.default_rng([copy.seed, 1]).permutation(len(kinds)):
            for seed in range(copy.seed, copy.seed + _TRIES):
                try:
                    done = self._painted(canvas, kinds[int(place)], seed)
                except SimulationError:
                    break  # another type may fit
                if np.count_nonzero(done.mask) >= LEAST_SEEN_PX:
                    return done, seed
        return None

    def _painted(self, canvas: Canvas, damage: DamageType, seed: int) -> Painted:
        return paint(
            canvas.rgb,
            np.random.default_rng(seed),
            item=canvas.outline.mask,
            damage=damage,
            families=self.plan.families or None,
            surface=self.plan.surface,
        )


def _mask(done: Painted) -> DamageMask:
    """H×W uint8: 1 + the place of the type where it shows."""
    value = 0 if done.damage is None else 1 + _TYPES.index(done.damage)
    return np.asarray(done.mask * np.uint8(value), np.uint8)


def _labels(canvas: Canvas, done: Painted, seed: int) -> Labels:
    photograph = canvas.photograph
    labels = Labels((), photograph.product, tags=(TAG,), simulated=True, seed=seed)
    if done.damage is None:
        return replace(labels, story=f"{photograph.name}, untouched")
    words = f"{done.recipe}, painted"
    return replace(
        labels,
        damages=(Damage(done.damage, done.severity, done.locus, done.numbers, words),),
        tags=(TAG, done.recipe, f"family_{done.family}"),
        story=f"{done.recipe} painted onto {photograph.name}",
    )
