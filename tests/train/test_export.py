import numpy as np
import pytest

from amiss.bundle.read import default_bundle_path
from amiss.domain.errors import BundleError
from amiss.vision.engine.onnx_runtime import OnnxRuntimeEngine
from amiss.vision.golden import agreement, check, golden_pictures

REASON = "exporting a bundle needs torch and onnx: amiss[train]"
torch = pytest.importorskip("torch", reason=REASON)
pytest.importorskip("onnx", reason=REASON)
export = pytest.importorskip("amiss.train.export", reason=REASON)
lite0 = pytest.importorskip("amiss.train.lite0", reason=REASON)
build_graph = pytest.importorskip("amiss.train.encoder_graph", reason=REASON).build_graph
export_bundle = export.export_bundle


@pytest.fixture(scope="module")
def published():
    return lite0.load_published(export.DEFAULT_TAPS)


@pytest.fixture(scope="module")
def exported(published, tmp_path_factory):
    return export_bundle(tmp_path_factory.mktemp("export") / "bundle", trunk=published)


def torch_maps(trunk, pictures):
    with torch.no_grad(), export.one_thread():
        return [found.numpy() for found in trunk(torch.from_numpy(pictures))]


def random_trunk(taps, seed=0):
    torch.manual_seed(seed)
    return lite0.Lite0Trunk(taps).eval()


@pytest.mark.parametrize("size", [(64, 96), (128, 224)])
def test_the_exported_graph_computes_what_torch_does(exported, published, size):
    pictures = golden_pictures()
    if size != pictures.shape[1:3]:
        pictures = np.tile(pictures, (1, 2, 3, 1))[:, : size[0], : size[1]]
    found = OnnxRuntimeEngine(exported, 1).run(pictures)
    for (name, maps), expected in zip(found.items(), torch_maps(published, pictures), strict=True):
        # The weights are rounded to 16 bits; nothing else differs.
        assert agreement(name, maps, expected).worst_cosine >= 0.9999


def test_outputs_are_named_by_stride(exported):
    outputs = [(o.name, o.stride, o.channels) for o in exported.manifest.encoder.outputs]
    assert outputs == [("s4", 4, 24), ("s8", 8, 40), ("s16", 16, 112)]


def test_two_taps_of_one_stride_have_two_names(tmp_path):
    bundle = export_bundle(tmp_path / "b", (5, 7), trunk=random_trunk((5, 7)))
    assert [o.name for o in bundle.manifest.encoder.outputs] == ["s16b5", "s16b7"]


def test_the_same_weights_give_the_same_bytes(exported, published, tmp_path):
    again = export_bundle(tmp_path / "again", trunk=published)
    for name in ["bundle.json", "bundle.sha256", *exported.manifest.files]:
        assert (again.path / name).read_bytes() == (exported.path / name).read_bytes(), name
    assert again.id == exported.id


def test_the_default_bundle_is_made_of_the_published_weights(exported):
    graph = (default_bundle_path() / "encoder.onnx").read_bytes()
    if graph != exported.read("encoder.onnx"):
        pytest.skip("the default bundle has other taps or projections")
    assert (default_bundle_path() / "golden.npz").read_bytes() == exported.read("golden.npz")


def test_random_weights_take_the_same_path(tmp_path):
    trunk = lite0.load_weights((1, 3), random_trunk((1, 3)).state_dict())
    bundle = export_bundle(tmp_path / "b", (1, 3), trunk=trunk, name="random", sources=())
    assert bundle.id.startswith("random@")
    assert check(OnnxRuntimeEngine(bundle, 1), bundle).passed


def test_a_projection_is_part_of_the_graph(published, tmp_path):
    rng = np.random.default_rng(7)
    matrix, bias = rng.normal(size=(16, 40)), rng.normal(size=16)
    bundle = export_bundle(tmp_path / "b", projections={4: (matrix, bias)}, trunk=published)
    pictures = golden_pictures()
    plain = torch_maps(export.as_stored(published), pictures)[1]
    expected = np.einsum("kc,nchw->nkhw", matrix, plain) + bias[:, None, None]
    found = OnnxRuntimeEngine(bundle, 1).run(pictures)["s8"]
    assert agreement("s8", found, expected).worst_cosine >= 0.999999
    assert "projection" in bundle.read("MODEL_CARD.md").decode()


@pytest.mark.parametrize(
    ("tap", "shape", "biases"), [(5, (8, 80), 8), (4, (8, 24), 8), (4, (8, 40), 7)]
)
def test_a_projection_that_does_not_fit_refuses(published, tap, shape, biases):
    with pytest.raises(BundleError, match="projection"):
        build_graph(published, {tap: (np.zeros(shape), np.zeros(biases))})


def test_missing_and_misshapen_weights_refuse():
    weights = random_trunk((1,)).state_dict()
    with pytest.raises(BundleError, match="missing"):
        lite0.load_weights((2,), weights)
    weights["_conv_stem.weight"] = torch.zeros(1, 3, 3, 3)
    with pytest.raises(BundleError, match="not weights of EfficientNet-Lite0"):
        lite0.load_weights((1,), weights)


def test_weights_too_large_for_16_bits_refuse():
    trunk = random_trunk((0,))
    trunk._conv_stem.weight.data[0] = 1e6
    with pytest.raises(BundleError, match="too large"):
        build_graph(trunk)


@pytest.mark.parametrize("taps", [(), (4, 2), (2, 2), (-1,), (16,)])
def test_taps_that_make_no_sense_refuse(taps):
    with pytest.raises(BundleError, match="Taps"):
        lite0.Lite0Trunk(taps)


def test_only_an_older_bundle_is_replaced(tmp_path):
    trunk = random_trunk((0,))
    other = tmp_path / "photos"
    other.mkdir()
    (other / "mine.jpg").write_bytes(b"x")
    with pytest.raises(BundleError, match="no bundle"):
        export_bundle(other, (0,), trunk=trunk)
    assert (other / "mine.jpg").read_bytes() == b"x"
    first = export_bundle(tmp_path / "b", (0,), trunk=trunk)
    second = export_bundle(tmp_path / "b", (0,), trunk=random_trunk((0,), seed=1))
    assert first.id != second.id
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_padding_is_that_of_the_published_network():
    # TensorFlow: out = ceil(size / stride); total = (out − 1)·stride + kernel − size.
    for spec in lite0.BLOCKS:
        for size in (32, 224, 448):
            total = (size // spec.stride - 1) * spec.stride + spec.kernel - size
            assert lite0.same_padding(spec.kernel, spec.stride) == (total // 2, total - total // 2)
