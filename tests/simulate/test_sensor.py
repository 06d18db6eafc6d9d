import numpy as np
import pytest
import toys
from scipy import ndimage

from amiss.simulate.assemble import assemble
from amiss.simulate.place import Placement, put
from amiss.simulate.rig import closer, empty_booth
from amiss.simulate.sensor import DepthSensor, RgbSensor, decoded, encoded
from amiss.simulate.streams import stream
from amiss.simulate.truth import truth


def plain(level, size=120):
    return np.full((size, size, 3), level, np.float32)


def test_the_colour_curve_goes_there_and_back():
    levels = np.arange(256, dtype=np.uint8)
    assert np.array_equal(encoded(decoded(levels)), levels)
    assert encoded(np.float32([0.214])) == 127  # the textbook's middle grey


@pytest.mark.parametrize("level", [0.02, 0.2, 0.6])
def test_noise_is_that_of_counted_electrons(level):
    sensor = RgbSensor(blur=0.3, electrons=5000, read=0.002)
    rgb = sensor.expose(plain(level, 300), stream("sensor", 1))
    linear = decoded(rgb)
    assert linear.mean() == pytest.approx(level, rel=0.01)
    step = np.diff(decoded(np.uint8([rgb[0, 0, 0], rgb[0, 0, 0] + 1])))[0]
    expected = np.sqrt(level / 5000 + 0.002**2 + step**2 / 12)
    assert linear.std() == pytest.approx(expected, rel=0.06)


def test_highlights_bend_and_never_wrap():
    levels = np.linspace(0, 3, 200, dtype=np.float32)
    strip = np.repeat(levels[None, :, None], 40, axis=0).repeat(3, axis=2)
    rgb = RgbSensor(blur=0.3, electrons=1e9, read=0).expose(strip, stream("sensor", 2))
    middle = rgb[20, :, 1].astype(int)
    assert (np.diff(middle) >= -1).all()
    assert middle[-1] == 255
    assert middle[70] < 254  # 5 % over saturation is still told from white


def test_an_edge_is_blurred_by_what_it_says():
    light = plain(0.1)
    light[:, 60:] = 0.7
    sharp, soft = (
        decoded(RgbSensor(blur=blur, electrons=1e9, read=0).expose(light, stream("sensor", 3)))
        for blur in (0.3, 0.9)
    )
    slopes = [np.diff(linear[60, :, 0]).max() / 0.6 for linear in (sharp, soft)]
    assert slopes[1] == pytest.approx(1 / (0.9 * np.sqrt(2 * np.pi)), rel=0.1)
    assert slopes[0] > slopes[1] + 0.3


def test_jpeg_is_close_and_not_the_same():
    rng = np.random.default_rng(0)
    light = ndimage.gaussian_filter(rng.uniform(0, 0.8, (96, 96, 3)), (2, 2, 0)).astype(np.float32)
    bare, packed = (RgbSensor(jpeg=q).expose(light, stream("sensor", 4)) for q in (0, 92))
    difference = np.abs(bare.astype(int) - packed)
    assert 0 < difference.mean() < 3


def test_twins_get_the_same_noise():
    light = plain(0.3)
    one, other = (RgbSensor().expose(light, stream("sensor", 9, 1)) for _ in range(2))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, RgbSensor().expose(light, stream("sensor", 9, 2)))
    drawn = {RgbSensor.drawn(stream("sensor", seed)).blur for seed in range(20)}
    assert len(drawn) == 20
    assert 0.4 <= min(drawn) < max(drawn) <= 0.7


@pytest.fixture(scope="module")
def scene():
    booth = empty_booth(4, 2, 256)
    place = Placement(np.eye(3), 0.0, (0.0, 0.0))
    return put(booth, [(assemble(toys.box()), place)])


def test_depth_is_whole_millimetres_with_holes_at_edges(scene):
    real = truth(scene, scene.cameras[0])
    depth = DepthSensor().measure(real, scene.cameras[0].intrinsics, stream("depth", 1))
    assert depth.dtype == np.float32
    assert depth.shape == real.depth.shape
    assert np.abs(depth * 1000 - np.rint(depth * 1000)).max() < 1e-3
    there = depth > 0
    error = (depth - real.depth)[there]
    assert abs(error.mean()) < 3e-4
    assert 3e-4 < error.std() < 3e-3
    edge = ndimage.binary_dilation(real.item) & ~ndimage.binary_erosion(real.item)
    assert (depth[edge] == 0).mean() > 0.8
    flat = ndimage.binary_erosion(real.item, iterations=6)
    assert (depth[flat] == 0).mean() < 0.02


def test_noise_grows_with_the_square_of_the_distance(scene):
    lens = scene.cameras[0].intrinsics
    real = truth(scene, scene.cameras[0])
    spread = []
    for factor in (1, 2):
        depth = np.full_like(real.depth, factor)
        flat = type(real)(
            real.item,
            real.damage,
            real.part,
            real.names,
            depth,
            real.facing * 0 + 1,
            real.rough * 0 + 1,
            real.film,
        )
        measured = DepthSensor(step=1e-5).measure(flat, lens, stream("depth", 2))
        spread.append((measured - depth)[measured > 0].std())
    assert spread[1] / spread[0] == pytest.approx(4, rel=0.15)


def test_steep_glossy_and_filmed_surfaces_return_less(scene):
    lens = scene.cameras[0].intrinsics
    real = truth(scene, scene.cameras[0])
    even = {"facing": np.ones_like(real.facing), "rough": np.ones_like(real.rough)}

    def lost(**changes):
        fields = {name: getattr(real, name) for name in real.__slots__}
        fields |= {**even, "depth": np.ones_like(real.depth)} | changes
        return (DepthSensor().measure(type(real)(**fields), lens, stream("depth", 3)) == 0).mean()

    assert lost() < 0.01
    assert lost(facing=np.full_like(real.facing, 0.1)) > 0.9
    assert 0.2 < lost(film=np.ones_like(real.film)) < 0.5
    assert 0.2 < lost(rough=np.full_like(real.rough, 0.03)) < 0.6
    assert lost(depth=np.zeros_like(real.depth)) == 1


def test_a_window_shows_larger_cells(scene):
    eye = closer(scene.cameras[0], np.array([[-0.05, -0.05, 0.1], [0.05, 0.05, 0.1]]), 1.2, 1e-5)
    real = truth(scene, eye)
    depth = DepthSensor().measure(real, eye.intrinsics, stream("depth", 4))
    stride = round(DepthSensor().cell * eye.intrinsics.fx)
    assert stride >= 2
    block = depth[: 256 // stride * stride, : 256 // stride * stride]
    blocks = block.reshape(256 // stride, stride, 256 // stride, stride)
    assert (np.ptp(blocks, axis=(1, 3)) == 0).all()
