"""The real photographs that are painted on, and where their item is."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import RgbArray
from amiss.domain.errors import DatasetError, ImageError
from amiss.simulate.paint.outline import held, on_a_tray
from amiss.vision.decode import decode

GROCERY = Path("grocery")
ENDINGS = frozenset({".jpg", ".jpeg", ".png"})


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """name: below the data folder. rgb: H×W×3. item: H×W bool."""

    name: str
    rgb: RgbArray
    item: NDArray[np.bool_]


def load(data: Path, count: int, seed: int) -> tuple[list[Picture], int]:
    """Some of the photographs, drawn with the seed, and how many were left out: no item stood out.

    Of a folder that holds `grocery/`, only its gallery and its catalogue pictures are read: the
    other sets beside it are for measuring detectors. Else every picture right in the folder is.

    Raises:
        DatasetError: the folder holds no picture.
    """
    paths = _paths(data)
    order = np.random.default_rng(seed).permutation(len(paths))
    pictures, without = [], 0
    for number in order[:count]:
        path = paths[int(number)]
        rgb = decode(path).rgb
        try:
            pictures.append(Picture(str(path.relative_to(data)), rgb, _item(rgb)))
        except ImageError:
            without += 1
    return pictures, without


def _paths(data: Path) -> list[Path]:
    folders = [data]
    if (data / GROCERY).is_dir():
        folders = [*sorted((data / GROCERY / "gallery").iterdir()), data / GROCERY / "iconic"]
    paths = [
        path
        for folder in folders
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in ENDINGS
    ]
    if not paths:
        raise DatasetError(f"The folder {data} holds no photographs: name one that does.")
    return paths


def _item(rgb: RgbArray) -> NDArray[np.bool_]:
    """On a plain ground as it stands out; else what is held before the camera."""
    try:
        return on_a_tray(rgb)
    except ImageError:
        return held(rgb)


def around(where: NDArray[np.bool_], pixels: int) -> NDArray[np.bool_]:
    """The mask, wider by so many pixels."""
    size = 2 * pixels + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.asarray(cv2.dilate(where.astype(np.uint8), kernel) > 0)
