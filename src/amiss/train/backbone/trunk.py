"""Any backbone of timm as an encoder of ours: pictures in, maps of fine and of coarse cells out."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from amiss.bundle.manifest import Output
from amiss.domain.errors import BundleError, InputError
from amiss.vision.frame import WORKING_SIZE

COARSEST = 16
"""Pixels of a coarse cell, at most."""


class TimmTrunk(nn.Module):
    """A backbone with its preprocessing inside.

    outputs: what it gives, fine maps first. multiple: sides of a picture are multiples of it.
    square: whether its graph takes pictures of one size only (transformers).
    """

    mean: Tensor
    std: Tensor

    def __init__(self, name: str, weights: Path | None = None, *, pretrained: bool = False) -> None:
        """Makes the backbone `name` of timm.

        Args:
            name: as `timm.list_models` gives it.
            weights: a file of weights that timm can read; None are random ones.
            pretrained: let timm fetch the published weights, which needs a network.

        Raises:
            InputError: timm is not installed, knows no such backbone, or cannot read the weights.
            BundleError: the backbone has no maps of cells that are small enough.
        """
        super().__init__()
        self.body, self.square = _make(name, weights, pretrained=pretrained)
        reductions, channels = _reductions(self.body), _channels(self.body)
        coarse = max((one for one in reductions if one <= COARSEST), default=0)
        if not coarse:
            raise BundleError(f"{name} has no map of cells of {COARSEST} pixels or less.")
        deep = [at for at, one in enumerate(reductions) if one == coarse]
        fine = [at for at, one in enumerate(reductions) if 2 * one == coarse]
        # A plain transformer has one grid only: its first map stands in for a finer one, enlarged.
        self.enlarged = not fine
        self.shallow, self.deep = (deep[0], deep[1:]) if self.enlarged else (fine[-1], deep)
        self.outputs = (
            Output(name=f"s{coarse // 2}", stride=coarse // 2, channels=channels[self.shallow]),
            *(
                Output(name=f"s{coarse}b{at}", stride=coarse, channels=channels[at])
                for at in self.deep
            ),
        )
        self.multiple = coarse if self.square else max(reductions)
        facts = _facts(name)
        for which, value in (("mean", facts.mean), ("std", facts.std)):
            self.register_buffer(which, 255 * torch.tensor(value, dtype=torch.float32))

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """N×H×W×3 uint8 to one N×C×h×w for each output."""
        picture = ((image.float() - self.mean) / self.std).permute(0, 3, 1, 2)
        found = self.body(picture)
        channels = _channels(self.body)
        maps = [
            one if one.shape[1] == count else one.permute(0, 3, 1, 2)
            for one, count in zip(found, channels, strict=True)
        ]
        fine = maps[self.shallow]
        if self.enlarged:
            fine = functional.interpolate(fine, scale_factor=2.0, mode="nearest")
        return fine, *(maps[at] for at in self.deep)


def _make(name: str, weights: Path | None, *, pretrained: bool) -> tuple[nn.Module, bool]:
    timm = _timm()
    options: dict[str, Any] = {"features_only": True, "pretrained": pretrained}
    if weights is not None:
        if not weights.is_file():
            raise InputError(f"There is no file of weights at {weights}.")
        options |= {"pretrained": True, "pretrained_cfg_overlay": {"file": str(weights)}}
    try:
        body = timm.create_model(name, **options)
        if len(set(_reductions(body))) > 1:
            return body, False
        depth = len(body.feature_info.info)
        places = (depth // 4, 2 * depth // 3, depth - 1)
        body = timm.create_model(name, out_indices=places, img_size=WORKING_SIZE, **options)
    except (RuntimeError, KeyError, ValueError, OSError, TypeError) as error:
        raise InputError(f"timm cannot make the backbone {name}: {error}") from error
    return body, True


def _reductions(body: Any) -> list[int]:  # noqa: ANN401 - a class of timm's
    return list(body.feature_info.reduction())


def _channels(body: Any) -> list[int]:  # noqa: ANN401 - a class of timm's
    return list(body.feature_info.channels())


def _facts(name: str) -> Any:  # noqa: ANN401 - a class of timm's
    return _timm().get_pretrained_cfg(name, allow_unregistered=False)


def _timm() -> Any:  # noqa: ANN401 - a module
    try:
        import timm
    except ModuleNotFoundError as error:
        raise InputError(
            f"Other backbones need {error.name}, which is not installed; pip install timm."
        ) from error
    return timm
