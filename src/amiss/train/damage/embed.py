"""Teaches embeddings to tell products apart, from views of the same and of other ones.

Each view of an item is to be more like one of its product's references than like those of other
products (van den Oord et al., contrastive predictive coding, 2018). Others come from a bank of
references that were seen lately, since a batch holds few products.
"""

from collections import deque

import torch
from torch import Tensor

LATELY = 400
"""References that are remembered."""
SHARPNESS = 16.0
"""What cosines are multiplied with."""


class Bank:
    """References of other products, as they were embedded when they were last shown."""

    def __init__(self) -> None:
        self._kept: deque[tuple[int, Tensor]] = deque(maxlen=LATELY)

    def add(self, product: int, references: Tensor) -> None:
        """Remembers R×E embeddings."""
        self._kept.extend((product, one) for one in references.detach())

    def others(self, product: int) -> Tensor | None:
        """All that show another product, O×E; None where there are none."""
        found = [one for name, one in self._kept if name != product]
        return torch.stack(found) if found else None


def embedding_loss(views: Tensor, references: Tensor, others: Tensor | None) -> Tensor | None:
    """How badly views find their product. V×E, R×E and O×E; None where there are no others."""
    if others is None or not len(views) or not len(references):
        return None
    right = SHARPNESS * views @ references.T
    wrong = SHARPNESS * views @ others.T
    everything = torch.logsumexp(torch.cat([right, wrong], dim=1), dim=1)
    return (everything - torch.logsumexp(right, dim=1)).mean()
