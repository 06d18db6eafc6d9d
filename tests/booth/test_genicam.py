"""The GenICam adapter against the software producer that comes with the package genicam."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from amiss.booth.booth import Booth
from amiss.booth.cameras.genicam import GenicamCamera, Producers
from amiss.domain.errors import CameraError

genicam = pytest.importorskip("genicam", reason="pip install 'amiss[cameras]' to test GenICam")
pytest.importorskip("harvesters.core", reason="pip install 'amiss[cameras]' to test GenICam")
PRODUCER = Path(genicam.__file__).with_name("viky.cti")


@pytest.fixture
def producers():
    if not PRODUCER.is_file():
        pytest.skip("this build of genicam brings no software producer")
    opened = Producers((PRODUCER,))
    yield opened
    opened.close()


def test_pictures_of_a_software_producer_become_views(producers):
    assert len(producers.serial_numbers) >= 2
    cameras = [
        GenicamCamera(name, producers.acquirer(serial), trigger="free")
        for name, serial in zip(("top", "left"), producers.serial_numbers, strict=False)
    ]
    with Booth(cameras, deadline_s=10) as booth:
        shots = [booth.trigger() for _ in range(3)]
    for number, shot in enumerate(shots, 1):
        assert shot.absent == {}
        for view in shot.capture.views:
            assert view.rgb.shape[2] == 3
            assert view.rgb.dtype == np.uint8
            assert view.rgb.std() > 0
            assert view.trigger == number


def test_a_producer_without_a_trigger_is_not_taken_for_one_that_has(producers):
    acquirer = producers.acquirer(producers.serial_numbers[0])
    with pytest.raises(CameraError, match="set its trigger to 'free'"):
        GenicamCamera("top", acquirer, trigger="software")
    acquirer.destroy()


def test_what_is_not_there_is_named(producers, tmp_path):
    with pytest.raises(CameraError, match="No camera has the serial number 4711"):
        producers.acquirer("4711")
    with pytest.raises(CameraError, match="There is no GenTL producer"):
        Producers((tmp_path / "none.cti",))


class Node:
    def __init__(self):
        self.value, self.executed = None, 0

    def execute(self):
        self.executed += 1


class Buffer:
    def __init__(self, component):
        self.payload = SimpleNamespace(components=[component])
        self.queued = False

    def queue(self):
        self.queued = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.queue()


class Acquirer:
    """A camera with a trigger, as harvesters shows it: pictures wait in `old` until fetched."""

    def __init__(self, layout="BayerRG8", nodes=()):
        names = ("TriggerSelector", "TriggerMode", "TriggerSource", "TriggerSoftware", *nodes)
        self.nodes = SimpleNamespace(**{name: Node() for name in names})
        self.remote_device = SimpleNamespace(node_map=self.nodes)
        self.layout, self.started, self.destroyed = layout, 0, 0
        self.old = [self.picture(1), self.picture(2)]
        self.thrown_away = []

    def picture(self, level):
        channels = 3 if self.layout == "RGB8" else 1
        data = np.full(4 * 6 * channels, level, np.uint8)
        return Buffer(SimpleNamespace(width=6, height=4, data_format=self.layout, data=data))

    def start(self):
        self.started += 1

    def stop(self):
        self.started -= 1

    def destroy(self):
        self.destroyed += 1

    def try_fetch(self, *, timeout):
        assert timeout > 0
        if not self.old:
            return None
        self.thrown_away.append(self.old.pop(0))
        return self.thrown_away[-1]

    def fetch(self, *, timeout):
        if self.old:
            return self.old.pop(0)
        if self.nodes.TriggerSoftware.executed:
            return self.picture(9)
        from genicam.gentl import TimeoutException

        raise TimeoutException(f"{timeout} s are over")


def test_a_software_trigger_is_sent_after_old_pictures_are_thrown_away():
    acquirer = Acquirer("RGB8", nodes=("ExposureTime", "ExposureAuto"))
    camera = GenicamCamera("top", acquirer, exposure_us=4000)
    nodes = acquirer.nodes
    assert (nodes.TriggerMode.value, nodes.TriggerSource.value) == ("On", "Software")
    assert (nodes.ExposureAuto.value, nodes.ExposureTime.value) == ("Off", 4000)
    assert int(camera.grab(1, 1).rgb[0, 0, 0]) == 9
    assert [buffer.queued for buffer in acquirer.thrown_away] == [True, True]
    camera.close()
    camera.close()
    assert (acquirer.started, acquirer.destroyed) == (0, 1)


def test_a_picture_that_a_wire_triggered_is_never_thrown_away():
    acquirer = Acquirer("Mono8")
    with GenicamCamera("top", acquirer, trigger="line") as camera:
        assert acquirer.nodes.TriggerSource.value == "Line0"
        assert camera.grab(1, 1).rgb[0, 0].tolist() == [1, 1, 1]
        assert camera.grab(2, 1).rgb[0, 0].tolist() == [2, 2, 2]
        with pytest.raises(CameraError, match=r"sent no picture within 0.5 s \(TimeoutException\)"):
            camera.grab(3, 0.5)


@pytest.mark.parametrize("layout", ["BayerRG8", "BayerBG8", "BayerGR8", "BayerGB8"])
def test_bayer_patterns_put_each_colour_where_it_belongs(layout):
    """Only red light: the pixels below the red filters are bright, all others dark."""
    red_at = {"BayerRG8": (0, 0), "BayerBG8": (1, 1), "BayerGR8": (0, 1), "BayerGB8": (1, 0)}
    mosaic = np.zeros((12, 12), np.uint8)
    down, right = red_at[layout]
    mosaic[down::2, right::2] = 200
    acquirer = Acquirer(layout)
    component = SimpleNamespace(width=12, height=12, data_format=layout, data=mosaic.ravel())
    acquirer.old = [Buffer(component)]
    with GenicamCamera("top", acquirer, trigger="line") as camera:
        middle = camera.grab(1, 1).rgb[4:8, 4:8].reshape(-1, 3).mean(axis=0)
    assert middle[0] > 150
    assert middle[1:].max() < 30


def test_a_layout_that_is_not_understood_is_named():
    with (
        GenicamCamera("top", Acquirer("Mono12Packed"), trigger="line") as camera,
        pytest.raises(CameraError, match="sends Mono12Packed; set it to RGB8"),
    ):
        camera.grab(1, 1)
