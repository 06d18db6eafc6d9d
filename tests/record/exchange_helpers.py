"""A data set to bring in, and inspections as commands record them."""

import numpy as np

from amiss.dataset.pack_picture import Encoding
from amiss.domain.capture import View
from amiss.domain.words import DamageType
from amiss.record.inspections import Inspected, ViewPictures

SHAPE = (40, 60)
TYPES = tuple(DamageType)


def made(number, *, tray=True):
    rng = np.random.default_rng(number)
    depth = rng.integers(1, 900, SHAPE).astype(np.float32) / np.float32(1000)
    empty = np.full((*SHAPE, 3), 90, np.uint8) if tray else None
    rgb = rng.integers(0, 256, (*SHAPE, 3), np.uint8)
    return View(rgb, "made up", depth=depth, empty_tray=empty, camera=f"c{number % 2}")


def live(site, n, *, product="p", kinds=("tear",)):
    """An inspection as `amiss inspect` records it."""
    rng = np.random.default_rng(n)
    data = Encoding("jpeg").picture(rng.integers(0, 256, (*SHAPE, 3), np.uint8))
    findings = [{"kind": kind, "severity": None, "view": 0, "box": [1, 2, 3, 4]} for kind in kinds]
    result = {"product": product, "decision": "sideline", "score": 0.9, "bundle": "b",
              "operating_point": "o", "findings": findings}  # fmt: skip
    return site.record(Inspected(result, [ViewPictures(data, camera="top")], item=f"i{n}"))
