"""A UVC or RTSP camera is played by a local MJPEG stream, and by a device of our own."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from amiss.booth.booth import Booth
from amiss.booth.cameras.video import VideoCamera
from amiss.domain.errors import CameraError


class Device:
    """Sends a picture every few milliseconds that says how many there were; can be unplugged."""

    def __init__(self):
        self.count, self.released, self.plugged = 0, 0, True

    def read(self):
        time.sleep(0.005)
        if not self.plugged:
            return False, None
        self.count += 1
        picture = np.zeros((6, 8, 3), np.uint8)
        picture[..., 0] = self.count % 256  # blue, since OpenCV hands over BGR
        picture[..., 2] = 200
        return True, picture

    def release(self):
        self.released += 1


def test_a_trigger_is_answered_by_a_picture_that_came_after_it():
    device = Device()
    with VideoCamera("top", 0, opener=lambda _: device) as camera:
        time.sleep(0.05)
        before = device.count
        view = camera.grab(3, 5)
        assert int(view.rgb[0, 0, 2]) > before
        assert view.rgb[0, 0, 0] == 200
        assert (view.camera, view.trigger, view.rgb.shape) == ("top", 3, (6, 8, 3))
        assert camera.grab(4, 5).taken > view.taken
    assert device.released == 1


def test_pictures_that_were_under_way_at_the_trigger_are_skipped():
    device = Device()
    with VideoCamera("top", 0, latency_s=0.1, opener=lambda _: device) as camera:
        start = time.monotonic()
        camera.grab(1, 5)
        assert time.monotonic() - start >= 0.1


def test_a_camera_that_is_unplugged_is_missed_in_time_and_comes_back():
    device = Device()
    with VideoCamera("top", 0, opener=lambda _: device) as camera:
        camera.grab(1, 5)
        device.plugged = False
        time.sleep(0.03)
        with pytest.raises(CameraError, match="sent no picture"):
            camera.grab(2, 0.1)
        device.plugged = True
        assert camera.grab(3, 5).trigger == 3


def test_a_camera_that_does_not_open_is_named():
    with pytest.raises(CameraError, match="left does not open at 7"):
        VideoCamera("left", 7, opener=lambda _: None)
    with pytest.raises(CameraError, match="does not open"):
        VideoCamera("left", "http://127.0.0.1:9/none.mjpg")


class Stream(BaseHTTPRequestHandler):
    """A network camera: pictures whose grey level grows, parted by a boundary."""

    protocol_version = "HTTP/1.0"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
        self.end_headers()
        level = 0
        while not self.server.stopping.is_set():
            level = (level + 5) % 250
            _, data = cv2.imencode(".jpg", np.full((48, 64, 3), (level, 100, 30), np.uint8))
            part = b"--next\r\nContent-Type: image/jpeg\r\nContent-Length: "
            try:
                self.wfile.write(part + f"{data.size}\r\n\r\n".encode() + data.tobytes() + b"\r\n")
            except OSError:
                return
            time.sleep(0.02)

    def log_message(self, *args):
        pass


@pytest.fixture
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stream)
    server.daemon_threads = True
    server.stopping = threading.Event()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/live.mjpg"
    server.stopping.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_a_stream_from_the_network_gives_fresh_views(address):
    camera = VideoCamera("top", address)
    with Booth([camera], deadline_s=10) as booth:
        shots = [booth.trigger() for _ in range(3)]
    assert [shot.absent for shot in shots] == [{}, {}, {}]
    pictures = [shot.capture.views[0].rgb for shot in shots]
    assert all(rgb.shape == (48, 64, 3) for rgb in pictures)
    assert all(
        rgb[..., 0].mean() == pytest.approx(30, abs=6) for rgb in pictures
    )  # red comes first
    assert len({int(rgb[..., 2].mean()) for rgb in pictures}) > 1
