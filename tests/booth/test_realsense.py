"""The RealSense adapter against a library of our own that has the parts which are used."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from amiss.booth.cameras import realsense
from amiss.booth.cameras.realsense import RealsenseCamera
from amiss.domain.errors import CameraError

LENS = SimpleNamespace(
    width=8, height=6, fx=9.0, fy=9.5, ppx=3.5, ppy=2.5, coeffs=[0.1, 0, 0, 0, 0], model="brown"
)


class Frame:
    def __init__(self, data):
        self.data = data
        self.profile = SimpleNamespace(
            as_video_stream_profile=lambda: SimpleNamespace(intrinsics=LENS)
        )

    def get_data(self):
        return self.data


class Frames:
    def __init__(self, number, *, half=False):
        self.colour = Frame(np.full((6, 8, 3), number, np.uint8))
        self.depth = None if half else Frame(np.full((6, 8), 1000 * number, np.uint16))

    def get_color_frame(self):
        return self.colour

    def get_depth_frame(self):
        return self.depth


class Sensor:
    def __init__(self):
        self.options = {}

    def get_depth_scale(self):
        return 0.001

    def set_option(self, option, value):
        self.options[option] = value


class Pipeline:
    def __init__(self, library):
        self.library, self.number, self.waiting = library, 0, 0

    def start(self, config):
        if self.library.unplugged:
            raise RuntimeError("No device connected")
        self.library.config_used = config
        device = SimpleNamespace(
            first_depth_sensor=lambda: self.library.sensor,
            first_color_sensor=lambda: self.library.sensor,
        )
        return SimpleNamespace(get_device=lambda: device)

    def wait_for_frames(self, timeout_ms):
        if self.library.unplugged:
            raise RuntimeError(f"Frame didn't arrive within {timeout_ms}")
        self.number += 1
        return Frames(self.number, half=self.library.half)

    def poll_for_frames(self):
        if self.waiting == 0:
            return None
        self.waiting -= 1
        return self.wait_for_frames(0)

    def stop(self):
        self.library.stopped += 1


class Config:
    def __init__(self):
        self.streams, self.device = {}, None

    def enable_device(self, serial_number):
        self.device = serial_number

    def enable_stream(self, stream, *how):
        self.streams[stream] = how


@pytest.fixture
def library():
    fake = SimpleNamespace(
        unplugged=False,
        half=False,
        stopped=0,
        sensor=Sensor(),
        config=Config,
        stream=SimpleNamespace(color="color", depth="depth"),
        format=SimpleNamespace(rgb8="rgb8", z16="z16"),
        option=SimpleNamespace(enable_auto_exposure="auto", exposure="exposure"),
        distortion=SimpleNamespace(brown_conrady="brown"),
        align=lambda stream: SimpleNamespace(process=lambda frames: (stream, frames)[1]),
    )
    fake.pipe = Pipeline(fake)
    fake.pipeline = lambda: fake.pipe
    return fake


def test_colour_and_depth_become_one_view(library):
    with RealsenseCamera("top", "0815", exposure_us=8000, library=lambda: library) as camera:
        view = camera.grab(5, 1)
    settled = realsense.WARM_UP_FRAMES + 1
    assert view.rgb.shape == (6, 8, 3)
    assert int(view.rgb[0, 0, 0]) == settled
    assert view.depth == pytest.approx(np.full((6, 8), settled))
    assert view.depth.dtype == np.float32
    assert view.intrinsics.matrix.tolist() == [[9, 0, 3.5], [0, 9.5, 2.5], [0, 0, 1]]
    assert view.intrinsics.distortion == (0.1, 0, 0, 0, 0)
    assert (view.camera, view.trigger) == ("top", 5)
    assert library.config_used.device == "0815"
    assert library.config_used.streams["depth"] == (1280, 720, "z16", 30)
    assert library.sensor.options == {"auto": 0, "exposure": 8000}
    assert library.stopped == 1


def test_frames_that_waited_are_older_than_the_trigger(library):
    with RealsenseCamera("top", "0815", library=lambda: library) as camera:
        library.pipe.waiting = 3
        view = camera.grab(1, 1)
    assert int(view.rgb[0, 0, 0]) == realsense.WARM_UP_FRAMES + 4


def test_another_model_of_distortion_is_left_out(library):
    library.distortion.brown_conrady = "another"
    with RealsenseCamera("top", "0815", library=lambda: library) as camera:
        assert camera.grab(1, 1).intrinsics.distortion == ()


def test_what_fails_says_what_to_do(library):
    camera = RealsenseCamera("top", "0815", library=lambda: library)
    library.half = True
    with pytest.raises(CameraError, match="half a pair"):
        camera.grab(1, 1)
    library.unplugged = True
    with pytest.raises(CameraError, match=r"no picture within 0.5 s"):
        camera.grab(2, 0.5)
    camera.close()
    camera.close()
    assert library.stopped == 1
    with pytest.raises(CameraError, match="0815 does not start"):
        RealsenseCamera("top", "0815", library=lambda: library)


def test_a_missing_library_is_told_from_one_that_the_system_cannot_load(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyrealsense2", None)
    with pytest.raises(CameraError, match=r"pip install 'amiss\[cameras\]'"):
        realsense.load()
    monkeypatch.delitem(sys.modules, "pyrealsense2")
    (tmp_path / "pyrealsense2.py").write_text("raise ImportError('libusb-1.0.so.0: none')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(CameraError, match=r"libusb-1\.0"):
        realsense.load()
