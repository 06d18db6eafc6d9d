"""What references change: each place of a view beside the places of its references.

A cell is held against the best-supported places in its references, and a few cells around each,
since a match may be off by one. What comes of it is added to what the view shows by itself, and
the same head reads the sum; at the start nothing is added, so that references begin by doing no
harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from amiss.train.damage.network import Residual, Width, conv

KEY, FINE_KEY = 32, 12
"""Channels of what is kept of a reference's cell, of 16 and of 8 pixels."""
TOLD = 3
"""Numbers told of each match: its support, how alike the best place is, how many lie outside. Of
coarse cells a fourth: how alike the best place anywhere is."""


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """References of a batch of views.

    keys: T×KEY, cells of all references, and a last row of zeros; fine: the same of fine cells.
    around: N×BEST×h×w×9, rows of `keys`; around_finely: N×2h×2w×25, rows of `fine`.
    support: N×BEST×h×w. likeness: N×h×w. See `amiss.detect.match`.
    """

    keys: Tensor
    fine: Tensor
    around: Tensor
    around_finely: Tensor
    support: Tensor
    likeness: Tensor


class Comparator(nn.Module):
    """Adds to the maps of views what their references say."""

    def __init__(self, width: Width) -> None:
        super().__init__()
        self.key = nn.Conv2d(width.coarse, KEY, 1)
        self.fine_key = nn.Conv2d(width.fine, FINE_KEY, 1)
        self.sharpness = nn.Parameter(torch.tensor([6.0, 6.0]))
        self.pair = nn.Sequential(conv(3 * KEY + TOLD + 1, 48), conv(48, 48, 3))
        self.seen = nn.Conv2d(48, 1, 1)
        self.join = nn.Sequential(conv(2 * 48, width.coarse, 3), Residual(width.coarse, 2, 0.1))
        self.out = nn.Conv2d(width.coarse, width.coarse, 1)
        self.fine_pair = nn.Sequential(conv(3 * FINE_KEY + TOLD, 24), conv(24, 24, 3))
        self.fine_out = nn.Conv2d(24, width.fine, 1)
        for last in (self.out, self.fine_out):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias if last.bias is not None else last.weight)

    def keys(self, coarse: Tensor, fine: Tensor) -> tuple[Tensor, Tensor]:
        """N×C×h×w and N×F×2h×2w to what is kept of references: N×KEY×h×w, N×FINE_KEY×2h×2w."""
        return self.key(coarse), self.fine_key(fine)

    def forward(self, coarse: Tensor, fine: Tensor, beside: Beside) -> tuple[Tensor, Tensor]:
        """The view's maps with what the references say added."""
        own, own_fine = self.keys(coarse, fine)
        told = torch.log1p(beside.support) / 3
        count, best = told.shape[:2]
        coarsely, finely = self.sharpness
        pairs = torch.stack(
            [
                self.pair(_pair(own, beside.keys, around, (support, beside.likeness), coarsely))
                for around, support in zip(beside.around.unbind(1), told.unbind(1), strict=True)
            ],
            dim=1,
        )
        weight = self.seen(pairs.flatten(0, 1)).unflatten(0, (count, best)).softmax(dim=1)
        joined = torch.cat([(weight * pairs).sum(1), pairs.amax(1)], dim=1)
        told_finely = functional.interpolate(told[:, :1], scale_factor=2.0, mode="nearest")
        fine_pairs = self.fine_pair(
            _pair(own_fine, beside.fine, beside.around_finely, (told_finely[:, 0],), finely)
        )
        return coarse + self.out(self.join(joined)), fine + self.fine_out(fine_pairs)


def _pair(
    own: Tensor, keys: Tensor, around: Tensor, told: Sequence[Tensor], sharpness: Tensor
) -> Tensor:
    """Each cell beside the most alike of the places around its match.

    N×C×h×w, T×C, N×h×w×K and planes N×h×w to N×(3·C + 2 + planes)×h×w.
    """
    own = own.permute(0, 2, 3, 1).flatten(0, 2)
    unit = functional.normalize(own, dim=-1)
    length = keys.norm(dim=1).clamp(min=1e-6)
    places = around.flatten(0, 2).unbind(-1)
    found = [functional.embedding(place, keys) for place in places]
    alike = torch.stack(
        [(one * unit).sum(-1) / length[place] for one, place in zip(found, places, strict=True)],
        dim=-1,
    )
    share = (sharpness * alike).softmax(dim=-1).unbind(-1)
    there = sum(
        (part[:, None] * one for part, one in zip(share[1:], found[1:], strict=True)),
        start=share[0][:, None] * found[0],
    )
    outside = (around == len(keys) - 1).to(own.dtype).mean(-1).flatten()
    planes = [one.flatten()[:, None] for one in told]
    numbers = [*planes, alike.amax(-1, keepdim=True), outside[:, None]]
    pairs = torch.cat([own, there, (own - there).abs(), *numbers], dim=-1)
    return pairs.reshape(*around.shape[:3], -1).permute(0, 3, 1, 2)
