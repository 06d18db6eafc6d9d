"""How well a plain frozen patch memory with two references does on a fixed set of items.

No part of Amiss's own comparison but the encoder: the distance of each patch to its nearest patch
in two pristine captures, the mean of the largest hundredth, the largest view (PatchCore's idea).
Every capture has its own pose and booth. If this did better, the damages would be too easy.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from benchmarks.realism.items import KINDS, befallen, booth
from benchmarks.realism.probe import estimate
from numpy.typing import NDArray

from amiss.detect.compare import novelty
from amiss.domain.words import DamageType
from amiss.inspector import Inspector
from amiss.simulate.damages.make import HARMS
from amiss.simulate.products.make import make_product
from amiss.simulate.products.product import Kind, Product
from amiss.simulate.render.backend import Backend
from amiss.simulate.shoot import Shot, lying, shoot, stage
from amiss.vision.look import Eye

FIRST = 830_000
SIZE = 448
REFERENCES, SOUND, DAMAGED = 2, 2, 2  # captures of each product
TOP = 0.01
INSIDE = 0.5  # share of a cell that must be item
CAPTURES = 16  # seeds kept for one product
MISSING = DamageType.MISSING_UNIT

Patches = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class _Scored:
    """One item. type: its damage, None if it is sound. visible: its largest damage in pixels."""

    product: int
    kind: Kind
    type: DamageType | None
    visible: int
    score: float


def measure(backend: Backend, products: int, progress: Callable[[int], None]) -> dict[str, object]:
    """AUROC of the memory on four items of each product, two of them damaged."""
    eye = Inspector.load().eye
    scored: list[_Scored] = []
    for number in range(products):
        scored += _product(number, backend, eye)
        progress(number + 1)
    return {
        "backend": backend.name,
        "items": len(scored),
        "damaged": sum(one.type is not None for one in scored),
        "never_visible": sum(one.type is not None and not one.visible for one in scored),
        "all": _against_sound(scored, frozenset(DamageType)),
        "by_type": {
            damage: _against_sound(scored, frozenset([damage]))
            for damage in DamageType
            if any(one.type is damage for one in scored)
        },
        "missing_unit_against_sound_sets": _against_sound(
            [one for one in scored if MISSING in HARMS[one.kind]], frozenset([MISSING])
        ),
    }


def _against_sound(scored: list[_Scored], types: frozenset[DamageType]) -> dict[str, float | int]:
    """AUROC of items with such damage against all sound ones, with its interval over products."""
    kept = [one for one in scored if one.type is None or one.type in types]
    labels = np.array([int(one.type is not None) for one in kept])
    scores = np.array([one.score for one in kept])
    found = estimate(labels, scores, np.array([one.product for one in kept]))
    return {"n": int(labels.sum()), "auroc": found.auroc, "low": found.low, "high": found.high}


def _product(number: int, backend: Backend, eye: Eye) -> Iterator[_Scored]:
    seed, kind = FIRST + number, KINDS[number % len(KINDS)]
    product = make_product(seed, kind)
    bank: Patches = {}
    for turn in range(REFERENCES):
        for shot in _capture(product, number, turn, None, backend):
            for name, patches in _item_patches(eye, shot).items():
                bank[name] = np.concatenate([bank[name], patches]) if name in bank else patches
    for turn in range(REFERENCES, REFERENCES + SOUND + DAMAGED):
        damage = None if turn < REFERENCES + SOUND else _type(number, turn)
        shots = _capture(product, number, turn, damage, backend)
        score = max(_score(bank, _item_patches(eye, shot)) for shot in shots)
        visible = max(int((shot.truth.damage > 0).sum()) for shot in shots)
        yield _Scored(seed, kind, damage, visible, score)


def _type(number: int, turn: int) -> DamageType:
    """The types that a kind can have, in turn; sets always miss a unit once."""
    able = HARMS[KINDS[number % len(KINDS)]]
    if MISSING in able and turn == REFERENCES + SOUND:
        return MISSING
    return able[(2 * (number // len(KINDS)) + turn) % len(able)]


def _capture(
    product: Product, number: int, turn: int, damage: DamageType | None, backend: Backend
) -> tuple[Shot, ...]:
    seed = FIRST + CAPTURES * number + turn
    placement, harms = lying(product, seed), ()
    if damage is not None:
        placement, made = befallen(product, seed, damage)
        harms = (made,)
    scene = stage(booth(seed, 3, SIZE), product, harms, seed, placement=placement)
    return shoot(scene, backend, seed)


def _item_patches(eye: Eye, shot: Shot) -> Patches:
    """Per output of the encoder, the unit vectors of cells that show the item."""
    patches, (rows, columns) = eye.patches(eye.frame(shot.rgb))
    item = shot.truth.item.astype(np.float32)
    share = cv2.resize(item, (columns, rows), interpolation=cv2.INTER_AREA).ravel()
    inside = share > min(INSIDE, float(share.max()) / 2)
    return {name: found[inside] for name, found in patches.items()}


def _score(bank: Patches, query: Patches) -> float:
    """Mean of the largest hundredth of the distances, averaged over the encoder's outputs."""
    heat = np.mean([novelty(query[name], bank[name]) for name in query], axis=0)
    count = max(1, round(TOP * heat.size))
    return float(np.sort(heat)[-count:].mean())
