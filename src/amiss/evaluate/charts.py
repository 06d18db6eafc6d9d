"""The pictures of a page: what is found against what it costs, and what a confidence is worth."""

from collections.abc import Mapping
from typing import Any

from amiss.evaluate.capture_report import CaptureReport
from amiss.evaluate.curve import budget_curve, precision_recall_curve, steps
from amiss.evaluate.plot import SQUARE, Point, log_odds, logarithmic, plot, shares
from amiss.evaluate.ranking import BUDGETS, PREVALENCE

LEAST_SHARE = 1e-4
"""Share sidelined at which the axis begins."""
IN_WORDS = {"references": "references", "depth": "depth", "empty_tray": "empty tray"}


def arm_in_words(name: str) -> str:
    """The name of an arm, for people."""
    if name == "none":
        return "pictures alone"
    return "with " + ", ".join(IN_WORDS[part] for part in name.split("+"))


def budget_chart(report: CaptureReport) -> str:
    """Recall of every arm against the share sidelined."""
    labels = [row.truth.amiss for row in report.rows]
    return plot(
        logarithmic(f"share of all items sidelined, {PREVALENCE:.1%} of them damaged", LEAST_SHARE),
        shares("damaged items found"),
        {
            arm_in_words(arm.name): steps(*budget_curve(labels, report.scores(arm)))
            for arm in reversed(report.arms)
        },
        marks=BUDGETS,
    )


def precision_chart(report: CaptureReport, prevalence: float | None = None) -> str:
    """Precision of every arm against recall; prevalence: None as measured."""
    labels = [row.truth.amiss for row in report.rows]
    share = sum(labels) / len(labels) if prevalence is None else prevalence
    lines: dict[str, list[Point]] = {}
    for arm in reversed(report.arms):
        recall, precision = precision_recall_curve(labels, report.scores(arm), prevalence)
        # Precision at a threshold holds for all recall that the threshold added.
        backwards = steps(recall[::-1], precision[::-1])
        lines[arm_in_words(arm.name)] = [*backwards, (0.0, backwards[-1][1])]
    return plot(
        shares(f"damaged items found, {share:.1%} of all damaged"),
        shares("flags that are right"),
        lines,
        width=SQUARE,
    )


def reliability_chart(calibration: Mapping[str, Any]) -> str:
    """Mean confidence and share of damaged items in each bin, as measured and in production."""
    names = {"measured": "as measured", "in_production": f"at {PREVALENCE:.1%} damaged"}
    return plot(
        log_odds("damage confidence"),
        log_odds("items that are damaged"),
        {
            words: [(one["confidence"], one["damaged"]) for one in calibration[key]["bins"]]
            for key, words in names.items()
        },
        width=SQUARE,
        dots=True,
        diagonal=True,
    )
