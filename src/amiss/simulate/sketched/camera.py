"""Takes a picture of a sketched item: pose, light, shadow, tray and sensor.

What varies here is nuisance, never damage.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.simulate.sketched.artwork import CANVAS, Artwork, Plane, clouds

Pose = Literal["upright", "any"]
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """The artwork as the camera sees it, size×size; height in pixels of the picture."""

    rgb: NDArray[np.uint8]
    cover: Plane
    item: Plane
    height: Plane
    gloss: Plane
    damage: Plane


def place(rng: np.random.Generator, art: Artwork, pose: Pose, size: int) -> tuple[Placed, float]:
    """Lays the item on the tray and looks at it, a little from the side."""
    upright = pose == "upright"
    angle = rng.uniform(-3, 3) if upright else rng.uniform(0, 360)
    shift = rng.uniform(-0.02, 0.02, 2) * (1 if upright else 1.5) * size
    tilt = rng.uniform(-0.03, 0.03, 2) / size
    scale = 1.12 * size / CANVAS * rng.uniform(0.98, 1.02)
    turn = np.vstack([cv2.getRotationMatrix2D((CANVAS / 2, CANVAS / 2), angle, scale), [0, 0, 1]])
    turn[:2, 2] -= CANVAS / 2
    look = np.array([[1, 0, 0], [0, 1, 0], [tilt[0], tilt[1], 1]])
    move = np.array([[1, 0, size / 2 + shift[0]], [0, 1, size / 2 + shift[1]], [0, 0, 1]])
    camera = move @ look @ turn
    planes = cv2.merge([art.height, art.gloss, art.item, art.damage])
    colour = np.asarray(cv2.warpPerspective(art.rgb, camera, (size, size)), np.uint8)
    height, gloss, item, damage = cv2.split(cv2.warpPerspective(planes, camera, (size, size)))
    cover = cv2.warpPerspective(art.cover, camera, (size, size))
    return Placed(colour, *_planes(cover, item, height * scale, gloss, damage)), angle % 360


def _planes(*planes: object) -> list[Plane]:
    """Says what OpenCV's types leave open: these are float32."""
    return [np.asarray(plane, np.float32) for plane in planes]


def expose(rng: np.random.Generator, placed: Placed) -> NDArray[np.uint8]:
    """Light falls on the tray and the item; a sensor records it. Colours squared are linear."""
    size = len(placed.item)
    around = rng.uniform(0, 2 * np.pi)
    lamp = _unit(np.cos(around), np.sin(around), rng.uniform(0.9, 1.5))
    fill = _unit(-np.cos(around), -np.sin(around), 1.6)
    matt, shine = _shade(placed, lamp, fill)
    shadow = _shadow(rng, placed, lamp)
    tray = _tray_here(rng, size) * _thrice(shadow)
    colour = placed.rgb * np.float32(1 / 255)
    light = colour * colour * _thrice(matt) + _thrice(shine)
    light = tray + _thrice(placed.cover) * (light - tray)
    light *= _illumination(rng, size)
    light = np.asarray(cv2.GaussianBlur(light, (0, 0), rng.uniform(0.5, 0.8) * size / 640))
    return _record(rng, light)


def _illumination(rng: np.random.Generator, size: int) -> Plane:
    """Brightness, its fall-off across the tray and the white balance: size×size×3, about 1."""
    ramp = np.linspace(-1, 1, size, dtype=np.float32)
    across, down = rng.uniform(-0.1, 0.1, 2).astype(np.float32)
    level = 1 + across * ramp[None, :] + down * ramp[:, None]
    balance = rng.uniform(0.9, 1.1) * rng.uniform(0.95, 1.05, 3)
    return np.asarray(cv2.merge([level * np.float32(gain) for gain in balance]), np.float32)


def _record(rng: np.random.Generator, light: Plane) -> NDArray[np.uint8]:
    """What the sensor makes of the light: response, noise, eight bits."""
    picture = np.sqrt(light)
    # A shoulder instead of a hard end, as cameras have: highlights keep their colour.
    picture -= np.maximum(picture - 0.8, 0) * np.float32(0.4)
    # The difference of two uniform bytes spreads by 104; normal numbers would take 10 ms more.
    grain = rng.integers(0, 256, (2, *picture.shape), np.uint8)
    spread = np.float32(rng.uniform(0.004, 0.01) / 104)
    picture += np.subtract(grain[0], grain[1], dtype=np.int16) * spread
    return np.asarray(cv2.convertScaleAbs(np.clip(picture, 0, 1), alpha=255), np.uint8)


def _thrice(plane: Plane) -> Plane:
    """One plane for each of R, G, B; several times faster than broadcasting over three."""
    return np.asarray(cv2.merge([plane, plane, plane]), np.float32)


def _shade(placed: Placed, lamp: Vector, fill: Vector) -> tuple[Plane, Plane]:
    """Diffuse light (1 on a level surface) and highlights, from the slopes of the surface."""
    right = np.clip(cv2.Sobel(placed.height, cv2.CV_32F, 1, 0, scale=1 / 8), -3, 3)
    down = np.clip(cv2.Sobel(placed.height, cv2.CV_32F, 0, 1, scale=1 / 8), -3, 3)
    upward = 1 / np.sqrt(1 + right * right + down * down)
    matt = 0.35 * (0.4 + 0.6 * upward)
    shine = np.zeros_like(matt)
    for (x, y, z), share in ((lamp, 0.5), (fill, 0.15)):
        matt += share / z * np.maximum((z - x * right - y * down) * upward, 0)
        # Seen from straight above, a surface glints that leans halfway to the lamp.
        half_x, half_y, half_z = _unit(x, y, z + 1)
        glint = np.maximum((half_z - half_x * right - half_y * down) * upward, 0)
        for _ in range(6):
            glint *= glint
        shine += share * glint
    return np.asarray(matt, np.float32), np.asarray(shine * placed.gloss, np.float32)


def _shadow(rng: np.random.Generator, placed: Placed, lamp: Vector) -> Plane:
    """How much light reaches the tray: a soft shadow away from the lamp, and one all around."""
    size = len(placed.item)
    lifted = placed.item * np.minimum(placed.height / (0.05 * size), 1)
    reach = size * rng.uniform(0.018, 0.03)
    move = np.array([[1, 0, -lamp[0] * reach], [0, 1, -lamp[1] * reach]])
    cast = cv2.warpAffine(np.maximum(placed.item * 0.4, lifted), move, (size, size))
    cast = cv2.blur(cv2.blur(cast, _odd(size / 60)), _odd(size / 60))
    near = cv2.blur(cv2.blur(placed.item, _odd(size / 36)), _odd(size / 36))
    return np.asarray((1 - 0.6 * cast) * (1 - 0.3 * near), np.float32)


def _odd(width: float) -> tuple[int, int]:
    return (int(width) | 1, int(width) | 1)


def _unit(x: float, y: float, z: float) -> Vector:
    length = float(np.sqrt(x * x + y * y + z * z))
    return x / length, y / length, z / length


@lru_cache(maxsize=2)
def _tray(size: int) -> Plane:
    """The booth's one tray, 1.25 times the picture wide: grain, stains, scratches. Linear RGB."""
    rng = np.random.default_rng(0)
    wide = size * 5 // 4
    tone = 0.52 + 0.02 * clouds(rng, wide, 3) + 0.012 * clouds(rng, wide, wide // 8, 3)
    lines = np.zeros((wide, wide), np.float32)
    for _ in range(40):
        start, turn = rng.uniform(0, wide, 2), rng.uniform(0, np.pi)
        end = start + np.array([np.cos(turn), np.sin(turn)]) * rng.uniform(0.05, 0.4) * wide
        ends = [tuple(np.round(point * 16).astype(int).tolist()) for point in (start, end)]
        cv2.line(lines, ends[0], ends[1], rng.uniform(-1, 1), 1, cv2.LINE_AA, 4)
    tone = tone + 0.05 * cv2.GaussianBlur(lines, (0, 0), 0.7)
    return np.asarray((tone[..., None] * [0.97, 1.0, 1.03]) ** 2, np.float32)


def _tray_here(rng: np.random.Generator, size: int) -> Plane:
    """The part of the tray in view, with today's specks of dirt."""
    tray = _tray(size)
    left, top = rng.integers(0, len(tray) - size, 2)
    here = tray[top : top + size, left : left + size].copy()
    for _ in range(rng.integers(4, 16)):
        place = tuple(rng.integers(0, size * 16, 2).tolist())
        radius = int(rng.uniform(0.5, 2) * size / 640 * 16)
        shade = float(rng.uniform(0.05, 0.16))
        cv2.circle(here, place, radius, (shade,) * 3, -1, cv2.LINE_AA, 4)
    return here
