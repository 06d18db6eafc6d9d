import itertools

import cv2
import numpy as np
import pytest
from scipy.interpolate import RBFInterpolator
from scipy.spatial import ConvexHull, cKDTree

from amiss.domain.errors import SimulationError
from amiss.domain.words import Locus
from amiss.simulate.prints import ean
from amiss.simulate.prints.design import make_design
from amiss.simulate.prints.panels import Role
from amiss.simulate.products.make import make_product, name_of, siblings_of
from amiss.simulate.products.press import Press
from amiss.simulate.products.product import Kind, Sibling

KINDS = list(Kind)
SEEDS = (0, 1, 2)
COARSE = 220.0
SHOWS_ITSELF = {Kind.BOTTLE, Kind.TIN, Kind.JAR, Kind.BOOK, Kind.POLY_BAG}


@pytest.fixture(scope="module")
def products():
    return {
        (kind, seed): make_product(seed, kind, texels_per_metre=COARSE)
        for kind, seed in itertools.product(KINDS, SEEDS)
    }


def sampled(patch, finest=61):
    columns, rows = (min(count, finest) for count in patch.grid)
    uv = np.stack(np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows)), axis=-1)
    return patch.rest(uv)


def outside(product):
    return [patch for patch in product.patches if not patch.hidden]


def cloud(product, films=True):
    patches = outside(product)
    patches += [patch for film in product.films for patch in film.patches] if films else []
    return np.concatenate([sampled(patch).reshape(-1, 3) for patch in patches])


def every(products):
    return pytest.mark.parametrize("kind", KINDS)(products)


@every
def test_a_product_is_whole(products, kind):
    for seed in SEEDS:
        product = products[kind, seed]
        assert product.kind is kind
        assert product.name == f"simulated-{kind}-{seed}"
        assert ean.check_digit(product.gtin[:12]) == product.gtin[12]
        assert len(product.gtin) == 13
        names = [patch.name for patch in product.patches]
        assert len(set(names)) == len(names)
        for patch in [*product.patches, *(p for film in product.films for p in film.patches)]:
            points = sampled(patch)
            assert np.isfinite(points).all()
            assert points.shape[-1] == 3
            assert np.abs(points).max() < 0.5
            height, width = patch.skin.base.shape[:2]
            for plane in (patch.skin.rough, patch.skin.metal, patch.skin.bump):
                assert plane.shape == (height, width)
                assert plane.dtype == np.float32
            assert patch.skin.base.dtype == np.uint8


@every
def test_it_has_the_size_that_it_says_and_stands_on_the_tray(products, kind):
    for seed in SEEDS:
        product = products[kind, seed]
        points = cloud(product)
        extent = np.ptp(points, axis=0)
        slack = np.array(
            [0.012, 0.012, 0.02 if kind in {Kind.POLY_BAG, Kind.PADDED_MAILER} else 0.012]
        )
        assert (np.abs(extent - product.size) <= slack).all(), (kind, seed, extent, product.size)
        assert abs(points[:, 2].min()) < 0.006
        assert np.abs((points.max(0) + points.min(0))[:2] / 2).max() < 0.006


@every
def test_surfaces_look_outwards(products, kind):
    for seed in SEEDS:
        product = products[kind, seed]
        groups = {}
        for patch in outside(product):
            # of what is put together from many pieces, each piece looks out from its own middle
            key = patch.name.rsplit("-", 1)[0] if patch.part.startswith("unit") else ""
            groups.setdefault(key, []).append(patch)
        for patches in groups.values():
            points = np.concatenate([sampled(patch).reshape(-1, 3) for patch in patches])
            middle = (points.max(0) + points.min(0)) / 2
            volume = sum(_volume(sampled(patch) - middle) for patch in patches)
            assert volume > 0, (kind, seed, patches[0].name)


def _volume(p):
    a, b, c, d = p[:-1, :-1], p[:-1, 1:], p[1:, 1:], p[1:, :-1]
    both = np.einsum("ijk,ijk->", a, np.cross(b, c)) + np.einsum("ijk,ijk->", a, np.cross(c, d))
    return both / 6


@every
def test_outer_faces_meet_without_a_gap(products, kind):
    """Where a vertex of one patch's border is near another patch's border, they touch."""
    parts = {"carton", "flap-0", "flap-1", "bag", "card"} - (
        # its outer flaps end at a seam, its inner ones lie under them
        {"flap-1"} if kind is Kind.TOY_BOX else set()
    )
    if kind not in {Kind.CARTON, Kind.TOY_BOX, Kind.POLY_BAG, Kind.PADDED_MAILER, Kind.BLISTER}:
        pytest.skip("has no faces that share edges")
    for seed in SEEDS:
        patches = [patch for patch in outside(products[kind, seed]) if patch.part in parts]
        borders = [_border(patch) for patch in patches]
        for place, border in enumerate(borders):
            others = np.concatenate(borders[:place] + borders[place + 1 :])
            far, _ = cKDTree(others).query(border)
            if "front-" in patches[place].name:  # a window is open on one side
                far = np.sort(far)[: len(far) // 3]
            assert far.max() < 5e-4, (kind, seed, patches[place].name, far.max())


def _border(patch, count=801):
    along = np.linspace(0, 1, count)
    zero, one = np.zeros(count), np.ones(count)
    sides = [(along, zero), (along, one), (zero, along), (one, along)]
    return np.concatenate([patch.rest(np.stack(side, axis=-1)) for side in sides])


@every
def test_its_rests_are_steady(products, kind):
    """Its centre of mass, taken as that of its hull, lies over what touches the tray."""
    for seed in SEEDS:
        product = products[kind, seed]
        points = cloud(product)
        hull = ConvexHull(points)
        centre = _centre(points, hull)
        points = points[hull.vertices]
        assert len(product.rests) >= 2
        for rest in product.rests:
            assert rest @ rest.T == pytest.approx(np.eye(3), abs=1e-12)
            assert np.linalg.det(rest) == pytest.approx(1)
            placed = points @ rest.T
            # films, wrinkles and card give way by some millimetres
            contact = placed[placed[:, 2] < placed[:, 2].min() + 0.006, :2]
            contact = np.concatenate([contact + shift for shift in _RING * 0.004])
            over = ConvexHull(contact).equations @ [*(rest @ centre)[:2], 1]
            # a hull is lighter at the units than the item is: a millimetre says nothing
            assert over.max() <= 0.001, (kind, seed)


_RING = np.array([(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)])


def _centre(points, hull):
    """Centre of mass of the hull: tetrahedra from a point inside to its faces."""
    inside = points[hull.vertices].mean(0)
    faces = points[hull.simplices] - inside
    volumes = np.abs(np.linalg.det(faces))
    return inside + (faces.sum(1) / 4 * volumes[:, None]).sum(0) / volumes.sum()


def test_the_same_seed_gives_the_same_product(products):
    for kind in KINDS:
        again = make_product(1, kind, texels_per_metre=COARSE)
        first = products[kind, 1]
        assert (again.gtin, again.title, again.size) == (first.gtin, first.title, first.size)
        assert _same_shape(first, again)
        assert _same_print(first, again)


def test_other_seeds_give_other_products(products):
    for kind in KINDS:
        one, other = products[kind, 0], products[kind, 1]
        assert one.gtin != other.gtin
        assert one.title != other.title
        assert one.size != other.size


def test_the_kind_is_drawn_from_the_seed_and_naming_it_changes_nothing():
    kinds = {make_product(seed, texels_per_metre=60).kind for seed in range(24)}
    assert len(kinds) >= 7
    drawn = make_product(5, texels_per_metre=COARSE)
    assert _same_print(drawn, make_product(5, drawn.kind, texels_per_metre=COARSE))


@every
def test_a_new_design_is_the_same_product_in_another_print(products, kind):
    first = products[kind, 0]
    variant = make_product(0, kind, design=1, texels_per_metre=COARSE)
    assert variant.design == 1
    assert (variant.gtin, variant.title, variant.size) == (first.gtin, first.title, first.size)
    assert (variant.units, len(variant.rests)) == (first.units, len(first.rests))
    assert _same_shape(first, variant)
    assert not _same_print(first, variant)


@every
def test_a_sibling_is_another_product_that_differs_in_one_thing(products, kind):
    first, seed = products[kind, 1], 1
    able = siblings_of(seed, kind)
    assert Sibling.SIZE in able
    gtins = {first.gtin}
    for what in able:
        made = make_product(seed, kind, texels_per_metre=COARSE, sibling=what)
        assert made.name == name_of(seed, kind, what) != first.name
        assert made.units == first.units
        gtins.add(made.gtin)
        sides = np.divide(made.size, first.size)
        assert np.ptp(sides) < 1e-9
        assert (abs(sides[0] - 1) > 0.1) == (what is Sibling.SIZE)
        if what is not Sibling.SIZE:
            assert _same_shape(first, made)
        assert (made.title != first.title) or what is not Sibling.FLAVOUR
        assert (made.title == first.title) or what in {Sibling.FLAVOUR, Sibling.SIZE}
        moved = [
            np.abs(one.skin.base.astype(int) - two.skin.base).max(axis=2) > 24
            for one, two in zip(first.patches, made.patches, strict=True)
            if not one.hidden and one.skin.base.shape == two.skin.base.shape
        ]
        share = sum(one.sum() for one in moved) / sum(one.size for one in moved)
        assert share > 0.001 or what is Sibling.SIZE
        assert what is Sibling.COLOUR or share < 0.5
    assert len(gtins) == 1 + len(able)


def test_what_says_nothing_of_its_contents_has_siblings_by_size_alone():
    assert siblings_of(40, Kind.PADDED_MAILER) == (Sibling.SIZE,)
    bare = [siblings_of(seed, Kind.CARTON) == (Sibling.SIZE,) for seed in range(60)]
    assert 8 < sum(bare) < 28
    for seed in range(60):
        patches = make_product(seed, Kind.CARTON, texels_per_metre=20).patches
        assert bare[seed] == any(patch.name == "top-0" for patch in patches)


@every
def test_a_deceptive_print_changes_nothing_but_one_print(products, kind):
    first = products[kind, 2]
    sham = make_product(2, kind, deceptive="smashed_screen", texels_per_metre=COARSE)
    assert sham.deceptive == "smashed_screen"
    assert _same_shape(first, sham)
    other = {
        one.part
        for one, two in zip(first.patches, sham.patches, strict=True)
        if not np.array_equal(one.skin.base, two.skin.base)
    }
    assert other, "nothing deceives"
    changed = sum(
        not np.array_equal(one.skin.base, two.skin.base)
        for one, two in zip(first.patches, sham.patches, strict=True)
    )
    assert changed <= max(4, first.units)


def test_an_unknown_deception_is_refused():
    with pytest.raises(SimulationError, match="moon"):
        make_product(0, Kind.CARTON, deceptive="moon", texels_per_metre=COARSE)


def test_finer_prints_leave_the_shape_alone(products):
    for kind in (Kind.TIN, Kind.POLY_BAG, Kind.TOY_BOX):
        assert _same_shape(products[kind, 1], make_product(1, kind, texels_per_metre=400))


@every
def test_units_are_counted(products, kind):
    for seed in SEEDS:
        product = products[kind, seed]
        parts = {patch.part for patch in product.patches if patch.part.startswith("unit-")}
        if kind in {Kind.BLISTER, Kind.MULTIPACK, Kind.TOY_BOX}:
            assert parts == {f"unit-{number}" for number in range(product.units)}
            assert product.films
        else:
            assert not parts
            assert product.units == 1
        if kind is Kind.BLISTER:
            assert 2 <= product.units <= 6
            assert len(product.films[0].patches) == product.units


def test_units_lie_under_their_domes(products):
    for seed in SEEDS:
        product = products[Kind.BLISTER, seed]
        for number, film in enumerate(product.films[0].patches):
            unit = np.concatenate(
                [sampled(p).reshape(-1, 3) for p in product.patches if p.part == f"unit-{number}"]
            )
            dome = sampled(film).reshape(-1, 3)
            assert (unit.max(0) < dome.max(0)).all()
            assert (unit.min(0)[:2] > dome.min(0)[:2]).all()


@every
def test_damage_counts_where_it_should(products, kind):
    for seed in SEEDS:
        for patch in products[kind, seed].patches:
            if patch.part.startswith("unit-") or patch.part == "contents" or kind in SHOWS_ITSELF:
                assert patch.locus is Locus.PRODUCT
            elif not patch.hidden:
                assert patch.locus is Locus.OUTER_PACKAGING


@every
def test_there_are_neither_too_few_vertices_nor_too_many(products, kind):
    for seed in SEEDS:
        product = products[kind, seed]
        shown = sum(patch.grid[0] * patch.grid[1] for patch in outside(product))
        total = sum(patch.grid[0] * patch.grid[1] for patch in product.patches)
        assert 15_000 <= total <= 55_000, (kind, seed, total)
        assert shown >= 0.75 * total


@every
def test_what_can_be_opened_holds_something(products, kind):
    for seed in SEEDS:
        product = products[kind, seed]
        parts = {patch.part for patch in product.patches if patch.hidden}
        if kind in {
            Kind.CARTON,
            Kind.PADDED_MAILER,
            Kind.POLY_BAG,
            Kind.BOTTLE,
            Kind.JAR,
            Kind.TIN,
        }:
            assert "contents" in parts
            inner = np.concatenate(
                [sampled(p).reshape(-1, 3) for p in product.patches if p.part == "contents"]
            )
            points = cloud(product)
            assert (inner.min(0) > points.min(0) - 1e-4).all()
            assert (inner.max(0) < points.max(0) + 1e-4).all()


@pytest.mark.parametrize("kind", [Kind.POLY_BAG, Kind.PADDED_MAILER])
def test_what_a_bag_holds_does_not_show_through_it(products, kind):
    for seed in SEEDS:
        patches = {patch.name: patch for patch in products[kind, seed].patches}
        for skin, inner, side in (("front", "contents-upper", 1), ("back", "contents-lower", -1)):
            outer = sampled(patches[skin], 121).reshape(-1, 3)
            held = sampled(patches[inner], 41).reshape(-1, 3)
            # not by triangles: among those without an area SciPy may search for minutes
            above = RBFInterpolator(outer[:, :2], outer[:, 2], neighbors=12, kernel="linear")
            assert (side * (above(held[:, :2]) - held[:, 2])).min() > -3e-4


@pytest.mark.parametrize("kind", [Kind.CARTON, Kind.TOY_BOX])
def test_flaps_hang_on_their_edge_v_0(products, kind):
    for seed in SEEDS:
        product = products[kind, seed]
        flaps = [patch for patch in product.patches if patch.part.startswith("flap-")]
        assert len(flaps) in {3, 4}
        top = product.size[2]
        half = np.array(product.size[:2]) / 2
        for patch in flaps:
            hinge = patch.rest(np.array([[0.5, 0.0]]))[0]
            free = patch.rest(np.array([[0.5, 1.0]]))[0]
            assert hinge[2] == pytest.approx(top, abs=0.012)
            # the hinge is at the rim, the other end towards or beyond the middle
            reach = np.abs(hinge[:2] / half).max()
            assert reach > 0.85, patch.name
            assert np.linalg.norm(free - hinge) > 0.01


def test_barcodes_can_be_read_on_panels_and_stickers():
    for seed in range(3):
        design = make_design(seed, kind=Kind.CARTON)
        press = Press(design, 5000.0)
        skin = press.printed(Role.BOTTOM, (0.12, 0.06), "coated")
        for picture in (skin.base[::-1], press.sticker((0.05, 0.03))):
            # the detector wants some quiet around a code
            margin = cv2.copyMakeBorder(
                picture[..., ::-1], 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(238, 238, 238)
            )
            assert cv2.barcode.BarcodeDetector().detectAndDecode(margin)[0] == design.gtin


def _same_shape(one, other):
    return [(p.name, p.part, p.grid) for p in one.patches] == [
        (p.name, p.part, p.grid) for p in other.patches
    ] and all(
        np.array_equal(sampled(a, 9), sampled(b, 9))
        for a, b in zip(one.patches, other.patches, strict=True)
    )


def _same_print(one, other):
    return all(
        np.array_equal(a.skin.base, b.skin.base) and np.array_equal(a.skin.bump, b.skin.bump)
        for a, b in zip(one.patches, other.patches, strict=True)
    )
