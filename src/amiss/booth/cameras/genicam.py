"""GenICam cameras (GigE Vision, USB3 Vision), through harvesters and a maker's GenTL producer.

Triggers: `software` sends each camera a command; `line` arms the cameras and leaves the trigger to
a wire, which is the way to truly simultaneous views; `free` takes the next picture of a camera
that knows no trigger.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.booth.camera import Camera
from amiss.booth.cameras.extra import MISSING
from amiss.domain.capture import RgbArray, View
from amiss.domain.errors import CameraError

Trigger = Literal["software", "line", "free"]
QUEUED_BUFFERS = 32
"""More than producers queue by default: whoever has thrown away so many pictures is up to date."""

_BAYER = {  # GenICam names a pattern by its first two pixels, OpenCV by the second row's next two
    "BayerRG8": cv2.COLOR_BayerBG2RGB,
    "BayerBG8": cv2.COLOR_BayerRG2RGB,
    "BayerGR8": cv2.COLOR_BayerGB2RGB,
    "BayerGB8": cv2.COLOR_BayerGR2RGB,
}


def _faults() -> tuple[type[Exception], ...]:
    """All that the GenICam libraries raise.

    Raises:
        CameraError: they are not installed.
    """
    try:
        import harvesters.core  # noqa: F401 - what is missing shows here, and not in mid-work
        from genicam import genapi, gentl
    except ImportError as error:
        raise CameraError(MISSING.format("GenICam cameras", "harvesters")) from error
    return gentl.GenericException, genapi.GenericException


class Producers:
    """All cameras that the given GenTL producers find; one per process, shared by its cameras."""

    def __init__(self, producers: tuple[Path, ...]) -> None:
        """Loads producers: files that end in .cti and come with a maker's software.

        Raises:
            CameraError: harvesters is not installed, or a file is missing.
        """
        self._faults = _faults()
        from harvesters.core import Harvester

        for path in producers:
            if not path.is_file():
                raise CameraError(
                    f"There is no GenTL producer {path}; install its maker's software."
                )
        self._harvester = Harvester()
        for path in producers:
            self._harvester.add_file(str(path))
        self._harvester.update()

    @property
    def serial_numbers(self) -> tuple[str, ...]:
        """Of the cameras that were found."""
        return tuple(str(device.serial_number) for device in self._harvester.device_info_list)

    def acquirer(self, serial_number: str) -> Any:  # noqa: ANN401 - harvesters has no types
        """The camera with this serial number, as harvesters' ImageAcquirer.

        Raises:
            CameraError: there is none, or another program holds it.
        """
        if serial_number not in self.serial_numbers:
            raise CameraError(
                f"No camera has the serial number {serial_number}; "
                f"found: {', '.join(self.serial_numbers) or 'none'}."
            )
        try:
            return self._harvester.create({"serial_number": serial_number})
        except self._faults as error:
            raise CameraError(
                f"The camera {serial_number} does not open; close other programs that use it."
            ) from error

    def close(self) -> None:
        """Unloads the producers; close the cameras first."""
        self._harvester.reset()


class GenicamCamera(Camera):
    """A camera of a GenTL producer."""

    def __init__(
        self,
        name: str,
        acquirer: Any,  # noqa: ANN401 - harvesters has no types
        *,
        trigger: Trigger = "software",
        exposure_us: float | None = None,
    ) -> None:
        """Sets the camera up and starts it.

        Args:
            name: of the camera.
            acquirer: from `Producers.acquirer`; it belongs to the camera from now on.
            trigger: see above.
            exposure_us: where given, automatic exposure is switched off and this is set.

        Raises:
            CameraError: the camera refuses a setting.
        """
        self.name, self._acquirer, self._trigger = name, acquirer, trigger
        self._nodes = acquirer.remote_device.node_map
        self._closed = False
        self._faults = _faults()
        try:
            if trigger != "free":
                self._set("TriggerSelector", "FrameStart")
                self._set("TriggerMode", "On")
                self._set("TriggerSource", "Software" if trigger == "software" else "Line0")
            if exposure_us is not None:
                self._set("ExposureAuto", "Off", needed=False)
                self._set("ExposureTime", exposure_us)
            acquirer.start()
        except self._faults as error:
            raise CameraError(f"The camera {name} refuses its settings: {error}.") from error

    def _set(self, node: str, value: str | float, *, needed: bool = True) -> None:
        if hasattr(self._nodes, node):
            getattr(self._nodes, node).value = value
        elif needed:
            raise CameraError(
                f"The camera {self.name} has no {node}; set its trigger to 'free' "
                "or leave its exposure to the camera."
            )

    def grab(self, trigger: int, timeout_s: float) -> View:
        """Triggers, unless a wire does, and fetches.

        Raises:
            CameraError: no picture came in time, or one in a pixel format that is not understood.
        """
        try:
            if self._trigger != "line":  # a wire may have been quicker than this call
                self._throw_away_old_ones()
            taken = datetime.now(UTC)
            if self._trigger == "software":
                self._nodes.TriggerSoftware.execute()
            with self._acquirer.fetch(timeout=timeout_s) as buffer:
                rgb = _rgb(buffer.payload.components[0], self.name)
        except self._faults as error:  # a timeout is one of them
            raise CameraError(
                f"The camera {self.name} sent no picture within {timeout_s:g} s "
                f"({type(error).__name__}); check its cable and its trigger."
            ) from error
        return View(
            rgb=rgb,
            source=f"genicam:{self.name}",
            camera=self.name,
            taken=taken,
            trigger=trigger,
        )

    def _throw_away_old_ones(self) -> None:
        for _ in range(QUEUED_BUFFERS):
            old = self._acquirer.try_fetch(timeout=0.001)
            if old is None:
                return
            old.queue()

    def close(self) -> None:
        """Stops and releases the camera."""
        if not self._closed:
            self._closed = True
            self._acquirer.stop()
            self._acquirer.destroy()


def _rgb(component: Any, name: str) -> RgbArray:  # noqa: ANN401 - harvesters has no types
    """A copy: the buffer goes back to the camera."""
    width, height, layout = component.width, component.height, str(component.data_format)
    data: NDArray[np.uint8] = component.data
    if layout in {"RGB8", "RGB8Packed"}:
        return data.reshape(height, width, 3).copy()
    if layout in {"BGR8", "BGR8Packed"}:
        return data.reshape(height, width, 3)[..., ::-1].copy()
    if layout in {"RGBa8", "RGBa8Packed"}:
        return data.reshape(height, width, 4)[..., :3].copy()
    if layout == "Mono8":
        return np.repeat(data.reshape(height, width, 1), 3, axis=2)
    if layout in _BAYER:
        return np.asarray(cv2.cvtColor(data.reshape(height, width), _BAYER[layout]), np.uint8)
    raise CameraError(
        f"The camera {name} sends {layout}; set it to RGB8, BayerRG8 or another 8-bit format."
    )
