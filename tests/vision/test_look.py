from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from amiss.bundle.manifest import Encoder, Output
from amiss.domain.errors import EngineError
from amiss.vision.engine.fake import FakeEngine
from amiss.vision.look import Eye
from recorded_pictures import PRODUCTS, picture

FACTS = Encoder(
    file="encoder.onnx",
    multiple=32,
    outputs=(Output(name="a", stride=16, channels=5), Output(name="b", stride=16, channels=7)),
)


class Tally:
    """Gives known features, and counts how often it is asked."""

    name, precision = "tally", "f32"

    def __init__(self):
        self.asked = []

    def run(self, image):
        self.asked.append(image.shape)
        rng = np.random.default_rng(0)
        height, width = image.shape[1] // 16, image.shape[2] // 16
        return {
            output.name: rng.normal(0, 9, (1, output.channels, height, width)).astype(np.float32)
            for output in FACTS.outputs
        }


def brute_force_patches(features):
    """Means over 3×3 places (mirrored at the edge), scaled to length 1, row by row."""
    channels, rows, columns = features.shape
    padded = np.pad(features, ((0, 0), (1, 1), (1, 1)), mode="reflect")
    vectors = []
    for row in range(rows):
        for column in range(columns):
            mean = padded[:, row : row + 3, column : column + 3].reshape(channels, -1).mean(axis=1)
            vectors.append(mean / np.linalg.norm(mean))
    return np.array(vectors)


def test_patches_are_smoothed_unit_vectors_row_by_row():
    engine = Tally()
    rgb = np.zeros((448, 224, 3), np.uint8)
    patches, grid = Eye(engine, FACTS).patches(rgb)
    assert grid == (28, 14)
    features = Tally().run(rgb[None])
    for name, found in patches.items():
        assert found.dtype == np.float32
        assert found == pytest.approx(brute_force_patches(features[name][0]), abs=1e-5)


@pytest.mark.parametrize("shape", [(448, 448), (300, 500), (900, 410), (33, 20), (1, 1)])
def test_one_look_is_one_encoder_pass_and_everything_fits_together(shape):
    engine = Tally()
    look = Eye(engine, FACTS).look(np.full((*shape, 3), 90, np.uint8))
    assert len(engine.asked) == 1
    rows, columns = look.grid
    assert engine.asked[0] == (1, rows * 16, columns * 16, 3)
    assert look.item.shape == look.grid
    assert look.colours.shape == (rows * 16, columns * 16)
    assert {name: found.shape for name, found in look.patches.items()} == {
        "a": (rows * columns, 5),
        "b": (rows * columns, 7),
    }


def test_a_look_knows_where_the_item_is():
    shown = picture("blades", 0)
    look = Eye(FakeEngine(FACTS), FACTS).look(shown.rgb)
    assert look.isolated
    truth = shown.item.reshape(20, 16, 20, 16).mean(axis=(1, 3))
    larger = np.kron(look.item, np.ones((5, 5))).reshape(20, 7, 20, 7).mean(axis=(1, 3))
    assert np.abs(larger - truth).mean() < 0.05


def test_where_nothing_can_be_told_apart_all_is_item_and_colours_are_absolute():
    eye = Eye(FakeEngine(FACTS), FACTS)
    dark, light = (eye.look(np.full((64, 64, 3), level, np.uint8)) for level in ((90, 0, 0), 220))
    assert not dark.isolated
    assert dark.item == pytest.approx(1)
    assert (dark.colours != light.colours).all()


@pytest.mark.parametrize("fault", ["error", "not_finite"])
def test_a_broken_engine_is_an_error(fault):
    with pytest.raises(EngineError):
        Eye(FakeEngine(FACTS, fault), FACTS).look(np.full((64, 64, 3), 90, np.uint8))


def test_many_looks_at_once_do_not_mix():
    eye = Eye(FakeEngine(FACTS), FACTS)
    pictures = [picture(name, 0, upright=True, size=160).rgb for name in PRODUCTS[:4]]
    alone = [eye.look(rgb) for rgb in pictures]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(eye.look, pictures * 8))
    for one, other in zip(alone * 8, together, strict=True):
        assert np.array_equal(one.item, other.item)
        assert np.array_equal(one.colours, other.colours)
        assert np.array_equal(one.patches["a"], other.patches["a"])


def test_a_fault_beside_the_encoder_is_not_lost(monkeypatch):
    def fail(_frame):
        raise MemoryError("no room")

    monkeypatch.setattr("amiss.vision.look.isolate", fail)
    with pytest.raises(MemoryError, match="no room"):
        Eye(FakeEngine(FACTS), FACTS).look(np.full((64, 64, 3), 90, np.uint8))


def test_features_of_nothing_do_not_divide_by_zero():
    class Dead(Tally):
        def run(self, image):
            return {name: found * 0 for name, found in super().run(image).items()}

    patches, _ = Eye(Dead(), FACTS).patches(np.zeros((64, 64, 3), np.uint8))
    assert not patches["a"].any()
