"""What each camera sees when all is well: the empty tray, stored and versioned.

    calibrations/
      000001/ calibration.json  top.png  top.depth.png  left.png …
      000002/ …

A version is written beside the others and moved into place at once; after that nothing changes it.
The newest is in force. Each file's SHA-256 stands in the document, so that what was altered is
found out.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from amiss.booth.checks.measures import Softness, has_grain, softness
from amiss.dataset.disk import sync_folder
from amiss.dataset.pixels import encode_depth, encode_picture, load_depth
from amiss.domain.capture import DepthArray, Intrinsics, RgbArray, View
from amiss.domain.errors import CameraError, DatasetError, ImageError
from amiss.vision.decode import decode

DOCUMENT = "calibration.json"
FULL_SIZE = 10**6  # pixels of a side: no picture is larger, none is reduced on reading


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """One camera, before an empty tray.

    rgb: H×W×3 uint8. depth: H×W float32 metres, None without a depth camera. exposure_us: the
    shutter time that was set, None where the camera does not tell. softness: of the empty tray,
    None where it has too few edges. grain: whether several shots showed the same faint grain, by
    which a plain tray can be followed.
    """

    rgb: RgbArray
    depth: DepthArray | None
    exposure_us: float | None
    intrinsics: Intrinsics | None
    softness: Softness | None
    grain: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """All cameras of a booth before an empty tray.

    version: counts from 1; 0 until it is stored. made: when, with its time zone.
    """

    version: int
    made: datetime
    cameras: Mapping[str, Baseline]

    def dress(self, view: View) -> View:
        """The view with the empty tray of its camera, where that has the same shape."""
        baseline = self.cameras.get(view.camera)
        if baseline is None or baseline.rgb.shape != view.rgb.shape:
            return view
        return replace(view, empty_tray=baseline.rgb)


def calibration_of(
    views: Sequence[View],
    *,
    exposures_us: Mapping[str, float] | None = None,
    made: datetime | None = None,
) -> Calibration:
    """A calibration from views of an empty tray; several of one camera are averaged (median).

    Raises:
        CameraError: there is no view, or pictures of one camera differ in shape.
    """
    if not views:
        raise CameraError("No camera showed the empty tray; check the cameras and try again.")
    cameras = {
        name: _baseline(
            name, [view for view in views if view.camera == name], (exposures_us or {}).get(name)
        )
        for name in dict.fromkeys(view.camera for view in views)
    }
    return Calibration(0, made or datetime.now(UTC), cameras)


def _baseline(name: str, views: Sequence[View], exposure_us: float | None) -> Baseline:
    if len({view.rgb.shape for view in views}) > 1:
        raise CameraError(f"Pictures of camera {name} differ in size; set its resolution.")
    rgb = np.median([view.rgb for view in views], axis=0).astype(np.uint8)
    depths = [view.depth for view in views if view.depth is not None]
    return Baseline(
        rgb=rgb,
        depth=_median_depth(depths) if depths else None,
        exposure_us=exposure_us,
        intrinsics=views[0].intrinsics,
        softness=softness(rgb),
        grain=has_grain([view.rgb for view in views]),
    )


def _median_depth(depths: Sequence[DepthArray]) -> DepthArray:
    """Median of what was measured, pixel by pixel; 0 where nothing ever was."""
    stack = np.stack(depths)
    known = np.sort(np.where(stack > 0, stack, np.inf), axis=0)
    middle = np.maximum((stack > 0).sum(axis=0) - 1, 0) // 2
    median = np.take_along_axis(known, middle[None], axis=0)[0]
    return np.where(np.isfinite(median), median, 0).astype(np.float32)


class _Lens(BaseModel):
    model_config = ConfigDict(extra="forbid")
    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    distortion: tuple[float, ...] = ()


class _Camera(BaseModel):
    model_config = ConfigDict(extra="forbid")
    picture: str
    depth: str | None
    exposure_us: float | None
    intrinsics: _Lens | None
    grain: bool


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")
    format: int = Field(ge=1, le=1)
    made: AwareDatetime
    cameras: dict[str, _Camera]
    sha256: dict[str, str]


def versions(folder: Path) -> tuple[int, ...]:
    """All stored versions, oldest first; none where the folder does not exist."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(int(path.name) for path in folder.iterdir() if path.name.isdecimal()))


def store(folder: Path, calibration: Calibration) -> Calibration:
    """Stores a calibration as a new version; the old ones stay.

    Returns:
        The calibration with its version.

    Raises:
        CameraError: the folder cannot be written, or a camera's name is no file name.
    """
    for name in calibration.cameras:
        if not name or name != Path(name).name or name.startswith("."):
            raise CameraError(f"The camera {name!r} cannot name a file; rename it.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder))
        try:
            _write(draft, calibration)
            version = _move_into_place(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except (OSError, DatasetError) as error:
        raise CameraError(
            f"The calibration cannot be stored in {folder} ({error}); check its disk."
        ) from error
    return replace(calibration, version=version)


def _write(draft: Path, calibration: Calibration) -> None:
    cameras = {}
    for name, baseline in calibration.cameras.items():
        picture, depth = f"{name}.png", None
        (draft / picture).write_bytes(encode_picture(baseline.rgb, "png", 0))
        if baseline.depth is not None:
            depth = f"{name}.depth.png"
            (draft / depth).write_bytes(encode_depth(baseline.depth))
        lens = baseline.intrinsics
        cameras[name] = _Camera(
            picture=picture,
            depth=depth,
            exposure_us=baseline.exposure_us,
            grain=baseline.grain,
            intrinsics=None if lens is None else _Lens.model_validate(lens, from_attributes=True),
        )
    hashes = {path.name: _hash(path) for path in sorted(draft.iterdir())}
    document = _Document(format=1, made=calibration.made, cameras=cameras, sha256=hashes)
    (draft / DOCUMENT).write_text(document.model_dump_json(indent=1), encoding="utf-8")
    for path in draft.iterdir():
        sync_folder(path)
    sync_folder(draft)


def _move_into_place(draft: Path, folder: Path) -> int:
    """Renames the draft to the next free number; another process may take one at the same time."""
    version = max(versions(folder), default=0)
    while True:
        version += 1
        try:
            draft.rename(folder / f"{version:06d}")
        except OSError:
            if not (folder / f"{version:06d}").exists():
                raise
            continue
        sync_folder(folder)
        return version


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load(folder: Path, version: int | None = None) -> Calibration:
    """A stored calibration; the newest where no version is named.

    Raises:
        CameraError: there is none, or it was altered.
    """
    stored = versions(folder)
    if not stored or (version is not None and version not in stored):
        raise CameraError(f"There is no such calibration in {folder}; recalibrate the booth.")
    version = stored[-1] if version is None else version
    place = folder / f"{version:06d}"
    try:
        document = _Document.model_validate_json((place / DOCUMENT).read_bytes())
        for name, sha256 in document.sha256.items():
            if _hash(place / name) != sha256:
                raise CameraError(f"{place / name} was altered; recalibrate the booth.")
        cameras = {name: _read(place, camera) for name, camera in document.cameras.items()}
    except (OSError, ValidationError, ImageError, DatasetError) as error:
        raise CameraError(f"The calibration {place} cannot be read; recalibrate.") from error
    return Calibration(version, document.made, cameras)


def _read(place: Path, camera: _Camera) -> Baseline:
    rgb = decode(place / camera.picture, min_side=FULL_SIZE).rgb
    lens = camera.intrinsics
    return Baseline(
        rgb=rgb,
        depth=None if camera.depth is None else load_depth(place / camera.depth),
        exposure_us=camera.exposure_us,
        intrinsics=None if lens is None else Intrinsics(**lens.model_dump()),
        softness=softness(rgb),
        grain=camera.grain,
    )
