"""Calibration against bins spelled out, and on scores whose calibration is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiss.evaluate.calibration import calibration_errors, reliability
from amiss.evaluate.tables import calibration_of
from amiss.evaluate.truths import Truths


def calibrated(n, seed=0):
    generator = np.random.default_rng(seed)
    scores = generator.random(n)
    return generator.random(n) < scores, scores


@given(st.integers(0, 2**32 - 1), st.sampled_from([None, 0.001, 0.5]))
def test_the_error_is_that_of_equal_bins_spelled_out(seed, prevalence):
    generator = np.random.default_rng(seed)
    labels = np.array([True, False, *(generator.random(28) < 0.5)])
    scores = generator.permutation(30) / 30  # no ties: six bins of five
    weight = np.full(30, 1 / 30)
    if prevalence is not None:
        weight = np.where(labels, prevalence / labels.sum(), (1 - prevalence) / (~labels).sum())
    expected = 0.0
    found = reliability(labels, scores, prevalence=prevalence, bins=6)
    for place, members in enumerate(np.array_split(np.argsort(scores), 6)):
        mass = weight[members].sum()
        said, true = (weight[members] @ of[members] / mass for of in (scores, labels))
        expected += mass * abs(said - true)
        assert (found.confidence[place], found.damaged[place]) == pytest.approx((said, true))
    assert found.error == pytest.approx(expected)
    assert found.n.tolist() == [5] * 6


def test_a_calibrated_score_is_right_and_an_over_sure_one_is_off_by_how_much():
    labels, scores = calibrated(20000)
    found = reliability(labels, scores)
    assert found.error < 0.02
    assert np.abs(found.confidence - found.damaged).max() < 0.05
    assert reliability(labels, np.where(labels, 1.0, 0.0)).error == pytest.approx(0, abs=1e-9)
    assert reliability(labels, np.where(labels, 0.0, 1.0)).error == pytest.approx(1)
    assert reliability(labels, np.full(20000, 0.9)).error == pytest.approx(0.9 - labels.mean())


def test_a_score_for_half_damaged_says_too_much_in_production():
    labels, scores = calibrated(20000)
    assert reliability(labels, scores, prevalence=0.001).error > 0.3
    odds = scores / (1 - scores) * 0.001 / 0.999
    production = odds / (1 + odds)
    assert reliability(labels, production, prevalence=0.001).error < 0.001
    assert reliability(labels, production).error > 0.3


def test_no_opinion_is_as_wrong_as_can_be():
    labels, scores = np.array([True, True, False, False]), np.array([1.0, np.nan, 0.0, np.nan])
    found = reliability(labels, scores)
    assert (found.error, found.n_no_opinion, found.n.sum()) == (0.5, 2, 2)
    assert reliability(labels, scores, prevalence=0.1).error == pytest.approx(0.5)
    assert reliability(labels, np.full(4, np.nan)).error == 1.0
    assert len(reliability(labels, np.full(4, np.nan)).n) == 0


@given(st.integers(0, 2**32 - 1))
def test_order_changes_nothing_and_ties_are_never_parted(seed):
    generator = np.random.default_rng(seed)
    labels = np.array([True, False, *(generator.random(40) < 0.5)])
    scores = generator.integers(0, 5, len(labels)) / 4
    order = generator.permutation(len(labels))
    one, other = reliability(labels, scores), reliability(labels[order], scores[order])
    assert one.error == pytest.approx(other.error)
    assert one.n.tolist() == other.n.tolist()
    assert one.confidence.tolist() == pytest.approx(np.unique(scores).tolist())


def test_draws_are_items_repeated_and_a_missing_class_has_no_error():
    labels, scores = calibrated(30, seed=1)
    times = np.random.default_rng(2).integers(0, 3, (4, 30))
    for prevalence in (None, 0.01):
        found = calibration_errors(labels, scores, times, prevalence=prevalence)
        for draw, error in zip(times, found, strict=True):
            repeated = np.repeat(labels, draw), np.repeat(scores, draw)
            assert error == pytest.approx(reliability(*repeated, prevalence=prevalence).error)
    assert np.isnan(calibration_errors(labels, scores, labels[None])).all()
    assert reliability([True], [0.5]).error is None
    assert reliability([], []).error is None


def test_what_is_no_confidence_is_refused():
    for scores in ([0.1, 1.1], [-0.1, 0.5], [np.inf, 0.5]):
        with pytest.raises(ValueError, match="outside"):
            reliability([True, False], scores)
    with pytest.raises(ValueError, match="length"):
        reliability([True, False], [0.5])


def test_the_document_has_both():
    labels, scores = calibrated(300)
    document = calibration_of(Truths.of(["p"] * 300, labels, labels), scores)
    assert [one["n"] for one in document["measured"]["bins"]] == [20] * 15
    assert document["in_production"]["prevalence"] == 0.001
    assert document["in_production"]["ece"] > document["measured"]["ece"]
