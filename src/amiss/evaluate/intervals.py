"""How far a figure could have been otherwise: intervals over products, not over pictures.

Items of one product succeed and fail together, so that whole products are the sample: a draw of
single items would make every interval too narrow.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from amiss.evaluate.bootstrap import Metric
from amiss.evaluate.metrics import rank_scores

ROUNDS = 1000


def intervals(
    products: Sequence[str],
    labels: Sequence[bool],
    scores: Sequence[float | None],
    metrics: Mapping[str, Metric],
    n: int = ROUNDS,
    seed: int = 0,
) -> dict[str, list[float] | None]:
    """The 95 % interval [low, high] of each figure.

    Each round draws as many products as there are, with replacement, and all their items.
    Source: percentile bootstrap over clusters, Davison and Hinkley 1997, section 3.8.

    Args:
        products: of each item.
        labels: true = damaged, parallel to them.
        scores: parallel; None is "no opinion".
        metrics: figures of (labels, scores), by name; None where one is undefined.
        n: rounds.
        seed: of the draws.

    Returns:
        Per metric the interval over the rounds in which it is defined; None where it never is.
    """
    damaged = np.asarray(labels, dtype=bool)
    ranked = rank_scores(damaged, scores)
    _, of_item = np.unique(np.asarray(products), return_inverse=True)
    members = [np.flatnonzero(of_item == product) for product in range(of_item.max(initial=-1) + 1)]
    generator = np.random.default_rng(seed)
    found: dict[str, list[float]] = {name: [] for name in metrics}
    for _ in range(n if members else 0):
        drawn = generator.integers(len(members), size=len(members))
        items = np.concatenate([members[product] for product in drawn])
        for name, metric in metrics.items():
            figure = metric(damaged[items], ranked[items])
            if figure is not None:
                found[name].append(figure)
    return {
        name: [float(end) for end in np.quantile(figures, [0.025, 0.975])] if figures else None
        for name, figures in found.items()
    }
