"""An item before the cameras: staged in a booth, rendered, sensed, with the truth beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from amiss.domain.capture import DepthArray, RgbArray
from amiss.simulate.assemble import assemble
from amiss.simulate.damages.harm import Harm
from amiss.simulate.place import Placement, lay, put
from amiss.simulate.products.product import Product
from amiss.simulate.render.backend import Backend
from amiss.simulate.rig import closer, drifted, finer, moved
from amiss.simulate.scene import Eyepoint, Floats, Scene
from amiss.simulate.sensor import DepthSensor, RgbSensor
from amiss.simulate.streams import stream
from amiss.simulate.truth import Truth, truth
from amiss.simulate.wear import Wear

_MARGINS = (1.3, 1.7)  # side of a picture over the item's extent in it
_FINEST = 2.2e-4  # metres per pixel; cameras that are bought see no more
_EMPTY_SCALE = 2  # the empty tray is rendered once, this much larger, and cut out for every window


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One view. rgb: H×W×3 uint8. depth: H×W float32 metres, 0 where nothing was measured."""

    eye: Eyepoint
    rgb: RgbArray
    depth: DepthArray
    truth: Truth


@dataclass(frozen=True, slots=True, eq=False)
class EmptyTray:
    """The empty booth, once for all captures. light: per camera, H×W×3 float32, linear, exposed."""

    cameras: tuple[Eyepoint, ...]
    light: tuple[Floats, ...]

    def seen_by(self, eye: Eyepoint, seed: int, jpeg: int = 0) -> RgbArray:
        """The empty tray through the window of `eye`, a camera of the same booth."""
        names = [camera.name for camera in self.cameras]
        place = names.index(eye.name)
        window, whole = eye.intrinsics, self.cameras[place].intrinsics
        x, y = whole.fx / window.fx, whole.fy / window.fy
        cut = np.array(
            [[x, 0, whole.cx - x * window.cx], [0, y, whole.cy - y * window.cy]], np.float64
        )
        light = cv2.warpAffine(
            self.light[place],
            cut,
            (window.width, window.height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        rng = stream("sensor", seed, place, 1)
        return RgbSensor.drawn(rng, jpeg).expose(np.asarray(light, np.float32), rng)


def lying(product: Product, seed: int, rest: int | None = None) -> Placement:
    """How the product lies in the capture of this seed; `rest` fixes which side is down.

    A harm may want to know it before: see `Placement.side`.
    """
    return lay(product, stream("capture", seed), rest)


def stage(
    booth: Scene,
    product: Product,
    harms: Sequence[Harm],
    seed: int,
    *,
    placement: Placement | None = None,
    close: bool = True,
) -> Scene:
    """A product, after its harms, on the tray of a booth, before the shutter opens.

    The seed says how it lies, how it was handled and how the light drifted; harms change none of
    that, so the same call without harms gives the intact twin. placement: how it lies, instead.
    close: the cameras read out a window around the item (around the intact one), else their whole
    field.

    Raises:
        SimulationError: the harms remove everything.
    """
    where = lying(product, seed) if placement is None else placement
    assembly = assemble(product, harms, Wear.drawn(product, stream("wear", seed)))
    scene = put(drifted(booth, stream("light", seed, 1)), [(assembly, where)])
    if not close:
        return scene
    points = moved(assembly.outline, where.turn, np.zeros(3))
    points += np.array([*where.at, -points[:, 2].min()])
    margin = float(stream("capture", seed, 1).uniform(*_MARGINS))
    eyes = tuple(closer(eye, points, margin, _FINEST) for eye in scene.cameras)
    return replace(scene, cameras=eyes)


def shoot(scene: Scene, backend: Backend, seed: int, *, jpeg: int = 0) -> tuple[Shot, ...]:
    """One picture, depth and truth per camera, in their order. jpeg: quality, 0: not compressed.

    Raises:
        SimulationError: the backend failed.
    """
    shots = []
    for number, eye in enumerate(scene.cameras):
        real = truth(scene, eye)
        light = backend.render(scene, eye, render_seed(seed, number))
        sensor = stream("sensor", seed, number)
        rgb = RgbSensor.drawn(sensor, jpeg).expose(light, sensor)
        depth = DepthSensor().measure(real, eye.intrinsics, stream("depth", seed, number))
        shots.append(Shot(eye, rgb, depth, real))
    return tuple(shots)


def look_at_empty(booth: Scene, backend: Backend, seed: int) -> EmptyTray:
    """Renders the booth without an item, each camera's whole field, finer than any picture."""
    eyes = tuple(finer(eye, _EMPTY_SCALE) for eye in booth.cameras)
    empty = replace(booth, item=None, atlas=None, film=None, clarity=1.0, cameras=eyes)
    light = tuple(
        backend.render(empty, eye, render_seed(seed, number)) for number, eye in enumerate(eyes)
    )
    return EmptyTray(eyes, light)


def render_seed(seed: int, camera: int) -> int:
    """A backend's seed for one camera of one capture, below 2³²."""
    return int(stream("sensor", seed, camera, 2).integers(1 << 32))
