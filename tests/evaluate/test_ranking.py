"""Figures of draws, and figures weighed to another share of damage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from amiss.evaluate.metrics import (
    auroc,
    average_precision,
    average_precision_of_major,
    recall_at_budget,
    recall_at_fpr,
    recall_at_precision,
)
from amiss.evaluate.ranking import Ranking, places

PAIRS = [
    (auroc, Ranking.auroc),
    (average_precision, Ranking.average_precision),
    (recall_at_fpr, Ranking.recall_at_fpr),
    (recall_at_precision, Ranking.recall_at_precision),
    (
        lambda labels, scores: average_precision(labels, scores, 0.2),
        lambda ranking: ranking.average_precision(0.2),
    ),
    (
        lambda labels, scores: recall_at_budget(labels, scores, 0.3, 0.1),
        lambda ranking: ranking.recall_at_budget(0.3, 0.1),
    ),
]


@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 5, 1000]))
def test_an_item_drawn_twice_is_two_items(seed, grid):
    generator = np.random.default_rng(seed)
    n = int(generator.integers(1, 15))
    labels, scores = generator.random(n) < 0.5, generator.integers(0, grid, n) / grid
    times = generator.integers(0, 4, (6, n))
    ranking = Ranking.of(labels, scores, times)
    for metric, figure in PAIRS:
        for draw, found in zip(times, figure(ranking), strict=True):
            expected = metric(np.repeat(labels, draw), np.repeat(scores, draw))
            assert found == pytest.approx(np.nan if expected is None else expected, nan_ok=True)


@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 5, 1000]))
def test_average_precision_at_a_prevalence_is_scikit_learn_s_with_weights(seed, grid):
    generator = np.random.default_rng(seed)
    labels = np.array([True, False, *(generator.random(20) < 0.6)])
    scores = generator.integers(0, grid, len(labels)) / grid
    for prevalence in (0.001, 0.01, 0.5):
        weights = np.where(labels, prevalence / labels.sum(), (1 - prevalence) / (~labels).sum())
        assert average_precision(labels, scores, prevalence) == pytest.approx(
            average_precision_score(labels, scores, sample_weight=weights)
        )
    own = average_precision(labels, scores, labels.mean())
    assert own == pytest.approx(average_precision(labels, scores))


def test_a_type_that_is_rare_has_less_precision():
    """One good item in a thousand above all damage: at 1 % of the type half of what it costs."""
    labels = np.array([False] * 1000 + [True] * 100)
    scores = np.r_[0.9, np.zeros(999), np.full(100, 0.5)]
    assert average_precision(labels, scores) == pytest.approx(100 / 101)
    assert average_precision(labels, scores, 0.01) == pytest.approx(0.01 / (0.01 + 0.99 / 1000))


def test_places_say_how_many_thresholds_flag_an_item():
    scores = np.array([0.2, np.inf, 0.2, -np.inf, 0.9])
    ranking = Ranking.of([True, False, False, True, True], scores)
    place = places(scores)
    assert place.tolist() == [3, 1, 3, 4, 2]
    for at in range(ranking.hits.shape[-1]):
        assert (place <= at).sum() == ranking.hits[at] + ranking.alarms[at]
    assert places([]).tolist() == []


def test_major_damage_leaves_minor_out():
    labels, major = [True, True, False, False], [True, False, False, False]
    assert average_precision_of_major(labels, major, [0.5, 0.9, 0.1, 0.2]) == 1.0
    assert average_precision_of_major(labels, [False] * 4, [0.5, 0.9, 0.1, 0.2]) is None
    weighed = average_precision_of_major(labels, major, [0.5, 0.1, 0.9, 0.2], 0.01)
    assert weighed == pytest.approx(0.01 / (0.01 + 0.99 / 2))
