import numpy as np
import pytest
import toys

from amiss.domain.words import DamageType, Locus
from amiss.simulate.assemble import assemble
from amiss.simulate.place import Placement, lay, put
from amiss.simulate.rig import empty_booth


@pytest.fixture(scope="module")
def booth():
    return empty_booth(1, 1, 64)


def test_every_pose_stands_on_the_tray(booth):
    product = toys.product(
        toys.box_patches(),
        rests=(np.eye(3), np.diag([1.0, -1, -1]), np.array([[0, 0, 1.0], [0, 1, 0], [-1, 0, 0]])),
    )
    made = assemble(product)
    heights = []
    for rest in range(3):
        for seed in range(5):
            scene = put(booth, [(made, lay(product, np.random.default_rng(seed), rest))])
            assert scene.item.vertices[:, 2].min() == pytest.approx(0, abs=3e-4)
            heights.append(float(np.ptp(scene.item.vertices[:, 2])))
    assert heights == pytest.approx([0.1] * 10 + [0.2] * 5, abs=1e-6)


def test_a_placement_turns_counter_clockwise_and_moves(booth):
    made = assemble(toys.box())
    scene = put(booth, [(made, Placement(np.eye(3), 90.0, (0.1, 0.2)))])
    x, y, z = made.item.vertices.T
    moved = np.stack([0.1 - y, 0.2 + x, z + 2e-4], axis=1)
    assert scene.item.vertices == pytest.approx(moved, abs=1e-6)
    facing = scene.item.normals[made.item.normals[:, 0] > 0.99]
    assert facing == pytest.approx(np.tile([0, 1, 0], (len(facing), 1)), abs=1e-6)


def test_a_harmed_item_lies_where_its_twin_lies(booth):
    product = toys.box(grid=(60, 60))
    below = toys.Dent(depth=0.03, at=(0, 0, 0))
    where = Placement(np.eye(3), 30.0, (0.0, 0.0))
    sound = put(booth, [(assemble(product), where)]).item
    harmed = put(booth, [(assemble(product, [toys.harm(field=below)]), where)]).item
    same = np.abs(sound.vertices - harmed.vertices).max(axis=1) == 0
    assert same.mean() > 0.9
    assert harmed.vertices[:, 2].min() >= 0


def test_what_lies_beside_it_stays_on_the_tray_and_turns_with_it(booth):
    puddle = toys.panel(
        "puddle", (0.2, 0, 0.001), (0.05, 0, 0), (0, 0.05, 0), locus=Locus.SURROUNDINGS
    )
    made = assemble(toys.box(), [toys.harm(DamageType.SPILLAGE, added=(puddle,))])
    scene = put(booth, [(made, Placement(np.diag([1.0, -1, -1]), 180.0, (0.0, 0.01)))])
    number = [name.startswith("beside/") for name in scene.item.names].index(True)
    points = scene.item.vertices[scene.item.faces[scene.item.part == number]].reshape(-1, 3)
    assert points[:, 2] == pytest.approx(0.0012, abs=1e-6)
    assert points.min(axis=0)[:2] == pytest.approx([-0.25, -0.04], abs=1e-6)


def test_several_items_share_one_atlas(booth):
    one, other = assemble(toys.box()), assemble(toys.blister())
    places = [Placement(np.eye(3), 0.0, (x, 0.0)) for x in (-0.2, 0.2)]
    scene = put(booth, [(one, places[0]), (other, places[1])])
    assert scene.item.names == ("carton", "card", "unit-0", "unit-1", "unit-2")
    assert len(scene.item.faces) == len(one.item.faces) + len(other.item.faces)
    assert scene.clarity == pytest.approx(other.clarity)
    height, width = scene.atlas.damage.shape
    vertex = len(one.item.vertices)
    for mesh, atlas, at in (
        (one.item, one.atlas, 0),
        (other.item, other.atlas, vertex),
        (other.film, other.atlas, None),
    ):
        rows, columns = atlas.damage.shape
        uv = (scene.film if at is None else scene.item).uv[at or 0 :][: len(mesh.uv)]
        middle = (np.floor(mesh.uv * (columns, rows) - 0.5).astype(int)).clip(0)
        placed = (np.floor(uv * (width, height) - 0.5).astype(int)).clip(0)
        before = atlas.base[middle[:, 1], middle[:, 0]]
        assert np.mean(scene.atlas.base[placed[:, 1], placed[:, 0]] == before) > 0.97
    assert put(booth, []).item is None


def test_laying_down_is_drawn_from_the_seed_and_varies():
    product = toys.box()
    drawn = [lay(product, np.random.default_rng(seed)) for seed in range(60)]
    again = [lay(product, np.random.default_rng(seed)) for seed in range(60)]
    assert [p.yaw for p in drawn] == [p.yaw for p in again]
    assert len({p.yaw for p in drawn}) == 60
    assert {float(p.rest[2, 2]) for p in drawn} == {1.0, -1.0}
    assert all(-180 <= p.yaw < 180 and abs(p.at[0]) <= 0.05 for p in drawn)
    fixed = [lay(product, np.random.default_rng(seed), rest=0) for seed in range(60)]
    assert [p.yaw for p in fixed] == [p.yaw for p in drawn]


def test_a_scene_says_how_its_item_lies(booth):
    made = assemble(toys.box())
    where = Placement(np.diag([1.0, -1, -1]), 40.0, (0.02, -0.01))
    scene = put(booth, [(made, where)])
    points = made.item.vertices @ scene.lies[:3, :3].T + scene.lies[:3, 3]
    assert points == pytest.approx(scene.item.vertices, abs=3e-4)
    assert put(booth, [(made, where), (made, Placement(np.eye(3), 0.0, (0.3, 0)))]).lies is None
    assert put(booth, []).lies is None
