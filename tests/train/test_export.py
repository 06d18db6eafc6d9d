import numpy as np
import pytest

from amiss.bundle.manifest import ENCODER_FILE, GOLDEN_FILE
from amiss.bundle.read import open_bundle
from amiss.domain.errors import BundleError
from amiss.vision.engine.onnx_runtime import OnnxRuntimeEngine
from amiss.vision.golden import agreement, check, golden_pictures

REASON = "exporting a bundle needs torch and onnx: amiss[train]"
torch = pytest.importorskip("torch", reason=REASON)
pytest.importorskip("onnx", reason=REASON)
export = pytest.importorskip("amiss.train.export", reason=REASON)
lite0 = pytest.importorskip("amiss.train.lite0", reason=REASON)
statistics = pytest.importorskip("amiss.train.statistics", reason=REASON)
build_graph = pytest.importorskip("amiss.train.encoder_graph", reason=REASON).build_graph
export_bundle = export.export_bundle


@pytest.fixture(scope="module")
def published():
    return lite0.load_published(lite0.DEFAULT_TAPS)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    return export_bundle(tmp_path_factory.mktemp("export") / "bundle")


def torch_maps(trunk, pictures):
    with torch.no_grad(), lite0.one_thread():
        return [found.numpy() for found in trunk(torch.from_numpy(pictures))]


def standardised(maps):
    found = statistics.read_statistics()
    for tap, values in zip(lite0.DEFAULT_TAPS, maps, strict=True):
        (measured,) = (t for t in found.taps if t.tap == tap)
        mean, std = np.array(measured.mean), np.array(measured.std)
        yield (values - mean[:, None, None]) / std[:, None, None]


def random_trunk(taps, seed=0):
    torch.manual_seed(seed)
    return lite0.Lite0Trunk(taps).eval()


@pytest.mark.parametrize("size", [(64, 96), (128, 224)])
def test_the_exported_graph_computes_what_torch_does(exported, published, size):
    pictures = golden_pictures()
    if size != pictures.shape[1:3]:
        pictures = np.tile(pictures, (1, 2, 3, 1))[:, : size[0], : size[1]]
    found = OnnxRuntimeEngine(exported, 1).run(pictures)
    expected_maps = standardised(torch_maps(published, pictures))
    for (name, maps), expected in zip(found.items(), expected_maps, strict=True):
        # The weights are rounded to 16 bits; nothing else differs.
        assert agreement(name, maps, expected).worst_cosine >= 0.9999


def outputs_of(bundle):
    return [(o.name, o.stride, o.channels) for o in bundle.manifest.encoder.outputs]


def test_outputs_are_named_by_stride(tmp_path):
    bundle = export_bundle(tmp_path / "b", (2, 4, 10), trunk=lite0.load_published((2, 4, 10)))
    assert outputs_of(bundle) == [("s4", 4, 24), ("s8", 8, 40), ("s16", 16, 112)]


def test_two_taps_of_one_stride_have_two_names(exported):
    assert outputs_of(exported) == [("s8", 8, 40), ("s16b7", 16, 80), ("s16b10", 16, 112)]


def test_the_same_weights_give_the_same_bytes(exported, published, tmp_path):
    packaged = statistics.read_statistics()
    again = export_bundle(tmp_path / "again", trunk=published, statistics=packaged)
    for name in ["bundle.json", "bundle.sha256", *exported.manifest.files]:
        assert (again.path / name).read_bytes() == (exported.path / name).read_bytes(), name
    assert again.id == exported.id


def test_the_encoder_of_the_default_bundle_is_what_export_gives(exported):
    packaged = open_bundle()
    assert packaged.manifest.encoder == exported.manifest.encoder
    assert packaged.manifest.sources == exported.manifest.sources
    for name in (ENCODER_FILE, GOLDEN_FILE):
        assert packaged.read(name) == exported.read(name), f"{name}: make the bundle anew"


def test_an_encoder_says_what_it_was_measured_on(exported):
    source, card = exported.manifest.sources[-1], exported.read("MODEL_CARD.md").decode()
    assert source.licence == "MIT"
    assert "308 pictures" in source.what
    assert "Klasson" in source.what
    assert source.what in card
    assert "standardised" in card


def test_rounding_the_weights_to_16_bits_changes_little(exported, published):
    found = OnnxRuntimeEngine(exported, 1).run(golden_pictures())
    expected_maps = standardised(torch_maps(published, golden_pictures()))
    for (name, maps), expected in zip(found.items(), expected_maps, strict=True):
        assert agreement(name, maps, expected).relative_error <= 0.01


def test_random_weights_take_the_same_path(tmp_path):
    trunk = lite0.load_weights((1, 3), random_trunk((1, 3)).state_dict())
    bundle = export_bundle(tmp_path / "b", (1, 3), trunk=trunk, name="random", sources=())
    assert bundle.id.startswith("random@")
    assert check(OnnxRuntimeEngine(bundle, 1), bundle).passed


def test_a_projection_is_part_of_the_graph(published, tmp_path):
    rng = np.random.default_rng(7)
    matrix, bias = rng.normal(size=(16, 80)), rng.normal(size=16)
    bundle = export_bundle(tmp_path / "b", projections={7: (matrix, bias)}, trunk=published)
    pictures = golden_pictures()
    plain = torch_maps(export.as_stored(published), pictures)[1]
    expected = np.einsum("kc,nchw->nkhw", matrix, plain) + bias[:, None, None]
    found = OnnxRuntimeEngine(bundle, 1).run(pictures)["s16b7"]
    assert agreement("s16b7", found, expected).worst_cosine >= 0.999999
    card = bundle.read("MODEL_CARD.md").decode()
    assert "projection" in card
    assert "standardised" not in card


def test_a_diagonal_may_be_given_as_a_vector(tmp_path):
    rng, trunk = np.random.default_rng(3), random_trunk((0,))
    factor, bias = rng.normal(size=16), rng.normal(size=16)
    vector = export_bundle(tmp_path / "v", (0,), {0: (factor, bias)}, trunk=trunk)
    matrix = export_bundle(tmp_path / "m", (0,), {0: (np.diag(factor), bias)}, trunk=trunk)
    one, other = (OnnxRuntimeEngine(b, 1).run(golden_pictures())["s2"] for b in (vector, matrix))
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-5)


def test_a_projection_takes_the_place_of_the_standardisation(exported, tmp_path):
    projection = (np.eye(8, 80), np.zeros(8))
    bundle = export_bundle(tmp_path / "b", projections={7: projection})
    assert bundle.manifest.encoder.outputs[1].channels == 8
    one, other = (OnnxRuntimeEngine(b, 1).run(golden_pictures()) for b in (bundle, exported))
    np.testing.assert_array_equal(one["s16b10"], other["s16b10"])
    ones = {4: (np.ones(40), np.zeros(40)), 10: (np.ones(112), np.zeros(112))}
    assert (
        export_bundle(tmp_path / "b", projections={7: projection, **ones}).manifest.sources
        == (exported.manifest.sources[:-1])
    )


def test_taps_that_were_not_measured_refuse(tmp_path):
    with pytest.raises(BundleError, match="no statistics of block 3"):
        export_bundle(tmp_path / "b", (3, 7))


@pytest.mark.parametrize(
    ("tap", "shape", "biases"),
    [
        (5, (8, 80), 8),
        (7, (8, 24), 8),
        (7, (8, 80), 7),
        (7, (80,), 8),
        (7, (79,), 79),
        (7, (1,), 1),
    ],
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
