"""How well the network ranks items while it is trained."""

from collections.abc import Iterable, Sequence

import numpy as np

from amiss.evaluate.metrics import auroc, average_precision, recall_at_fpr
from amiss.train.damage.embed import Captures, embed
from amiss.train.damage.epochs import Answer
from amiss.train.damage.network import ANY, MAJOR, Embedding


def figures(answers: Iterable[Answer]) -> dict[str, float]:
    """AUROC, average precision and recall at 1 % false positives, without and with references.

    Of any and of major damage, of items where some view shows it, against those that have none.
    """
    kept = [one for one in answers if one.item.damages is not None]
    seen = np.array([(one.targets[:, ANY] == 1).any() for one in kept], np.bool_)
    grave = np.array([(one.targets[:, MAJOR] == 1).any() for one in kept], np.bool_)
    sound = np.array([not one.item.damages for one in kept], np.bool_)
    found: dict[str, float] = {"items": float(len(kept))}
    for name in ("alone", "beside"):
        told = [getattr(one, name) for one in kept]
        scores = np.array([one[:, ANY].max() + one[:, MAJOR].max() for one in told])
        for what, yes in (("any", seen), ("major", grave)):
            among = yes | sound
            if yes.any() and sound.any():
                found[f"{name}_{what}"] = auroc(yes[among], scores[among]) or 0.0
                found[f"{name}_{what}_ap"] = average_precision(yes[among], scores[among]) or 0.0
                found[f"{name}_{what}_r1"] = recall_at_fpr(yes[among], scores[among]) or 0.0
    return {name: round(value, 4) for name, value in found.items()}


def recognised(layer: Embedding, products: Sequence[tuple[Captures, int]]) -> dict[str, float]:
    """Share of views whose nearest reference, among those of all products, is of their product.

    Nothing where no two products have references. products: captures of each, and how many of them
    are references, which come last.
    """
    queries, references = [], []
    for number, (captures, count) in enumerate(products):
        first = len(captures) - count
        if 0 < first < len(captures):
            queries += [(number, one) for one in embed(layer, np.concatenate(captures[:first]))]
            references += [(number, one) for one in embed(layer, np.concatenate(captures[first:]))]
    if len({number for number, _ in references}) < 2:
        return {}
    alike = np.stack([one for _, one in queries]) @ np.stack([one for _, one in references]).T
    nearest = np.array([number for number, _ in references])[alike.argmax(axis=1)]
    right = nearest == np.array([number for number, _ in queries])
    return {"recognised": round(float(right.mean()), 4)}
