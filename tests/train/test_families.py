"""Families thinned out to few damaged items are shown often enough to learn from."""

from dataclasses import replace

import numpy as np

from amiss.train.cache.store import Kept, KeptItem
from amiss.train.damage.epochs import LEAST_HURT, _order
from amiss.train.damage.families import Family, alone, sampled, thinned


def family(number, hurt):
    view = Kept("v", "top", "0", (56, 56), (28, 28), (0,) * 8, {})
    items = tuple(
        KeptItem(
            f"{number}-{place}",
            "train",
            f"p{number}",
            None,
            None,
            None,
            (),
            (("hole", "major", None),) if place < hurt else (),
            (view,),
        )
        for place in range(4)
    )
    return Family(f"p{number}", items, (), None, {})


FAMILIES = [family(number, 2) for number in range(100)]


def damaged(families):
    return [item.id for one in families for item in one.items if item.damages]


def test_as_few_damaged_items_are_left_as_asked_for():
    found = thinned(FAMILIES, 0.05, seed=0)
    items = sum(len(one.items) for one in found)
    assert abs(len(damaged(found)) / items - 0.05) < 0.003
    assert items - len(damaged(found)) == 200
    assert damaged(found) == damaged(thinned(FAMILIES, 0.05, seed=0))
    assert damaged(found) != damaged(thinned(FAMILIES, 0.05, seed=1))


def test_nothing_is_left_out_where_damage_is_rarer_already():
    few = [family(number, 1 if number < 3 else 0) for number in range(50)]
    assert damaged(thinned(few, 0.5, seed=0)) == damaged(few)


def test_rare_damage_is_shown_often():
    few = [family(number, 1 if number < 3 else 0) for number in range(90)]
    order = _order(few, np.random.default_rng(0))
    assert len(order) == 90
    assert set(range(3)) <= set(order)
    assert abs((order < 3).mean() - LEAST_HURT) < 0.02
    plain = _order(FAMILIES, np.random.default_rng(0))
    assert sorted(plain) == list(range(100))


def test_a_share_of_the_products_is_drawn_and_a_larger_one_holds_it():
    half, tenth = (sampled(FAMILIES, share, seed=0) for share in (0.5, 0.1))
    assert (len(half), len(tenth)) == (50, 10)
    names = [one.product for one in half]
    assert {one.product for one in tenth} < set(names)
    assert names == [one.product for one in FAMILIES if one.product in names]
    assert names != [one.product for one in sampled(FAMILIES, 0.5, seed=1)]
    assert sampled(FAMILIES, 1.0, seed=0) == FAMILIES
    assert len(sampled(FAMILIES, 1e-6, seed=0)) == 1


def test_products_can_be_learnt_from_as_if_they_had_no_references():
    view = FAMILIES[0].items[0].views[0]
    shown = [replace(FAMILIES[0], captures=((view,),))]
    assert [one.captures for one in alone(shown)] == [()]
    assert alone(shown)[0].items == shown[0].items
