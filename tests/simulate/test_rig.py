import numpy as np
import pytest

from amiss.domain.errors import SimulationError
from amiss.simulate import rig
from amiss.simulate.rig import closer, drifted, empty_booth, grey_card, look_at, pinhole, project
from amiss.simulate.scene import Eyepoint
from amiss.simulate.streams import stream
from amiss.simulate.tray import TRAY_SIZE


@pytest.fixture(scope="module")
def booth():
    return empty_booth(5, 5, 320)


def test_all_cameras_see_the_middle_of_the_tray_and_nothing_but_the_tray(booth):
    assert [eye.name for eye in booth.cameras] == ["top", "left", "right", "back", "front"]
    edge = np.linspace(-0.13, 0.13, 5)
    points = np.stack(np.meshgrid(edge, edge, [0.0]), axis=-1).reshape(-1, 3)
    for eye in booth.cameras:
        seen = project(eye, points)
        assert (seen[:, :2] > 0).all()
        assert (seen[:, :2] < 319).all()
        middle = project(eye, np.zeros((1, 3)))[0]
        assert middle[:2] == pytest.approx([159.5, 159.5], abs=30)
        assert middle[2] == pytest.approx(1.0, abs=0.1)


def test_the_top_camera_has_x_to_the_right_and_y_up(booth):
    origin, right, back = project(booth.cameras[0], np.array([[0, 0, 0], [0.1, 0, 0], [0, 0.1, 0]]))
    assert right[0] > origin[0] + 30
    assert back[1] < origin[1] - 30


@pytest.mark.parametrize("mount", rig.MOUNTS, ids=lambda mount: mount.name)
def test_a_pose_is_a_rotation_that_looks_at_its_target(mount):
    pose = look_at(*(np.array(v, float) for v in (mount.position, mount.target, mount.up)))
    assert pose[:3, :3] @ pose[:3, :3].T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(pose[:3, :3]) == pytest.approx(1)
    target = pose[:3, :3] @ mount.target + pose[:3, 3]
    assert target[:2] == pytest.approx([0, 0], abs=1e-12)
    assert target[2] > 0.9


def test_projection_is_the_pinhole_of_the_intrinsics(booth):
    eye = booth.cameras[1]
    rng = np.random.default_rng(0)
    points = rng.uniform(-0.2, 0.2, (20, 3))
    seen = np.hstack([points, np.ones((20, 1))]) @ eye.pose.T
    flat = seen[:, :3] @ eye.intrinsics.matrix.T
    assert project(eye, points)[:, :2] == pytest.approx(flat[:, :2] / flat[:, 2:], abs=1e-9)
    assert project(eye, points)[:, 2] == pytest.approx(seen[:, 2], abs=1e-12)


def test_a_closer_window_holds_the_item_and_is_the_same_camera(booth):
    rng = np.random.default_rng(1)
    points = rng.uniform([-0.05, -0.06, 0], [0.11, 0.1, 0.16], (50, 3))
    for eye in booth.cameras:
        near = closer(eye, points, 1.4, 1e-5)
        far, close = project(eye, points), project(near, points)
        assert (close[:, :2] > 0).all()
        assert (close[:, :2] < 319).all()
        assert np.ptp(close[:, :2], axis=0).max() == pytest.approx(320 / 1.4, rel=0.01)
        rays = [
            (flat[:, :2] - [lens.cx, lens.cy]) / [lens.fx, lens.fy]
            for flat, lens in ((far, eye.intrinsics), (close, near.intrinsics))
        ]
        assert rays[0] == pytest.approx(rays[1], abs=1e-9)
    coarse = closer(booth.cameras[0], points, 1.4, 1e-3)
    assert 1.05 / coarse.intrinsics.fx == pytest.approx(1e-3, rel=0.05)
    whole = closer(booth.cameras[0], points, 50, 1e-5)
    assert whole.intrinsics.fx == pytest.approx(booth.cameras[0].intrinsics.fx)
    assert whole.intrinsics.cx == pytest.approx(booth.cameras[0].intrinsics.cx)


def test_a_white_sheet_is_exposed_below_saturation():
    """Against a sum over each strip by solid angle, coarser but written differently."""
    irradiance = np.pi * rig.ENVIRONMENT
    for strip in rig.STRIPS:
        corner = np.array(strip.centre) - [*np.array(strip.size) / 2, 0]
        for i in range(40):
            for j in range(40):
                at = corner + np.array([(i + 0.5) / 40, (j + 0.5) / 40, 0]) * [*strip.size, 0]
                cosine = at[2] / np.linalg.norm(at)
                patch = strip.size[0] * strip.size[1] / 1600
                irradiance += strip.radiance * cosine * cosine * patch / (at @ at)
    assert grey_card() * 0.9 * irradiance / np.pi == pytest.approx(rig.WHITE, rel=1e-3)


def test_booths_differ_and_each_is_the_same_again(booth):
    again, other = empty_booth(5, 5, 320), empty_booth(6, 5, 320)
    assert np.array_equal(booth.tray.base, again.tray.base)
    assert booth.lights == again.lights
    assert np.array_equal(booth.cameras[2].pose, again.cameras[2].pose)
    assert booth.lights != other.lights
    assert not np.array_equal(booth.tray.base, other.tray.base)
    assert booth.tray.size == TRAY_SIZE
    fewer = empty_booth(5, 2, 320)
    assert np.array_equal(fewer.cameras[1].pose, booth.cameras[1].pose)
    for light in booth.lights:
        assert np.cross(light.half_u, light.half_v)[2] < 0


def test_light_drifts_a_little(booth):
    later = drifted(booth, stream("light", 1, 1))
    ratios = [
        a.radiance[1] / b.radiance[1]
        for a, b in zip(later.lights, booth.lights, strict=True)
        if b.radiance[1] > 0  # one of them may be dead, and stays so
    ]
    assert ratios == pytest.approx([1] * len(ratios), abs=0.06)
    assert len(set(ratios)) > 1
    assert later.cameras is booth.cameras


def test_booths_that_cannot_be_are_refused():
    with pytest.raises(SimulationError, match="1 to 5 cameras"):
        empty_booth(0, 6)
    with pytest.raises(SimulationError, match="at least 16"):
        empty_booth(0, 1, 8)


def test_a_pinhole_sees_its_field_of_view():
    lens = pinhole(200, 60)
    eye = Eyepoint("one", lens, np.eye(4))
    edge = np.array([[np.tan(np.radians(30)), 0, 1.0]])
    assert project(eye, edge)[0, 0] == pytest.approx(199.5)


def test_trays_are_not_all_of_one_colour_and_never_even():
    colours = []
    for seed in range(8):
        base = empty_booth(seed, 1, 16).tray.base
        colours.append(base.reshape(-1, 3).mean(axis=0))
        assert base.std(axis=(0, 1)).min() > 1
    assert np.ptp(np.array(colours), axis=0).max() > 40
