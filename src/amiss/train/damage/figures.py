"""How well the network ranks items while it is trained."""

from collections.abc import Iterable

import numpy as np

from amiss.evaluate.metrics import auroc, average_precision, recall_at_fpr
from amiss.train.damage.epochs import Answer
from amiss.train.damage.network import ANY, MAJOR


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
