import numpy as np
import pytest
from test_relief import LENS, SIDE, camera

from amiss.domain.capture import View
from amiss.vision.measure import measure


def over(pose, height):
    """SIDE×SIDE×3 in the booth where rays meet the plane at a height, and the depth there."""
    y, x = np.mgrid[:SIDE, :SIDE]
    rays = np.stack([(x - LENS.cx) / LENS.fx, (y - LENS.cy) / LENS.fy, np.ones(x.shape)], -1)
    away, along = -pose[:3, 3] @ pose[:3, :3], rays @ pose[:3, :3]
    depth = (height - away[2]) / along[..., 2]
    return away + along * depth[..., None], depth


def view(from_, *blocks, **changed):
    """Blocks (length, width, height, degrees, x) seen from above, without their sides."""
    _, depth = over(from_, 0.0)
    for length, width, height, degrees, at in blocks:
        points, nearer = over(from_, height)
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        x, y = points[..., 0] - at, points[..., 1]
        inside = (abs(c * x + s * y) < length / 2) & (abs(c * y - s * x) < width / 2)
        depth = np.where(inside, nearer, depth)
    given = {"depth": depth.astype(np.float32), "intrinsics": LENS, **changed}
    return View(np.zeros((SIDE, SIDE, 3), np.uint8), "made", **{"pose": from_, **given})


ABOVE = camera(0.0)
BOX = (0.18, 0.14, 0.05, 0.0, 0.0)


@pytest.mark.parametrize("degrees", [0, 30, 77])
def test_a_box_is_as_large_as_it_is_however_it_lies(degrees):
    views = [view(camera(tilt), (*BOX[:3], degrees, 0.0)) for tilt in (0.0, 0.1, -0.1)]
    for some in (views[:1], views):
        assert measure(some) == pytest.approx(BOX[:3], abs=0.007)


def test_sides_come_longest_first():
    found = measure([view(ABOVE, (0.06, 0.04, 0.1, 0.0, 0.0))])
    assert found == pytest.approx((0.1, 0.06, 0.04), abs=0.007)


def test_crumbs_beside_the_item_change_nothing():
    crumb = (0.01, 0.01, 0.01, 0.0, 0.13)
    assert measure([view(ABOVE, BOX, crumb)]) == measure([view(ABOVE, BOX)])


def test_what_says_nothing_is_left_out():
    good = view(ABOVE, BOX)
    for changed in (
        {"depth": None},
        {"intrinsics": None},
        {"pose": None},
        {"depth": np.ones((4, 4), np.float32)},
        {"depth": np.zeros((SIDE, SIDE), np.float32)},
    ):
        bad = view(ABOVE, BOX, **changed)
        assert measure([bad]) is None
        assert measure([bad, good]) == measure([good])
    assert measure([]) is None


def test_an_empty_tray_has_no_size():
    assert measure([view(camera(0.4))]) is None
