"""Intervals over products, and the gains of two measures on the same draws."""

import numpy as np
import pytest
from scipy.stats import binom

from amiss.evaluate.intervals import gains, intervals, measured
from amiss.evaluate.metrics import auroc, rank_scores
from amiss.evaluate.ranking import Ranking

AUROC = ("auroc",)


def share(values):
    """The mean over the items drawn."""
    return lambda times: {("share",): times @ np.asarray(values) / times.sum(axis=1)}


def order(labels, scores):
    ranked = rank_scores(labels, scores)
    return lambda times: {AUROC: Ranking.of(labels, ranked, times).auroc()}


def test_with_one_item_a_product_it_is_the_bootstrap_of_a_share():
    values = [1.0] * 12 + [0.0] * 28
    names = [str(n) for n in range(40)]
    (found,) = intervals(names, share(values), n=4000).values()
    expected = binom.ppf([0.025, 0.975], 40, 12 / 40) / 40
    assert found == pytest.approx(expected, abs=0.026)


def test_items_of_one_product_are_one_draw():
    """Ten copies of every item say no more than one."""
    values = [1.0] * 12 + [0.0] * 28
    names = [str(n) for n in range(40)]
    (once,) = intervals(names, share(values), n=2000).values()
    (copied,) = intervals(names * 10, share(values * 10), n=2000).values()
    apart = [str(n) for n in range(400)]
    (narrow,) = intervals(apart, share(values * 10), n=2000).values()
    assert copied == pytest.approx(once, abs=0.03)
    assert narrow[1] - narrow[0] < 0.5 * (copied[1] - copied[0])


def test_no_opinion_counts_against_amiss_in_every_round():
    names, labels = ["a", "a", "b", "b"], [True, False, True, False]
    assert intervals(names, order(labels, [None, 0.1, None, 0.2]), n=50) == {AUROC: [0.0, 0.0]}


def test_it_is_the_same_every_time_and_none_where_no_round_has_a_figure():
    names, labels, scores = ["a", "b", "c"], [True, False, False], [0.3, 0.2, 0.5]
    one, again = (intervals(names, order(labels, scores), n=200)[AUROC] for _ in range(2))
    assert one == again
    assert 0 <= one[0] <= one[1] <= 1
    assert intervals(["a"], order([True], [0.3])) == {AUROC: None}
    assert measured(order([True], [0.3]), 1) == {AUROC: None}


def test_gains_agree_with_a_bootstrap_spelled_out():
    generator = np.random.default_rng(0)
    names = [str(n // 3) for n in range(120)]
    labels = generator.random(120) < 0.4
    a = generator.normal(size=120) + labels
    b = a + 0.5 * labels + generator.normal(0, 0.3, 120)
    found = gains(names, order(labels, a), order(labels, b), n=1500)[AUROC]
    assert (found.a, found.b) == pytest.approx((auroc(labels, a), auroc(labels, b)))
    assert found.difference == found.b - found.a

    spelled = []
    for _ in range(1500):
        drawn = generator.choice(40, 40)
        rows = np.concatenate([np.arange(3 * product, 3 * product + 3) for product in drawn])
        spelled.append(auroc(labels[rows], b[rows]) - auroc(labels[rows], a[rows]))
    assert (found.low, found.high) == pytest.approx(np.quantile(spelled, [0.025, 0.975]), abs=0.01)


def test_a_measure_gains_exactly_nothing_on_itself_and_pairing_is_narrow():
    generator = np.random.default_rng(1)
    names = [str(n) for n in range(100)]
    labels = np.arange(100) % 2 == 1
    scores = generator.normal(size=100) + labels
    same = gains(names, order(labels, scores), order(labels, scores.copy()), n=100)[AUROC]
    assert (same.difference, same.low, same.high) == (0, 0, 0)
    near = scores + generator.normal(0, 0.01, 100)
    paired = gains(names, order(labels, scores), order(labels, near), n=300)[AUROC]
    low, high = intervals(names, order(labels, near), n=300)[AUROC]
    assert paired.high - paired.low < 0.2 * (high - low)


def test_a_gain_is_none_where_a_class_is_missing():
    assert gains(["a", "b"], order([True] * 2, [0, 1]), order([True] * 2, [0, 1]), n=20) == {
        AUROC: None
    }
