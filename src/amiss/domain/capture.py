"""What the cameras saw: views of one item at one moment."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amiss.domain.words import ProcessStep

RgbArray = NDArray[np.uint8]
DepthArray = NDArray[np.float32]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Intrinsics:
    """The lens of a camera, as a pinhole: all in pixels of a width×height picture.

    (cx, cy): principal point, where (0, 0) is the centre of the top left pixel. distortion:
    OpenCV's (k1, k2, p1, p2, k3), empty where pictures are already rectified.
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    distortion: tuple[float, ...] = ()

    @property
    def matrix(self) -> Matrix:
        """3×3 float64: camera coordinates to homogeneous pixels."""
        return np.array([[self.fx, 0, self.cx], [0, self.fy, self.cy], [0, 0, 1]], np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One picture of an item, already decoded.

    rgb: H×W×3 uint8. depth: H×W float32 in metres along the optical axis, aligned to rgb, 0 where
    the camera measured nothing (None where there is no depth camera). empty_tray: H×W×3 uint8 of
    the same camera without an item. source: where it came from. size: (width, height) in pixels of
    the upright picture at full resolution; rgb may be a reduced version of it. Where it is left
    out, rgb is taken to be at full resolution.

    camera: name of the camera in its booth. pose: 4×4 float64, booth to camera coordinates in
    metres, x right, y down, z forward. taken: when the shutter opened, with its time zone.
    trigger: number of the trigger that the camera answered. All empty for a loose picture.
    """

    rgb: RgbArray
    source: str
    depth: DepthArray | None = None
    empty_tray: RgbArray | None = None
    size: tuple[int, int] = (0, 0)
    camera: str = ""
    intrinsics: Intrinsics | None = None
    pose: Matrix | None = None
    taken: datetime | None = None
    trigger: int | None = None

    def __post_init__(self) -> None:
        if self.size == (0, 0):
            height, width = self.rgb.shape[:2]
            object.__setattr__(self, "size", (width, height))


@dataclass(frozen=True, slots=True, eq=False)
class Capture:
    """All synchronised views of one item at one moment and one process step.

    id: unique, empty for loose pictures. taken: when it was triggered, with its time zone.
    sequence: counts the captures of a booth. barcode: what the scanner read, if anything.
    """

    views: tuple[View, ...]
    product: str | None = None
    step: ProcessStep | None = None
    id: str = ""
    taken: datetime | None = None
    sequence: int | None = None
    barcode: str | None = None


ImageLike = str | Path | bytes | RgbArray
