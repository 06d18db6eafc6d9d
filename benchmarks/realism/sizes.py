"""How large damages are: measured in the pictures, beside the law that they are drawn from."""

from collections.abc import Callable

import numpy as np
from benchmarks.realism.items import Item, balanced, booth_of, usual
from numpy.typing import NDArray

from amiss.domain.words import DamageType
from amiss.simulate.truth import truth

FIRST = 810_000
SIZE = 320  # pixels; shares hardly depend on it


SETS = 60  # items that miss a unit; in the usual mix they are too few


def measure(items: int, progress: Callable[[int], None]) -> dict[str, object]:
    """Shares of the item's pixels, in the view that shows most of the damage; depths of dents.

    The item's pixels are those of its intact twin. What lies beside the item counts as damage, so a
    puddle may be larger than its item.
    """
    shares: dict[str, list[float]] = {damage: [] for damage in DamageType}
    depths: list[float] = []
    for number, item in enumerate(usual(items, FIRST)):
        share = _share(item, number)
        shares[item.harm.type].append(share)
        if item.harm.type is DamageType.CRUSH:
            depths.append(item.harm.numbers["depth_mm"])
        progress(number + 1)
    sets = balanced(SETS, FIRST + items, (DamageType.MISSING_UNIT,))
    units = np.array([_share(item, number) for number, item in enumerate(sets)])
    every = np.array([share for kind in shares.values() for share in kind])
    seen = every[every > 0]
    dents = np.array(depths)
    return {
        "items": items,
        "median_visible_share": float(np.median(seen)),
        "visible_share_quantiles": _quantiles(seen),
        "never_visible": float((every == 0).mean()),
        "dents": len(dents),
        "dents_at_most_10_mm": float((dents <= 10).mean()),
        "dent_depth_mm_quantiles": _quantiles(dents),
        "missing_unit_shares": _quantiles(units),
        "missing_unit_smallest_share": float(units.min()),
        "by_type": {
            kind: {
                "n": len(found),
                "median_visible_share": float(np.median([s for s in found if s > 0] or [0.0])),
                "never_visible": float(np.mean([s == 0 for s in found])),
            }
            for kind, found in shares.items()
            if found
        },
    }


def _share(item: Item, number: int) -> float:
    scene = item.scene(booth_of(number, FIRST, 3, SIZE), harmed=True)
    twin = item.scene(booth_of(number, FIRST, 3, SIZE), harmed=False)
    shares = []
    for eye in scene.cameras:
        whole = int(truth(twin, eye).item.sum())
        shares.append(float((truth(scene, eye).damage > 0).sum() / max(whole, 1)))
    return max(shares)


def _quantiles(values: NDArray[np.float64]) -> dict[str, float]:
    """At 5, 25, 50, 75 and 95 %."""
    return {f"{q:g} %": float(np.quantile(values, q / 100)) for q in (5, 25, 50, 75, 95)}
