"""A linear probe on encoder features, judged on products that it has not seen, and intervals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Features = NDArray[np.float32]
Labels = NDArray[np.int64]

FOLDS = 5
DRAWS = 500


@dataclass(frozen=True, slots=True)
class Estimate:
    """An AUROC and its 95 % interval, from drawing whole products again."""

    auroc: float
    low: float
    high: float


def fitted(features: Features, labels: Labels) -> object:
    """A standardised, mildly regularised logistic regression."""
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=2000))
    return probe.fit(features, labels)


def held_out(features: Features, labels: Labels, products: Labels) -> NDArray[np.float64]:
    """The probe's score of each row, given by a probe that saw no row of the same product."""
    scores = np.zeros(len(labels))
    for train, test in GroupKFold(FOLDS).split(features, labels, products):
        scores[test] = fitted(features[train], labels[train]).decision_function(features[test])
    return scores


def estimate(
    labels: Labels, scores: NDArray[np.float64], products: Labels, seed: int = 0
) -> Estimate:
    """AUROC of the scores, with an interval by the bootstrap over products."""
    draws = [
        roc_auc_score(labels[rows], scores[rows])
        for rows in resampled(products, seed)
        if len(set(labels[rows])) == 2
    ]
    low, high = np.quantile(draws, (0.025, 0.975))
    return Estimate(float(roc_auc_score(labels, scores)), float(low), float(high))


def resampled(products: Labels, seed: int = 0) -> list[NDArray[np.intp]]:
    """DRAWS times the rows of as many products as there are, drawn with replacement."""
    rng = np.random.default_rng(seed)
    names = np.unique(products)
    rows = {name: np.flatnonzero(products == name) for name in names}
    return [
        np.concatenate([rows[name] for name in rng.choice(names, len(names))]) for _ in range(DRAWS)
    ]
