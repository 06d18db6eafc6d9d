import subprocess
import sys

import numpy as np
import pytest

from amiss.bundle.manifest import Encoder, Manifest, Output, seal, sha256
from amiss.bundle.read import open_bundle
from amiss.domain.errors import BundleError, EngineError
from amiss.vision.engine import choose, threads
from amiss.vision.engine.choose import load_engine
from amiss.vision.engine.fake import FakeEngine
from amiss.vision.engine.onnx_runtime import OnnxRuntimeEngine
from amiss.vision.engine.openvino import OpenVinoEngine, import_openvino, supports_bf16
from amiss.vision.golden import agreement, check, golden_bytes, golden_pictures, read_golden

try:
    import_openvino()
    OPENVINO = True
except EngineError:
    OPENVINO = False

needs_openvino = pytest.mark.skipif(not OPENVINO, reason="needs OpenVINO: amiss[openvino]")


@pytest.fixture(scope="module")
def bundle():
    return open_bundle()


def fake(bundle, _threads=None):
    return FakeEngine(bundle.manifest.encoder)


REAL_ENGINES = [OnnxRuntimeEngine, pytest.param(OpenVinoEngine, marks=needs_openvino)]
ENGINES = [*REAL_ENGINES, fake]


@pytest.mark.parametrize("make", REAL_ENGINES)
def test_real_engines_pass_the_golden_check(bundle, make):
    report = check(make(bundle, 1), bundle)
    assert report.passed, report
    assert report.worst_cosine >= 0.9999
    assert report.worst_relative_error <= 0.001


@needs_openvino
def test_onnx_runtime_and_openvino_agree(bundle):
    pictures = golden_pictures()
    one, other = OnnxRuntimeEngine(bundle, 1).run(pictures), OpenVinoEngine(bundle, 1).run(pictures)
    for name in one:
        assert agreement(name, one[name], other[name]).worst_cosine >= 0.999999


@pytest.mark.parametrize("make", ENGINES)
def test_shapes_hold_for_any_size(bundle, make):
    engine = make(bundle, 1)
    for height, width in [(256, 256), (320, 448), (448, 448), (32, 64), (256, 256)]:
        features = engine.run(np.full((1, height, width, 3), 90, np.uint8))
        for output in bundle.manifest.encoder.outputs:
            shape = (1, output.channels, height // output.stride, width // output.stride)
            assert features[output.name].shape == shape
            assert features[output.name].dtype == np.float32


@pytest.mark.parametrize("make", ENGINES)
def test_a_batch_equals_its_pictures_one_by_one(bundle, make):
    engine, pictures = make(bundle, 1), golden_pictures()[2:4]
    together = engine.run(pictures)
    for index in range(2):
        alone = engine.run(pictures[index : index + 1])
        for name in alone:
            np.testing.assert_allclose(together[name][index], alone[name][0], rtol=0, atol=1e-4)


@pytest.mark.parametrize("make", ENGINES)
def test_the_same_picture_gives_the_same_features(bundle, make):
    engine, pictures = make(bundle, 2), golden_pictures()
    first, second = engine.run(pictures), engine.run(pictures)
    assert all(np.array_equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("make", ENGINES)
def test_a_picture_may_be_a_view_of_another(bundle, make):
    picture = golden_pictures()[:1]
    flipped = picture[:, :, ::-1]
    one, other = make(bundle, 1).run(flipped), make(bundle, 1).run(flipped.copy())
    assert all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("make", ENGINES)
@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((1, 32, 33, 3), np.uint8),
        np.zeros((1, 40, 32, 3), np.uint8),
        np.zeros((1, 32, 32, 3), np.float32),
        np.zeros((32, 32, 3), np.uint8),
        np.zeros((1, 3, 32, 32), np.uint8),
        np.zeros((0, 32, 32, 3), np.uint8),
    ],
)
def test_pictures_of_another_form_refuse(bundle, make, picture):
    with pytest.raises(EngineError, match="The encoder takes"):
        make(bundle, 1).run(picture)


def bundle_that_multiplies(folder, factor):
    """A bundle whose network gives back the picture times a factor."""
    onnx = pytest.importorskip("onnx", reason="makes a graph of its own: amiss[train]")
    helper, kinds = onnx.helper, onnx.TensorProto
    graph = helper.make_graph(
        [
            helper.make_node("Transpose", ["image"], ["planes"], perm=[0, 3, 1, 2]),
            helper.make_node("Cast", ["planes"], ["float"], to=kinds.FLOAT),
            helper.make_node("Mul", ["float", "factor"], ["s1"]),
        ],
        "multiply",
        [helper.make_tensor_value_info("image", kinds.UINT8, ["N", "H", "W", 3])],
        [helper.make_tensor_value_info("s1", kinds.FLOAT, ["N", 3, "H", "W"])],
        [helper.make_tensor("factor", kinds.FLOAT, [], [factor])],
    )
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    golden = golden_bytes({"s1": golden_pictures().transpose(0, 3, 1, 2).astype(np.float32)})
    return write_bundle(folder, model.SerializeToString(), golden)


def write_bundle(folder, graph, golden):
    outputs = (Output(name="s1", stride=1, channels=3),)
    files = {"encoder.onnx": graph, "golden.npz": golden}
    manifest = Manifest(
        name="other",
        version="1",
        created="2026-11-23",
        encoder=Encoder(file="encoder.onnx", multiple=32, outputs=outputs),
        sources=(),
        files={name: sha256(data) for name, data in files.items()},
    ).to_bytes()
    files |= {"bundle.json": manifest, "bundle.sha256": seal(manifest)}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return open_bundle(folder)


@pytest.mark.parametrize("make", REAL_ENGINES)
@pytest.mark.parametrize("factor", [float("nan"), float("inf")])
def test_features_that_are_not_finite_refuse(tmp_path, make, factor):
    engine = make(bundle_that_multiplies(tmp_path, factor), 1)
    with pytest.raises(EngineError, match="not finite"):
        engine.run(golden_pictures())


@pytest.mark.parametrize("make", REAL_ENGINES)
def test_a_network_that_computes_something_else_fails_the_golden_check(tmp_path, make):
    bundle = bundle_that_multiplies(tmp_path, 1.01)
    assert not check(make(bundle, 1), bundle).passed


@pytest.mark.parametrize("make", REAL_ENGINES)
def test_a_graph_that_is_none_refuses(tmp_path, make):
    with pytest.raises(EngineError, match="cannot load other@"):
        make(write_bundle(tmp_path, b"this is no graph", b""), 1)


def test_golden_features_that_cannot_be_read_refuse(tmp_path):
    for golden in (b"", b"no archive", golden_bytes({"s2": np.zeros((1, 1, 1, 1))})):
        with pytest.raises(BundleError, match=r"golden\.npz"):
            read_golden(write_bundle(tmp_path, b"", golden))


def test_golden_pictures_never_change():
    assert sha256(golden_pictures().tobytes())[:16] == "5ec0e0e5efa3ed44"


def test_the_fake_follows_the_pixels(bundle):
    engine, picture = fake(bundle), golden_pictures()[1:2]
    changed = picture.copy()
    changed[:, 32:64, 32:64] = 0
    before, after = engine.run(picture), engine.run(changed)
    for output in bundle.manifest.encoder.outputs:
        moved = np.abs(before[output.name] - after[output.name]).max(axis=(0, 1)) > 0.01
        first, last = 32 // output.stride, 64 // output.stride
        assert moved[first:last, first:last].all()
        assert not moved[: first - 1].any()
        assert not moved[last:].any()


@pytest.mark.parametrize(("fault", "words"), [("error", "told to"), ("not_finite", "not finite")])
def test_the_fake_fails_on_demand(bundle, fault, words):
    engine = fake(bundle)
    engine.fault = fault
    with pytest.raises(EngineError, match=words):
        engine.run(golden_pictures())
    engine.fault = "none"
    engine.run(golden_pictures())


def test_auto_is_onnx_runtime_and_does_not_load_openvino(bundle):
    assert load_engine(bundle, threads=1).name == "onnxruntime"
    code = (
        "import sys; from amiss.bundle.read import open_bundle;"
        "from amiss.vision.engine.choose import load_engine; load_engine(open_bundle());"
        "sys.exit(any(m in sys.modules for m in ('openvino', 'torch', 'onnx')))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


@needs_openvino
def test_openvino_is_imported_without_its_reports(tmp_path):
    code = (
        "import sys; from amiss.vision.engine.openvino import import_openvino;"
        "import_openvino().Core();"
        "sys.exit(any('telemetry' in m or m == 'openvino.tools.ovc' for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], timeout=60, env={"HOME": str(tmp_path)})
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_missing_openvino_is_said(bundle, monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(EngineError, match="not installed"):
        load_engine(bundle, "openvino")
    assert load_engine(bundle, "auto", 1, measure=True).name == "onnxruntime"


def test_bf16_is_refused_where_it_is_not_allowed(bundle, monkeypatch):
    with pytest.raises(EngineError, match="f32 only"):
        load_engine(bundle, "onnxruntime", precision="bf16")
    monkeypatch.setattr(choose, "supports_bf16", lambda: False)
    with pytest.raises(EngineError, match="does not compute in bf16"):
        load_engine(bundle, "openvino", precision="bf16")


@needs_openvino
@pytest.mark.parametrize("precision", ["f32", "bf16"])
def test_openvino_is_refused_where_the_golden_check_fails(tmp_path, monkeypatch, precision):
    monkeypatch.setattr(choose, "supports_bf16", lambda: True)
    with pytest.raises(EngineError, match="golden check"):
        load_engine(bundle_that_multiplies(tmp_path, 1.5), "openvino", 1, precision)


@needs_openvino
def test_openvino_computes_in_the_precision_asked_for(bundle):
    assert load_engine(bundle, "openvino", 1).precision == "f32"
    if supports_bf16():
        pictures = golden_pictures()
        half = OpenVinoEngine(bundle, 1, "bf16").run(pictures)
        full = OpenVinoEngine(bundle, 1, "f32").run(pictures)
        assert all(agreement(n, half[n], full[n]).relative_error > 0.001 for n in full)


@needs_openvino
def test_measuring_takes_the_clearly_faster(bundle, monkeypatch):
    for openvino_ms, winner in [(5.0, "openvino"), (9.5, "onnxruntime")]:
        speed = {"openvino": openvino_ms, "onnxruntime": 10.0}
        monkeypatch.setattr(choose, "_race_ms", lambda engine, speed=speed: speed[engine.name])
        assert load_engine(bundle, "auto", 1, measure=True).name == winner


@needs_openvino
def test_measuring_never_takes_what_fails_the_golden_check(tmp_path, monkeypatch):
    bundle = bundle_that_multiplies(tmp_path, 1.5)
    monkeypatch.setattr(choose, "_race_ms", lambda engine: len(engine.name))
    assert load_engine(bundle, "auto", 1, measure=True).name == "onnxruntime"


def test_threads_honour_the_container(tmp_path, monkeypatch):
    limit = tmp_path / "cpu.max"
    monkeypatch.setattr(threads, "CGROUP_LIMIT", limit)
    free = threads.default_threads()
    assert free >= 1
    for text, expected in [("max 100000", free), ("150000 100000", min(2, free)), ("9 100", 1)]:
        limit.write_text(text)
        assert threads.default_threads() == expected
