"""Simulated booths as their users have them: calibrated before an empty tray, and good captures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Literal

import numpy as np

from amiss.booth.calibration import Calibration, calibration_of
from amiss.domain.capture import Capture, View
from amiss.simulate.capture import view_of
from amiss.simulate.damages.harm import Harm
from amiss.simulate.products.product import Product
from amiss.simulate.render.backend import Backend
from amiss.simulate.rig import drifted, empty_booth
from amiss.simulate.scene import Eyepoint, Floats, Scene, Tray
from amiss.simulate.sensor import DepthSensor, RgbSensor
from amiss.simulate.shoot import EmptyTray, Shot, look_at_empty, render_seed, shoot, stage
from amiss.simulate.streams import stream
from amiss.simulate.truth import truth

Framing = Literal["field", "window"]
"""field: each camera's whole picture, as a booth delivers it. window: cut out around the item, with
the empty tray of the same window, as the recorded booth holds it."""

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
CALIBRATION_SHOTS = 5


@dataclass(frozen=True, eq=False)
class SimulatedBooth:
    """A booth of one seed, as it was built and has aged."""

    seed: int
    scene: Scene
    backend: Backend
    framing: Framing

    @classmethod
    def build(
        cls, seed: int, backend: Backend, *, views: int, size: int, framing: Framing
    ) -> "SimulatedBooth":
        """A booth with this many cameras, of pictures with `size` pixels a side."""
        return cls(seed, empty_booth(seed, views, size), backend, framing)

    @property
    def cameras(self) -> tuple[str, ...]:
        """Names of its cameras."""
        return tuple(eye.name for eye in self.scene.cameras)

    @cached_property
    def calibration(self) -> Calibration | None:
        """From shots of the empty tray; a recording has none, as its views bring their own."""
        if self.framing == "window":
            return None
        views = []
        for number in range(CALIBRATION_SHOTS):
            light = stream("light", self.seed, 9, number + 1)
            empty = replace(drifted(self.scene, light), item=None, atlas=None)
            views += [view_of(shot) for shot in shoot(empty, self.backend, self.seed + number)]
        return calibration_of(views, made=START)

    @cached_property
    def _empty(self) -> EmptyTray:
        return look_at_empty(self.scene, self.backend, self.seed)

    def case(
        self,
        product: Product,
        seed: int,
        number: int,
        harms: Sequence[Harm] = (),
        change: Callable[[Scene], Scene] = lambda scene: scene,
    ) -> "Case":
        """A product on the tray, before the shutter opens; change: what befalls the scene."""
        close = self.framing == "window"
        scene = stage(self.scene, product, harms, seed, close=close)
        return Case(self, product, change(scene), seed, number)

    def dressed(self, view: View, eye: Eyepoint, seed: int) -> View:
        """With its empty tray, where the booth is a recording."""
        if self.framing == "field":
            return view
        return replace(view, empty_tray=self._empty.seen_by(eye, seed))


@dataclass(frozen=True, eq=False)
class Case:
    """One item before the cameras; seed: how it lies, and the noise; number: of the trigger."""

    booth: SimulatedBooth
    product: Product
    scene: Scene
    seed: int
    number: int

    @cached_property
    def shots(self) -> tuple[Shot, ...]:
        """All cameras, with the truth."""
        return shoot(self.scene, self.booth.backend, self.seed)

    @cached_property
    def capture(self) -> Capture:
        """What the cameras deliver, with nothing amiss."""
        return self.of([self._view(shot, place) for place, shot in enumerate(self.shots)])

    def of(self, views: Sequence[View]) -> Capture:
        """A capture of these views."""
        name = f"{self.booth.seed}-{self.number}"
        return Capture(tuple(views), id=name, taken=self._taken, sequence=self.number)

    def again(
        self,
        camera: str,
        *,
        scene: Scene | None = None,
        light: Callable[[Floats], Floats] = lambda light: light,
    ) -> View:
        """The view of one camera, of another scene or by another light, with noise of its own."""
        scene = scene or self.scene
        place = self.booth.cameras.index(camera)
        eye = scene.cameras[place]
        real = truth(scene, eye)
        fallen = light(self.booth.backend.render(scene, eye, render_seed(self.seed, place)))
        sensor = stream("sensor", self.seed, place, 7)
        rgb = RgbSensor.drawn(sensor).expose(np.ascontiguousarray(fallen, np.float32), sensor)
        depth = DepthSensor().measure(real, eye.intrinsics, stream("depth", self.seed, place, 7))
        return self._view(Shot(eye, rgb, depth, real), place)

    def _view(self, shot: Shot, place: int) -> View:
        late = float(stream("capture", self.seed, 8, place + 1).uniform(0, 4))
        view = view_of(shot, self.number, self._taken + timedelta(milliseconds=late))
        return self.booth.dressed(view, shot.eye, self.seed)

    @property
    def _taken(self) -> datetime:
        return START + timedelta(seconds=15 * self.number)


def strewn(tray: Tray, rng: np.random.Generator) -> Tray:
    """The same tray with crumbs and smears that were not there at calibration."""
    import cv2

    base = tray.base.copy()
    height, width = base.shape[:2]
    for _ in range(int(rng.integers(20, 120))):
        at = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        ink = [float(value) for value in rng.uniform(30, 215, 3)]
        cv2.circle(base, at, int(rng.integers(0, 4)), ink, -1, cv2.LINE_AA)
    for _ in range(int(rng.integers(1, 4))):
        sheet = np.zeros((height, width), np.float32)
        at = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        axes = (int(rng.uniform(10, 90)), int(rng.uniform(10, 90)))
        cv2.ellipse(sheet, at, axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
        cover = cv2.GaussianBlur(sheet, (0, 0), 8)[..., None] * rng.uniform(0.05, 0.25)
        ink = rng.uniform(40, 150, 3)
        base = np.clip(base + (ink - base) * cover, 0, 255).astype(np.uint8)
    return replace(tray, base=base)
