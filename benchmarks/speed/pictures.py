"""The test pictures: one product that does not exist, as JPEG files in memory."""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from amiss.domain.capture import RgbArray
from amiss.simulate.sketched.sketch import sketch

PRODUCT = 2002  # a carton; no product of the demo or of the calibration
REFERENCE_CAPTURE, UPRIGHT_CAPTURE = 1, 2  # lie within 1° of each other
TURNED_CAPTURE = 3  # of "any" pose: about 144°
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
    """Draw them all; takes about half a minute."""
    turned, degrees = _draw(TURNED_CAPTURE, "any", SMALL)
    first = _draw(REFERENCE_CAPTURE, "upright", SMALL)[0]
    others = (_draw(100 + index, "upright", 480)[0] for index in range(1, references))
    return Pictures(
        upright=_jpeg(_draw(UPRIGHT_CAPTURE, "upright", SMALL)[0]),
        turned=_jpeg(turned),
        upright_large=_jpeg(_draw(UPRIGHT_CAPTURE, "upright", LARGE)[0]),
        turned_large=_jpeg(_draw(TURNED_CAPTURE, "any", LARGE)[0]),
        degrees=degrees,
        references=(first, *(_resized(one, first.shape[1]) for one in others)),
        reference_large=_resized(first, 1000),
    )


def any_pose(product: int, capture: int) -> tuple[RgbArray, RgbArray]:
    """An upright reference of a product and a query of it that lies anyhow; 640×480."""
    reference = _draw(0, "upright", 480, product)[0]
    return reference, _draw(capture, "any", 480, product)[0]


def _draw(capture: int, pose: str, side: int, product: int = PRODUCT) -> tuple[RgbArray, float]:
    """A 4:3 picture, and its angle: the square that is sketched, its tray carried on sideways."""
    drawn = sketch(product, capture, pose=pose, size=side)
    more = side // 6
    wide = cv2.copyMakeBorder(drawn.rgb, 0, 0, more, more, cv2.BORDER_REFLECT_101)
    return np.asarray(wide, np.uint8), drawn.angle_degrees


def _resized(rgb: RgbArray, width: int) -> RgbArray:
    size = width, width * 3 // 4
    method = cv2.INTER_AREA if width < rgb.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(rgb, size, interpolation=method), np.uint8)


def _jpeg(rgb: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
