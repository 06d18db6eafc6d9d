"""The test pictures: products of the recorded booth from above, as JPEG files in memory."""

import io
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from amiss.dataset.reader import open_dataset
from amiss.domain.capture import RgbArray
from amiss.recordings import BOOTH
from amiss.vision.decode import decode
from amiss.vision.frame import border_colour

PRODUCT = 0  # its place among all that are recorded
REFERENCE_SHOT, UPRIGHT_SHOT, TURNED_SHOT = 1, 2, 3
SLIGHT, ASIDE = 1.0, 144.0  # degrees
SHRUNK = 0.8  # so that an item stays in the picture however it is turned
NOISE = 2.5  # grey levels, after enlarging: files of a camera are not smooth
QUALITY = 90
SMALL, LARGE = 1200, 3000  # pixels of the short side: 2 and 12 megapixels at 4:3


@dataclass(frozen=True, slots=True)
class Pictures:
    """JPEG files of one pristine product, and its references, H×W×3 uint8.

    references: upright, 1600×1200, all but the first one enlarged from 640×480, which only their
    time is measured with. reference_large: the first one as 12 megapixels are decoded, 1000×750.
    """

    upright: bytes
    turned: bytes
    upright_large: bytes
    turned_large: bytes
    degrees: float
    references: tuple[RgbArray, ...]
    reference_large: RgbArray


def pictures(references: int) -> Pictures:
    """Make them all; takes a few seconds."""
    first = _shot(REFERENCE_SHOT, 0.0, SMALL)
    others = (_shot(100 + index, SLIGHT, 480) for index in range(1, references))
    return Pictures(
        upright=_jpeg(_shot(UPRIGHT_SHOT, SLIGHT, SMALL)),
        turned=_jpeg(_shot(TURNED_SHOT, ASIDE, SMALL)),
        upright_large=_jpeg(_shot(UPRIGHT_SHOT, SLIGHT, LARGE)),
        turned_large=_jpeg(_shot(TURNED_SHOT, ASIDE, LARGE)),
        degrees=ASIDE,
        references=(first, *(_resized(one, first.shape[1]) for one in others)),
        reference_large=_resized(first, 1000),
    )


def any_pose(product: int, shot: int) -> tuple[RgbArray, RgbArray]:
    """An upright reference of a product and a query of it that lies anyhow; 640×480."""
    degrees = float(np.random.default_rng([product, shot]).uniform(-180, 180))
    return _shot(0, 0.0, 480, product), _shot(shot, degrees, 480, product)


def product_count() -> int:
    """How many products are recorded."""
    return len(open_dataset(BOOTH).split("test").items)


@cache
def _recorded(product: int) -> RgbArray:
    """A reference of a product as the camera above saw it, 512×512."""
    split = open_dataset(BOOTH).split("test")
    references = split.references(split.items[product])
    above = next(one for one in references if one.view.camera == "top")
    return above.view.load(decode).rgb


def _shot(shot: int, degrees: float, side: int, product: int = PRODUCT) -> RgbArray:
    """A 4:3 picture of a product, turned: the recorded one enlarged, with noise of its own."""
    rng = np.random.default_rng([11, product, shot])
    rgb = _recorded(product)
    middle = (rgb.shape[1] - 1) / 2
    width = side * 4 // 3
    move = cv2.getRotationMatrix2D((middle, middle), degrees, SHRUNK * side / rgb.shape[1])
    move[:, 2] += np.array([width, side]) / 2 - middle + rng.uniform(-0.01, 0.01, 2) * side
    tray = border_colour(rgb).tolist()
    laid = cv2.warpAffine(rgb, move, (width, side), flags=cv2.INTER_CUBIC, borderValue=tray)
    noisy = laid + NOISE * rng.standard_normal(laid.shape, np.float32)
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def _resized(rgb: RgbArray, width: int) -> RgbArray:
    size = width, width * 3 // 4
    method = cv2.INTER_AREA if width < rgb.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(rgb, size, interpolation=method), np.uint8)


def _jpeg(rgb: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
