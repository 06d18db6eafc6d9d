"""ARMBench's own figures for its defect pictures, as far as a damage score can express them.

Its benchmark gives each picture one of three labels and reports, label by label, TP / (TP + FN) as
recall and FP / (FP + TN) as FPR, at that one operating point. Amiss says damaged or not: sidelined
is its `package_defect`, passed its `nominal`. `multi_pick`, two items where one was asked for, is
no damage; no score of ours says it, and such pictures are among neither label's negatives.
"""

from typing import Any

from amiss.dataset.others.armbench_images import MULTI_PICK, NOMINAL, PACKAGE_DEFECT
from amiss.domain.words import Decision
from amiss.evaluate.capture_report import CaptureReport


def class_figures(report: CaptureReport) -> dict[str, Any]:
    """`classes`: recall and FPR of each label; None for the one that cannot be expressed.

    A picture without a decision counts as mistaken in both labels. `not_expressible`: how many
    pictures have the label that is left out.
    """
    rows = report.rows
    damaged = [row.found.decision for row in rows if row.truth.amiss]
    good = [row.found.decision for row in rows if not row.truth.amiss]
    found = damaged.count(Decision.SIDELINE) / len(damaged)
    passed = good.count(Decision.PASS) / len(good)
    return {
        "classes": {
            PACKAGE_DEFECT: _figures(len(damaged), found, 1 - passed),
            NOMINAL: _figures(len(good), passed, 1 - found),
            MULTI_PICK: None,
        },
        "not_expressible": {MULTI_PICK: report.n_unlabelled},
    }


def _figures(n: int, recall: float, fpr: float) -> dict[str, float]:
    return {"n": n, "recall": recall, "fpr": fpr}
