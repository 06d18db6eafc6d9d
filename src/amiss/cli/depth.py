"""Depth pictures: 16-bit grey PNG in millimetres, as depth cameras save them."""

import io
from pathlib import Path

import numpy as np

from amiss.domain.capture import DepthArray
from amiss.domain.errors import ImageError
from amiss.vision.decode import MAX_FILE_BYTES, MAX_PIXELS

MILLIMETRES_PER_METRE = 1000
SIXTEEN_BITS = {"I;16", "I;16B", "I"}  # as releases of Pillow call a 16-bit grey PNG


def read_depth(path: Path) -> DepthArray:
    """Distance from the camera, H×W float32 metres; 0 where the camera saw none.

    Raises:
        ImageError: the file cannot be read, or is no 16-bit grey PNG.
    """
    from PIL.PngImagePlugin import PngImageFile

    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        # The class itself: Image.open would take other formats, and warn.
        picture = PngImageFile(io.BytesIO(data))
        width, height = picture.size
        fits = picture.mode in SIXTEEN_BITS and width * height <= MAX_PIXELS
        millimetres = np.asarray(picture, np.float32) if fits else None
    except Exception as error:  # Pillow, zlib and struct raise nearly anything on damaged bytes
        raise _unusable(path) from error
    if millimetres is None or len(data) > MAX_FILE_BYTES:
        raise _unusable(path)
    return np.asarray(millimetres / MILLIMETRES_PER_METRE, np.float32)


def _unusable(path: Path) -> ImageError:
    return ImageError(
        f"The depth picture {str(path)!r} is no readable 16-bit grey PNG in millimetres; "
        "save it as one."
    )
