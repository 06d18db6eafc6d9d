from dataclasses import replace

import numpy as np
import pytest
from booth_helpers import CAMERAS, SIZE, TRAY_DEPTH, calibrated, capture, with_view

from amiss.booth.calibration import calibration_of
from amiss.booth.checks.check import Memory, check
from amiss.booth.checks.footprint import footprint, largest_face
from amiss.booth.checks.foreground import Foreground
from amiss.booth.checks.reason import Reason
from amiss.domain.capture import Intrinsics

LENS = Intrinsics(SIZE, SIZE, 400.0, 400.0, 159.5, 159.5)


def test_an_item_covers_what_its_pixels_and_its_height_make_of_it():
    depth = np.full((SIZE, SIZE), TRAY_DEPTH, np.float32)
    depth[100:200, 60:220] = 0.8
    mask = depth < 0.9
    empty = np.full_like(depth, TRAY_DEPTH)
    area = footprint(Foreground(mask, mask), depth, empty, LENS)
    assert area == pytest.approx(100 * 160 * (0.8 / 400) ** 2)
    depth[120:140, 100:150] = 0  # holes are as high as the rest
    assert footprint(Foreground(mask, mask), depth, empty, LENS) == pytest.approx(area)
    aslant = empty * np.linspace(0.8, 1.2, SIZE, dtype=np.float32)
    assert footprint(Foreground(mask, mask), depth, aslant, LENS) is None
    assert footprint(Foreground(mask, mask), depth * 0, empty, LENS) is None
    assert largest_face((0.1, 0.4, 0.2)) == pytest.approx(0.08)


@pytest.fixture(scope="module")
def calibration():
    """The same trays, with depth."""
    made = calibrated()
    depth = np.full((SIZE, SIZE), TRAY_DEPTH, np.float32)
    cameras = {name: replace(one, depth=depth) for name, one in made.cameras.items()}
    return replace(made, cameras=cameras)


def seen(*boxes):
    given = capture(6, boxes=boxes)
    for name in CAMERAS:
        given = with_view(given, name, lambda one: replace(one, intrinsics=LENS))
    return given


def test_two_items_that_touch_are_told_by_what_they_cover(calibration):
    single, pair = seen((100, 90, 110, 70)), seen((100, 90, 110, 140))
    size = (110 * 0.92 / 400, 70 * 0.92 / 400, 0.08)
    assert check(single, calibration, Memory(), size=size) == []
    assert check(pair, calibration, Memory()) == []  # to the eye they are one
    (fault,) = check(pair, calibration, Memory(), size=size)
    assert fault.reason is Reason.TWO_ITEMS
    assert fault.measured == pytest.approx(1.0, abs=0.15)


def test_without_depth_or_lens_nothing_is_said(calibration):
    pair = seen((100, 90, 110, 140))
    size = (0.05, 0.04, 0.03)
    lensless = pair
    for name in CAMERAS:
        lensless = with_view(lensless, name, lambda one: replace(one, intrinsics=None))
    assert check(lensless, calibration, Memory(), size=size) == []
    plain = calibration_of(capture(8, boxes=(), depth=False).views)
    flat = seen((100, 90, 110, 140))
    for name in CAMERAS:
        flat = with_view(flat, name, lambda one: replace(one, depth=None))
    assert check(flat, plain, Memory(), size=size) == []
