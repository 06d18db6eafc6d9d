"""A booth of pictures made from shapes and noise, quick enough for many tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache

import cv2
import numpy as np

from amiss.booth.calibration import calibration_of
from amiss.domain.capture import Capture, View

SIZE = 320
CAMERAS = ("top", "left", "right")
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TRAY_DEPTH = 1.0


@cache
def tray(camera):
    """A grey tray with an edge, grain and scratches; a little different before each camera."""
    rng = np.random.default_rng(CAMERAS.index(camera))
    light = np.full((SIZE, SIZE), 150.0, np.float32)
    light += cv2.GaussianBlur(rng.normal(0, 60, (SIZE, SIZE)).astype(np.float32), (0, 0), 6)
    for _ in range(16):
        one, other = (tuple(int(v) for v in rng.integers(0, SIZE, 2)) for _ in range(2))
        cv2.line(light, one, other, float(rng.uniform(95, 125)), 1, cv2.LINE_AA)
    cv2.rectangle(light, (14, 14), (SIZE - 14, SIZE - 14), 60.0, 3)
    tinted = np.dstack([light, light * 0.98, light * 0.95])
    return cv2.GaussianBlur(tinted, (0, 0), 0.6).astype(np.float32)


def print_on(picture, box, colour, rng):
    """An item: a coloured rectangle with text-like bars on it."""
    x, y, width, height = box
    cv2.rectangle(picture, (x, y), (x + width, y + height), colour, -1)
    for _ in range(max(3, width * height // 600)):
        u, v = rng.integers(x, x + width - 8), rng.integers(y, y + height - 4)
        bar = tuple(float(value) for value in rng.integers(20, 230, 3))
        cv2.rectangle(picture, (int(u), int(v)), (int(u) + 7, int(v) + 3), bar, -1)


def shadow_on(picture, box):
    x, y, width, height = box
    shade = np.ones(picture.shape[:2], np.float32)
    shade[y + 8 : y + height + 14, x + 8 : x + width + 14] = 0.75
    picture *= cv2.GaussianBlur(shade, (0, 0), 5)[..., None]


def exposed(picture, seed):
    """With the noise of a sensor, as uint8."""
    noise = np.random.default_rng([7, seed]).standard_normal(picture.shape, np.float32)
    return np.clip(picture + 2 * noise, 0, 255).astype(np.uint8)


@lru_cache(maxsize=200)
def view(camera, seed, boxes=((100, 90, 110, 120),), *, depth=True, trigger=None):
    rng = np.random.default_rng([3, seed])
    picture = tray(camera).copy()
    distance = np.full((SIZE, SIZE), TRAY_DEPTH, np.float32)
    for x, y, width, height in boxes:
        moved = (int(x + rng.integers(-15, 15)), int(y + rng.integers(-15, 15)), width, height)
        shadow_on(picture, moved)
        print_on(picture, moved, tuple(float(v) for v in rng.integers(30, 240, 3)), rng)
        left, top = moved[:2]
        distance[top : top + height, left : left + width] -= 0.08
    distance[rng.random(distance.shape) < 0.05] = 0
    return View(
        rgb=exposed(picture, seed * 10 + CAMERAS.index(camera)),
        source="test",
        depth=distance if depth else None,
        camera=camera,
        taken=START + timedelta(seconds=10 * seed, milliseconds=3 * CAMERAS.index(camera)),
        trigger=seed if trigger is None else trigger,
    )


def capture(seed, **how):
    views = tuple(view(camera, seed, **how) for camera in CAMERAS)
    return Capture(views, id=f"test-{seed}", taken=views[0].taken, sequence=seed)


def empty(seed):
    return capture(seed, boxes=())


@cache
def calibrated():
    return calibration_of([v for seed in range(900, 903) for v in empty(seed).views])


def with_view(given, camera, change):
    """The capture with one camera's view changed by a function; None takes it away."""
    views = []
    for one in given.views:
        changed = change(one) if one.camera == camera else one
        if changed is not None:
            views.append(changed)
    return replace(given, views=tuple(views))


def with_rgb(given, camera, change):
    """The capture with the pixels of one camera changed by a function of float32 pixels."""

    def changed(one):
        pixels = np.clip(change(one.rgb.astype(np.float32)), 0, 255).astype(np.uint8)
        return replace(one, rgb=np.ascontiguousarray(pixels))

    return with_view(given, camera, changed)
