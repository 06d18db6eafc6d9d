"""A booth, described in a small TOML file; the one place that opens its cameras.

It is read strictly: an unknown key is an error. Paths in it are relative to the file. All kinds of
cameras, with what they take, are explained in docs/booth/configuration.md.
"""

import tomllib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from amiss.booth.booth import Booth
from amiss.booth.calibration import Calibration, load, versions
from amiss.booth.camera import Camera
from amiss.booth.cameras.source import cameras_of
from amiss.booth.lenses import read_lenses
from amiss.booth.recipe import DEFAULT_RECIPE, Recipe, read_recipe
from amiss.booth.scanner import LineScanner
from amiss.booth.virtual.tray import VirtualTray
from amiss.dataset.words import SplitName
from amiss.domain.errors import CameraError, InputError

QUICK_SECONDS, RENDERED_SECONDS = 2.0, 300.0
"""Deadlines where none is named: of cameras, and of a simulator."""

Name = Annotated[str, Field(min_length=1, pattern=r"^[\w-]+$")]
Seconds = Annotated[float, Field(gt=0)]
Microseconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SimulatedCameras(_Strict):
    """All cameras of a simulated booth."""

    kind: Literal["simulated"]
    seed: Annotated[int, Field(ge=0, le=9999)] = 0
    views: Annotated[int, Field(ge=1, le=5)] = 3
    size: Annotated[int, Field(ge=64, le=4096)] = 1024
    backend: Literal["fast", "path"] = "fast"


class FolderCameras(_Strict):
    """All cameras that other software writes pictures of."""

    kind: Literal["folder"]
    folder: Path
    names: Annotated[tuple[Name, ...], Field(min_length=1)]
    with_depth: tuple[Name, ...] = ()
    settle_s: Seconds = 0.3
    patience_s: Seconds = 5.0


class ReplayedCameras(_Strict):
    """All cameras of a recording."""

    kind: Literal["replay"]
    recording: Path
    split: SplitName | None = None


class VideoCameras(_Strict):
    """One UVC or RTSP camera. source: number of a device, or address of a stream."""

    kind: Literal["video"]
    name: Name
    source: int | str
    latency_s: Annotated[float, Field(ge=0)] = 0.0


class GenicamCameras(_Strict):
    """One GigE Vision or USB3 Vision camera. producer: a maker's GenTL producer (.cti)."""

    kind: Literal["genicam"]
    name: Name
    producer: Path
    serial_number: str
    trigger: Literal["software", "line", "free"] = "software"
    exposure_us: Microseconds | None = None


class RealsenseCameras(_Strict):
    """One RealSense device."""

    kind: Literal["realsense"]
    name: Name
    serial_number: str
    size: tuple[Count, Count] = (1280, 720)
    frames_per_second: Count = 30
    exposure_us: Microseconds | None = None


Cameras = Annotated[
    SimulatedCameras
    | FolderCameras
    | ReplayedCameras
    | VideoCameras
    | GenicamCameras
    | RealsenseCameras,
    Field(discriminator="kind"),
]


class ScannerDevice(_Strict):
    """A barcode scanner that writes a line per code."""

    device: Path


class BoothFile(_Strict):
    """What stands in the file. deadline_s: None takes 2 s, or 300 s where a booth is rendered."""

    format: Literal[1] = 1
    name: Name = "booth"
    calibration: Path = Path("calibrations")
    recipe: Path | None = None
    lenses: Path | None = None
    deadline_s: Seconds | None = None
    scanner: ScannerDevice | None = None
    cameras: Annotated[tuple[Cameras, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class BoothConfig:
    """A booth's description, and the folder that its paths start from."""

    file: BoothFile
    folder: Path
    recipe: Recipe

    @property
    def calibrations(self) -> Path:
        """The folder of its calibrations."""
        return self.folder / self.file.calibration

    @property
    def exposures_us(self) -> dict[str, float]:
        """What cameras' shutters are set to, where that is set here."""
        return {
            camera.name: camera.exposure_us
            for camera in self.file.cameras
            if isinstance(camera, GenicamCameras | RealsenseCameras) and camera.exposure_us
        }

    def calibration(self) -> Calibration | None:
        """The calibration in force; None where there is none yet.

        Raises:
            CameraError: it was altered.
        """
        return load(self.calibrations) if versions(self.calibrations) else None

    def open(self, *, calibrated: bool = True) -> "OpenBooth":
        """Opens all cameras.

        calibrated: with the calibration in force; whoever takes the empty tray needs none.

        Raises:
            CameraError: one of them does not open, or the calibration was altered; what was opened
                is closed again.
        """
        trays: list[VirtualTray] = []
        with ExitStack() as shared, ExitStack() as opened:
            cameras = self._cameras(shared, opened, trays)
            lenses = None if self.file.lenses is None else self.folder / self.file.lenses
            scanner = None if self.file.scanner is None else self.file.scanner.device
            booth = Booth(
                cameras,
                name=self.file.name,
                deadline_s=self.file.deadline_s or (RENDERED_SECONDS if trays else QUICK_SECONDS),
                calibration=self.calibration() if calibrated else None,
                lenses=None if lenses is None else read_lenses(lenses),
                scanner=None if scanner is None else LineScanner(self.folder / scanner),
                also_close=shared.pop_all().close,
            )
            opened.pop_all()  # they are the booth's now
        return OpenBooth(self, booth, trays[0] if trays else None)

    def _cameras(
        self, shared: ExitStack, opened: ExitStack, trays: list[VirtualTray]
    ) -> list[Camera]:
        """shared, opened: whatever has to be closed again; trays: of simulated cameras."""
        cameras: list[Camera] = []
        acquirer = _acquirers(self, shared)
        for described in self.file.cameras:
            made = _open(described, self.folder, acquirer, trays)
            cameras += made
            for camera in made:
                opened.callback(camera.close)
        return cameras


@dataclass(frozen=True, slots=True)
class OpenBooth:
    """A booth whose cameras are open. tray: the simulated one, where there is one."""

    config: BoothConfig
    booth: Booth
    tray: VirtualTray | None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.booth.close()


def read_booth(path: Path) -> BoothConfig:
    """The booth that a file describes; no camera is opened yet.

    Raises:
        InputError: the file or its recipe cannot be read, or does not have the right form.
    """
    try:
        file = BoothFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"The booth {path} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"The booth {path} is not right at {place or 'its top'} ({first['msg']}); correct it."
        ) from error
    folder = path.parent
    recipe = read_recipe(DEFAULT_RECIPE if file.recipe is None else folder / file.recipe)
    return BoothConfig(file, folder, recipe)


def _open(
    described: Cameras,
    folder: Path,
    acquirer: Callable[[GenicamCameras], object],
    trays: list[VirtualTray],
) -> tuple[Camera, ...]:
    """Opens what one entry describes. Adapters are imported late: most booths need one of them."""
    match described:
        case SimulatedCameras(seed=seed, views=views, size=size, backend=backend):
            from amiss.booth.cameras.simulated import Simulated

            trays.append(VirtualTray(seed, views=views, size=size, backend=backend))
            return cameras_of(Simulated(trays[-1].names, trays[-1]))
        case FolderCameras():
            from amiss.booth.cameras.folder import WatchedFolder

            watched = WatchedFolder(
                folder / described.folder,
                described.names,
                with_depth=described.with_depth,
                settle_s=described.settle_s,
                patience_s=described.patience_s,
            )
            return cameras_of(watched)
        case ReplayedCameras():
            return _replayed(folder / described.recording, described.split)
        case VideoCameras():
            from amiss.booth.cameras.video import VideoCamera

            source = described.source
            return (VideoCamera(described.name, source, latency_s=described.latency_s),)
        case GenicamCameras():
            from amiss.booth.cameras.genicam import GenicamCamera

            return (
                GenicamCamera(
                    described.name,
                    acquirer(described),
                    trigger=described.trigger,
                    exposure_us=described.exposure_us,
                ),
            )
        case RealsenseCameras():
            from amiss.booth.cameras.realsense import RealsenseCamera

            return (
                RealsenseCamera(
                    described.name,
                    described.serial_number,
                    size=described.size,
                    frames_per_second=described.frames_per_second,
                    exposure_us=described.exposure_us,
                ),
            )


def _replayed(path: Path, split: SplitName | None) -> tuple[Camera, ...]:
    from amiss.booth.cameras.replay import Recording
    from amiss.dataset.reader import open_dataset
    from amiss.vision.decode import decode

    recording = open_dataset(path)
    records = recording.split(split or recording.splits[0])
    if not len(records):
        raise CameraError(f"The recording {path} holds no capture; name another split.")
    names = tuple(view.camera for view in records[0].views)
    return cameras_of(Recording((record.load(decode) for record in records), names))


def _acquirers(config: BoothConfig, shared: ExitStack) -> Callable[[GenicamCameras], object]:
    """Gives GenICam cameras; the makers' producers are loaded once, for all cameras together."""
    described = [one for one in config.file.cameras if isinstance(one, GenicamCameras)]
    if not described:
        return lambda _camera: None
    from amiss.booth.cameras.genicam import Producers

    paths = dict.fromkeys(config.folder / camera.producer for camera in described)
    producers = Producers(tuple(paths))
    shared.callback(producers.close)
    return lambda camera: producers.acquirer(camera.serial_number)
