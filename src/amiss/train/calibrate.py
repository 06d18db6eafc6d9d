"""The provisional operating point: where pristine pictures end, before a booth has its own.

It rests on sketched pristine items that are in no benchmark and no demo, never on anything that is
reported. It is marked provisional: sketches vary less than items in a real booth do, so that a site
replaces it with its own as soon as it has a few hundred pristine captures.
"""

import math
import sys
from collections.abc import Iterable, Sequence

import numpy as np

from amiss.bundle.operating_point import (
    OperatingPoint,
    default_operating_point_path,
    write_operating_point,
)
from amiss.bundle.read import Bundle, open_bundle
from amiss.detect.discrepancy import Comparator
from amiss.domain.capture import RgbArray, View
from amiss.domain.errors import InputError
from amiss.gallery.bank import build_bank
from amiss.gallery.reference import see_reference
from amiss.simulate.sketched.demo import calibration_pairs
from amiss.vision.engine.choose import load_engine
from amiss.vision.engine.protocol import Engine
from amiss.vision.look import Eye

QUANTILE = 0.99
"""Share of pristine pictures that lie at or below the threshold."""

LEAST_PICTURES = 100
MEDIAN_SCORE = 0.1
"""Score of the median pristine picture; the threshold itself has 0.5."""

Pair = tuple[Sequence[RgbArray], RgbArray]
"""Pristine references of a product, and another pristine picture of it."""


def pristine_discrepancies(bundle: Bundle, engine: Engine, pairs: Iterable[Pair]) -> list[float]:
    """The raw discrepancy of each pair's picture from its references."""
    eye = Eye(engine, bundle.manifest.encoder)
    found = []
    for references, query in pairs:
        seen = [see_reference(str(index), rgb, eye) for index, rgb in enumerate(references)]
        comparator = Comparator(build_bank(seen), eye)
        found.append(comparator.compare(View(query, "calibration")).score)
    return found


def operating_point(
    bundle: Bundle, discrepancies: Sequence[float], pictures: str, date: str
) -> OperatingPoint:
    """The provisional operating point that these pristine pictures give.

    pictures: what they are, in words. date: YYYY-MM-DD.

    Raises:
        InputError: there are too few pictures, or they are all alike.
    """
    if len(discrepancies) < LEAST_PICTURES:
        raise InputError(
            f"There are {len(discrepancies)} pristine pictures; calibrate with {LEAST_PICTURES}."
        )
    ordered = np.sort(discrepancies)
    limit = float(ordered[math.ceil(QUANTILE * len(ordered)) - 1])
    median = float(np.median(ordered))
    if limit <= median:
        raise InputError("The pristine pictures are all alike; calibrate with others.")
    return OperatingPoint(
        bundle=bundle.id,
        threshold=0.5,
        provisional=True,
        calibration={
            "pictures": pictures,
            "count": len(ordered),
            "quantile": QUANTILE,
            "discrepancy_median": round(median, 6),
            "discrepancy_limit": round(limit, 6),
            "date": date,
        },
        midpoint=round(limit, 6),
        slope=round(math.log(1 / MEDIAN_SCORE - 1) / (limit - median), 6),
    )


def write_default(date: str, pairs: int = 300) -> OperatingPoint:
    """Calibrates the default bundle on sketched pristine pairs and writes its operating point."""
    bundle = open_bundle()
    found = pristine_discrepancies(bundle, load_engine(bundle), calibration_pairs(pairs))
    pictures = "sketched pristine products in any pose, two upright references each"
    point = operating_point(bundle, found, pictures, date)
    write_operating_point(default_operating_point_path(), point)
    return point


if __name__ == "__main__":
    print(write_default(sys.argv[1]))  # noqa: T201 - run by hand: python -m ... YYYY-MM-DD
