"""UVC and RTSP cameras, through OpenCV.

Such cameras run freely and their drivers queue pictures. So a thread reads all the time, and a
trigger is answered by the first picture that arrives after it. What a network delays is not seen
here: for a stream, give `latency_s`, and pictures that were taken before the trigger are skipped.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.booth.camera import Camera
from amiss.domain.capture import RgbArray, View
from amiss.domain.errors import CameraError

REOPEN_SECONDS = 1.0


class VideoDevice(Protocol):
    """The part of cv2.VideoCapture that is used."""

    def read(self) -> tuple[bool, NDArray[np.uint8] | None]:
        """The next picture, BGR; False where there is none."""
        ...

    def release(self) -> None:
        """Closes it."""
        ...


def open_video(source: int | str) -> VideoDevice | None:
    """A device number, or the address of a stream; None where it does not open."""
    device = cv2.VideoCapture(source)
    if not device.isOpened():
        device.release()
        return None
    device.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return cast("VideoDevice", device)


class VideoCamera(Camera):
    """A UVC or RTSP camera; one that is lost is opened again every second."""

    def __init__(
        self,
        name: str,
        source: int | str,
        *,
        latency_s: float = 0.0,
        opener: Callable[[int | str], VideoDevice | None] = open_video,
    ) -> None:
        """Opens the camera and starts to read.

        Args:
            name: of the camera.
            source: number of a UVC device, or address of a stream.
            latency_s: seconds that pass between the shutter and the arrival of a picture.
            opener: opens the source.

        Raises:
            CameraError: it does not open.
        """
        device = opener(source)
        if device is None:
            raise CameraError(
                f"The camera {name} does not open at {source}; check its cable or its address."
            )
        self.name, self._source, self._latency_s = name, source, latency_s
        self._opener = opener
        self._latest: tuple[float, RgbArray] | None = None  # when it arrived; the picture
        self._news = threading.Condition()
        self._closing = threading.Event()
        self._thread = threading.Thread(
            target=self._read, args=(device,), name=f"video-{name}", daemon=True
        )
        self._thread.start()

    def grab(self, trigger: int, timeout_s: float) -> View:
        """The first picture whose shutter opened after now.

        Raises:
            CameraError: none came in time.
        """
        asked, now = time.monotonic(), datetime.now(UTC)
        with self._news:
            arrived = self._news.wait_for(lambda: self._after(asked) is not None, timeout_s)
            latest = self._after(asked)
        if not arrived or latest is None:
            raise CameraError(
                f"The camera {self.name} sent no picture within {timeout_s:g} s; "
                "check its cable or its address."
            )
        when, rgb = latest
        taken = now + timedelta(seconds=when - asked - self._latency_s)
        return View(
            rgb=rgb,
            source=str(self._source),
            camera=self.name,
            taken=taken,
            trigger=trigger,
        )

    def _after(self, asked: float) -> tuple[float, RgbArray] | None:
        if self._latest is None or self._latest[0] - self._latency_s <= asked:
            return None
        return self._latest

    def _read(self, device: VideoDevice | None) -> None:
        while not self._closing.is_set():
            if device is None:
                self._closing.wait(REOPEN_SECONDS)
                device = None if self._closing.is_set() else self._opener(self._source)
                continue
            good, bgr = device.read()
            if not good or bgr is None:
                device.release()
                device = None
                continue
            rgb = np.ascontiguousarray(bgr[..., ::-1])
            with self._news:
                self._latest = (time.monotonic(), rgb)
                self._news.notify_all()
        if device is not None:
            device.release()

    def close(self) -> None:
        """Stops reading; waits a second for the driver to return."""
        self._closing.set()
        self._thread.join(1.0)
