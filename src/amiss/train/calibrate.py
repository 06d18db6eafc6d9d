"""The provisional operating point: where pristine items end, before a booth has its own.

It rests on sound items of the simulated booth whose products are in no recording, no benchmark and
no photograph. It is marked provisional: simulated items vary less than those of a real booth do, so
that a site replaces it with its own as soon as it has a few hundred sound captures.
"""

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from amiss.booth.judge import Judge
from amiss.bundle.operating_point import (
    ModelLimits,
    OperatingPoint,
    default_operating_point_path,
    read_operating_point,
    write_operating_point,
)
from amiss.bundle.read import Bundle, open_bundle
from amiss.decide.threshold import discrepancy_of
from amiss.domain.errors import InputError
from amiss.inspector import Inspector
from amiss.simulate.pristine import Pristine, pristine_items
from amiss.vision.engine.choose import load_engine
from amiss.vision.engine.protocol import Engine

QUANTILE = 0.99
"""Share of pristine items that lie at or below the threshold."""

LEAST_ITEMS = 100
_DIGITS = 10**6
MEDIAN_SCORE = 0.1
"""Score of the median pristine item; the threshold itself has 0.5."""


def pristine_discrepancies(
    bundle: Bundle, engine: Engine, items: Iterable[Pristine]
) -> Iterator[float]:
    """The raw discrepancy of each item from its references, as the inspector decides by it.

    Captures go through the checks as they would in a booth; an item that is not inspected has none
    and is left out.
    """
    inspector = Inspector(bundle, unscaled(bundle), engine)
    judge = Judge(inspector, ())
    for item in items:
        references = [inspector.see(view) for view in item.references]
        result = judge.judge(item.capture, references)
        if result.score is not None:
            yield discrepancy_of(result.score, inspector.point)


def operating_point(
    bundle: Bundle,
    discrepancies: Sequence[float],
    pictures: str,
    date: str,
    model: ModelLimits | None = None,
) -> OperatingPoint:
    """The provisional operating point that these pristine items give.

    pictures: what they are, in words. date: YYYY-MM-DD. model: limits of the damage model, if
    there is one.

    Raises:
        InputError: there are too few items, or they are all alike.
    """
    if len(discrepancies) < LEAST_ITEMS:
        raise InputError(
            f"There are {len(discrepancies)} pristine items; calibrate with {LEAST_ITEMS}."
        )
    ordered = np.sort(discrepancies)
    highest = float(ordered[math.ceil(QUANTILE * len(ordered)) - 1])
    limit = math.ceil(highest * _DIGITS) / _DIGITS  # upwards, so that the item itself passes
    median = float(np.median(ordered))
    if limit <= median:
        raise InputError("The pristine items are all alike; calibrate with others.")
    return OperatingPoint(
        bundle=bundle.id,
        threshold=0.5,
        provisional=True,
        calibration={
            "pictures": pictures,
            "count": len(ordered),
            "quantile": QUANTILE,
            "discrepancy_median": round(median, 6),
            "discrepancy_limit": limit,
            "date": date,
        },
        midpoint=limit,
        model=model,
        slope=round(math.log(1 / MEDIAN_SCORE - 1) / (limit - median), 6),
    )


def write_default(
    date: str, items: int = 300, tell: Callable[[str], None] = lambda _: None
) -> OperatingPoint:
    """Calibrates the default bundle on simulated sound items and writes its operating point.

    Limits of the damage model stay as they are.

    Needs the extra `sim`. tell: gets a line per item.

    Raises:
        SimulationError: nothing can be rendered on this machine.
    """
    from amiss.simulate.render.fast import FastBackend

    bundle = open_bundle()
    found = []
    scores = pristine_discrepancies(
        bundle, load_engine(bundle), pristine_items(items, FastBackend())
    )
    for score in scores:
        found.append(score)
        tell(f"{len(found)} of {items}: {score:.4f}")
    pictures = "sound items of the simulated booth, three views each, six references on two sides"
    before = read_operating_point(None, bundle)
    point = operating_point(bundle, found, pictures, date, model=before.model)
    write_operating_point(default_operating_point_path(), point)
    return point


def unscaled(bundle: Bundle) -> OperatingPoint:
    """An operating point from whose scores discrepancies can be read off."""
    return OperatingPoint(
        bundle=bundle.id,
        threshold=0.5,
        provisional=True,
        calibration={},
        midpoint=0.0,
        slope=1.0,
        model=None if bundle.manifest.damage is None else ModelLimits(alone=0.0, beside=0.0),
    )


if __name__ == "__main__":  # run by hand: python -m amiss.train.calibrate YYYY-MM-DD
    print(write_default(sys.argv[1], tell=lambda line: print(line, flush=True)))  # noqa: T201
