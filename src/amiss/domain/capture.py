"""What the cameras saw: views of one item at one moment."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amiss.domain.words import ProcessStep

RgbArray = NDArray[np.uint8]
DepthArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One picture of an item, already decoded.

    rgb: H×W×3 uint8. depth: H×W float32 in metres, aligned to rgb (None where there is no depth
    camera). empty_tray: H×W×3 uint8 of the same camera without an item. source: where it came from.
    size: (width, height) in pixels of the upright picture at full resolution; rgb may be a reduced
    version of it. Where it is left out, rgb is taken to be at full resolution.
    """

    rgb: RgbArray
    source: str
    depth: DepthArray | None = None
    empty_tray: RgbArray | None = None
    size: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if self.size == (0, 0):
            height, width = self.rgb.shape[:2]
            object.__setattr__(self, "size", (width, height))


@dataclass(frozen=True, slots=True, eq=False)
class Capture:
    """All synchronised views of one item at one moment and one process step."""

    views: tuple[View, ...]
    product: str | None = None
    step: ProcessStep | None = None


ImageLike = str | Path | bytes | RgbArray
