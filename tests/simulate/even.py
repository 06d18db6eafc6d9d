"""A renderer that takes no time: light from everywhere, with a grain that says which seed it was.

It can be opened in other processes.
"""

import os

import numpy as np

from amiss.domain.errors import SimulationError


class Even:
    name = "even"

    def __init__(self):
        self.rendered = 0

    def render(self, _scene, camera, seed):
        self.rendered += 1
        shape = (camera.intrinsics.height, camera.intrinsics.width, 3)
        return np.random.default_rng(seed).uniform(0.2, 0.4, shape).astype(np.float32)


class Broken(Even):
    def render(self, *_):
        raise SimulationError("The lamp is broken; replace it.")


class Deadly(Even):
    def render(self, *_):
        os._exit(3)
