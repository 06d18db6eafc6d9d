import numpy as np
import pytest
import toys

from amiss.domain.errors import SimulationError
from amiss.domain.words import DamageType, Locus
from amiss.simulate.assemble import BESIDE, assemble, damage_index


def normals_of(mesh):
    first, second, third = (mesh.vertices[mesh.faces[:, i]].astype(float) for i in range(3))
    along = np.cross(second - first, third - first)
    return along / np.linalg.norm(along, axis=1, keepdims=True), (first + second + third) / 3


def texel(assembly, mesh, vertex):
    height, width = assembly.atlas.damage.shape
    x, y = mesh.uv[vertex] * (width, height)
    return min(int(y), height - 1), min(int(x), width - 1)


def test_all_faces_of_a_box_look_outwards_and_close_it():
    mesh = assemble(toys.box()).item
    facing, middle = normals_of(mesh)
    assert ((facing * (middle - [0, 0, 0.05])).sum(axis=1) > 0).all()
    first, second, third = (mesh.vertices[mesh.faces[:, i]].astype(float) for i in range(3))
    volume = (first * np.cross(second, third)).sum() / 6
    assert volume == pytest.approx(0.2 * 0.14 * 0.1, rel=1e-6)
    assert mesh.names == ("carton",)
    assert len(mesh.faces) == 6 * 19 * 15 * 2
    assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1, abs=1e-6)


def test_edges_that_fold_stay_sharp_and_a_seam_does_not_show():
    box = assemble(toys.box()).item
    assert np.abs(box.normals).max(axis=1) == pytest.approx(1, abs=1e-6)
    can = assemble(toys.product([toys.tube()])).item
    outwards = can.vertices * [1, 1, 0] / 0.04
    assert can.normals == pytest.approx(outwards, abs=0.02)
    around = can.normals.reshape(21, 61, 3)
    assert around[:, 0] == pytest.approx(around[:, -1], abs=1e-6)
    assert around[1:-1] == pytest.approx(outwards.reshape(around.shape)[1:-1], abs=1e-4)


def test_two_patches_that_meet_flat_share_their_normals_after_a_harm():
    left = toys.panel("left", (-0.1, -0.1, 0.1), (0.1, 0, 0), (0, 0.2, 0), grid=(30, 60))
    right = toys.panel("right", (0.0, -0.1, 0.1), (0.1, 0, 0), (0, 0.2, 0), grid=(30, 60))
    dent = toys.harm(field=toys.Dent(at=(0.02, 0.0, 0.1)))
    mesh = assemble(toys.product([left, right]), [dent]).item
    seam = np.abs(mesh.vertices[:, 0]) < 1e-9
    order = np.lexsort((mesh.vertices[seam, 1],))
    vertices, normals = mesh.vertices[seam][order], mesh.normals[seam][order]
    assert vertices[::2] == pytest.approx(vertices[1::2], abs=1e-9)
    assert normals[::2] == pytest.approx(normals[1::2], abs=1e-9)
    assert normals[:, 2].min() < 0.97


def test_a_harm_moves_paints_and_marks_the_same_place():
    product = toys.box(grid=(60, 60))
    harmed = assemble(product, [toys.harm(field=toys.Dent(depth=0.02))])
    sound = assemble(product)
    down = sound.item.vertices[:, 2] - harmed.item.vertices[:, 2]
    assert down.max() == pytest.approx(0.02, abs=5e-4)
    deep, far = int(down.argmax()), int(np.argmax(np.linalg.norm(sound.item.vertices, axis=1)))
    assert down[far] == 0
    assert harmed.atlas.damage[texel(harmed, harmed.item, deep)] == damage_index(DamageType.CRUSH)
    assert (harmed.atlas.base[texel(harmed, harmed.item, deep)] == 255).all()
    assert harmed.atlas.damage[texel(harmed, harmed.item, far)] == 0
    assert not sound.atlas.damage.any()
    marked = harmed.atlas.damage > 0
    assert (harmed.atlas.base[marked] == 255).all()
    assert np.array_equal(harmed.atlas.base[~marked], sound.atlas.base[~marked])


def test_harms_add_up_and_the_later_type_stays():
    first = toys.harm(DamageType.CRUSH, field=toys.Dent(depth=0.01))
    second = toys.harm(DamageType.HOLE, field=toys.Dent(depth=0.005, radius=0.03))
    both = assemble(toys.box(grid=(60, 60)), [first, second])
    assert both.item.vertices[:, 2].min() == pytest.approx(0, abs=1e-6)
    top = both.item.vertices[np.linalg.norm(both.item.vertices[:, :2], axis=1) < 3e-3]
    assert top[top[:, 2] > 0.05][:, 2].min() == pytest.approx(0.1 - 0.015, abs=5e-4)
    assert set(np.unique(both.atlas.damage)) == {0, 1, damage_index(DamageType.HOLE)}


def test_a_cut_takes_faces_away_and_leaves_their_ghost():
    product = toys.box(grid=(80, 80))
    whole = assemble(product)
    holed = assemble(product, [toys.harm(DamageType.HOLE, field=toys.Dent(depth=0, hole=0.02))])
    _, middle = normals_of(holed.item)
    assert np.linalg.norm(middle - [0, 0, 0.1], axis=1).min() > 0.018
    gone = len(whole.item.faces) - len(holed.item.faces)
    area = gone * (0.2 / 79) * (0.14 / 79) / 2
    assert area == pytest.approx(np.pi * 0.02**2, rel=0.05)
    assert whole.ghost is None
    _, middle = normals_of(holed.ghost)
    assert np.linalg.norm(middle - [0, 0, 0.1], axis=1).max() < 0.024
    assert np.linalg.norm(holed.item.normals, axis=1) == pytest.approx(1, abs=1e-6)


def test_what_is_removed_leaves_a_ghost_and_what_is_added_is_damage():
    puddle = toys.panel(
        "puddle", (0.2, 0, 0.001), (0.05, 0, 0), (0, 0.05, 0), locus=Locus.SURROUNDINGS
    )
    inside = toys.panel("inside", (0, 0, 0.01), (0.01, 0, 0), (0, 0.01, 0), hidden=True)
    harms = [
        toys.harm(DamageType.MISSING_UNIT, removed=frozenset({"unit-1"})),
        toys.harm(DamageType.SPILLAGE, added=(puddle, inside)),
    ]
    made = assemble(toys.blister(), harms)
    assert "unit-1" not in made.item.names
    assert made.beside.names == (BESIDE + "carton",)
    assert made.ghost.names == ("unit-1",)
    height, width = made.atlas.damage.shape
    for mesh, kind in ((made.ghost, DamageType.MISSING_UNIT), (made.beside, DamageType.SPILLAGE)):
        rows, columns = (mesh.uv[:, axis] * side for axis, side in ((1, height), (0, width)))
        at = made.atlas.damage[rows.astype(int) - 1, columns.astype(int) - 1]
        assert damage_index(kind) in at
    hidden = made.item.part == made.item.names.index("carton")
    corner = made.item.faces[hidden][0, 0]
    assert made.atlas.damage[texel(made, made.item, corner)] == 0
    assert made.film.names == ("film",)
    assert made.clarity == pytest.approx(0.92)


def test_films_can_be_replaced():
    made = assemble(toys.blister(), [toys.harm(DamageType.TEAR, films=())])
    assert made.film is None
    assert made.clarity == 1


def test_prints_do_not_touch_in_the_atlas_and_a_closed_one_wraps():
    rng = np.random.default_rng(0)
    patches = []
    for number in range(7):
        patch = toys.tube(texels=(int(rng.integers(3, 40)), int(rng.integers(3, 90))))
        patch.skin.base[:] = rng.integers(0, 255, patch.skin.base.shape)
        patches.append(
            toys.Patch(
                f"tube-{number}",
                *(getattr(patch, n) for n in ("part", "rest", "grid", "skin", "locus", "closed_u")),
            )
        )
    made = assemble(toys.product(patches))
    height, width = made.atlas.damage.shape
    size = patches[0].grid[0] * patches[0].grid[1]
    taken = np.zeros((height, width), int)
    for number, patch in enumerate(patches):
        uv = made.item.uv[number * size : (number + 1) * size] * (width, height)
        (left, top), (right, bottom) = (np.rint(edge).astype(int) for edge in (uv[0], uv[-1]))
        taken[top - 1 : bottom + 1, left - 1 : right + 1] += 1
        assert np.array_equal(made.atlas.base[top:bottom, left:right], patch.skin.base)
        assert np.array_equal(made.atlas.base[top:bottom, left - 1], patch.skin.base[:, -1])
        assert np.array_equal(made.atlas.base[top - 1, left:right], patch.skin.base[0])
    assert taken.max() == 1


def test_the_same_harms_give_the_same_bytes():
    one, other = (assemble(toys.box(), [toys.harm(field=toys.Dent(hole=0.01))]) for _ in range(2))
    assert one.item.vertices.tobytes() == other.item.vertices.tobytes()
    assert one.atlas.base.tobytes() == other.atlas.base.tobytes()


def test_something_must_be_left():
    with pytest.raises(SimulationError, match="leave some part"):
        assemble(toys.box(), [toys.harm(removed=frozenset({"carton"}))])
