"""How far a picture is like those that were trained on.

Each view's features are summed up by their means and spreads; what few principal components of the
training views leave over is small for views of their kind and large for others (the Q statistic of
Jackson and Mudholkar, 1979). A model that was trained on booths says little about a photograph of a
shelf, and should know it.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

COMPONENTS = 64
QUANTILE = 0.98
"""Share of held-out views within the limit; a few odd ones must not widen it."""
BEYOND = 1.15
"""Times the quantile's rest at which a picture is as foreign as familiar."""
_STEEP = 4.6  # logit of 0.99: the familiarity of a view at the quantile

Summary = NDArray[np.float32]


class Familiarity(nn.Module):
    """The familiarity, in [0, 1], of N views from the encoder's maps."""

    middle: Tensor
    spread: Tensor
    basis: Tensor
    limit: Tensor

    def __init__(self, summaries: Summary, held_out: Summary) -> None:
        """Learns from N×F summaries, and sets the limit on others, of other products."""
        super().__init__()
        middle = summaries.mean(axis=0)
        spread = np.maximum(summaries.std(axis=0), 1e-6)
        flat = ((summaries - middle) / spread).astype(np.float64)
        _, vectors = np.linalg.eigh(flat.T @ flat)
        basis = vectors[:, ::-1][:, : min(COMPONENTS, len(summaries) // 2)]
        for name, value in (("middle", middle), ("spread", spread), ("basis", basis)):
            self.register_buffer(name, torch.from_numpy(np.ascontiguousarray(value)).float())
        with torch.no_grad():
            rest = self._rest(torch.from_numpy(np.asarray(held_out, np.float32))).numpy()
        self.register_buffer("limit", torch.tensor(float(np.quantile(rest, QUANTILE))))

    def forward(self, shallow: Tensor, deep: Tensor) -> Tensor:
        """N×S×2h×2w and N×D×h×w to N."""
        rest = self._rest(summary(shallow, deep)) / self.limit
        return torch.sigmoid(_STEEP * (BEYOND - rest) / (BEYOND - 1))

    def _rest(self, summaries: Tensor) -> Tensor:
        flat = (summaries - self.middle) / self.spread
        left = flat - (flat @ self.basis) @ self.basis.T
        return (left**2).mean(dim=1).sqrt()


def summary(shallow: Tensor, deep: Tensor) -> Tensor:
    """N×F: mean and spread of each channel over all places."""
    flat = [one.flatten(2) for one in (deep, shallow)]
    means = [one.mean(2) for one in flat]
    spreads = [
        ((one - mean[..., None]) ** 2).mean(2).sqrt() for one, mean in zip(flat, means, strict=True)
    ]
    return torch.cat([means[0], spreads[0], means[1], spreads[1]], dim=1)


def summary_of(
    shallow: Sequence[NDArray[np.float32]], deep: Sequence[NDArray[np.float32]]
) -> Summary:
    """F, of one view's maps C×h×w."""
    fine, coarse = (torch.from_numpy(np.concatenate(maps)[None]) for maps in (shallow, deep))
    return np.asarray(summary(fine, coarse)[0].numpy(), np.float32)
