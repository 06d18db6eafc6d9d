import time

import numpy as np
import pytest
import toys
from hypothesis import given, settings
from hypothesis import strategies as st

from amiss.simulate.assemble import assemble
from amiss.simulate.place import Placement, put
from amiss.simulate.raster import rasterise
from amiss.simulate.rig import empty_booth, pinhole
from amiss.simulate.scene import Eyepoint, Mesh


def soup(rng, count, size):
    """Triangles before a camera that looks along z, some of them partly out of the picture."""
    middle = rng.uniform([-0.6, -0.6, 1], [0.6, 0.6, 3], (count, 1, 3))
    corners = (middle + rng.uniform(-size, size, (count, 3, 3))).reshape(-1, 3)
    return Mesh(
        corners.astype(np.float32),
        np.tile(np.float32([0, 0, -1]), (len(corners), 1)),
        np.zeros((len(corners), 2), np.float32),
        np.arange(len(corners), dtype=np.int32).reshape(-1, 3),
        np.zeros(count, np.uint16),
        ("soup",),
    )


def ray_cast(mesh, eye):
    """Möller and Trumbore, every ray against every triangle."""
    lens = eye.intrinsics
    columns, rows = np.meshgrid(np.arange(lens.width), np.arange(lens.height))
    rays = np.stack(
        [(columns - lens.cx) / lens.fx, (rows - lens.cy) / lens.fy, np.ones(columns.shape)], -1
    )
    best = np.full(columns.shape, np.inf)
    face = np.full(columns.shape, -1)
    for number, corners in enumerate(mesh.vertices.astype(float)[mesh.faces]):
        one, two = corners[1] - corners[0], corners[2] - corners[0]
        across = np.cross(rays, two)
        scale = across @ one
        with np.errstate(divide="ignore", invalid="ignore"):
            u = across @ -corners[0] / scale
            other = np.cross(-corners[0], one)
            v = rays @ other / scale
            depth = (two @ other) / scale
        hit = (u >= 0) & (v >= 0) & (u + v <= 1) & (depth > 0) & (depth < best)
        best[hit], face[hit] = depth[hit], number
    return face, best


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([0.01, 0.05, 0.3, 1.0]))
def test_it_sees_what_rays_hit(seed, size):
    rng = np.random.default_rng(seed)
    mesh = soup(rng, 40, size)
    eye = Eyepoint("test", pinhole(48, 50), np.eye(4))
    seen = rasterise(mesh, eye)
    near = (mesh.vertices[mesh.faces][..., 2] > 0.02).all(axis=1)
    kept = Mesh(mesh.vertices, mesh.normals, mesh.uv, mesh.faces[near], mesh.part[near], ("soup",))
    face, depth = ray_cast(kept, eye)
    numbers = np.append(np.flatnonzero(near), -1)
    same = seen.face == numbers[face]
    assert same.mean() > 0.999  # a pixel's middle may lie on an edge
    both = same & (face >= 0)
    assert seen.depth[both] == pytest.approx(depth[both], rel=1e-9)
    assert np.isinf(seen.depth[seen.face < 0]).all()


def test_weights_say_where_on_the_triangle_it_is():
    mesh = soup(np.random.default_rng(3), 30, 0.4)
    eye = Eyepoint("test", pinhole(64, 50), np.eye(4))
    seen = rasterise(mesh, eye)
    rows, columns = np.nonzero(seen.face >= 0)
    corners = mesh.vertices.astype(float)[mesh.faces[seen.face[rows, columns]]]
    points = (corners * seen.weights[rows, columns][..., None]).sum(axis=1)
    lens = eye.intrinsics
    assert points[:, 0] / points[:, 2] * lens.fx + lens.cx == pytest.approx(columns, abs=1e-6)
    assert points[:, 1] / points[:, 2] * lens.fy + lens.cy == pytest.approx(rows, abs=1e-6)
    assert seen.weights[rows, columns].sum(axis=1) == pytest.approx(1)
    assert seen.depth[rows, columns] == pytest.approx(points[:, 2], rel=1e-9)


def test_a_closed_box_has_no_pinholes():
    scene = put(
        empty_booth(2, 5, 200), [(assemble(toys.box()), Placement(np.eye(3), 20.0, (0.0, 0.0)))]
    )
    for eye in scene.cameras:
        seen = rasterise(scene.item, eye).face >= 0
        for line in (*seen, *seen.T):
            inside = np.flatnonzero(line)
            assert inside.size == 0 or line[inside[0] : inside[-1] + 1].all()


def test_of_two_equal_triangles_the_first_is_seen():
    mesh = soup(np.random.default_rng(0), 1, 0.5)
    twice = Mesh(
        mesh.vertices,
        mesh.normals,
        mesh.uv,
        np.repeat(mesh.faces, 2, axis=0),
        np.zeros(2, np.uint16),
        ("soup",),
    )
    seen = rasterise(twice, Eyepoint("test", pinhole(32, 50), np.eye(4)))
    assert set(np.unique(seen.face)) == {-1, 0}


def test_what_is_behind_the_camera_is_not_seen():
    mesh = soup(np.random.default_rng(0), 20, 0.3)
    behind = Mesh(
        mesh.vertices * np.float32([1, 1, -1]),
        *(getattr(mesh, n) for n in ("normals", "uv", "faces", "part", "names")),
    )
    assert (rasterise(behind, Eyepoint("test", pinhole(32, 50), np.eye(4))).face == -1).all()


def test_a_hundred_thousand_triangles_take_less_than_half_a_second():
    scene = put(
        empty_booth(2, 2, 640),
        [(assemble(toys.box(grid=(92, 92))), Placement(np.eye(3), 20.0, (0.0, 0.0)))],
    )
    assert len(scene.item.faces) > 99_000
    times = []
    for _ in range(3):
        start = time.process_time()
        rasterise(scene.item, scene.cameras[1])
        times.append(time.process_time() - start)
    assert min(times) < 0.5
