"""Evidence of views is weighed into one number, and no evidence is never a pass."""

import numpy as np
import pytest

from amiss.bundle.manifest import Damage, Weighing
from amiss.detect.damage import ANY, MAJOR, TYPES, Told
from amiss.detect.discrepancy import Discrepancy
from amiss.detect.fuse import (
    ONLY_DISCREPANCY,
    Judged,
    likely_types,
    numbers,
    weigh,
    weigh_map,
    weighing,
)

BY = Weighing(bias=-1, damage=0.5, major=0.25, mean=0.125, discrepancy=2)
ALONE = Weighing(bias=0, damage=1, major=0, mean=0, discrepancy=0)
MODEL = Damage(view="a", compare="b", preprocessing="0" * 64, alone=ALONE, beside=BY, sources=())


def told(damage, major, crush=-5.0):
    view = np.full(len(TYPES) + 2, -5, np.float32)
    view[[0, ANY, MAJOR]] = crush, damage, major
    maps = np.full((len(TYPES) + 3, 6, 8), -5, np.float32)
    maps[0, 2, 3] = damage
    return Told(maps, view)


def differs(score):
    heat = np.zeros((12, 16), np.float32)
    heat[10, 15] = score
    return Discrepancy(score, heat, 1.0, "reference")


def judged(view=0, told=None, discrepancy=None):
    return Judged(view, told, (), discrepancy)


def test_an_item_is_weighed_over_all_its_views():
    views = [judged(0, told(2.0, -1.0), differs(0.5)), judged(1, told(-3.0, 0.0))]
    assert numbers(views) == pytest.approx((2.0, 0.0, -0.5, 0.5))
    assert weigh(views, BY) == pytest.approx(-1 + 1.0 + 0 - 0.0625 + 1.0)


def test_without_any_evidence_there_is_no_number():
    assert numbers([judged()]) is None
    assert weigh([judged(), judged(1)], BY) is None
    assert weigh_map(judged(), BY) is None
    assert weighing([judged()], None) is None


def test_which_weights_count_depends_on_what_was_there():
    assert weighing([judged(0, told(0, 0))], MODEL) == ALONE
    assert weighing([judged(0, told(0, 0)), judged(1, None, differs(1))], MODEL) == BY
    assert weighing([judged(0, None, differs(1))], None) == ONLY_DISCREPANCY
    assert weigh([judged(0, None, differs(0.7))], ONLY_DISCREPANCY) == pytest.approx(0.7)


def test_a_map_is_hot_where_the_evidence_is():
    found = weigh_map(judged(0, told(3.0, 0.0), differs(4.0)), BY)
    assert found.shape == (12, 16)
    assert found[10, 15] == found.max()
    assert found[4:6, 6:8].max() > found[:3].max() + 1
    alone = weigh_map(judged(0, told(3.0, 0.0)), ALONE)
    assert alone.shape == (6, 8)
    assert np.unravel_index(alone.argmax(), alone.shape) == (2, 3)


def test_types_come_from_the_view_that_shows_them_best():
    found = likely_types([judged(0, told(0, 0, crush=-4.0)), judged(1, told(0, 0, crush=2.0))])
    assert set(found) == {damage.value for damage in TYPES}
    assert found["crush"] == pytest.approx(1 / (1 + np.exp(-2.0)))
    assert likely_types([judged()]) == {}
