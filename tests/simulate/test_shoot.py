"""Staging and shooting, with a backend that paints each pixel with its place on the tray."""

import numpy as np
import pytest
import toys

from amiss.domain.words import DamageType
from amiss.simulate.rig import empty_booth, project
from amiss.simulate.shoot import look_at_empty, lying, shoot, stage

SIZE = 128


class Painted:
    """Red grows with x on the tray, green with y; the item is invisible."""

    name = "painted"

    def __init__(self):
        self.seeds = []

    def render(self, _scene, camera, seed):
        self.seeds.append(seed)
        lens, turn = camera.intrinsics, camera.pose[:3, :3]
        x, y = np.meshgrid(
            (np.arange(lens.width) - lens.cx) / lens.fx,
            (np.arange(lens.height) - lens.cy) / lens.fy,
        )
        rays = np.stack([x, y, np.ones_like(x)], axis=-1) @ turn
        centre = -turn.T @ camera.pose[:3, 3]
        points = centre - rays * (centre[2] / rays[..., 2:])
        blue = np.full(x.shape, 0.3)
        return np.stack([points[..., 0] + 0.5, points[..., 1] + 0.5, blue], -1).astype(np.float32)


@pytest.fixture(scope="module")
def booth():
    return empty_booth(8, 3, SIZE)


def test_the_empty_tray_is_cut_out_where_the_window_is(booth):
    backend = Painted()
    empty = look_at_empty(booth, backend, 0)
    scene = stage(booth, toys.box(0.06, 0.05, 0.02), [], 4)
    for shot in shoot(scene, backend, 4):
        assert shot.eye.intrinsics.fx > 1.5 * booth.cameras[0].intrinsics.fx
        tray = empty.seen_by(shot.eye, 5)
        assert tray.shape == (SIZE, SIZE, 3)
        assert np.abs(tray.astype(int) - shot.rgb).mean() < 2.5
        assert np.abs(tray.astype(int) - shot.rgb).max() < 20


def test_harms_change_neither_place_nor_window_nor_light_nor_seeds(booth):
    product = toys.box()
    harm = toys.harm(DamageType.HOLE, field=toys.Dent(hole=0.02))
    harmed, twin = stage(booth, product, [harm], 9), stage(booth, product, [], 9)
    assert harmed.lights == twin.lights
    assert harmed.exposure == twin.exposure != booth.exposure
    for one, other in zip(harmed.cameras, twin.cameras, strict=True):
        assert one.intrinsics == other.intrinsics
        assert np.array_equal(one.pose, other.pose)
    sides = np.abs(harmed.item.vertices[:, 2].min() - twin.item.vertices[:, 2].min())
    assert sides == 0
    backends = Painted(), Painted()
    shots = [shoot(s, b, 9) for s, b in zip((harmed, twin), backends, strict=True)]
    assert backends[0].seeds == backends[1].seeds
    assert len(set(backends[0].seeds)) == 3
    for one, other in zip(*shots, strict=True):
        assert np.array_equal(one.rgb, other.rgb)
        assert not np.array_equal(one.depth, other.depth) or not one.truth.damage.any()


def test_the_whole_item_is_in_every_window(booth):
    for seed in range(12):
        product = toys.box(0.3, 0.2, 0.15)
        scene = stage(booth, product, [], seed)
        for eye in scene.cameras:
            flat = project(eye, scene.item.vertices)
            assert flat[:, :2].min() >= 0
            assert flat[:, :2].max() <= SIZE - 1


def test_how_it_lies_is_known_before_it_is_harmed(booth):
    product = toys.box()
    sides = {lying(product, seed).side for seed in range(30)}
    assert sides == {0, 1}
    where = lying(product, 3)
    assert lying(product, 3, rest=1 - where.side).yaw == where.yaw
    scene = stage(booth, product, [], 3)
    again = stage(booth, product, [], 3, placement=where)
    assert np.array_equal(scene.item.vertices, again.item.vertices)


def test_the_whole_field_can_be_had(booth):
    scene = stage(booth, toys.box(), [], 2, close=False)
    assert scene.cameras is booth.cameras
