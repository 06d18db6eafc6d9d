"""The heads: what is damaged where, without references; and descriptors to find places again.

All of them read the frozen encoder's maps of one pass, with the cues beside them. Plain 3×3
convolutions: on a CPU they train several times faster than depthwise ones of the same reach.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from amiss.detect.cues import CHANNELS as CUES
from amiss.domain.words import DamageType

TYPES = len(DamageType)
ANY, MAJOR = TYPES, TYPES + 1
"""Places of a view's logits after those of the types: any damage at all; major damage."""
WHICH = slice(TYPES + 2, 2 * TYPES + 2)
"""And after those which type it is, if it is any: logits among the types."""
ITEM, GRAVE, PRODUCT = TYPES, TYPES + 1, TYPES + 2
"""Places of a map's logits after those of the types: the item; and, of a cell that is damaged,
whether it is major, and whether it is the product itself that is."""
MAPS = TYPES + 3
TOPS = (1, 8, 64)
"""Cells whose hottest ones are averaged, from a single one to a whole place."""


@dataclass(frozen=True, slots=True)
class Width:
    """Channels.

    shallow, deep: of the encoder's maps of fine cells together, and of its maps of coarse ones.
    fine, coarse: of our own maps. descriptor: of a descriptor. embedding: of a view's embedding.
    """

    shallow: int = 40
    deep: int = 192
    coarse: int = 64
    fine: int = 32
    descriptor: int = 48
    embedding: int = 128


def conv(inputs: int, outputs: int, kernel: int = 1, stride: int = 1, reach: int = 1) -> nn.Module:
    """Convolution, normalisation, ReLU. reach: cells between the kernel's taps."""
    return nn.Sequential(*_linear(inputs, outputs, kernel, stride, reach), nn.ReLU(inplace=True))


def _linear(inputs: int, outputs: int, kernel: int, stride: int, reach: int) -> list[nn.Module]:
    pad = reach * (kernel // 2)
    return [
        nn.Conv2d(inputs, outputs, kernel, stride, pad, reach, bias=False),
        nn.BatchNorm2d(outputs),
    ]


class Residual(nn.Module):
    """Two convolutions, added to what went in."""

    def __init__(self, channels: int, reach: int, drop: float) -> None:
        super().__init__()
        self.change = nn.Sequential(
            conv(channels, channels, 3, reach=reach), *_linear(channels, channels, 3, 1, 1)
        )
        self.drop = nn.Dropout2d(drop)

    def forward(self, x: Tensor) -> Tensor:
        """N×C×h×w to the same."""
        return functional.relu(x + self.drop(self.change(x)))


class Rise(nn.Module):
    """Coarse maps brought to fine cells and joined with fine ones."""

    def __init__(self, width: Width) -> None:
        super().__init__()
        self.narrow = conv(width.coarse, width.fine)
        self.join = nn.Sequential(conv(2 * width.fine, width.fine), conv(width.fine, width.fine, 3))

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        """N×C×h×w and N×F×2h×2w to N×F×2h×2w."""
        large = functional.interpolate(
            self.narrow(coarse), scale_factor=2.0, mode="bilinear", align_corners=False
        )
        joined: Tensor = self.join(torch.cat([large, fine], dim=1))
        return joined


class Neck(nn.Module):
    """Reads the encoder's maps and the cues once, for all heads."""

    def __init__(self, width: Width) -> None:
        super().__init__()
        for_cues = 12
        self.fine = conv(width.shallow, width.fine - for_cues)
        self.cues = conv(CUES, for_cues, 3)
        self.sink = conv(width.fine, width.coarse // 2, 3, stride=2)
        self.coarse = conv(width.deep, width.coarse)
        self.mix = conv(width.coarse + width.coarse // 2, width.coarse)

    def forward(self, shallow: Tensor, deep: Tensor, cues: Tensor) -> tuple[Tensor, Tensor]:
        """What each place shows by itself, without its surroundings.

        N×S×2h×2w, N×D×h×w and N×CUES×2h×2w to coarse N×C×h×w and fine N×F×2h×2w.
        """
        fine = torch.cat([self.fine(shallow), self.cues(cues)], dim=1)
        return self.mix(torch.cat([self.coarse(deep), self.sink(fine)], dim=1)), fine


class DamageHead(nn.Module):
    """Maps of each damage type, of the item and of grades; and what the view shows as a whole."""

    def __init__(self, width: Width, drop: float = 0.1) -> None:
        super().__init__()
        self.body = nn.Sequential(*(Residual(width.coarse, reach, drop) for reach in (1, 2, 4)))
        self.rise = Rise(width)
        self.maps = nn.Conv2d(width.fine, MAPS, 1)
        nn.init.constant_(self._bias(), -3.0)  # damage is rare, cell by cell
        self.context = nn.Sequential(
            nn.Linear(2 * width.coarse, 64), nn.ReLU(inplace=True), nn.Dropout(0.2)
        )
        read = TYPES * len(TOPS) + 64
        self.view = nn.Linear(read, TYPES + 2)
        self.which = Which(width, read)

    def _bias(self) -> Tensor:
        bias = self.maps.bias
        return torch.empty(0) if bias is None else bias

    def forward(self, coarse: Tensor, fine: Tensor) -> tuple[Tensor, Tensor]:
        """Logits: N×MAPS×2h×2w, and N×(types, any, major, which)."""
        coarse = self.body(coarse)
        fine = self.rise(coarse, fine)
        maps = self.maps(fine)
        hottest = maps[:, :TYPES].flatten(2).topk(max(TOPS), dim=2).values
        tops = [hottest[:, :, :count].mean(dim=2) for count in TOPS]
        context = self.context(torch.cat([coarse.mean((2, 3)), coarse.amax((2, 3))], dim=1))
        read = torch.cat([*(0.25 * top for top in tops), context], dim=1)
        # Which type it is is read off, and teaches nothing else: shared, it cost recall (39).
        read_off = (one.detach() for one in (read, maps[:, :TYPES], coarse, fine))
        return maps, torch.cat([self.view(read), self.which(*read_off)], dim=1)


class Which(nn.Module):
    """Which type the damage is: from what the view shows as a whole, and where it is hottest."""

    def __init__(self, width: Width, read: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(read + TYPES + width.coarse + width.fine, 64),
            nn.ReLU(inplace=True),
            nn.Dropout(0.2),
            nn.Linear(64, TYPES),
        )

    def forward(self, read: Tensor, maps: Tensor, coarse: Tensor, fine: Tensor) -> Tensor:
        """N×R, N×TYPES×2h×2w, N×C×h×w and N×F×2h×2w to logits N×TYPES."""
        worst = maps.amax(dim=1)
        weight = worst.flatten(1).softmax(dim=1).reshape(worst.shape)[:, None]
        coarsely = 4 * functional.avg_pool2d(weight, 2)  # sums to 1, too
        there = ((weight, 0.25 * maps), (coarsely, coarse), (weight, fine))
        seen = [(share * one).sum((2, 3)) for share, one in there]
        found: Tensor = self.layers(torch.cat([read, *seen], dim=1))
        return found


class Embedding(nn.Module):
    """What a view shows, as one unit vector: alike for views of one product, whatever its pose.

    Means and spreads of the encoder's maps over the item, each standardised by what it is over many
    views, and one layer. A norm over all of them would not do: the few channels that are large in
    every view would leave nothing else to see.
    """

    middle: Tensor
    spread: Tensor

    def __init__(self, width: Width) -> None:
        super().__init__()
        pooled = 2 * (width.shallow + width.deep)
        self.register_buffer("middle", torch.zeros(pooled))
        self.register_buffer("spread", torch.ones(pooled))
        self.layer = nn.Linear(pooled, width.embedding)

    def standardise(self, pooled: Tensor) -> None:
        """Takes N×P numbers of many views for what they usually are."""
        self.middle.copy_(pooled.mean(dim=0))
        self.spread.copy_(pooled.std(dim=0).clamp(min=1e-3))

    def forward(self, pooled: Tensor) -> Tensor:
        """N×P numbers of `over_item` to N×embedding."""
        usual = (pooled - self.middle) / self.spread
        return functional.normalize(self.layer(usual.clamp(-5, 5)), dim=1)


def over_item(shallow: Tensor, deep: Tensor, item: Tensor) -> Tensor:
    """Mean and spread of each channel over the item: N×S×2h×2w, N×D×h×w, N×h×w to N×2·(S + D)."""
    maps = torch.cat([functional.avg_pool2d(shallow, 2), deep], dim=1)
    weight = item[:, None] / item.sum((1, 2)).clamp(min=1e-3)[:, None, None, None]
    mean = (weight * maps).sum((2, 3))
    spread = (weight * (maps - mean[:, :, None, None]) ** 2).sum((2, 3)).clamp(min=1e-8).sqrt()
    return torch.cat([mean, spread], dim=1)


class Descriptor(nn.Module):
    """What lies in each coarse cell, told in any pose: unit vectors to be found again.

    And what the view shows as a whole.
    """

    def __init__(self, width: Width, drop: float = 0.05) -> None:
        super().__init__()
        self.sink = conv(width.shallow, width.coarse // 2, 3, stride=2)
        self.mix = conv(width.deep + width.coarse // 2, width.coarse)
        self.body = Residual(width.coarse, 1, drop)
        self.out = nn.Conv2d(width.coarse, width.descriptor + 1, 1)
        self.embed = Embedding(width)

    def places(self, shallow: Tensor, deep: Tensor) -> tuple[Tensor, Tensor]:
        """Descriptors, and how sure a cell shows the item.

        N×S×2h×2w and N×D×h×w to N×descriptor×h×w, of length 1 at each cell, and logits N×h×w.
        """
        found = self.out(self.body(self.mix(torch.cat([deep, self.sink(shallow)], dim=1))))
        return functional.normalize(found[:, :-1], dim=1), found[:, -1]

    def forward(self, shallow: Tensor, deep: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What `places` gives, and N×embedding, of length 1."""
        found, item = self.places(shallow, deep)
        return found, item, self.embed(over_item(shallow, deep, torch.sigmoid(item)))
