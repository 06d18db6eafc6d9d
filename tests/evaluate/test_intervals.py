"""Intervals over products."""

import numpy as np
import pytest
from scipy.stats import binom

from amiss.evaluate.intervals import intervals
from amiss.evaluate.metrics import auroc


def share(_labels, scores):
    return float(np.mean(scores))


def test_with_one_item_a_product_it_is_the_bootstrap_of_a_share():
    scores = [1.0] * 12 + [0.0] * 28
    names = [str(n) for n in range(40)]
    found = intervals(names, [True] * 40, scores, {"share": share}, n=4000)["share"]
    expected = binom.ppf([0.025, 0.975], 40, 12 / 40) / 40
    assert found == pytest.approx(expected, abs=0.026)


def test_items_of_one_product_are_one_draw():
    """Ten copies of every item say no more than one."""
    scores = [1.0] * 12 + [0.0] * 28
    names = [str(n) for n in range(40)]
    once = intervals(names, [True] * 40, scores, {"share": share}, n=2000)["share"]
    copied = intervals(names * 10, [True] * 400, scores * 10, {"share": share}, n=2000)["share"]
    apart = [str(n) for n in range(400)]
    narrow = intervals(apart, [True] * 400, scores * 10, {"share": share}, n=2000)["share"]
    assert copied == pytest.approx(once, abs=0.03)
    assert narrow[1] - narrow[0] < 0.5 * (copied[1] - copied[0])


def test_no_opinion_counts_against_amiss_in_every_round():
    names, labels = ["a", "a", "b", "b"], [True, False, True, False]
    found = intervals(names, labels, [None, 0.1, None, 0.2], {"auroc": auroc}, n=50)
    assert found["auroc"] == [0.0, 0.0]


def test_it_is_the_same_every_time_and_none_where_no_round_has_a_figure():
    names, labels, scores = ["a", "b", "c"], [True, False, False], [0.3, 0.2, 0.5]
    one, again = (intervals(names, labels, scores, {"auroc": auroc}, n=200) for _ in range(2))
    assert one == again
    assert 0 <= one["auroc"][0] <= one["auroc"][1] <= 1
    assert intervals(["a"], [True], [0.3], {"auroc": auroc}) == {"auroc": None}
    assert intervals([], [], [], {"auroc": auroc}) == {"auroc": None}
