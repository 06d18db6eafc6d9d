"""Random numbers, one stream per purpose, so that what harms an item changes nothing else.

An intact twin is the same item with the stream `damage` unused: same print, pose, light, noise.
"""

from typing import Literal

import numpy as np

Purpose = Literal[
    "product",
    "design",
    "capture",
    "damage",
    "light",
    "tray",
    "sensor",
    "depth",
    "rig",
    "plan",
    "wear",
]
_NUMBERS: dict[Purpose, int] = {
    "product": 1,
    "design": 2,
    "capture": 3,
    "damage": 4,
    "light": 5,
    "tray": 6,
    "sensor": 7,
    "depth": 8,
    "rig": 9,
    "plan": 10,
    "wear": 11,
}


def stream(purpose: Purpose, *seeds: int) -> np.random.Generator:
    """The generator of one purpose; seeds (each ≥ 0) say which product, capture or view.

    Their number counts too: NumPy pads seeds with zeros, and (5) would be the same as (5, 0).
    """
    return np.random.default_rng([_NUMBERS[purpose], len(seeds), *seeds])
