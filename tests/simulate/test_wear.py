import numpy as np
import pytest
from toys import box

from amiss.simulate.assemble import assemble
from amiss.simulate.damages.make import harm
from amiss.simulate.products.make import make_product
from amiss.simulate.products.product import Kind
from amiss.simulate.rig import empty_booth
from amiss.simulate.shoot import lying, stage
from amiss.simulate.streams import stream
from amiss.simulate.wear import Wear


@pytest.fixture(scope="module")
def carton():
    return make_product(3, Kind.CARTON, texels_per_metre=400)


def worn(product, seed, age=None):
    wear = Wear.drawn(product, stream("wear", seed))
    return wear if age is None else Wear(product, wear.seed, age, wear.tint, wear._names)


def test_copies_of_a_product_differ_a_little_and_nothing_of_it_is_damage(carton):
    one, other = (assemble(carton, wear=worn(carton, seed)).atlas for seed in (1, 2))
    fresh = assemble(carton).atlas
    assert not one.damage.any()
    for worn_atlas in (one, other):
        change = np.abs(worn_atlas.base.astype(int) - fresh.base)
        assert 0 < change.mean() < 12
        assert np.array_equal(worn_atlas.bump, fresh.bump)
    assert not np.array_equal(one.base, other.base)


def test_the_same_seed_wears_alike(carton):
    one, other = (assemble(carton, wear=worn(carton, 7)).atlas.base for _ in range(2))
    assert np.array_equal(one, other)


def test_edges_of_board_are_rubbed_and_panels_are_not(carton):
    wear = worn(carton, 5, age=1.0)
    patch = next(patch for patch in carton.patches if patch.name == "front")
    dark = np.full((80, 100, 3), 0.2, np.float32)
    seen = wear.paint(patch, dark, (0.1, 0.08)).mean(axis=2)
    inner = seen[20:60, 20:80]
    edge = np.concatenate([seen[0], seen[-1], seen[:, 0], seen[:, -1]])
    assert edge.mean() > inner.mean() + 0.02
    assert edge.max() < 0.2 + 0.45  # paler than that, people call it damage


def test_an_intact_twin_is_worn_like_its_harmed_item(carton):
    booth, placement = empty_booth(1, 1, 64), lying(carton, 4)
    made = harm(carton, "hole", stream("damage", 4), rest=placement.side)
    harmed = stage(booth, carton, [made], 4, placement=placement).atlas
    twin = stage(booth, carton, [], 4, placement=placement).atlas
    touched = (harmed.base != twin.base).any(axis=2)
    assert 0 < touched.mean() < 0.1


def test_what_does_not_belong_to_the_product_is_not_worn(carton):
    stranger = box().patches[0]
    assert not worn(carton, 1).shows_on(stranger)
    assert all(worn(carton, 1).shows_on(patch) for patch in carton.patches if not patch.hidden)
