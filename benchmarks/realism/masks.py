"""Whether masks are where the intact twin differs, and whether a dent is as deep as it says."""

from collections.abc import Callable

import numpy as np
from benchmarks.realism.items import Item, balanced, booth_of
from benchmarks.realism.twins import difference, overlap, surface

from amiss.domain.words import DamageType
from amiss.simulate.damages.board import dented
from amiss.simulate.damages.crush import Dent
from amiss.simulate.products.make import make_product
from amiss.simulate.products.product import Kind, Product
from amiss.simulate.rig import empty_booth, moved, project
from amiss.simulate.sensor import DepthSensor
from amiss.simulate.shapes.patch import Points
from amiss.simulate.shoot import lying, stage
from amiss.simulate.streams import stream
from amiss.simulate.truth import truth

FIRST = 840_000
SIZE = 448
COMPARED = (
    DamageType.CRUSH,
    DamageType.TEAR,
    DamageType.HOLE,
    DamageType.SPILLAGE,
    DamageType.MISSING_UNIT,
)
LEAST = 20  # pixels in the view that shows most; with fewer it is labelled "not visible"
DENTS, DEEP = 20, 0.028  # how many dents, and their depth in metres
NEAR = 3  # pixels around the middle of a dent whose median is taken


def measure(items: int, progress: Callable[[int], None]) -> dict[str, object]:
    """Overlaps of mask and difference by type, in the view that shows most of the damage."""
    overlaps: dict[str, list[float]] = {damage: [] for damage in DamageType}
    unseen = 0
    for number, item in enumerate(balanced(items, FIRST, tuple(DamageType))):
        found = _overlap(item, number)
        if found is None:
            unseen += 1
        else:
            overlaps[item.harm.type].append(found)
        progress(number + 1)
    compared = np.array([value for damage in COMPARED for value in overlaps[damage]])
    return {
        "items": items,
        "not_visible": unseen,
        "compared": len(compared),
        "mean_iou": float(compared.mean()),
        "iou_at_least_0.6": float((compared >= 0.6).mean()),
        "by_type": {
            damage: {
                "n": len(found),
                "mean_iou": float(np.mean(found)),
                "median_iou": float(np.median(found)),
                "iou_at_least_0.6": float(np.mean(np.array(found) >= 0.6)),
            }
            for damage, found in overlaps.items()
            if found
        },
        "dent_of_28_mm": _dents(),
    }


def _overlap(item: Item, number: int) -> float | None:
    """None where no view shows LEAST pixels of it."""
    booth = booth_of(number, FIRST, 3, SIZE)
    harmed, twin = item.scene(booth, harmed=True), item.scene(booth, harmed=False)
    masks = [truth(harmed, eye).damage > 0 for eye in harmed.cameras]
    best = int(np.argmax([mask.sum() for mask in masks]))
    if masks[best].sum() < LEAST:
        return None
    eye = harmed.cameras[best]
    return overlap(masks[best], difference(surface(harmed, eye), surface(twin, eye)))


def _dents() -> dict[str, float | int]:
    """Millimetres between a dented carton and its twin, seen from straight above."""
    true, sensed = [], []
    seed = FIRST + 5_000
    while len(true) < DENTS:
        seed += 1
        product = make_product(seed, Kind.CARTON, texels_per_metre=400)
        made = dented(product, stream("damage", seed), DEEP, 0.07, "panel")
        if not isinstance(made.field, Dent) or made.numbers["depth_mm"] < 1e3 * DEEP - 0.5:
            continue  # this carton is too thin for such a dent
        booth = empty_booth(seed, 1, SIZE)
        sides = [lying(product, seed, side) for side in range(len(product.rests))]
        laid = max(sides, key=lambda one: float((one.turn @ made.field.place.out)[2]))
        if (laid.turn @ made.field.place.out)[2] < 0.95:
            continue  # on a side that is never up
        scenes = [stage(booth, product, harms, seed, placement=laid) for harms in ([made], [])]
        views = [truth(scene, scene.cameras[0]) for scene in scenes]
        lens = scenes[0].cameras[0].intrinsics
        depths = [DepthSensor().measure(view, lens, stream("depth", seed)) for view in views]
        tip = moved(made.field.place.point[None], laid.turn, np.zeros(3))
        outline = moved(np.concatenate(_points(product)), laid.turn, np.zeros(3))
        tip += np.array([*laid.at, -float(outline[:, 2].min())])
        x, y, _ = np.rint(project(scenes[0].cameras[0], tip)[0]).astype(int)
        around = np.s_[y - 4 * NEAR : y + 4 * NEAR + 1, x - 4 * NEAR : x + 4 * NEAR + 1]
        if not (views[0].item[around].all() and views[1].item[around].all()):
            continue  # at the border of the box, where the tray shows
        middle = np.s_[y - NEAR : y + NEAR + 1, x - NEAR : x + NEAR + 1]
        true.append(1e3 * float(np.median((views[0].depth - views[1].depth)[middle])))
        both = (depths[0][middle] > 0) & (depths[1][middle] > 0)
        if both.any():
            sensed.append(1e3 * float(np.median((depths[0] - depths[1])[middle][both])))
    return {
        "n": DENTS,
        "true_mm_least": min(true),
        "true_mm_median": float(np.median(true)),
        "true_mm_most": max(true),
        "sensed_mm_least": min(sensed),
        "sensed_mm_median": float(np.median(sensed)),
        "sensed_mm_most": max(sensed),
        "sensed_n": len(sensed),
        "within_20_to_32_mm": float(np.mean([20 <= depth <= 32 for depth in true])),
    }


def _points(product: Product) -> list[Points]:
    """Corners, edges and middles of its outer patches."""
    steps = np.linspace(0, 1, 9)
    uv = np.stack(np.meshgrid(steps, steps), axis=-1)
    return [patch.rest(uv).reshape(-1, 3) for patch in product.patches if not patch.hidden]
