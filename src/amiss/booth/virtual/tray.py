"""The tray of a simulated booth: what lies on it, and what its cameras see of that."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np

from amiss.booth.accept.lens import Board
from amiss.booth.accept.tasks import Task, Thing
from amiss.booth.virtual import charts
from amiss.domain.capture import Matrix, View
from amiss.simulate.capture import view_of
from amiss.simulate.damages.harm import Harm
from amiss.simulate.damages.make import draw_type, harm
from amiss.simulate.place import lay
from amiss.simulate.products.make import make_product
from amiss.simulate.products.product import Kind, Product
from amiss.simulate.render.backend import Backend
from amiss.simulate.rig import drifted, empty_booth
from amiss.simulate.scene import Scene
from amiss.simulate.shoot import lying, shoot, stage
from amiss.simulate.streams import stream

BackendName = Literal["fast", "path"]
Contents = Callable[[Scene, int], Scene]
"""What lies on the tray: (the empty booth, number of the trigger) → the scene."""

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
PACE = 10.0  # seconds from trigger to trigger, by the booth's own clock
LATE_MS = 4.0  # by which a shutter opens after the trigger, at most
FIRST_PRODUCT, PER_BOOTH, MOST_BOOTHS = 720_000, 1000, 80
"""Seeds of products; `amiss.simulate.seeds` and what is simulated for training begin at 900,000."""
EVERY = 4  # of everyday items, one in so many is damaged
CORNER = (0.05, 0.08)  # metres: middle of a sheet that lies in a corner of the marked square


class VirtualTray:
    """Shoots what lies on it; a shooter for `cameras.simulated.Simulated`, and its own stagehand.

    As long as nobody lays anything else on it, each trigger shows the next of ever new items, one
    in four of them damaged: a booth at work.
    """

    def __init__(
        self, seed: int = 0, *, views: int = 3, size: int = 1024, backend: BackendName = "fast"
    ) -> None:
        """Builds the booth; nothing is rendered yet.

        Args:
            seed: which booth, and which products come to it; after 1,000 items they come again.
            views: cameras, 1 to 5.
            size: pixels of a side of their pictures.
            backend: the renderer.

        Raises:
            SimulationError: there is no such number of cameras, or size is too small.
        """
        self.seed = seed
        self.booth = empty_booth(seed, views, size)
        self.names = tuple(eye.name for eye in self.booth.cameras)
        self._backend_name: BackendName = backend
        self._backend: Backend | None = None
        self._contents: Contents = self._everyday
        self._made: tuple[int, Product] | None = None
        self._lock = threading.Lock()

    def lay(self, contents: Contents) -> None:
        """From the next trigger on, this lies on the tray."""
        with self._lock:
            self._contents = contents

    def __call__(self, trigger: int) -> Mapping[str, View]:
        """The views of what lies there; always called from one thread.

        Raises:
            SimulationError: the renderer is missing or failed.
        """
        with self._lock:
            contents = self._contents
        light = stream("light", self.seed, trigger, 1)
        scene = contents(drifted(self.booth, light), trigger)
        seed = int(stream("sensor", self.seed, trigger, 9).integers(1 << 31))
        taken = START + timedelta(seconds=PACE * trigger)
        return {
            shot.eye.name: view_of(shot, trigger, taken + self._late(trigger, place))
            for place, shot in enumerate(shoot(scene, self._renderer(), seed))
        }

    def _late(self, trigger: int, place: int) -> timedelta:
        late = stream("capture", self.seed, 3, trigger, place + 1).uniform(0, LATE_MS)
        return timedelta(milliseconds=float(late))

    def _renderer(self) -> Backend:
        """Opened on first use, in the thread that uses it."""
        if self._backend is None:
            if self._backend_name == "fast":
                from amiss.simulate.render.fast import FastBackend

                self._backend = FastBackend()
            else:
                from amiss.simulate.render.path import PathBackend

                self._backend = PathBackend()
        return self._backend

    def _everyday(self, scene: Scene, trigger: int) -> Scene:
        harmed = trigger % EVERY == 0
        return self._item(scene, trigger, placing=(7, trigger), harmed=harmed)

    # --- as a stagehand -------------------------------------------------------------------------

    def do(self, task: Task) -> None:
        """Lays down what the task asks for."""
        self.lay(lambda scene, _trigger: self._laid(scene, task))

    def _laid(self, scene: Scene, task: Task) -> Scene:
        rng = stream("capture", self.seed, 5, task.time + 1, task.attempt + 1)
        if task.thing is Thing.NOTHING:
            return replace(scene, item=None, atlas=None, film=None, clarity=1.0, ghost=None)
        if task.thing is Thing.FIGURE:
            at = (0.0, 0.0) if task.time == 0 else CORNER
            return charts.lay(scene, charts.figure(), _turned(rng.uniform(0, 360)), (*at, 0.0))
        if task.thing is Thing.CARD:
            return charts.lay(scene, charts.card(), _turned(rng.normal(0, 5)), (0.0, 0.0, 0.0))
        if task.thing is Thing.BOARD:
            turn, place = (np.eye(3), (0.0, 0.0, 0.0)) if task.time == 0 else _held(rng)
            return charts.lay(scene, charts.chessboard(Board()), turn, place)
        placing = (11 if task.thing is Thing.PRISTINE else 12, task.time + 1, task.attempt + 1)
        harmed = task.thing is Thing.ITEM and self.is_damaged(task.item)
        return self._item(scene, task.item, placing=placing, harmed=harmed)

    # --- the items ------------------------------------------------------------------------------

    def product(self, item: int) -> Product:
        """What an item is; kinds come in turn. The last one is kept, since items come in runs."""
        if self._made is None or self._made[0] != item:
            self._made = item, make_product(self._seed_of(item), list(Kind)[item % len(Kind)])
        return self._made[1]

    def is_damaged(self, item: int) -> bool:
        """Whether an item of the study is: every second one."""
        return item % 2 == 0

    def harm(self, item: int) -> Harm:
        """What befell an item, if it is damaged."""
        product, rng = self.product(item), stream("damage", self._seed_of(item))
        return harm(product, draw_type(product.kind, rng), rng, rest=self._side(product, item))

    def _item(self, scene: Scene, item: int, *, placing: tuple[int, ...], harmed: bool) -> Scene:
        product = self.product(item)
        rng = stream("capture", self._seed_of(item), *placing)
        where = lay(product, rng, self._side(product, item))
        harms = (self.harm(item),) if harmed else ()
        return stage(scene, product, harms, self._seed_of(item), placement=where, close=False)

    def _seed_of(self, item: int) -> int:
        return FIRST_PRODUCT + PER_BOOTH * (self.seed % MOST_BOOTHS) + item % PER_BOOTH

    def _side(self, product: Product, item: int) -> int:
        """Which side an item always lies on."""
        return lying(product, self._seed_of(item)).side


def _turned(degrees: float) -> Matrix:
    angle = np.radians(degrees)
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float64)


def _held(rng: np.random.Generator) -> tuple[Matrix, tuple[float, float, float]]:
    """A board held in the air, tilted by up to 30°."""
    tilt = np.radians(rng.uniform(10, 30))
    c, s = np.cos(tilt), np.sin(tilt)
    tilted = np.array([[1, 0, 0], [0, c, -s], [0, s, c]], np.float64)
    towards, about = _turned(rng.uniform(0, 360)), _turned(rng.uniform(-40, 40))
    turn = towards @ tilted @ towards.T @ about
    x, y = rng.uniform(-0.1, 0.1, 2)
    return turn, (float(x), float(y), float(rng.uniform(0.12, 0.25)))
