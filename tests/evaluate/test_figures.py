"""Figures of slices, at one threshold for all, and what each slice gains."""

import json

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from amiss.evaluate.figures import sliced
from amiss.evaluate.intervals import measured
from amiss.evaluate.metrics import auroc, rank_scores, recall_at_budget, recall_at_fpr
from amiss.evaluate.ranking import BUDGETS, PREVALENCE
from amiss.evaluate.tables import figures_of, gains_of
from amiss.evaluate.truths import Truths

TYPES = ("crush", "spillage", "tear")
TAGS = ("dirty_tray", "print")


def made(n=900, seed=0, skill=3.0, silent=0.002):
    """Items of many products, and scores of them; some have none."""
    generator = np.random.default_rng(seed)
    labels = generator.random(n) < 0.4
    major = labels & (generator.random(n) < 0.5)
    slices = [
        {
            "type": tuple(generator.choice(TYPES, 1 + (i % 7 == 0), replace=False)) if bad else (),
            "severity": (("major" if major[i] else "minor"),) if bad else (),
            "tag": tuple(tag for tag in TAGS if generator.random() < 0.3),
            "references": (str(generator.choice([0, 3])),),
        }
        for i, bad in enumerate(labels)
    ]
    truths = Truths.of([str(i // 4) for i in range(n)], labels, major, slices)
    logits = generator.normal(size=n) + skill * labels
    scores = np.where(generator.random(n) < silent, np.nan, 1 / (1 + np.exp(-logits)))
    return truths, scores, slices


@pytest.fixture(scope="module")
def case():
    return made()


@pytest.fixture(scope="module")
def document(case):
    truths, scores, _ = case
    document = figures_of(truths, scores, rounds=60)
    json.dumps(document, allow_nan=False)
    return document


def flagged_within(labels, ranked, budget):
    """What is flagged at the lowest score that the budget pays for, found by trying all."""
    flagged = ranked >= np.unique(ranked)[:, None]
    good, damaged = flagged[:, ~labels].mean(axis=1), flagged[:, labels].mean(axis=1)
    paid = (1 - PREVALENCE) * good + PREVALENCE * damaged <= budget * (1 + 1e-9)
    return flagged[paid].any(axis=0)


def test_a_slice_has_the_recall_of_one_threshold_for_all(case, document):
    truths, scores, slices = case
    ranked = rank_scores(truths.labels, scores)
    found = measured(lambda times: sliced(truths, scores, times), len(scores))
    for budget in BUDGETS:
        flagged = flagged_within(truths.labels, ranked, budget)
        for kind, name in (("tag", "print"), ("severity", "minor"), ("type", "tear")):
            mine = np.array([name in own[kind] for own in slices])
            key = (kind, name, "recall_at_budget", str(budget))
            assert found[key] == pytest.approx(flagged[mine & truths.labels].mean())
        mine = np.array(["print" in own["tag"] for own in slices])
        good = found["tag", "print", "good_flagged_at_budget", str(budget)]
        assert good == pytest.approx(flagged[mine & ~truths.labels].mean())
        every = found["severity", "minor", "good_flagged_at_budget", str(budget)]
        assert every == pytest.approx(flagged[~truths.labels].mean())
        assert document["recall_at_budget"][str(budget)] == pytest.approx(
            recall_at_budget(truths.labels, ranked, budget)
        )
    assert found["tag", "dirty_tray", "good_flagged_at_budget", "0.01"] > 0
    assert 0 < found["severity", "minor", "recall_at_budget", "0.005"] < 1


def test_a_type_stands_against_all_good_items_as_one_in_a_hundred(case, document):
    truths, scores, slices = case
    ranked = np.nan_to_num(rank_scores(truths.labels, scores), posinf=9, neginf=-9)
    assert document["by_type"].keys() == set(TYPES)
    for name, own in document["by_type"].items():
        mine = np.array([name in one["type"] for one in slices])
        kept = mine | ~truths.labels
        labels = mine[kept]
        weights = np.where(labels, 0.01 / labels.sum(), 0.99 / (~labels).sum())
        assert own["ap_1pct"] == pytest.approx(
            average_precision_score(labels, ranked[kept], sample_weight=weights)
        )
        assert own["auroc"] == pytest.approx(roc_auc_score(labels, ranked[kept]))
        assert own["recall_at_fpr_1pct"] == pytest.approx(recall_at_fpr(labels, ranked[kept]))
        assert (own["n_good"], own["n_damaged"]) == ((~truths.labels).sum(), mine.sum())
        low, high = own["intervals"]["ap_1pct"]
        assert low < own["ap_1pct"] < high


def test_other_slices_have_their_own_good_items(case, document):
    truths, scores, slices = case
    ranked = rank_scores(truths.labels, scores)
    mine = np.array(["0" in own["references"] for own in slices])
    own = document["by_slice"]["references"]["0"]
    assert own["auroc"] == pytest.approx(auroc(truths.labels[mine], ranked[mine]))
    assert own["n_good"] + own["n_damaged"] == mine.sum()
    assert document["by_slice"].keys() == {"severity", "tag", "references"}


def test_intervals_of_a_slice_are_those_of_drawing_products():
    """Spelled out for recall at the budget: products drawn, the threshold found anew each time."""
    truths, scores, slices = made(n=600, silent=0)
    mine = np.array(["print" in own["tag"] for own in slices]) & truths.labels
    generator = np.random.default_rng(9)
    recalls = []
    for _ in range(300):
        rows = (4 * generator.integers(150, size=150)[:, None] + np.arange(4)).ravel()
        flagged = flagged_within(truths.labels[rows], scores[rows], 0.01)
        recalls.append(flagged[mine[rows]].mean())
    own = figures_of(truths, scores, rounds=300)["by_slice"]["tag"]["print"]
    span = own["intervals"]["recall_at_budget"]["0.01"]
    assert span == pytest.approx(list(np.quantile(recalls, [0.025, 0.975])), abs=0.07)


def test_no_rounds_give_no_intervals(case):
    truths, scores, _ = case
    document = figures_of(truths, scores, rounds=0)
    assert "intervals" not in document
    assert "intervals" not in document["by_type"]["tear"]


def test_gains_are_of_all_items_and_of_every_slice_with_enough(case):
    truths, before, _ = case
    _, after, _ = made(skill=5.0)
    found = gains_of(truths, before, after, rounds=60)
    json.dumps(found, allow_nan=False)
    auroc_gain = found["all"]["auroc"]
    points = [figures_of(truths, scores, rounds=0)["auroc"] for scores in (before, after)]
    assert [auroc_gain["before"], auroc_gain["after"]] == points
    assert 0 < auroc_gain["low"] < auroc_gain["gain"] < auroc_gain["high"]
    assert found["all"]["recall_at_budget"].keys() == {"0.001", "0.005", "0.01"}
    assert found["by_slice"]["tag"]["print"]["n"] >= 100
    assert found["by_slice"]["severity"]["major"]["auroc"]["low"] > 0
    sizes = [mask.sum() for members in truths.slices.values() for mask in members.values()]
    least = int(np.median(sizes)) + 1
    kept = gains_of(truths, before, after, least=least, rounds=5)["by_slice"]
    counts = [own["n"] for members in kept.values() for own in members.values()]
    assert 0 < len(counts) < len(sizes)
    assert min(counts) >= least


def test_nothing_is_gained_by_the_same_scores(case):
    truths, scores, _ = case
    found = gains_of(truths, scores, scores.copy(), rounds=20)
    assert found["by_slice"].keys() == {"type", "severity", "tag", "references"}
    for own in found["by_slice"]["type"].values():
        assert (own["auroc"]["gain"], own["auroc"]["low"], own["auroc"]["high"]) == (0, 0, 0)


def test_a_slice_without_damage_has_no_recall_and_says_what_is_flagged(case):
    truths, scores, _ = case
    spotless = [{"tag": ("spotless",)} if not bad else {} for bad in truths.labels]
    own = Truths.of(truths.products, truths.labels, truths.major, spotless)
    figures = figures_of(own, scores, rounds=0)["by_slice"]["tag"]["spotless"]
    assert (figures["auroc"], figures["recall_at_budget"]["0.01"]) == (None, None)
    assert figures["good_flagged_at_budget"]["0.01"] <= 0.01 + 1e-9
    assert "tag" not in gains_of(own, scores, scores, rounds=5)["by_slice"]


def test_truths_that_contradict_are_refused():
    with pytest.raises(ValueError, match="length"):
        Truths.of(["p"], [True, False], [False, False])
    with pytest.raises(ValueError, match="length"):
        Truths.of(["p", "q"], [True, False], [False, False], [{}])
    with pytest.raises(ValueError, match="major"):
        Truths.of(["p", "q"], [True, False], [False, True])
