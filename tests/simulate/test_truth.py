import numpy as np
import pytest
import toys

from amiss.domain.words import DamageType, Locus
from amiss.simulate.assemble import assemble, damage_index
from amiss.simulate.place import Placement, put
from amiss.simulate.rig import empty_booth, project
from amiss.simulate.truth import truth

FLAT = Placement(np.eye(3), 0.0, (0.0, 0.0))
SIZE = 200


@pytest.fixture(scope="module")
def booth():
    return empty_booth(4, 3, SIZE)


def seen(booth, product, harms=(), camera=0, placement=FLAT):
    scene = put(booth, [(assemble(product, harms), placement)])
    return truth(scene, scene.cameras[camera]), scene


def pixel(scene, camera, point):
    x, y, depth = project(scene.cameras[camera], np.array([point], float))[0]
    return (round(y), round(x)), depth


def agree(one, other):
    return (one & other).sum() / (one | other).sum()


@pytest.mark.parametrize("camera", [0, 1, 2])
def test_an_empty_tray_is_a_plane(booth, camera):
    real = truth(booth, booth.cameras[camera])
    assert not real.item.any()
    assert not real.damage.any()
    assert not real.part.any()
    for point in ([0, 0, 0], [0.1, -0.05, 0], [-0.08, 0.07, 0]):
        at, depth = pixel(booth, camera, point)
        assert real.depth[at] == pytest.approx(depth, abs=4e-3)  # half a pixel on a slope
    assert real.names == ()


def test_a_box_is_seen_where_it_stands(booth):
    product = toys.box()
    for camera in range(3):
        real, scene = seen(booth, product, camera=camera)
        (at, depth), (beside, _) = (
            pixel(scene, camera, point) for point in ([0.03, 0.02, 0.1], [0.0, -0.12, 0.0])
        )
        assert real.item[at]
        assert not real.item[beside]
        assert real.depth[at] == pytest.approx(depth, abs=4e-3)
        assert real.names[real.part[at] - 1] == "carton"
        assert real.part[beside] == 0
        assert not real.damage.any()
    top, scene = seen(booth, product)
    assert top.facing[pixel(scene, 0, [0, 0, 0.1])[0]] > 0.98
    lens = scene.cameras[0].intrinsics
    area = 0.2 * 0.14 * (lens.fx / pixel(scene, 0, [0, 0, 0.1])[1]) ** 2
    assert top.item.sum() == pytest.approx(area, rel=0.06)


def test_a_dent_is_marked_where_it_is_and_measured(booth):
    product = toys.box(grid=(80, 80))
    dent = toys.harm(field=toys.Dent(depth=0.028, radius=0.05))
    real, scene = seen(booth, product, [dent])
    twin, _ = seen(booth, product)
    at, _ = pixel(scene, 0, [0, 0, 0.1])
    assert real.depth[at] - twin.depth[at] == pytest.approx(0.028, abs=1e-3)
    deep = real.depth - twin.depth > 0.014
    marked = real.damage == damage_index(DamageType.CRUSH)
    assert agree(deep, marked) > 0.85
    assert not twin.damage.any()
    assert agree(real.item, twin.item) > 0.999


@pytest.mark.parametrize("camera", [0, 1, 2])
def test_the_whole_hole_is_damage_not_only_its_rim(booth, camera):
    product = toys.box(grid=(80, 80))
    hole = toys.harm(DamageType.HOLE, field=toys.Dent(depth=0, radius=0.03, hole=0.018))
    real, scene = seen(booth, product, [hole], camera)
    marked = real.damage == damage_index(DamageType.HOLE)
    assert marked[pixel(scene, camera, [0, 0, 0.1])[0]]
    twin, _ = seen(booth, product, camera=camera)
    different = real.depth - twin.depth > 1e-3
    assert different.any()
    assert marked[different].mean() > 0.97
    ring = np.array([[np.cos(a), np.sin(a)] for a in np.linspace(0, 6.28, 60)]) * 0.03 * 0.5**0.5
    inside = np.hstack([ring, np.full((60, 1), 0.1)])
    flat = project(scene.cameras[camera], inside)[:, :2]
    spans = np.ptp(flat, axis=0)
    assert marked.sum() == pytest.approx(np.pi / 4 * spans[0] * spans[1], rel=0.15)


@pytest.mark.parametrize("camera", [0, 1, 2])
def test_a_missing_unit_is_what_the_twin_shows(booth, camera):
    product = toys.blister()
    gone = toys.harm(DamageType.MISSING_UNIT, removed=frozenset({"unit-1"}))
    real, _ = seen(booth, product, [gone], camera)
    twin, _ = seen(booth, product, camera=camera)
    had = twin.part == twin.names.index("unit-1") + 1
    marked = real.damage == damage_index(DamageType.MISSING_UNIT)
    assert had.sum() > 50
    assert agree(marked, had) > 0.95
    assert "unit-1" not in real.names


def test_what_is_spilt_beside_the_item_is_damage_but_not_item(booth):
    puddle = toys.panel(
        "puddle", (0.12, -0.02, 0.001), (0.05, 0, 0), (0, 0.05, 0), locus=Locus.SURROUNDINGS
    )
    spilt = toys.harm(DamageType.SPILLAGE, locus=Locus.SURROUNDINGS, added=(puddle,))
    real, scene = seen(booth, toys.box(), [spilt])
    at, _ = pixel(scene, 0, [0.145, 0.005, 0.0])
    assert real.damage[at] == damage_index(DamageType.SPILLAGE)
    assert not real.item[at]
    assert not (real.damage.astype(bool) & real.item).any()


def test_films_are_item_and_are_looked_through(booth):
    film = toys.panel("film", (-0.15, -0.02, 0.05), (0.3, 0, 0), (0, 0.04, 0), "wrap")
    small = toys.product(toys.box_patches(0.06, 0.04, 0.03), [toys.Film((film,))])
    real, scene = seen(booth, small)
    at, _ = pixel(scene, 0, [0.12, 0, 0.05])
    assert real.film[at]
    assert real.item[at]
    assert real.depth[at] == pytest.approx(pixel(scene, 0, [0.12, 0, 0])[1], abs=4e-3)
    torn = toys.harm(DamageType.TEAR, field=toys.Dent(depth=0, radius=0.03, at=(0.1, 0, 0.05)))
    real, scene = seen(booth, small, [torn])
    assert real.damage[pixel(scene, 0, [0.1, 0, 0.05])[0]] == damage_index(DamageType.TEAR)


def test_what_lies_in_front_hides_damage_and_ghosts(booth):
    """A hole in the back is not seen from the front."""
    product = toys.box(grid=(60, 60))
    field = toys.Dent(depth=0, radius=0.03, hole=0.02, at=(0.0, 0.07, 0.05))
    real, _ = seen(booth, product, [toys.harm(DamageType.HOLE, field=field)], camera=1)
    assert not real.damage.any()
    turned = Placement(np.eye(3), 180.0, (0.0, 0.0))
    real, _ = seen(booth, product, [toys.harm(DamageType.HOLE, field=field)], 1, turned)
    assert real.damage.any()


def test_truth_is_the_same_again(booth):
    one, other = (
        seen(booth, toys.blister(), [toys.harm(field=toys.Dent(at=(0, 0, 0)))])[0] for _ in "ab"
    )
    for field in ("item", "damage", "part", "depth", "facing", "rough", "film"):
        assert getattr(one, field).tobytes() == getattr(other, field).tobytes()
