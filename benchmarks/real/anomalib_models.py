"""anomalib's own PatchCore and AnomalyDINO, fed with feature maps that were computed elsewhere.

Both models are imported from the installed package and run unchanged: pooling, concatenation,
memory bank, nearest neighbours, image score, anomaly map. Two things stand in their way here.

1. `import anomalib.models` pulls in the whole training framework (lightning, timm, torchvision, …)
   through its `__init__` files. The two modules themselves need five names. So the packages above
   them enter `sys.modules` as empty packages that only know their folder, and those names are put
   into them. All that scores comes from anomalib; only two names are ours, both without arithmetic:
2. `TimmFeatureExtractor` is replaced by `HandedFeatures`: it hands out maps that ONNX Runtime
   computed with Amiss's encoder, so that every method sees the very same features.
   `InferenceBatch` is a plain pair of score and map.
"""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import torch

STRIDE = 16
"""Pixels per cell of the maps that the encoder hands out."""


BARE_PACKAGES = (
    "data",
    "models",
    "models.components",
    "models.components.base",
    "models.components.feature_extractors",
    "models.image",
    "models.image.anomaly_dino",
    "models.image.patchcore",
)


class InferenceBatch(NamedTuple):
    """The carrier in which both models return their score and map."""

    pred_score: torch.Tensor
    anomaly_map: torch.Tensor


class HandedFeatures(torch.nn.Module):
    """Stands where anomalib's feature extractor would be and returns `maps`, set beforehand."""

    patch_size = STRIDE

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__()
        self.maps: dict[str, torch.Tensor] = {}

    def forward(self, _: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return the maps whatever the picture is: they were computed from it already."""
        return self.maps


def _bare_package(name: str, root: Path) -> ModuleType:
    """Enter a package that can be imported from, without running its `__init__`."""
    package = ModuleType(name)
    package.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
    sys.modules[name] = package
    return package


def _prepare_imports() -> None:
    spec = importlib.util.find_spec("anomalib")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("anomalib is missing: run benchmarks/real/setup.sh first.")
    root = Path(spec.submodule_search_locations[0])
    bare = {name: _bare_package(f"anomalib.{name}", root) for name in BARE_PACKAGES}

    bare["data"].InferenceBatch = InferenceBatch
    components = bare["models.components"]
    bare["models.components.feature_extractors"].TimmFeatureExtractor = HandedFeatures
    components.TimmFeatureExtractor = HandedFeatures
    mixin = importlib.import_module("anomalib.models.components.base.dynamic_buffer")
    components.DynamicBufferMixin = mixin.DynamicBufferMixin
    bare["models.components.base"].DynamicBufferMixin = mixin.DynamicBufferMixin
    filters = importlib.import_module("anomalib.models.components.filters")
    components.GaussianBlur2d = filters.GaussianBlur2d
    sampling = importlib.import_module("anomalib.models.components.sampling")
    components.KCenterGreedy = sampling.KCenterGreedy


_prepare_imports()

_IMAGE = "anomalib.models.image"
PatchcoreModel = importlib.import_module(f"{_IMAGE}.patchcore.torch_model").PatchcoreModel
AnomalyDINOModel = importlib.import_module(f"{_IMAGE}.anomaly_dino.torch_model").AnomalyDINOModel
