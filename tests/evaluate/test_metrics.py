"""Image figures against scikit-learn and against the definition, spelled out."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from amiss.evaluate.metrics import (
    auroc,
    average_precision,
    rank_scores,
    recall_at_budget,
    recall_at_fpr,
    recall_at_precision,
)

METRICS = [
    auroc,
    average_precision,
    recall_at_fpr,
    recall_at_precision,
    partial(recall_at_budget, budget=0.2, prevalence=0.3),
]


@st.composite
def labelled_scores(draw):
    """Both classes, few distinct scores, so that ties are the rule."""
    n_good, n_damaged = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    labels = draw(st.permutations([False] * n_good + [True] * n_damaged))
    grid = draw(st.sampled_from([1, 3, 1000]))
    scores = [draw(st.integers(0, grid)) / grid for _ in labels]
    return np.array(labels), np.array(scores)


def flagged_at_each_threshold(labels, scores):
    """(true positives, false positives) of every threshold, one by one."""
    for threshold in [*sorted(set(scores)), math.inf]:
        flagged = scores >= threshold
        yield int((flagged & labels).sum()), int((flagged & ~labels).sum())


@given(labelled_scores())
def test_auroc_is_the_chance_of_the_right_order(case):
    labels, scores = case
    pairs = [
        1.0 if damaged > good else 0.5 if damaged == good else 0.0
        for damaged in scores[labels]
        for good in scores[~labels]
    ]
    assert auroc(labels, scores) == pytest.approx(np.mean(pairs))
    assert auroc(labels, scores) == pytest.approx(roc_auc_score(labels, scores))


@given(labelled_scores())
def test_average_precision_agrees_with_scikit_learn_and_the_definition(case):
    labels, scores = case
    expected, recall_before = 0.0, 0.0
    for hits, alarms in reversed(list(flagged_at_each_threshold(labels, scores))):
        if hits + alarms:
            recall = hits / labels.sum()
            expected += (recall - recall_before) * hits / (hits + alarms)
            recall_before = recall
    assert average_precision(labels, scores) == pytest.approx(expected)
    assert average_precision(labels, scores) == pytest.approx(
        average_precision_score(labels, scores)
    )


@given(labelled_scores(), st.sampled_from([0.0, 0.01, 0.1, 0.25, 1 / 3, 0.5, 0.58, 1.0]))
def test_recall_at_fpr_is_the_best_threshold_allowed(case, fpr):
    labels, scores = case
    allowed = [
        hits / labels.sum()
        for hits, alarms in flagged_at_each_threshold(labels, scores)
        if alarms / (~labels).sum() <= fpr
    ]
    assert recall_at_fpr(labels, scores, fpr) == pytest.approx(max(allowed))


@given(labelled_scores(), st.sampled_from([0.0, 0.5, 0.6, 0.9, 1.0]))
def test_recall_at_precision_is_the_best_threshold_allowed(case, precision):
    labels, scores = case
    allowed = [
        hits / labels.sum()
        for hits, alarms in flagged_at_each_threshold(labels, scores)
        if hits + alarms and hits / (hits + alarms) >= precision
    ]
    assert recall_at_precision(labels, scores, precision) == pytest.approx(max(allowed, default=0))


@given(
    labelled_scores(),
    st.sampled_from([0.001, 0.01, 0.1, 0.25, 0.5, 1.0]),
    st.sampled_from([0.0, 0.001, 0.3, 1.0]),
)
def test_recall_at_budget_is_the_best_threshold_that_production_could_pay(case, budget, prevalence):
    """Each item of the test set stands for as many as there are of its class in production."""
    labels, scores = case
    weight = np.where(labels, prevalence / labels.sum(), (1 - prevalence) / (~labels).sum())
    allowed = [0.0]
    for threshold in set(scores):
        flagged = scores >= threshold
        if weight[flagged].sum() <= budget * (1 + 1e-9):
            allowed.append((flagged & labels).sum() / labels.sum())
    found = recall_at_budget(labels, scores, budget, prevalence)
    assert found == pytest.approx(max(allowed))
    fpr, recall, _ = roc_curve(labels, scores, drop_intermediate=False)
    paid = (1 - prevalence) * fpr + prevalence * recall <= budget * (1 + 1e-9)
    assert found == pytest.approx(recall[paid].max())


def test_the_test_set_s_own_share_of_damage_does_not_eat_the_budget():
    labels = np.array([True] * 500 + [False] * 500)
    scores = np.r_[np.full(500, 0.9), np.linspace(0, 0.5, 500)]
    assert recall_at_budget(labels, scores, 0.001) == 1.0  # half of this set, 0.1 % of production
    scores[:250] = 0.1
    assert recall_at_budget(labels, scores, 0.001) == 0.5


def test_a_tie_that_breaks_the_budget_is_passed_as_a_whole():
    labels = np.array([True] * 3 + [False] * 1000)
    scores = np.r_[0.9, 0.5, 0.5, np.full(20, 0.5), np.zeros(980)]
    assert recall_at_budget(labels, scores, 0.01) == pytest.approx(1 / 3)
    assert recall_at_budget(labels, scores, 0.03) == 1.0


def test_good_items_without_an_opinion_take_from_the_budget():
    labels = [True] * 10 + [False] * 100
    scores = [0.9] * 10 + [0.1] * 99 + [None]
    assert recall_at_budget(labels, rank_scores(labels, scores), 0.02) == 1.0
    assert recall_at_budget(labels, rank_scores(labels, scores), 0.005) == 0.0


@given(labelled_scores(), st.randoms())
def test_the_order_of_the_pictures_changes_nothing(case, random):
    labels, scores = case
    order = list(range(len(labels)))
    random.shuffle(order)
    for metric in METRICS:
        assert metric(labels, scores) == metric(labels[order], scores[order])


def test_one_good_picture_in_a_hundred_is_allowed_at_one_percent():
    labels = np.array([False] * 100 + [True] * 2)
    scores = np.array([0.9, *[0.1] * 99, 0.95, 0.5])
    assert recall_at_fpr(labels, scores) == 1.0
    assert recall_at_fpr(labels[1:], np.array([0.9, *scores[2:]])) == 0.5  # 1 of 99 is more


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("labels", [[], [True], [False], [True, True], [False, False]])
def test_one_class_has_no_figure(metric, labels):
    assert metric(labels, [0.5] * len(labels)) is None


@pytest.mark.parametrize("metric", METRICS)
def test_nan_and_different_lengths_are_refused(metric):
    with pytest.raises(ValueError, match="NaN"):
        metric([True, False], [math.nan, 0.1])
    with pytest.raises(ValueError, match="length"):
        metric([True, False], [0.1])


@given(labelled_scores(), st.data())
def test_no_opinion_never_pays(case, data):
    """Whatever Amiss would have said, saying nothing instead cannot raise a figure.

    Average precision is left out: where scores are tied it may rise when a tie is broken downwards.
    """
    labels, scores = case
    index = data.draw(st.integers(0, len(labels) - 1))
    silent = [None if i == index else float(score) for i, score in enumerate(scores)]
    for metric in (auroc, recall_at_fpr):
        assert metric(labels, rank_scores(labels, silent)) <= metric(labels, scores) + 1e-12


def test_no_opinion_ranks_last_of_the_damaged_and_first_of_the_good():
    ranked = rank_scores([True, False, True, False], [None, None, 0.2, math.nan])
    assert ranked.tolist() == [-math.inf, math.inf, 0.2, math.inf]
    assert auroc([True, False, True, False], ranked) == 0.0
    assert auroc([True, True, False, False], rank_scores([1, 1, 0, 0], [None, 0.9, 0.1, None])) == (
        0.25  # the one pair in which both have a score
    )
