"""Paired intervals: right centre, right width, the same pictures for both."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiss.evaluate.bootstrap import PairedRun, paired_bootstrap, paired_bootstrap_over_seeds
from amiss.evaluate.metrics import auroc, average_precision


def separated(generator, n, gap):
    labels = np.arange(n) % 2 == 1
    return labels, generator.normal(size=n) + gap * labels


def test_a_method_against_itself_differs_by_exactly_nothing():
    labels, scores = separated(np.random.default_rng(0), 40, 1.0)
    result = paired_bootstrap(labels, scores, scores.copy(), n=50)
    assert (result.difference, result.low, result.high) == (0.0, 0.0, 0.0)
    assert result.a == result.b == auroc(labels, scores)


def test_both_methods_see_the_same_pictures():
    """Nearly equal methods: the paired interval is far narrower than either figure's own."""
    generator = np.random.default_rng(1)
    labels, scores = separated(generator, 60, 1.0)
    result = paired_bootstrap(labels, scores, scores + generator.normal(0, 0.01, 60), n=300)
    assert result.high - result.low < 0.02


def test_the_interval_agrees_with_a_bootstrap_spelled_out():
    generator = np.random.default_rng(2)
    labels, scores_a = separated(generator, 80, 0.5)
    scores_b = scores_a + generator.normal(0, 0.7, 80) + labels
    result = paired_bootstrap(labels, scores_a, scores_b, average_precision, n=1500, seed=3)

    good, damaged = np.flatnonzero(~labels), np.flatnonzero(labels)
    gains = []
    for _ in range(1500):
        rows = np.r_[generator.choice(good, 40), generator.choice(damaged, 40)]
        gains.append(
            average_precision(labels[rows], scores_b[rows])
            - average_precision(labels[rows], scores_a[rows])
        )
    assert (result.low, result.high) == pytest.approx(np.quantile(gains, [0.025, 0.975]), abs=0.02)
    assert result.low < result.difference < result.high


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    truth, covered = 0.0, 0
    generator = np.random.default_rng(4)
    for _ in range(100):
        labels, shared = separated(generator, 60, 0.8)
        scores_a = shared + generator.normal(0, 0.5, 60)
        scores_b = shared + generator.normal(0, 0.5, 60)
        result = paired_bootstrap(labels, scores_a, scores_b, n=100)
        covered += result.low <= truth <= result.high
    assert 86 <= covered <= 100


def test_no_opinion_counts_against_the_method_that_has_none():
    labels = [False, False, True, True]
    result = paired_bootstrap(labels, [0.1, 0.2, 0.8, 0.9], [0.1, None, 0.8, None], n=20)
    assert (result.a, result.b) == (1.0, 0.25)


def test_the_same_seed_gives_the_same_interval():
    labels, scores = separated(np.random.default_rng(5), 30, 0.5)
    first, again, other = (
        paired_bootstrap(labels, scores, -scores, n=50, seed=seed) for seed in (7, 7, 8)
    )
    assert first == again != other


def test_runs_share_the_draw_by_name():
    """The same run twice, in another order, tells nothing new: the interval must not shrink."""
    generator = np.random.default_rng(6)
    labels, a = separated(generator, 40, 0.5)
    b = a + generator.normal(0, 1, 40)
    names = [f"{i}.jpg" for i in range(40)]
    order = generator.permutation(40)
    run = PairedRun(names, labels, a, b)
    shuffled = PairedRun([names[i] for i in order], labels[order], a[order], b[order])
    once = paired_bootstrap_over_seeds([run], n=200)
    twice = paired_bootstrap_over_seeds([run, shuffled], n=200)
    assert (once.low, once.high) == pytest.approx((twice.low, twice.high))


def test_runs_are_averaged_and_may_lack_pictures():
    """Run 2 drew the good picture g0 as its reference, and so did not test it."""
    names, labels = ["d", "g0", "g1", "g2"], [True, False, False, False]
    first = PairedRun(names, labels, [0.5, 0.9, 0.1, 0.1], [0.5, 0.1, 0.1, 0.1])
    second = PairedRun(["d", "g1", "g2"], [True, False, False], [0.5, 0.1, 0.9], [0.5, 0.9, 0.9])
    result = paired_bootstrap_over_seeds([first, second], n=50)
    assert (result.a, result.b) == pytest.approx(((2 / 3 + 1 / 2) / 2, (1.0 + 0.0) / 2))
    assert np.isfinite([result.low, result.high]).all()


def test_good_and_damaged_are_drawn_apart():
    sizes = set()

    def count(labels, scores):
        sizes.add((int(labels.sum()), len(labels)))
        return float(scores.mean())

    paired_bootstrap([True] + [False] * 9, [0.5] * 10, [0.5] * 10, count, n=30)
    assert sizes == {(1, 10)}


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6))
@settings(max_examples=30)
def test_tiny_inputs_give_an_interval_or_one_clear_error(items):
    labels, a, b = (list(column) for column in zip(*items, strict=True))
    if len(set(labels)) == 2:
        result = paired_bootstrap(labels, a, b, n=10)
        assert -1 <= result.low <= result.high <= 1
    else:
        with pytest.raises(ValueError, match="both needed"):
            paired_bootstrap(labels, a, b, n=10)


def test_contradicting_runs_are_refused():
    with pytest.raises(ValueError, match="twice"):
        paired_bootstrap_over_seeds([PairedRun(["x", "x"], [True, False], [0, 1], [0, 1])])
    with pytest.raises(ValueError, match="good in one run"):
        paired_bootstrap_over_seeds(
            [
                PairedRun(["x", "y"], [True, False], [0, 1], [0, 1]),
                PairedRun(["x", "y"], [False, True], [0, 1], [0, 1]),
            ]
        )
    with pytest.raises(ValueError):  # noqa: PT011  (zip's own words)
        paired_bootstrap_over_seeds([PairedRun(["x", "y"], [True], [0, 1], [0, 1])])
