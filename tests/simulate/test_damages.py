from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from plain_box import SIZE, lattice, plain_box, points

from amiss.domain.errors import SimulationError
from amiss.domain.words import DamageType, Locus, Severity
from amiss.simulate.damages.board import bent, dented, pierced, spoilt, torn
from amiss.simulate.damages.crush import Tool
from amiss.simulate.damages.law import (
    ASPECT,
    MAJOR_FROM,
    OFTEN,
    SHARE,
    radius,
    severity,
)
from amiss.simulate.damages.local import Local, Several
from amiss.simulate.damages.make import HARMS, draw_type, harm
from amiss.simulate.damages.place import pick, surface
from amiss.simulate.damages.seen import seen
from amiss.simulate.products.make import make_product
from amiss.simulate.products.product import Kind
from amiss.simulate.streams import stream

PAIRS = [(kind, damage) for kind in Kind for damage in HARMS[kind]]


@cache
def product_of(kind, seed=4):
    return make_product(seed, kind, texels_per_metre=150)


def outside(product):
    clear = [patch for film in product.films for patch in film.patches]
    return [patch for patch in (*product.patches, *clear) if not patch.hidden]


def locals_of(field):
    return (
        [part for f in field.fields for part in locals_of(f)]
        if isinstance(field, Several)
        else [field]
    )


def far_and_near(product, field):
    """Points beyond every reach, by patch, and those within one."""
    parts = locals_of(field)
    assert all(isinstance(part, Local) for part in parts)
    for patch in product.patches:
        rest, normal = lattice(patch, 60)
        far = np.all(
            [np.linalg.norm(rest - part.place.point, axis=1) > part.reach for part in parts], axis=0
        )
        yield patch, rest, normal, far


@pytest.mark.parametrize("at", ["panel", "edge", "corner"])
@pytest.mark.parametrize("depth", [0.006, 0.028])
def test_a_dent_is_as_deep_as_it_was_asked_for(at, depth):
    product = plain_box()
    for seed in range(3):
        made = dented(product, stream("damage", seed), depth, 1.2 * depth, at)
        deepest = max(
            np.linalg.norm(made.field.displace(patch, *lattice(patch, 150)), axis=1).max()
            for patch in outside(product)
        )
        assert made.numbers["depth_mm"] == pytest.approx(1e3 * depth)
        assert deepest == pytest.approx(depth, abs=0.002 if depth > 0.01 else 0.0012)


def test_a_dent_never_goes_through_to_the_other_side():
    product = plain_box()
    for seed in range(12):
        made = dented(product, stream("damage", seed), 0.2, 0.1, "edge")
        assert made.numbers["depth_mm"] <= 500 * min(SIZE)


def test_what_is_inside_stays_below_the_dent():
    product = plain_box()
    made = dented(product, stream("damage", 3), 0.04, 0.05, "panel")
    place = locals_of(made.field)[0].place
    for below in (0.0, 0.013, 0.03):
        points = (
            place.point - below * place.out + 0.02 * np.linspace(-1, 1, 9)[:, None] * place.along
        )
        shell, block = product.patches[0], product.patches[6]
        normal = np.broadcast_to(place.out, points.shape)
        over = points + below * place.out
        over = over + made.field.displace(shell, over, normal)
        under = points + made.field.displace(block, points, normal)
        assert ((over - under) @ place.out > -1e-9).all()


@pytest.mark.parametrize("maker", [torn, pierced, spoilt])
def test_harm_from_outside_changes_nothing_far_from_its_place(maker):
    product = plain_box()
    for seed in range(6):
        made = maker(product, stream("damage", seed), 0.01)
        for patch, rest, normal, far in far_and_near(product, made.field):
            assert not made.field.displace(patch, rest, normal)[far].any()
            assert np.isposinf(made.field.cut(patch, rest)[far]).all()
            assert not made.field.touched(patch, rest)[far].any()
            grey = np.full((len(rest), 3), 0.5, np.float32)
            assert (made.field.paint(patch, rest, grey)[far] == 0.5).all()


@pytest.mark.parametrize("maker", [dented, torn, pierced, spoilt])
def test_the_opposite_side_is_spared(maker):
    product = plain_box()
    for seed in range(6):
        rng = stream("damage", seed)
        made = (
            maker(product, rng, 0.02, 0.03, "panel")
            if maker is dented
            else maker(product, rng, 0.01)
        )
        place = locals_of(made.field)[0].place
        if np.abs(place.out).max() < 0.95:
            continue
        for patch in outside(product):
            rest, normal = lattice(patch, 60)
            behind = normal @ place.out < -0.5
            assert not made.field.touched(patch, rest)[behind].any()
            assert not made.field.displace(patch, rest, normal)[behind].any()


@pytest.mark.parametrize("maker", [torn, pierced])
def test_what_is_cut_is_touched_and_something_is_cut(maker):
    product = plain_box()
    cuts = 0
    for seed in range(8):
        made = maker(product, stream("damage", seed), 0.03)
        for patch in outside(product):
            rest = points(patch, 160)
            gone = made.field.cut(patch, rest) < 0
            assert (made.field.touched(patch, rest)[gone] > 0.5).all()
            cuts += bool(gone.any())
    assert cuts >= 3


def test_nothing_hidden_and_nothing_beside_is_cut_or_painted():
    product = plain_box()
    made = pierced(product, stream("damage", 1), 0.05)
    block = product.patches[6]
    rest = points(block)
    assert np.isposinf(made.field.cut(block, rest)).all()
    puddle = harm(product, DamageType.SPILLAGE, stream("damage", 3))
    for patch in puddle.added:
        rest, normal = lattice(patch, 20)
        assert patch.locus is Locus.SURROUNDINGS
        assert not made.field.displace(patch, rest, normal).any()
        assert not made.field.touched(patch, rest).any()


def test_a_bent_corner_keeps_its_length():
    product = product_of(Kind.BLISTER)
    made = bent(product, stream("damage", 2), 0.02)
    place = made.field.place
    line = place.point + np.linspace(0, made.field.reach * 0.95, 400)[:, None] * place.along
    card = next(patch for patch in product.patches if patch.part == "card")
    moved = line + made.field.displace(card, line, np.broadcast_to(place.out, line.shape))
    length = np.linalg.norm(np.diff(moved, axis=0), axis=1).sum()
    assert length == pytest.approx(made.field.reach * 0.95, rel=0.04)
    assert made.numbers["depth_mm"] == pytest.approx(1e3 * (moved - line)[0] @ place.out, rel=0.1)


@pytest.mark.parametrize(("kind", "damage"), PAIRS)
def test_every_kind_can_have_each_of_its_harms(kind, damage):
    product = product_of(kind)
    for seed in range(2):
        made = harm(product, damage, stream("damage", seed))
        assert made.type is damage
        assert made.words
        assert made.severity is severity(damage, made.numbers)
        assert all(np.isfinite(number) and number >= 0 for number in made.numbers.values())
        parts = {patch.part for patch in product.patches}
        assert made.removed <= parts
        names = [patch.name for patch in product.patches if patch.part not in made.removed]
        names += [patch.name for patch in made.added]
        assert len(names) == len(set(names))
        for patch in made.added:
            rest = points(patch, 12)
            assert np.isfinite(rest).all()
            assert patch.locus is not Locus.SURROUNDINGS or rest[:, 2].min() > -3e-4
        touched = made.field is not None and made.numbers["area_cm2"] > 0
        assert touched or made.removed or made.added


@pytest.mark.parametrize("damage", list(DamageType))
def test_the_same_stream_gives_the_same_harm(damage):
    kind = next(kind for kind in Kind if damage in HARMS[kind])
    product = product_of(kind)
    one, other = (harm(product, damage, stream("damage", 5)) for _ in range(2))
    assert one.numbers == other.numbers
    assert one.words == other.words
    for patch in product.patches if one.field else ():
        rest, normal = lattice(patch, 30)
        base = np.full((len(rest), 3), 0.5, np.float32)
        for ask in ("cut", "touched"):
            first, second = (getattr(made.field, ask)(patch, rest) for made in (one, other))
            assert (first == second).all()
        assert (
            one.field.displace(patch, rest, normal) == other.field.displace(patch, rest, normal)
        ).all()
        assert (one.field.paint(patch, rest, base) == other.field.paint(patch, rest, base)).all()
    for first, second in zip(one.added, other.added, strict=True):
        assert (points(first, 8) == points(second, 8)).all()
        assert (first.skin.base == second.skin.base).all()


def test_nothing_is_drawn_from_but_the_stream_that_is_handed_in(monkeypatch):
    product = product_of(Kind.CARTON)
    before = [(patch.skin.base.copy(), points(patch, 8)) for patch in product.patches]
    rng = stream("damage", 1)
    monkeypatch.setattr(np.random, "default_rng", None)
    for damage in HARMS[Kind.CARTON]:
        harm(product, damage, rng)
    for patch, (base, rest) in zip(product.patches, before, strict=True):
        assert (patch.skin.base == base).all()
        assert (points(patch, 8) == rest).all()


@pytest.mark.parametrize(
    "damage", [d for d in DamageType if d not in {"missing_unit", "deconstruction"}]
)
@pytest.mark.parametrize("asked", list(Severity))
def test_a_severity_can_be_asked_for(damage, asked):
    kind = next(kind for kind in Kind if damage in HARMS[kind])
    made = harm(product_of(kind), damage, stream("damage", 8), asked)
    assert made.severity is asked


def test_what_cannot_be_is_refused():
    with pytest.raises(SimulationError, match="cannot have missing_unit"):
        harm(product_of(Kind.CARTON), DamageType.MISSING_UNIT, stream("damage", 1))
    with pytest.raises(SimulationError, match="never minor"):
        harm(product_of(Kind.BLISTER), DamageType.MISSING_UNIT, stream("damage", 1), Severity.MINOR)


def test_severity_grows_with_every_number():
    for damage, limits in MAJOR_FROM.items():
        for name, limit in limits.items():
            steps = [severity(damage, {name: share * limit}) for share in (0, 0.5, 0.99, 1, 2, 50)]
            ranks = [step is Severity.MAJOR for step in steps]
            assert ranks == [False, False, False, True, True, True]
            assert all(one <= other for one, other in pairwise(ranks))


def test_sizes_follow_the_law_that_is_stated():
    rng = stream("damage", 0)
    for damage, law in SHARE.items():
        drawn = np.array([law.draw(rng) for _ in range(2000)])
        assert np.median(drawn) == pytest.approx(law.median, rel=0.12)
        assert law.low <= drawn.min() <= drawn.max() <= law.high
        inner = drawn[(drawn > law.low) & (drawn < law.high)]
        assert np.mean(inner) > np.median(inner), damage  # long-tailed
    assert sum(OFTEN.values()) == pytest.approx(1)


def test_most_damage_is_small():
    shares, depths = [], []
    for kind in Kind:
        product = product_of(kind)
        for seed in range(11):
            rng = stream("damage", seed, list(Kind).index(kind))
            made = harm(product, draw_type(kind, rng), rng)
            shares.append(made.numbers["area_share"])
            if made.type is DamageType.CRUSH:
                depths.append(made.numbers["depth_mm"])
    assert np.median(shares) <= 0.0125  # ≤ 1 % over many products; these few vary
    assert np.quantile(shares, 0.95) > 6 * np.median(shares)
    assert np.quantile(depths, 0.25) <= 10
    assert max(depths) > 15


def test_units_that_are_missing_go_down_to_a_twentieth_of_the_item():
    shares = []
    for seed in range(24):
        product = product_of(Kind.MULTIPACK, seed)
        made = harm(product, DamageType.MISSING_UNIT, stream("damage", seed))
        assert 1 <= made.numbers["units_missing"] < product.units
        assert len(made.removed) == made.numbers["units_missing"]
        shares.append(made.numbers["units_share"])
    assert min(shares) <= 0.1


def test_damage_is_mostly_put_where_a_camera_above_looks():
    around = surface(plain_box())
    ups = [pick(stream("damage", seed), around).out[2] for seed in range(300)]
    assert np.mean(np.array(ups) > 0.9) > 0.45
    assert np.mean(np.array(ups) < -0.9) < 0.12
    assert 0.1 < np.mean(np.abs(ups) < 0.3) < 0.6


def test_a_harm_that_no_camera_sees_is_drawn_again():
    """On a side that is turned away from the cameras it is as good as no damage at all."""
    product = product_of(Kind.CARTON)
    found = [
        harm(product, DamageType.HOLE, stream("damage", seed), rest=0, yaw=180.0)
        for seed in range(12)
    ]
    assert all(seen(product, one, 0, 180.0) for one in found)
    turned_away = [seen(product, one, 0, 0.0) for one in found]
    assert not all(turned_away)


def test_a_dent_needs_depth_and_width():
    with pytest.raises(ValueError, match="deeper"):
        Tool.faceted(stream("damage", 1), 0.0, 0.01)


@pytest.mark.parametrize("at", ["panel", "edge", "corner"])
def test_every_part_of_a_toy_box_can_be_dented(at):
    """Its window is as thin as film: nothing there gives way, and once nothing did."""
    product = product_of(Kind.TOY_BOX, 17)
    for seed in range(12):
        made = dented(product, stream("damage", seed), 0.01, 0.02, at)
        assert made.numbers["depth_mm"] >= 1


def test_a_radius_covers_its_share():
    assert np.pi * radius(0.01, 0.05) ** 2 == pytest.approx(0.0005)
    assert ASPECT.low < ASPECT.median < ASPECT.high


@pytest.mark.parametrize("rest", [0, 1])
def test_a_book_is_opened_by_the_cover_that_lies_upwards(rest):
    product = product_of(Kind.BOOK)
    made = harm(product, DamageType.OPENED, stream("damage", 6), rest=rest)
    up = product.rests[rest][2]
    (part,) = made.removed
    before = max((points(p) @ up).max() for p in product.patches if p.part == part)
    after = max((points(p) @ up).max() for p in made.added)
    assert before == pytest.approx(max((points(p) @ up).max() for p in product.patches), abs=2e-3)
    assert after > before + 0.5e-3 * made.numbers["gap_mm"]
