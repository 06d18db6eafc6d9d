"""The five figures of the challenge's scorer on Kaputt, against its definitions in scikit-learn.

Its scorer takes AP and AUROC as scikit-learn has them, the largest recall of a precision-recall
curve where precision is at least one half, and the largest of a ROC curve where the false positive
rate is at most .01. For major damage it leaves out the rows with minor damage.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from amiss.evaluate.figures import headline
from amiss.evaluate.intervals import measured
from amiss.evaluate.truths import Truths


@st.composite
def judged(draw):
    """Good, minor and major items, each at least once; from no ties to nothing but ties."""
    kinds = ["good", "minor", "major", *draw(st.lists(st.sampled_from(["good", "minor", "major"])))]
    kinds = np.array(draw(st.permutations(kinds)))
    grid = draw(st.sampled_from([1, 4, 1000]))
    scores = [draw(st.integers(0, grid)) / grid for _ in kinds]
    return kinds, np.array(scores)


def as_scored(kinds, scores):
    """Missing predictions, which the scorer refuses, as they count here."""
    scores = np.where(np.isnan(scores), np.where(kinds == "good", 2.0, -1.0), scores)
    defect, major = kinds != "good", kinds == "major"
    kept = major | ~defect
    precision, recall, _ = precision_recall_curve(defect, scores)
    fpr, tpr, _ = roc_curve(defect, scores, drop_intermediate=False)
    return {
        ("ap_any",): average_precision_score(defect, scores),
        ("ap_major",): average_precision_score(major[kept], scores[kept]),
        ("auroc",): roc_auc_score(defect, scores),
        ("recall_at_50p",): recall[precision >= 0.5].max(),
        ("recall_at_fpr_1pct",): tpr[fpr <= 0.01].max(),
    }


def ours(kinds, scores):
    truths = Truths.of(["p"] * len(kinds), kinds != "good", kinds == "major")
    return measured(lambda times: headline(truths, scores, times), len(kinds))


@given(judged())
def test_figures_are_those_of_the_scorer(case):
    found, expected = ours(*case), as_scored(*case)
    assert {key: found[key] for key in expected} == pytest.approx(expected)


@given(judged(), st.data())
def test_no_opinion_is_the_worst_prediction_there_is(case, data):
    kinds, scores = case
    silent = data.draw(st.lists(st.booleans(), min_size=len(kinds), max_size=len(kinds)))
    scores = np.where(silent, np.nan, scores)
    found, expected = ours(kinds, scores), as_scored(kinds, scores)
    assert {key: found[key] for key in expected} == pytest.approx(expected)


def test_minor_damage_is_neither_a_hit_nor_a_false_alarm_for_major():
    kinds = np.array(["minor"] * 5 + ["major", "good"])
    found = ours(kinds, np.array([0.9] * 5 + [0.5, 0.1]))
    assert found["ap_major",] == 1.0
    assert found["ap_any",] == 1.0
    assert ours(kinds, np.array([0.9] * 5 + [0.1, 0.5]))["ap_major",] == 0.5


def test_where_ties_hold_both_classes_the_scorer_may_leave_out_thresholds():
    """Its ROC curve leaves out points on a straight line, and with them allowed thresholds.

    One of two hundred good items and one damaged one at each score: two scores may be flagged.
    """
    kinds = np.array(["good", "major"] * 3 + ["good"] * 197 + ["minor"])
    scores = np.array([0.9, 0.9, 0.8, 0.8, 0.7, 0.7] + [0.1] * 197 + [0.05])
    assert ours(kinds, scores)["recall_at_fpr_1pct",] == 0.5
    defect = kinds != "good"
    fpr, tpr, _ = roc_curve(defect, scores)
    assert tpr[fpr <= 0.01].max() == 0.25
