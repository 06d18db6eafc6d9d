"""Recall against what it costs, as a picture for a page."""

import math
from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from amiss.evaluate.metrics import BUDGETS, PREVALENCE, rank_scores

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 12, 40
LEAST = 1e-4  # share sidelined at which the axis begins
COLOURS = ("#c2410c", "#64748b", "#0f766e", "#7c3aed")

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


def budget_curve(
    labels: Sequence[bool], scores: Sequence[float | None], prevalence: float = PREVALENCE
) -> Curve:
    """Share of all items sidelined in production, and recall, at every threshold, both rising.

    As `amiss.evaluate.metrics.recall_at_budget` weighs them. Both classes must be there.
    """
    damaged = np.asarray(labels, dtype=bool)
    ranked = rank_scores(damaged, scores)
    thresholds = np.unique(ranked)[::-1]
    hits, alarms = (
        (np.sort(ranked[members])[None] >= thresholds[:, None]).mean(axis=1)
        for members in (damaged, ~damaged)
    )
    recall, fpr = np.append(0.0, hits), np.append(0.0, alarms)
    return (1 - prevalence) * fpr + prevalence * recall, recall


def draw(curves: dict[str, Curve]) -> str:
    """Curves by name as one SVG element; the share is on a logarithmic axis, budgets are marked."""
    label = "Recall against the share of all items sidelined"
    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">']
    for tick in (0, 0.25, 0.5, 0.75, 1):
        y = _y(tick)
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{tick:.0%}</text>')
    for share in (1e-4, 1e-3, 1e-2, 1e-1, 1.0):
        x = _x(share)
        parts.append(f'<line class="grid" x1="{x}" y1="{TOP}" x2="{x}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">')
        parts.append(f"{share:.4g}</text>")
    for budget in BUDGETS:
        x = _x(budget)
        parts.append(f'<line class="budget" x1="{x}" y1="{TOP}" x2="{x}" y2="{HEIGHT - BOTTOM}"/>')
    for place, (name, (shares, recalls)) in enumerate(curves.items()):
        colour = COLOURS[place % len(COLOURS)]
        parts.append(f'<path fill="none" stroke="{colour}" stroke-width="2" d="')
        parts.append(f'{_steps(shares, recalls)}"/>')
        parts.append(f'<text x="{LEFT + 10}" y="{TOP + 16 + 16 * place}" fill="{colour}">')
        parts.append(f"{escape(name)}</text>")
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">')
    parts.append(f"share of all items sidelined, {PREVALENCE:.1%} of them damaged</text></svg>")
    return "".join(parts)


def _steps(shares: NDArray[np.float64], recalls: NDArray[np.float64]) -> str:
    """Recall stays until the next threshold is paid for."""
    path = [f"M{_x(LEAST)} {_y(float(recalls[shares <= LEAST].max(initial=0.0)))}"]
    for share, recall in zip(shares.tolist(), recalls.tolist(), strict=True):
        if share > LEAST:
            path.append(f"H{_x(share)}V{_y(recall)}")
    return "".join(path)


def _x(share: float) -> float:
    along = math.log10(max(share, LEAST) / LEAST) / -math.log10(LEAST)
    return round(LEFT + along * (WIDTH - LEFT - RIGHT), 1)


def _y(recall: float) -> float:
    return round(HEIGHT - BOTTOM - recall * (HEIGHT - TOP - BOTTOM), 1)
