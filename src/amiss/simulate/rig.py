"""The booth: where its cameras and lights are. One can be built to these figures; see docs/booth.

A table with a tray, five cameras about a metre from its middle, four light strips above them.
All in metres, in the frame of the booth: z up, z = 0 the tray, x along its long side.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import Intrinsics, Matrix
from amiss.domain.errors import SimulationError
from amiss.simulate.scene import Eyepoint, Light, Scene
from amiss.simulate.streams import stream
from amiss.simulate.tray import make_tray

Vector = tuple[float, float, float]

FIELD_OF_VIEW = 42.0  # degrees, across the square picture
WHITE = 0.88  # of saturation: what a white sheet (90 % reflectance) on the tray is exposed to
ENVIRONMENT = 0.24  # radiance of the booth's walls
_SHEET = 0.9
_MOUNT_SLACK, _AIM_SLACK = 0.012, 0.008  # metres, sigma: no two booths are mounted alike


@dataclass(frozen=True, slots=True)
class Mount:
    """A camera's place: where it is and the point that it looks at. up: what is up in its view."""

    name: str
    position: Vector
    target: Vector
    up: Vector


@dataclass(frozen=True, slots=True)
class Strip:
    """A light strip, horizontal, shining down: its middle, length along x and along y, radiance."""

    centre: Vector
    size: tuple[float, float]
    radiance: float


# The first is straight above; two more see four sides between them; five see every side twice.
MOUNTS = (
    Mount("top", (0.0, 0.0, 1.05), (0.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    Mount("left", (-0.56, -0.32, 0.82), (0.0, 0.0, 0.04), (0.0, 0.0, 1.0)),
    Mount("right", (0.56, -0.32, 0.82), (0.0, 0.0, 0.04), (0.0, 0.0, 1.0)),
    Mount("back", (0.0, 0.64, 0.82), (0.0, 0.0, 0.04), (0.0, 0.0, 1.0)),
    Mount("front", (0.0, -0.64, 0.82), (0.0, 0.0, 0.04), (0.0, 0.0, 1.0)),
)
STRIPS = (
    Strip((0.0, 0.46, 1.2), (0.6, 0.14), 12.5),
    Strip((0.0, -0.46, 1.2), (0.6, 0.14), 7.0),
    Strip((-0.52, 0.0, 1.2), (0.14, 0.6), 10.5),
    Strip((0.52, 0.0, 1.2), (0.14, 0.6), 6.0),
)


def empty_booth(seed: int, cameras: int = 3, size: int = 640) -> Scene:
    """One booth as it was built and has aged: its tray, lights and cameras, nothing on the tray.

    cameras: 1 to 5, in the order of MOUNTS. size: pixels of a side of the pictures.

    Raises:
        SimulationError: there is no such number of cameras, or size is below 16.
    """
    if not 1 <= cameras <= len(MOUNTS):
        raise SimulationError(f"A booth has 1 to {len(MOUNTS)} cameras; {cameras} were asked for.")
    if size < 16:
        raise SimulationError(f"Pictures must have at least 16 pixels a side, not {size}.")
    rig, light = stream("rig", seed), stream("light", seed)
    eyes = []
    for mount in MOUNTS:  # all are drawn, so that a booth with more cameras has the same first ones
        position = np.array(mount.position) + rig.normal(0, _MOUNT_SLACK, 3)
        target = np.array(mount.target) + rig.normal(0, _AIM_SLACK, 3)
        pose = look_at(position, target, np.array(mount.up))
        eyes.append(Eyepoint(mount.name, pinhole(size), pose))
    walls = ENVIRONMENT * math.exp(light.normal(0, 0.35))
    return Scene(
        item=None,
        atlas=None,
        film=None,
        clarity=1.0,
        tray=make_tray(stream("tray", seed)),
        lights=_aged(light),
        environment=(walls, walls, walls),
        exposure=grey_card() * math.exp(light.normal(0, 0.06)),
        cameras=tuple(eyes[:cameras]),
    )


def drifted(booth: Scene, rng: np.random.Generator) -> Scene:
    """The same booth a little later: its lights and exposure are never twice quite the same."""
    lights = tuple(
        replace(light, radiance=_times(light.radiance, math.exp(rng.normal(0, 0.012))))
        for light in booth.lights
    )
    return replace(booth, lights=lights, exposure=booth.exposure * math.exp(rng.normal(0, 0.01)))


def pinhole(size: int, field_of_view: float = FIELD_OF_VIEW) -> Intrinsics:
    """A square picture of `size` pixels, looking straight ahead; field of view in degrees."""
    focal = size / 2 / math.tan(math.radians(field_of_view) / 2)
    return Intrinsics(size, size, focal, focal, (size - 1) / 2, (size - 1) / 2)


def look_at(
    position: NDArray[np.float64], target: NDArray[np.float64], up: NDArray[np.float64]
) -> Matrix:
    """4×4 float64, booth to camera (x right, y down, z forward), of one that looks at target."""
    forward = (target - position) / np.linalg.norm(target - position)
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(forward, right), forward])
    pose[:3, 3] = -pose[:3, :3] @ position
    return pose


def project(eye: Eyepoint, points: NDArray[np.floating]) -> NDArray[np.float64]:
    """…×3 metres in the booth to …×3: x, y in pixels ((0, 0): middle of the first), depth in m."""
    seen = moved(points, eye.pose[:3, :3], eye.pose[:3, 3])
    depth = seen[..., 2]
    lens = eye.intrinsics
    x = lens.fx * seen[..., 0] / depth + lens.cx
    y = lens.fy * seen[..., 1] / depth + lens.cy
    return np.stack([x, y, depth], axis=-1)


def moved(
    points: NDArray[np.floating], turn: Matrix, shift: NDArray[np.float64]
) -> NDArray[np.float64]:
    """…×3 metres, turned and shifted. No matrix product: those differ from machine to machine."""
    x, y, z = (points[..., axis].astype(np.float64) for axis in range(3))
    return np.stack(
        [row[0] * x + row[1] * y + row[2] * z + at for row, at in zip(turn, shift, strict=True)],
        axis=-1,
    )


def closer(eye: Eyepoint, points: NDArray[np.floating], margin: float, finest: float) -> Eyepoint:
    """The part of the picture around an item, read out as large as the whole one was.

    The camera stays where it is; its lens and sensor deliver a window of a larger picture. points:
    n×3 metres, what must be in it. margin: side of the window over the item's larger extent.
    finest: metres per pixel (at the tray's middle) below which no window goes.
    """
    lens = eye.intrinsics
    flat = project(eye, points)
    low, high = flat[:, :2].min(axis=0), flat[:, :2].max(axis=0)
    distance = float(np.linalg.norm(eye.pose[:3, 3]))
    least = finest * lens.fx / distance * lens.width
    side = float(np.clip((high - low).max() * margin, least, lens.width))
    x, y = (low + high) / 2
    half = side / 2
    x = float(np.clip(x, half - 0.5, lens.width - half - 0.5))
    y = float(np.clip(y, half - 0.5, lens.height - half - 0.5))
    zoom = lens.width / side
    inside = replace(
        lens,
        fx=lens.fx * zoom,
        fy=lens.fy * zoom,
        cx=(lens.cx - x) * zoom + (lens.width - 1) / 2,
        cy=(lens.cy - y) * zoom + (lens.height - 1) / 2,
    )
    return replace(eye, intrinsics=inside)


def finer(eye: Eyepoint, times: int) -> Eyepoint:
    """The same picture with `times` pixels along each side of one."""
    lens = eye.intrinsics
    return replace(
        eye,
        intrinsics=replace(
            lens,
            width=lens.width * times,
            height=lens.height * times,
            fx=lens.fx * times,
            fy=lens.fy * times,
            cx=(lens.cx + 0.5) * times - 0.5,
            cy=(lens.cy + 0.5) * times - 0.5,
        ),
    )


def grey_card() -> float:
    """Exposure of the booth as designed: a white sheet in the tray's middle comes out at WHITE.

    Irradiance of the strips by the point-to-area formula on a grid of points, plus the walls'.
    """
    strips = [(strip.centre, strip.size, strip.radiance) for strip in STRIPS]
    irradiance = math.pi * ENVIRONMENT
    for centre, (length, width), radiance in strips:
        steps = (np.arange(24) + 0.5) / 24 - 0.5
        x, y = np.meshgrid(centre[0] + steps * length, centre[1] + steps * width)
        squared = x**2 + y**2 + centre[2] ** 2
        patch = length * width / steps.size**2
        irradiance += float((radiance * centre[2] ** 2 / squared**2 * patch).sum())
    return WHITE / (_SHEET * irradiance / math.pi)


def _aged(rng: np.random.Generator) -> tuple[Light, ...]:
    """The strips after some years: yellower, dimmer, sometimes one of them dead."""
    tint = rng.normal(0, 0.02)
    dead = int(rng.integers(len(STRIPS))) if rng.random() < 0.07 else -1
    lights = []
    for number, strip in enumerate(STRIPS):
        strength = strip.radiance * rng.uniform(0.78, 1.08)
        warm = tint + rng.normal(0, 0.012)
        level = 0.0 if number == dead else strength
        lights.append(
            Light(
                strip.centre,
                (0.0, strip.size[1] / 2, 0.0),
                (strip.size[0] / 2, 0.0, 0.0),
                _tinted(level, float(warm)),
            )
        )
    return tuple(lights)


def _tinted(level: float, warm: float) -> Vector:
    return (level * (1 + warm), level, level * (1 - 1.4 * warm))


def _times(colour: Sequence[float], factor: float) -> Vector:
    red, green, blue = colour
    return (red * factor, green * factor, blue * factor)
