"""Trains an encoder further, end to end, on what views show by themselves.

The pictures go through the encoder at each step, so this wants a GPU; what comes out is an encoder
like any other, on which the damage model is then trained from a cache.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from amiss.dataset.collection import Dataset
from amiss.dataset.records import ViewRecord
from amiss.detect.cues import without
from amiss.domain.capture import RgbArray
from amiss.train.backbone.trunk import TimmTrunk
from amiss.train.cache.store import Kept, KeptItem
from amiss.train.cache.twist import Twist, drawn_light
from amiss.train.damage.families import Family
from amiss.train.damage.fit import Recipe, fit
from amiss.train.damage.losses import Weights, damage_loss
from amiss.train.damage.network import DamageHead, Neck, Width
from amiss.train.damage.precision import mixed
from amiss.train.damage.samples import grades, is_placed, targets
from amiss.vision.decode import decode
from amiss.vision.frame import to_frame

TOGETHER = 16
"""Views in a batch."""
SLOWER = 0.1
"""How much of the rate the encoder has: it begins with what it knows, the heads with nothing."""
KEEP = 0.7  # chance that the empty tray, or depth, is not forgotten


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A view with its labels. item: None of a reference, which is sound."""

    family: Family
    item: KeptItem | None
    view: Kept
    record: ViewRecord


class Whole(nn.Module):
    """An encoder with the heads that teach it."""

    def __init__(self, trunk: TimmTrunk, width: Width) -> None:
        super().__init__()
        shallow, *deep = (output.channels for output in trunk.outputs)
        width = Width(shallow, sum(deep), width.coarse, width.fine, width.descriptor)
        self.trunk, self.neck, self.head = trunk, Neck(width), DamageHead(width)

    def forward(self, image: Tensor, cues: Tensor) -> tuple[Tensor, Tensor]:
        """N×H×W×3 uint8 and N×CUES×h×w to logits of maps and of views."""
        shallow, *deep = self.trunk(image)
        found: tuple[Tensor, Tensor] = self.head(*self.neck(shallow, torch.cat(deep, 1), cues))
        return found

    def groups(self, rate: float) -> list[dict[str, Any]]:
        """What is trained, and how fast."""
        heads = [*self.neck.parameters(), *self.head.parameters()]
        return [
            {"params": list(self.trunk.parameters()), "lr": SLOWER * rate},
            {"params": heads, "lr": rate},
        ]


def pictures(families: Sequence[Family], data: Sequence[Dataset]) -> list[Picture]:
    """All views of these families whose pictures the data sets hold."""
    records = {
        view.id: view for one in data for split in one for record in split for view in record.views
    }
    records |= {
        reference.view.id: reference.view
        for one in data
        for split in one
        for product in split.items
        for reference in split.references(product)
    }
    shown: list[tuple[Family, KeptItem | None, Kept]] = []
    for family in families:
        shown += [(family, item, view) for item in family.items for view in item.views]
        shown += [(family, None, view) for capture in family.captures for view in capture]
    return [
        Picture(family, item, view, records[view.id])
        for family, item, view in shown
        if view.id in records
    ]


def finetune(
    folder: Path,
    trunk: TimmTrunk,
    shown: Sequence[Picture],
    recipe: Recipe,
    *,
    about: dict[str, Any],
    width: Width | None = None,
    device: str = "cpu",
    threads: int = 2,
    tell: Any = lambda _: None,  # noqa: ANN401 - as in `fit`
) -> TimmTrunk:
    """Trains the encoder in place, in a folder as `fit` keeps it, and gives it back.

    Raises:
        DatasetError: a picture or a mask cannot be read, or the folder holds another run.
        ImageError: a picture cannot be decoded.
    """
    torch.manual_seed(recipe.seed)
    network = Whole(trunk, width or Width()).to(device)
    with ThreadPoolExecutor(threads) as pool:
        fit(
            folder,
            network,
            lambda rng: _losses(network, shown, rng, pool, device),
            recipe,
            about=about,
            groups=network.groups(recipe.rate),
            tell=tell,
        )
    return trunk.cpu().eval()


def steps(shown: Sequence[Picture]) -> int:
    """Batches in an epoch."""
    return max(1, len(shown) // TOGETHER)


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    frame: RgbArray
    cues: NDArray[np.float32]
    shares: NDArray[np.float32]
    grades: NDArray[np.float32]
    of: Picture


def _losses(
    network: Whole,
    shown: Sequence[Picture],
    rng: np.random.Generator,
    pool: ThreadPoolExecutor,
    device: str,
) -> Iterator[Tensor]:
    order = rng.permutation(len(shown))
    trunk = network.trunk
    for first in range(0, len(order) - TOGETHER + 1, TOGETHER):
        some = [shown[place] for place in order[first : first + TOGETHER]]
        quarters, mirrored = int(rng.integers(4)), bool(rng.integers(2))
        seeds = rng.integers(2**31, size=len(some))
        load = partial(_load, trunk=trunk, quarters=quarters, mirrored=mirrored)
        loaded = list(pool.map(load, some, seeds.tolist()))
        for shape in dict.fromkeys(one.frame.shape for one in loaded):
            yield _loss(network, [one for one in loaded if one.frame.shape == shape], device)


def _loss(network: Whole, loaded: Sequence[_Loaded], device: str) -> Tensor:
    def stacked(name: str) -> Tensor:
        return torch.from_numpy(np.stack([getattr(one, name) for one in loaded])).to(device)

    views = [one.of for one in loaded]
    with mixed(device):
        maps, view = network(stacked("frame"), stacked("cues"))
    told = np.stack([targets(one.item, one.view) for one in views])
    return damage_loss(
        maps.float(),
        view.float(),
        stacked("shares"),
        torch.from_numpy(told).to(device),
        Weights(),
        torch.tensor([is_placed(one.item, one.view) for one in views], device=device),
        stacked("grades"),
        torch.tensor([one.view.outlined for one in views], device=device),
    )


def _load(one: Picture, seed: int, *, trunk: TimmTrunk, quarters: int, mirrored: bool) -> _Loaded:
    """A view, turned, in another light, perhaps without its cues; its labels from the cache."""
    rng = np.random.default_rng(seed)
    sight = one.family.shard.sight(one.view, {})
    frame = to_frame(one.record.load(decode).rgb, trunk.multiple, square=trunk.square)
    twist = Twist(quarters, mirrored, drawn_light(rng))
    cues = without(sight.cues, tray=rng.random() > KEEP, depth=rng.random() > KEEP)
    shares = np.concatenate([sight.damage, sight.item[None]])
    return _Loaded(
        twist.picture(frame),
        twist.map(cues),
        twist.map(shares),
        twist.map(grades(one.item, sight.damage)),
        one,
    )
