import numpy as np
import pytest

from amiss.domain.capture import Intrinsics
from amiss.vision.relief import CHANNELS, relief

SIDE, GRID = 160, (20, 20)
LENS = Intrinsics(SIDE, SIDE, 300.0, 300.0, 79.5, 79.5)
TILT = np.radians(25)


def camera(tilt=TILT, height=0.9):
    """Looks at the tray's middle from `height` metres along its axis."""
    pose = np.eye(4)
    down = np.diag([1.0, -1, -1])  # x right, y towards people, z into the tray
    c, s = np.cos(tilt), np.sin(tilt)
    pose[:3, :3] = np.array([[1, 0, 0], [0, c, -s], [0, s, c]]) @ down
    pose[:3, 3] = [0, 0, height]
    return pose


def seen(pose, z_of):
    """Depth of the surface z = z_of(x, y), by marching along each ray."""
    y, x = np.mgrid[:SIDE, :SIDE]
    rays = np.stack([(x - LENS.cx) / LENS.fx, (y - LENS.cy) / LENS.fy, np.ones(x.shape)], -1)
    depth = np.full(x.shape, 0.5)
    for _ in range(200):
        at = (rays * depth[..., None] - pose[:3, 3]) @ pose[:3, :3]
        depth += 0.5 * (at[..., 2] - z_of(at[..., 0], at[..., 1]))
    return depth.astype(np.float32)


def box(x, y):
    return np.where((abs(x) < 0.09) & (abs(y) < 0.07), 0.05, 0.0)


def test_an_empty_tray_is_flat_from_any_side():
    pose = camera()
    depth = seen(pose, lambda x, y: 0 * (x + y))
    for found in (relief(depth, GRID, LENS, pose), relief(depth, GRID)):
        assert found.shape == (CHANNELS, *GRID)
        assert np.abs(found[[0, 2, 3]]).max() < 0.02
        assert found[1].min() > 0.99


def test_a_box_stands_as_high_as_it_is():
    pose = camera(0.0)
    found = relief(seen(pose, box), GRID, LENS, pose)
    assert found[0][10, 10] == pytest.approx(0.5, abs=0.02)
    assert found[0][0, 0] == pytest.approx(0.0, abs=0.02)


def test_the_plane_is_found_without_knowing_the_camera():
    pose = camera()
    depth = seen(pose, box)
    assert relief(depth, GRID) == pytest.approx(relief(depth, GRID, LENS, pose), abs=0.05)


def test_a_dent_bends_downwards():
    pose = camera(0.0)
    flat = relief(seen(pose, box), GRID, LENS, pose)
    dented = relief(
        seen(pose, lambda x, y: box(x, y) - 0.006 * np.exp(-(x**2 + y**2) / 0.012**2)),
        GRID,
        LENS,
        pose,
    )
    apart = dented - flat
    assert apart[2][9:11, 9:11].max() < -0.15
    assert np.abs(apart[2][:4]).max() < 0.02


def test_what_stands_before_the_horizon_stays_within_bounds():
    depth = np.full((SIDE, SIDE), 1.5, np.float32)
    found = relief(depth, GRID, LENS, camera(np.radians(88)))
    assert np.abs(found[0]).max() == pytest.approx(6)
    assert np.abs(found[2:]).max() <= 3


def test_what_was_not_measured_says_nothing():
    depth = np.zeros((SIDE, SIDE), np.float32)
    assert not relief(depth, GRID, LENS, camera()).any()
    assert not relief(depth, GRID).any()
    depth = seen(camera(0.0), box)
    depth[60:100, 60:100] = 0
    found = relief(depth, GRID, LENS, camera(0.0))
    assert np.isfinite(found).all()
    assert not found[:, 9:11, 9:11].any()
