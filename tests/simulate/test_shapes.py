import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiss.simulate.shapes.box import FACES, Box, bulge
from amiss.simulate.shapes.compose import cut_out, moved, normals, spun, turned, warped
from amiss.simulate.shapes.dome import Outline, collar, dome
from amiss.simulate.shapes.noise import Relief, Waves, clouds
from amiss.simulate.shapes.pillow import Pillow, wrinkles
from amiss.simulate.shapes.revolve import ROUND, Profile, Section, arch, disc, lid, revolve
from amiss.simulate.shapes.tube import tube

CUBE_EDGES = [
    ("top", "front", "v0", "v1"), ("top", "back", "v1", "v1r"), ("top", "left", "u0", "v1r"),
    ("top", "right", "u1", "v1"), ("bottom", "front", "v1", "v0"), ("bottom", "back", "v0", "v0r"),
    ("bottom", "left", "u0", "v0"), ("bottom", "right", "u1", "v0r"),
    ("front", "right", "u1", "u0"),
    ("right", "back", "u1", "u0"), ("back", "left", "u1", "u0"), ("left", "front", "u1", "u0"),
]  # fmt: skip


def grid(columns=41, rows=31):
    return np.stack(np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows)), axis=-1)


def side(rest, name, count=57):
    along = np.linspace(0, 1, count)
    if name.endswith("r"):
        along = along[::-1]
    fixed = np.full(count, float(name[1]))
    return rest(np.stack([along, fixed] if name[0] == "v" else [fixed, along], axis=-1))


def enclosed(rests):
    """Volume within surfaces that close, by the divergence theorem; negative if turned inside."""
    total = 0.0
    for rest in rests:
        p = rest(grid(201, 151))
        a, b, c, d = p[:-1, :-1], p[:-1, 1:], p[1:, 1:], p[1:, :-1]
        for x, y, z in ((a, b, c), (a, c, d)):
            total += np.einsum("ijk,ijk->", x, np.cross(y, z)) / 6
    return total


@pytest.mark.parametrize("bent", [False, True])
def test_the_faces_of_a_box_meet_at_all_twelve_edges(bent):
    box = Box((0.3, 0.2, 0.1), 0.004)
    warp = bulge(box, np.random.default_rng(3), 0.006) if bent else (lambda points: points)
    for one, other, first, second in CUBE_EDGES:
        gap = side(warped(box.face(one), warp), first) - side(warped(box.face(other), warp), second)
        assert np.abs(gap).max() < 1e-12, (one, other)


def test_a_box_has_the_volume_of_a_rounded_box():
    (x, y, z), r = (0.3, 0.2, 0.1), 0.01
    box = Box((x, y, z), r)
    a, b, c = x - 2 * r, y - 2 * r, z - 2 * r
    core, slabs = a * b * c, 2 * r * (a * b + b * c + c * a)
    rounds = math.pi * r**2 * (a + b + c) + 4 / 3 * math.pi * r**3
    assert enclosed(box.face(face) for face in FACES) == pytest.approx(core + slabs + rounds, 1e-4)


def test_a_bulge_stays_small_and_leaves_edges_almost_straight():
    box = Box((0.3, 0.2, 0.15), 0.004)
    warp = bulge(box, np.random.default_rng(0), 0.005)
    rest = box.face("top")
    moves = np.linalg.norm(warp(rest(grid())) - rest(grid()), axis=-1)
    assert 0.0005 < moves.max() < 0.02
    assert max(moves[0].max(), moves[-1].max(), moves[:, 0].max()) < 0.003


@given(st.integers(0, 3))
def test_spinning_turns_a_surface_but_keeps_its_outside(quarters):
    rest = Box((0.3, 0.2, 0.1), 0.004).face("top")
    uv = np.array([[0.3, 0.6], [0.5, 0.5]])
    assert normals(spun(rest, quarters), uv)[:, 2] == pytest.approx(1)
    assert spun(rest, 4)(uv) == pytest.approx(rest(uv))
    corner = spun(rest, quarters)(np.array([[0.0, 0.0]]))[0, :2]
    corners = [rest(np.array([c]))[0, :2] for c in [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]]
    assert corner == pytest.approx(corners[quarters])


def test_a_piece_is_the_surface_between_its_borders():
    rest = Box((0.3, 0.2, 0.1), 0.004).face("front")
    piece = cut_out(rest, (0.2, 0.6), (0.5, 1.0))
    assert piece(np.array([0.5, 0.5])) == pytest.approx(rest(np.array([0.4, 0.75])))


def test_turning_is_counter_clockwise():
    assert turned("z", 90) @ (1, 0, 0) == pytest.approx((0, 1, 0))
    assert turned("x", 90) @ (0, 1, 0) == pytest.approx((0, 0, 1))
    assert turned("y", 90) @ (0, 0, 1) == pytest.approx((1, 0, 0))
    rest = moved(lid(disc(1.0)), (0, 0, 5), turned("x", 180))
    assert normals(rest, np.array([0.4, 0.45]))[2] == pytest.approx(-1)


def test_a_cylinder_with_lids_is_closed_and_has_its_volume():
    wall = revolve(Profile.of(np.array([(0.04, 0.0), (0.04, 0.12)])))
    lids = [lid(disc(0.04, 0.12)), lid(disc(0.04, 0.0), down=True)]
    assert enclosed([wall, *lids]) == pytest.approx(math.pi * 0.04**2 * 0.12, 2e-3)
    assert side(wall, "u0") == pytest.approx(side(wall, "u1"))


@pytest.mark.parametrize("section", [ROUND, Section(0.6, 2.0), Section(0.7, 4.0), Section(1.6, 3)])
def test_a_section_goes_once_around_at_an_even_pace_and_starts_at_the_back(section):
    points = section.at(np.linspace(0, 1, 2001))
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    assert steps.sum() == pytest.approx(section.length, 1e-3)
    assert steps.max() < 1.1 * steps.min()
    assert points[0] == pytest.approx((0, section.depth), abs=1e-6)
    assert points[1000] == pytest.approx((0, -section.depth), abs=2e-3)
    assert points[1500][0] > 0.95  # three quarters around is on the right


def test_a_lid_fills_its_section_without_a_pole():
    section = Section(0.7, 3.0)
    points = lid(disc(0.05), section)(grid(81, 81))
    assert np.abs(points[..., 0]).max() == pytest.approx(0.05, 1e-2)
    assert np.abs(points[..., 1]).max() == pytest.approx(0.035, 1e-2)
    cells = np.cross(np.diff(points, axis=1)[:-1], np.diff(points, axis=0)[:, :-1])[..., 2]
    assert cells.min() > 0
    assert np.quantile(cells, 0.005) > 0.1 * cells.mean()


def test_a_profile_keeps_its_ends_and_rounds_its_corners():
    profile = Profile.through([(0.03, 0.0), (0.03, 0.05), (0.01, 0.05)], 0.002)
    assert profile.points[0] == pytest.approx((0.03, 0.0), abs=1e-5)
    assert profile.points[-1] == pytest.approx((0.01, 0.05), abs=1e-5)
    corner = np.linalg.norm(profile.points - (0.03, 0.05), axis=1).min()
    assert 0.0005 < corner < 0.002
    assert profile.widest == pytest.approx(0.03, abs=1e-4)
    assert profile.at(np.array(profile.share_at(0.02)))[1] == pytest.approx(0.02, abs=1e-3)


def test_an_arch_is_half_an_ellipsoid():
    rests = [lid(arch(0.03, 0.02)), lid(disc(0.03), down=True)]
    assert enclosed(rests) == pytest.approx(2 / 3 * math.pi * 0.03**2 * 0.02, 5e-3)


def test_the_flange_of_a_dome_is_as_wide_along_as_across():
    outline = Outline(0.01, 0.07)
    profile = Profile.of(np.array([(0, 0.01), (0.003, 0.0), (0.006, 0.0)], np.float64))
    points = dome(outline, profile)(grid(121, 121))
    assert points[..., 0].max() == pytest.approx(0.016, abs=2e-4)
    assert points[..., 1].max() == pytest.approx(0.076, abs=2e-4)
    assert points[60, 60] == pytest.approx((0, 0, 0.01), abs=1e-9)
    ring = collar(outline, profile)(grid(121, 9))
    assert ring[0][..., 1].max() == pytest.approx(0.07, abs=2e-4)
    assert ring[-1][..., 1].max() == pytest.approx(0.076, abs=2e-4)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_sheets_of_a_bag_are_sealed_all_around_and_do_not_cross(seed):
    rng = np.random.default_rng(seed)
    length, width, height = 0.2, 0.13, float(rng.uniform(0.015, 0.04))
    bag = Pillow(
        length, width, height, (0.01, 0.015), float(rng.choice([0.0, 0.008])), 0.35, 0.6,
        wrinkles(rng, (length, width), 0.1 * height), wrinkles(rng, (length, width), 0.002),
        Relief(0.002 * clouds(rng, (40, 40), (3, 3), 2)),
    )  # fmt: skip
    upper, lower = bag.sheet(True), bag.sheet(False)
    for mine, its in (("v0", "v1"), ("v1", "v0"), ("u0", "u0r"), ("u1", "u1r")):
        assert np.abs(side(upper, mine) - side(lower, its)).max() < 5e-4
    uv = grid(81, 61)
    apart = upper(uv)[..., 2] - lower(uv)[::-1, :, 2]
    assert (apart[1:-1, 1:-1] > 0).mean() > 0.98
    assert apart.max() == pytest.approx(height, rel=0.5)
    assert normals(upper, uv[20:-20, 20:-20])[..., 2].min() > 0
    assert normals(lower, uv[20:-20, 20:-20])[..., 2].max() < 0


def test_a_bar_follows_its_path_and_looks_outwards():
    path = [(0, 0, 0), (0.02, 0.01, 0.03), (0.01, 0.03, 0.06)]
    rest = tube(path, 0.004)
    points = rest(grid(41, 101))
    middle = points[:, :-1].mean(axis=1)
    for knot in path:
        assert np.linalg.norm(middle - knot, axis=1).min() < 0.0015
    reach = np.linalg.norm(points - middle[:, None], axis=-1)
    assert reach[30:70].max() == pytest.approx(0.004, rel=0.05)
    assert enclosed([rest]) > 0
    straight = tube([(0, 0, 0), (0, 0, 0.05)], 0.004)
    capsule = math.pi * 0.004**2 * 0.05 + 4 / 3 * math.pi * 0.004**3
    assert enclosed([straight]) == pytest.approx(capsule, rel=0.01)


def test_noise_has_the_spread_it_says():
    rng = np.random.default_rng(5)
    points = rng.uniform(-0.5, 0.5, (20_000, 3))
    values = np.stack([Waves.drawn(rng, 0.05)(points) for _ in range(8)])
    assert values.std() == pytest.approx(1, abs=0.1)
    assert abs(values.mean()) < 0.1
    assert clouds(rng, (200, 300), (20, 30)).std() == pytest.approx(1, abs=0.35)


def test_a_relief_is_read_between_its_entries():
    relief = Relief(np.array([[0.0, 1.0], [2.0, 3.0]]))
    uv = np.array([[0.0, 0.0], [1.0, 1.0], [0.5, 0.5], [2.0, -1.0]])
    assert relief(uv) == pytest.approx([0, 3, 1.5, 1])
