"""Families thinned out to few damaged items are shown often enough to learn from."""

import numpy as np

from amiss.train.cache.store import Kept, KeptItem
from amiss.train.damage.epochs import LEAST_HURT, _order
from amiss.train.damage.families import Family, thinned


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
