"""What evaluation reads of a result."""

import numpy as np

from amiss.domain.capture import View
from amiss.domain.evidence import Evidence
from amiss.domain.result import Result
from amiss.domain.words import Decision
from amiss.evaluate.under_test import Opinion


def test_a_view_is_as_bad_as_its_worst_evidence_and_as_covered_as_its_best():
    evidence = (
        Evidence("discrepancy", 0, available=True, score=0.2, coverage=0.7),
        Evidence("damage", 0, available=True, score=0.6),
        Evidence("missing", 0, available=True, score=0.1, coverage=0.3),
        Evidence("discrepancy", 1, available=False, coverage=0.1),
        Evidence("depth", 2, available=False),
    )
    views = tuple(View(np.zeros((2, 2, 3), np.uint8), "made up") for _ in range(3))
    result = Result(
        score=0.6,
        threshold=0.5,
        decision=Decision.SIDELINE,
        reasons=(),
        findings=(),
        evidence=evidence,
        heatmaps=(None,) * 3,
        views=views,
        elapsed_ms=1.0,
        bundle="b",
        operating_point="o",
        provisional=False,
    )
    opinion = Opinion.of(result)
    assert opinion.view_scores == [0.6, None, None]
    assert opinion.coverages == [0.7, 0.1, 0.0]
    assert (opinion.score, opinion.decision) == (0.6, "sideline")
