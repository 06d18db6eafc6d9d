import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiss.bundle.operating_point import OperatingPoint
from amiss.decide.threshold import damage_confidence, decide
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
