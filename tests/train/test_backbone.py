"""Backbones of timm become encoders: as they are, with weights from a file, trained further."""

import warnings

import numpy as np
import pytest
import torch
from test_train_bundle import SIDE, data, picture  # noqa: F401 - a fixture
from torchvision_stand_in import stand_in

from amiss.bundle.read import open_bundle
from amiss.domain.errors import BundleError, InputError
from amiss.inspector import Inspector
from amiss.train.backbone.export import export_trunk
from amiss.train.backbone.make import Backbone
from amiss.train.backbone.trunk import TimmTrunk
from amiss.train.damage import weigh
from amiss.train.damage.make import Naming, make_bundle
from amiss.train.damage.run import Options
from amiss.vision.engine.choose import load_engine

stand_in()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("timm")

CONVOLUTIONAL = "mobilenetv3_small_050"
TRANSFORMER = "vit_tiny_patch16_224"
pytestmark = pytest.mark.filterwarnings("ignore")  # other people's deprecations


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(weigh, "LEAST", 2)
    monkeypatch.setattr("amiss.train.calibrate.LEAST_ITEMS", 2)
    monkeypatch.setattr("amiss.train.damage.make.LEAST_ITEMS", 2)


@pytest.mark.parametrize(
    ("name", "strides", "square"),
    [
        (CONVOLUTIONAL, (8, 16), False),
        ("convnext_atto", (8, 16), False),
        (TRANSFORMER, (8, 16, 16), True),
        ("vit_small_patch16_dinov3", (8, 16, 16), True),
        ("vit_small_patch14_dinov2", (7, 14, 14), True),
    ],
)
def test_every_backbone_has_fine_and_coarse_maps(name, strides, square):
    torch.manual_seed(0)
    trunk = TimmTrunk(name).eval()
    assert tuple(output.stride for output in trunk.outputs) == strides
    assert trunk.square is square
    side = 448 if square else 64
    with torch.no_grad():
        maps = trunk(torch.zeros(1, side, side, 3, dtype=torch.uint8))
    for output, found in zip(trunk.outputs, maps, strict=True):
        assert found.shape == (1, output.channels, side // output.stride, side // output.stride)


@pytest.mark.parametrize("name", [CONVOLUTIONAL, TRANSFORMER, "vit_small_patch16_dinov3"])
def test_a_backbone_becomes_an_encoder_bundle(tmp_path, name):
    torch.manual_seed(0)
    trunk = TimmTrunk(name)
    bundle = export_trunk(tmp_path / "encoder", trunk, "some", "2026-11-25", ())
    assert bundle.manifest.encoder.square is trunk.square
    features = load_engine(bundle, threads=1).run(np.zeros((1, 448, 448, 3), np.uint8))
    assert set(features) == {output.name for output in trunk.outputs}


def test_weights_come_from_a_file(tmp_path):
    torch.manual_seed(1)
    import timm

    state = timm.create_model("vit_small_patch16_dinov3", pretrained=False).state_dict()
    file = tmp_path / "weights.pth"
    torch.save(state, file)
    torch.manual_seed(2)
    trunk = TimmTrunk("vit_small_patch16_dinov3", file)
    name = "blocks.3.mlp.fc1.weight"
    (found,) = (value for key, value in trunk.state_dict().items() if key.endswith(name))
    assert torch.equal(found, state[name])


def test_what_cannot_be_made_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot make the backbone nonsense"):
        TimmTrunk("nonsense")
    with pytest.raises(InputError, match="no file of weights"):
        TimmTrunk(CONVOLUTIONAL, tmp_path / "none.pth")
    broken = tmp_path / "broken.pth"
    broken.write_bytes(b"nothing")
    with pytest.raises(InputError, match="cannot make the backbone"):
        TimmTrunk(CONVOLUTIONAL, broken)
    with pytest.raises(BundleError, match="no map of cells"):
        TimmTrunk("vit_base_patch32_224")


@pytest.mark.parametrize("epochs", [0, 1])
def test_a_damage_model_is_trained_on_another_backbone(data, tmp_path, epochs):  # noqa: F811
    made = make_bundle(
        [data],
        tmp_path / "bundle",
        tmp_path / "work",
        open_bundle(),
        Options(epochs=1, describe_epochs=1, threads=1),
        Naming("other", "1", "2026-11-25", ()),
        backbone=Backbone(CONVOLUTIONAL, epochs=epochs),
    )
    assert made.bundle.manifest.encoder.outputs[0].name == "s8"
    assert (tmp_path / "work" / "encoder" / "after").exists() is bool(epochs)
    inspector = Inspector(made.bundle, made.point, load_engine(made.bundle, threads=1))
    reference = inspector.see(picture(20, 205)[0])
    result = inspector.inspect(picture(20, 201, hole=True)[0].rgb, references=reference)
    assert result.score is not None
    assert result.heatmaps[0].shape == (SIDE, SIDE)
