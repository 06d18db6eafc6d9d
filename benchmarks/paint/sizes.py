"""How large painted damage is, how bad, and how evenly spread."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from benchmarks.paint.pictures import Picture

from amiss.domain.errors import SimulationError
from amiss.domain.words import DamageType, Severity
from amiss.simulate.paint.paint import paint
from amiss.simulate.paint.painted import Painted

FIRST = 920_000


def measure(
    pictures: Sequence[Picture], draws: int, progress: Callable[[int], None]
) -> dict[str, object]:
    """Quantiles of the share of the item that shows damage; counts by type; share of major."""
    made: list[Painted] = []
    unfit = 0
    for number, picture in enumerate(pictures):
        for draw in range(draws):
            rng = np.random.default_rng([FIRST, number + 1, draw + 1])
            try:
                made.append(paint(picture.rgb, rng, item=picture.item))
            except SimulationError:
                unfit += 1
        progress(number + 1)
    shares = np.array([one.numbers["area_share"] for one in made])
    return {
        "painted": len(made),
        "not_painted": unfit,
        "area_share": {
            f"q{level:g}": float(np.quantile(shares, level / 100)) for level in (5, 25, 50, 75, 95)
        },
        "major": float(np.mean([one.severity is Severity.MAJOR for one in made])),
        "by_type": {str(damage): _of(damage, made) for damage in DamageType},
        "by_recipe": dict(sorted(Counter(one.recipe for one in made).items())),
    }


def _of(damage: DamageType, made: Sequence[Painted]) -> dict[str, float]:
    chosen = [one for one in made if one.damage is damage]
    if not chosen:
        return {"share": 0.0}
    return {
        "share": len(chosen) / len(made),
        "median_area_share": float(np.median([one.numbers["area_share"] for one in chosen])),
        "major": float(np.mean([one.severity is Severity.MAJOR for one in chosen])),
    }
