"""Lens and place of each camera, as acceptance measured them: a small TOML file.

format = 1
[cameras.top]
width = 2448
height = 2048
fx = 2319.1
…
"""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from amiss.domain.capture import Intrinsics, Matrix, View
from amiss.domain.errors import CameraError

Row = tuple[float, float, float, float]
Pixels = Annotated[int, Field(gt=0)]
Focal = Annotated[float, Field(gt=0)]


@dataclass(frozen=True, slots=True, eq=False)
class Lens:
    """intrinsics: with distortion. pose: 4×4, booth to camera, metres; None: not measured."""

    intrinsics: Intrinsics
    pose: Matrix | None = None

    def dress(self, view: View) -> View:
        """The view with this lens, where it was measured at the view's resolution."""
        if view.size != (self.intrinsics.width, self.intrinsics.height):
            return view
        pose = view.pose if self.pose is None else self.pose
        return replace(view, intrinsics=self.intrinsics, pose=pose)


class _Camera(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    width: Pixels
    height: Pixels
    fx: Focal
    fy: Focal
    cx: float
    cy: float
    distortion: tuple[float, ...] = ()
    pose: tuple[Row, Row, Row, Row] | None = None


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    format: Literal[1]
    cameras: dict[str, _Camera]


def read_lenses(path: Path) -> dict[str, Lens]:
    """Camera → lens.

    Raises:
        CameraError: it cannot be read, or does not have the form that it should have.
    """
    try:
        document = _Document.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise CameraError(
            f"The lenses in {path} cannot be read; measure them again with amiss booth accept."
        ) from error
    return {name: _lens(camera) for name, camera in document.cameras.items()}


def _lens(camera: _Camera) -> Lens:
    numbers = camera.model_dump(exclude={"pose"})
    return Lens(Intrinsics(**numbers), None if camera.pose is None else np.array(camera.pose))


def write_lenses(path: Path, lenses: Mapping[str, Lens]) -> None:
    """Writes what `read_lenses` reads.

    Raises:
        CameraError: the file cannot be written.
    """
    lines = ["format = 1"]
    for name, lens in lenses.items():
        lines += ["", f'[cameras."{name}"]']
        lines += [f"{key} = {_toml(value)}" for key, value in asdict(lens.intrinsics).items()]
        if lens.pose is not None:
            lines.append(f"pose = {_toml(lens.pose.tolist())}")
    try:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise CameraError(f"{path} cannot be written ({error.strerror}).") from error


def _toml(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return repr(value)
