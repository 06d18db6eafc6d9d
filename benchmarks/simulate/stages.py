"""Times every stage of a simulated capture."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from amiss.simulate.damages.make import HARMS, harm
from amiss.simulate.products.make import make_product
from amiss.simulate.products.product import Kind
from amiss.simulate.render.backend import Backend
from amiss.simulate.rig import empty_booth
from amiss.simulate.scene import Scene
from amiss.simulate.sensor import DepthSensor, RgbSensor
from amiss.simulate.shoot import render_seed, stage
from amiss.simulate.streams import stream
from amiss.simulate.truth import truth


@dataclass(slots=True)
class Timing:
    """Seconds: by the clock, and of all processors together."""

    wall: float = 0.0
    cpu: float = 0.0


class Stopwatch:
    """Adds up what each stage takes."""

    def __init__(self) -> None:
        self.timings: dict[str, Timing] = {}

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Counts what happens inside towards a stage."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        timing = self.timings.setdefault(name, Timing())
        timing.wall += time.perf_counter() - wall
        timing.cpu += time.process_time() - cpu


def measure(backend: Backend, items: int, views: int, size: int) -> dict[str, Timing]:
    """Mean per frame of each stage, and of all; one capture before them warms everything up.

    The booth is made once: a data set has few of them.
    """
    booth = empty_booth(1, views, size)
    _capture(backend, booth, 0, Stopwatch())
    watch = Stopwatch()
    for seed in range(1, items + 1):
        with watch.time("all"):
            _capture(backend, booth, seed, watch)
    for timing in watch.timings.values():
        timing.wall /= items * views
        timing.cpu /= items * views
    return watch.timings


def _capture(backend: Backend, booth: Scene, seed: int, watch: Stopwatch) -> None:
    """A harmed product before all cameras."""
    kind = list(Kind)[seed % len(Kind)]
    with watch.time("product and prints"):
        product = make_product(seed, kind)
    with watch.time("damage"):
        damage = harm(product, HARMS[kind][seed % len(HARMS[kind])], stream("damage", seed))
    with watch.time("assembling and placing"):
        scene = stage(booth, product, [damage], seed)
    for number, eye in enumerate(scene.cameras):
        with watch.time("truth"):
            real = truth(scene, eye)
        with watch.time("rendering"):
            light = backend.render(scene, eye, render_seed(seed, number))
        with watch.time("colour sensor"):
            rng = stream("sensor", seed, number)
            RgbSensor.drawn(rng).expose(light, rng)
        with watch.time("depth sensor"):
            DepthSensor().measure(real, eye.intrinsics, stream("depth", seed, number))
