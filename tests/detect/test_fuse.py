"""What is said of views becomes what is weighed, and no evidence is never a pass."""

import numpy as np
import pytest

from amiss.bundle.manifest import Damage, Weighing
from amiss.detect.damage import ANY, MAJOR, TYPES, WHICH, Told
from amiss.detect.discrepancy import Discrepancy
from amiss.detect.fuse import Judged, is_foreign, likely_types, numbers, weigh, weigh_map

BY = Weighing(bias=-1, damage=0.5, major=0.25, mean=0.125)
ALONE = Weighing(bias=0, damage=1, major=0, mean=0)
MODEL = Damage(
    view="a",
    describe="d",
    compare="b",
    head="c",
    preprocessing="0" * 64,
    alone=ALONE,
    beside=BY,
    sources=(),
)


def told(damage, major, crush=-5.0):
    view = np.full(2 * len(TYPES) + 2, -5, np.float32)
    view[[0, ANY, MAJOR]] = crush, damage, major
    view[WHICH.start] = 9
    maps = np.full((len(TYPES) + 3, 6, 8), -5, np.float32)
    maps[0, 2, 3] = damage
    return Told(maps, view)


def differs(score):
    heat = np.zeros((12, 16), np.float32)
    heat[10, 15] = score
    return Discrepancy(score, heat, 1.0, "reference")


def judged(view=0, told=None, discrepancy=None, beside=None, familiarity=1.0):
    return Judged(view, told, (), discrepancy, beside, familiarity)


def test_an_item_is_weighed_over_all_its_views():
    views = [
        judged(0, told(2.0, -1.0), differs(0.5), beside=("compared",), familiarity=0.4),
        judged(1, told(-3.0, 0.0), familiarity=0.8),
    ]
    assert numbers(views) == pytest.approx((2.0, 0.0, -0.5))
    found = weigh(views, MODEL)
    assert found.model == pytest.approx(-1 + 1.0 + 0 - 0.0625)
    assert (found.compared, found.discrepancy) == (True, 0.5)
    assert found.familiarity == pytest.approx(0.6)


def test_without_references_other_weights_count():
    found = weigh([judged(0, told(2.0, -1.0))], MODEL)
    assert (found.model, found.compared, found.discrepancy) == (2.0, False, None)
    again = weigh([judged(0, told(2.0, -1.0))], MODEL, compared=True)
    assert again.model == pytest.approx(-1 + 1 - 0.25 + 0.0625)


def test_without_any_evidence_nothing_is_weighed():
    assert numbers([judged()]) is None
    assert weigh([judged(), judged(1)], MODEL) is None
    assert weigh_map(judged(), MODEL, compared=False) is None


def test_a_bundle_without_a_model_has_its_discrepancy():
    found = weigh([judged(0, None, differs(0.7), familiarity=0.0)], None)
    assert (found.model, found.discrepancy) == (None, 0.7)


def test_maps_keep_the_places_of_their_evidence():
    found = weigh_map(judged(0, told(3.0, 0.0), differs(4.0)), MODEL, compared=True)
    assert found.model.shape == found.discrepancy.shape == (12, 16)
    assert np.unravel_index(found.discrepancy.argmax(), (12, 16)) == (10, 15)
    assert found.model[4:6, 6:8].max() > found.model[:3].max() + 1
    alone = weigh_map(judged(0, told(3.0, 0.0)), MODEL, compared=False)
    assert alone.discrepancy is None
    assert np.unravel_index(alone.model.argmax(), alone.model.shape) == (2, 3)
    assert alone.model.max() == pytest.approx(3.0)
    assert alone.model.min() == pytest.approx(3.0 - 8.0)


def test_the_hottest_place_has_the_number_of_its_view():
    views = [judged(0, told(3.0, 1.0)), judged(1, told(-2.0, -3.0))]
    for view in views:
        whole = weigh([view], MODEL, compared=False)
        assert weigh_map(view, MODEL, compared=False).model.max() == pytest.approx(whole.model)


def test_what_nobody_can_rely_on_is_foreign():
    assert is_foreign([judged(0, told(0, 0), familiarity=0.1)])
    assert not is_foreign([judged(0, told(0, 0), familiarity=0.9)])
    assert not is_foreign([judged(0, told(0, 0), differs(1), familiarity=0.1)])
    half = [judged(0, told(0, 0), familiarity=0.1), judged(1, told(0, 0), familiarity=1.0)]
    assert not is_foreign(half)


def test_types_come_from_the_view_that_shows_them_best():
    found = likely_types([judged(0, told(-4.0, 0)), judged(1, told(2.0, 0))])
    assert set(found) == {damage.value for damage in TYPES}
    assert found["crush"] == pytest.approx(1 / (1 + np.exp(-2.0)), abs=1e-3)
    assert sum(found.values()) == pytest.approx(found["crush"], abs=1e-3)
    assert likely_types([judged()]) == {}
