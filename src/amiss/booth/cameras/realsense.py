"""RealSense cameras: colour, and depth aligned to it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np

from amiss.booth.camera import Camera
from amiss.booth.cameras.extra import MISSING
from amiss.domain.capture import Intrinsics, View
from amiss.domain.errors import CameraError

WARM_UP_FRAMES = 15
"""Half a second at 30 frames per second: what automatic exposure needs to settle."""
START_MS = 5000


def load() -> Any:  # noqa: ANN401 - pyrealsense2 has no types
    """The library.

    Raises:
        CameraError: it is not installed, or the system lacks libusb.
    """
    try:
        import pyrealsense2
    except ModuleNotFoundError as error:
        raise CameraError(MISSING.format("RealSense cameras", "pyrealsense2")) from error
    except ImportError as error:
        raise CameraError(
            f"RealSense cameras need a library of the system that is missing ({error}); "
            "on Debian or Ubuntu run: apt-get install libusb-1.0-0."
        ) from error
    return pyrealsense2


class RealsenseCamera(Camera):
    """One device, running freely; a trigger is answered by the first frames after it.

    RealSense devices have no software trigger for still pictures; at 30 frames per second views
    are up to 33 ms late, which is nothing for an item at rest.
    """

    def __init__(
        self,
        name: str,
        serial_number: str,
        *,
        size: tuple[int, int] = (1280, 720),
        frames_per_second: int = 30,
        exposure_us: float | None = None,
        library: Callable[[], Any] = load,
    ) -> None:
        """Starts the device.

        Args:
            name: of the camera.
            serial_number: as printed on the device.
            size: width and height of colour and depth.
            frames_per_second: of both.
            exposure_us: of the colour sensor; None leaves it to the device.
            library: gives pyrealsense2.

        Raises:
            CameraError: the library or the device is missing.
        """
        self.name = name
        self._library = library()
        self._pipeline = self._library.pipeline()
        try:
            profile = self._pipeline.start(self._config(serial_number, size, frames_per_second))
            self._scale = float(profile.get_device().first_depth_sensor().get_depth_scale())
            if exposure_us is not None:
                sensor = profile.get_device().first_color_sensor()
                sensor.set_option(self._library.option.enable_auto_exposure, 0)
                sensor.set_option(self._library.option.exposure, exposure_us)
            for _ in range(WARM_UP_FRAMES):
                self._pipeline.wait_for_frames(START_MS)
        except RuntimeError as error:
            raise CameraError(
                f"The RealSense {serial_number} does not start ({error}); check its cable."
            ) from error
        self._align = self._library.align(self._library.stream.color)
        self._running = True

    def _config(self, serial_number: str, size: tuple[int, int], rate: int) -> Any:  # noqa: ANN401
        streams, formats = self._library.stream, self._library.format
        config = self._library.config()
        config.enable_device(serial_number)
        config.enable_stream(streams.color, *size, formats.rgb8, rate)
        config.enable_stream(streams.depth, *size, formats.z16, rate)
        return config

    def grab(self, trigger: int, timeout_s: float) -> View:
        """The first pair of colour and depth that was taken after now.

        Raises:
            CameraError: none came in time.
        """
        try:
            while self._pipeline.poll_for_frames():  # what waited in the queue is older
                pass
            frames = self._align.process(self._pipeline.wait_for_frames(round(timeout_s * 1000)))
        except RuntimeError as error:
            raise CameraError(
                f"The camera {self.name} sent no picture within {timeout_s:g} s; check its cable."
            ) from error
        taken = datetime.now(UTC)
        colour, depth = frames.get_color_frame(), frames.get_depth_frame()
        if not colour or not depth:
            raise CameraError(f"The camera {self.name} sent half a pair; trigger again.")
        lens = colour.profile.as_video_stream_profile().intrinsics
        metres = np.asarray(depth.get_data(), np.float32) * np.float32(self._scale)
        return View(
            rgb=np.array(colour.get_data(), np.uint8),
            source=f"realsense:{self.name}",
            depth=metres,
            camera=self.name,
            intrinsics=_intrinsics(lens, self._library),
            taken=taken,
            trigger=trigger,
        )

    def close(self) -> None:
        """Stops the device."""
        if self._running:
            self._running = False
            self._pipeline.stop()


def _intrinsics(lens: Any, library: Any) -> Intrinsics:  # noqa: ANN401 - pyrealsense2 has no types
    """The device's own calibration.

    Of its distortion models only Brown-Conrady is OpenCV's; where it uses another one, distortion
    is left out here, and better measured at acceptance.
    """
    opencv = lens.model == library.distortion.brown_conrady
    return Intrinsics(
        width=int(lens.width),
        height=int(lens.height),
        fx=float(lens.fx),
        fy=float(lens.fy),
        cx=float(lens.ppx),
        cy=float(lens.ppy),
        distortion=tuple(float(value) for value in lens.coeffs) if opencv else (),
    )
