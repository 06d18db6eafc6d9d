"""What the heads are taught by."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from amiss.train.damage.network import GRAVE, ITEM, TYPES, WHICH

UNKNOWN = -1.0
"""A target that nobody knows: it teaches nothing."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts.

    doubt: how far a label that the model finds absurd is doubted, above 0 (cross entropy, not at
    all) to 1 (it hardly pulls).
    """

    places: float = 1.0
    shapes: float = 0.3
    item: float = 0.3
    grades: float = 0.2
    view: float = 2.0
    which: float = 0.5
    doubt: float = 0.3


def damage_loss(
    maps: Tensor,
    view: Tensor,
    shares: Tensor,
    targets: Tensor,
    weights: Weights,
    known: Tensor | None = None,
    grades: Tensor | None = None,
    outlined: Tensor | None = None,
) -> Tensor:
    """The loss of a batch of views.

    Args:
        maps: N×(types, item)×H×W logits.
        view: N×(types, any, major, which) logits.
        shares: N×(types, item)×H×W, share of each cell that shows it.
        targets: N×(types, any, major): 1, 0 or UNKNOWN.
        weights: of its parts.
        known: N bool, whether it is known which cells show damage; None: of all.
        grades: N×(major, product)×H×W of damaged cells: 1, 0 or UNKNOWN.
        outlined: N bool, whether the shares of item are known; None: of all.
    """
    logits, there = maps[:, :TYPES], shares[:, :TYPES]
    item = _item(maps[:, ITEM], shares[:, ITEM], outlined)
    if known is not None:
        logits, there = logits[known], there[known]
    return (
        weights.places * _places(logits, there)
        + weights.shapes * _shapes(logits, there)
        + weights.item * item
        + weights.grades * _grades(maps[:, GRAVE:], grades)
        + weights.view * _view(view[:, : WHICH.start], targets, weights.doubt)
        + weights.which * _which(view[:, WHICH], targets[:, :TYPES])
    )


def _which(logits: Tensor, targets: Tensor) -> Tensor:
    """Of views that show damage, which types: cross entropy among the types."""
    shown = (targets > 0.5).any(dim=1) & (targets != UNKNOWN).all(dim=1)
    if not bool(shown.any()):
        return logits.sum() * 0.0
    likely = targets[shown] / targets[shown].sum(dim=1, keepdim=True)
    return functional.cross_entropy(logits[shown], likely)


def _item(logits: Tensor, there: Tensor, outlined: Tensor | None) -> Tensor:
    if outlined is not None:
        logits, there = logits[outlined], there[outlined]
    if len(logits) == 0:
        return logits.sum() * 0.0
    return functional.binary_cross_entropy_with_logits(logits, there)


def _grades(logits: Tensor, grades: Tensor | None) -> Tensor:
    """Of damaged cells alone: elsewhere there is nothing to grade."""
    if grades is None or not bool((told := grades != UNKNOWN).any()):
        return logits.sum() * 0.0
    return functional.binary_cross_entropy_with_logits(logits[told], grades[told])


def _places(logits: Tensor, there: Tensor) -> Tensor:
    """Cell by cell; cells that are right already count little (Lin et al., focal loss, 2017).

    Each view weighs alike: a large damage does not drown small ones.
    """
    if len(logits) == 0:
        return logits.sum() * 0.0
    each = functional.binary_cross_entropy_with_logits(logits, there, reduction="none")
    wrong = (torch.sigmoid(logits) - there).abs() ** 1.5
    size = (there > 0.25).float().sum((1, 2, 3)) + 30.0
    return ((wrong * each).sum((1, 2, 3)) / size).mean()


def _shapes(logits: Tensor, there: Tensor) -> Tensor:
    """One less the overlap (Dice) of each damage that is shown."""
    shown = there.amax((2, 3)) > 0.25
    if not bool(shown.any()):
        return logits.sum() * 0.0
    likely = torch.sigmoid(logits)
    both = (likely * there).sum((2, 3))[shown]
    either = (likely + there).sum((2, 3))[shown]
    return (1 - (2 * both + 1) / (either + 1)).mean()


def _view(logits: Tensor, targets: Tensor, doubt: float) -> Tensor:
    """Cross entropy that gives way where a label and a sure model disagree.

    Generalised cross entropy (Zhang and Sabuncu, 2018) between the label's and the model's side:
    labels in the field are wrong now and then, and one of them must not pull without end.
    """
    known = targets != UNKNOWN
    right = torch.sigmoid(torch.where(targets > 0.5, logits, -logits))[known]
    if right.numel() == 0:
        return logits.sum() * 0.0
    return ((1 - right.clamp(min=1e-6) ** doubt) / doubt).mean()
