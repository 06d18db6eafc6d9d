"""A torch encoder as an encoder bundle: traced, checked, hashed."""

import io
import warnings
from pathlib import Path

import torch

from amiss.bundle.manifest import (
    CARD_FILE,
    ENCODER_FILE,
    GOLDEN_FILE,
    MANIFEST_FILE,
    SEAL_FILE,
    Encoder,
    Manifest,
    Source,
    seal,
    sha256,
)
from amiss.bundle.read import Bundle, open_bundle
from amiss.domain.errors import BundleError
from amiss.train.backbone.trunk import TimmTrunk
from amiss.train.export import put_in_place, refuse_other_folders
from amiss.train.model_card import model_card
from amiss.vision.engine.onnx_runtime import OnnxRuntimeEngine
from amiss.vision.golden import check, golden_bytes, golden_pictures, golden_shape

OPSET = 17


def export_trunk(
    out: Path, trunk: TimmTrunk, name: str, created: str, sources: tuple[Source, ...]
) -> Bundle:
    """Writes an encoder bundle, once it computes what the trunk does.

    Raises:
        BundleError: it does not, or the folder holds something else.
    """
    refuse_other_folders(out)
    facts = Encoder(
        file=ENCODER_FILE, multiple=trunk.multiple, square=trunk.square, outputs=trunk.outputs
    )
    pictures = torch.from_numpy(golden_pictures(*golden_shape(facts)))
    trunk.eval()
    with torch.no_grad():
        maps = trunk(pictures)
    golden = {output.name: one.numpy() for output, one in zip(trunk.outputs, maps, strict=True)}
    card = model_card(name, "1", created, facts, sources, projected=False, standardised=False)
    contents = {
        ENCODER_FILE: _graph(trunk, pictures[:1]),
        GOLDEN_FILE: golden_bytes(golden),
        CARD_FILE: card.encode(),
    }
    manifest = Manifest(
        name=name,
        version="1",
        created=created,
        encoder=facts,
        sources=sources,
        files={file: sha256(data) for file, data in contents.items()},
    ).to_bytes()
    put_in_place(out, {**contents, MANIFEST_FILE: manifest, SEAL_FILE: seal(manifest)})
    bundle = open_bundle(out)
    report = check(OnnxRuntimeEngine(bundle, 1), bundle)
    if not report.passed:
        raise BundleError(
            f"The exported encoder does not compute what the backbone does (worst cosine "
            f"{report.worst_cosine:.5f}); take another backbone."
        )
    return bundle


def _graph(trunk: TimmTrunk, picture: torch.Tensor) -> bytes:
    names = [output.name for output in trunk.outputs]
    axes = {"image": {0: "n"}, **{name: {0: "n"} for name in names}}
    if not trunk.square:
        axes["image"] |= {1: "height", 2: "width"}
        for name in names:
            axes[name] |= {2: f"{name}_rows", 3: f"{name}_columns"}
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns that it is the older one
        torch.onnx.export(
            trunk,
            (picture,),
            buffer,  # type: ignore[arg-type]  # a file, or whatever can be written to
            dynamo=False,
            opset_version=OPSET,
            input_names=["image"],
            output_names=names,
            dynamic_axes=axes,
        )
    return buffer.getvalue()
