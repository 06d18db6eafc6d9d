import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiss.bundle.operating_point import ModelLimits, OperatingPoint
from amiss.decide.threshold import confidence, damage_confidence, decide
from amiss.detect.fuse import Weighed
from amiss.domain.errors import BundleError
from amiss.domain.words import Decision


def point(*, threshold=0.5, midpoint=0.7, slope=8.0):
    return OperatingPoint(
        bundle="b@0123456789ab",
        threshold=threshold,
        provisional=True,
        calibration={},
        midpoint=midpoint,
        slope=slope,
    )


@given(st.floats(0, 3), st.floats(0.1, 2), st.floats(0.5, 20))
def test_the_score_is_the_logistic_curve(discrepancy, midpoint, slope):
    score = damage_confidence(discrepancy, point(midpoint=midpoint, slope=slope))
    assert isinstance(score, float)
    exponent = min(50, max(-50, slope * (discrepancy - midpoint)))
    assert score == pytest.approx(1 / (1 + np.exp(-exponent)))
    assert damage_confidence(midpoint, point(midpoint=midpoint, slope=slope)) == 0.5


@given(st.floats(0, 3), st.floats(0.001, 3))
def test_more_discrepancy_is_never_a_lower_score(discrepancy, more):
    assert damage_confidence(discrepancy + more, point()) > damage_confidence(discrepancy, point())


@pytest.mark.parametrize("discrepancy", [0.0, 1e9, float("inf")])
def test_extremes_stay_in_the_open_interval_or_at_its_end(discrepancy):
    assert 0 < damage_confidence(discrepancy, point(slope=1e6)) <= 1


def test_maps_are_scored_like_numbers():
    heat = np.linspace(0, 2, 12, dtype=np.float32).reshape(3, 4)
    scores = damage_confidence(heat, point())
    assert scores.dtype == np.float32
    assert scores.shape == heat.shape
    one_by_one = [damage_confidence(float(value), point()) for value in heat.ravel()]
    assert scores.ravel() == pytest.approx(one_by_one, abs=1e-6)


def test_strictly_above_the_threshold_is_sidelined():
    assert decide(0.5, point()) is Decision.PASS
    assert decide(np.nextafter(0.5, 1), point()) is Decision.SIDELINE
    assert decide(0.0, point()) is Decision.PASS
    assert decide(1.0, point(threshold=1.0)) is Decision.PASS
    assert decide(1e-9, point(threshold=0.0)) is Decision.SIDELINE


def test_without_a_score_nothing_passes():
    assert decide(None, point(threshold=1.0)) is Decision.NOT_INSPECTED


def test_a_score_that_is_no_number_never_passes():
    assert decide(float("nan"), point()) is not Decision.PASS


LIMITS = ModelLimits(alone=3.0, beside=2.0)


@pytest.mark.parametrize("familiarity", [0.0, 0.3, 1.0])
def test_an_item_at_both_limits_lies_on_the_threshold(familiarity):
    at = point(midpoint=1.5, slope=4.0).model_copy(update={"model": LIMITS})
    assert confidence(Weighed(2.0, True, 1.5, familiarity), at) == pytest.approx(0.5)
    beyond = [
        confidence(Weighed(model, True, discrepancy, familiarity), at)
        for model, discrepancy in ((2.0, 1.5), (3.0, 1.6))
    ]
    assert beyond[1] > beyond[0]


def test_the_model_counts_as_far_as_it_knows_such_pictures():
    at = point(midpoint=1.5, slope=4.0).model_copy(update={"model": LIMITS})
    foreign = confidence(Weighed(9.0, True, 1.0, 0.0), at)
    assert foreign == pytest.approx(damage_confidence(1.0, at))
    known = confidence(Weighed(9.0, True, 1.0, 1.0), at)
    assert known == pytest.approx(1 / (1 + np.exp(-7.0)))
    assert foreign < confidence(Weighed(9.0, True, 1.0, 0.5), at) < known


def test_without_references_the_model_has_its_own_limit():
    at = point().model_copy(update={"model": LIMITS})
    assert confidence(Weighed(3.0, False, None, 0.2), at) == pytest.approx(0.5)


def test_maps_go_through_the_same_curve():
    at = point(midpoint=1.5, slope=4.0).model_copy(update={"model": LIMITS})
    model, discrepancy = np.array([[2.0, 5.0]], np.float32), np.array([[1.5, 0.5]], np.float32)
    found = confidence(Weighed(model, True, discrepancy, 0.7), at)
    assert found.dtype == np.float32
    for place in range(2):
        one = Weighed(float(model[0, place]), True, float(discrepancy[0, place]), 0.7)
        assert found[0, place] == pytest.approx(confidence(one, at), abs=1e-6)


def test_nothing_weighed_has_no_score():
    with pytest.raises(ValueError, match="nothing"):
        confidence(Weighed(None, False, None, 0.0), point())
    with pytest.raises(BundleError, match="recalibrate"):
        confidence(Weighed(1.0, False, None, 1.0), point())
