"""Reads a mask: which pixels of a picture are damaged."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from amiss.domain.errors import DatasetError

# Halves the way from black to white, and from grey to the dullest paint that annotation tools
# use (about 130 between the largest and the smallest channel); JPEG blurs edges, not middles.
WHITE = 127
COLOURED = 64


def load_mask(path: Path) -> NDArray[np.bool_]:
    """Reads the damaged pixels of a mask file.

    Two kinds are told apart by the file itself. If any pixel is coloured (largest minus smallest
    channel > 64 of 255), the coloured pixels are the damage, whatever the colour, and black,
    white or grey is background. Otherwise pixels brighter than 127 are the damage.

    Returns:
        H×W bool, as stored (an orientation tag is not applied).

    Raises:
        DatasetError: the file cannot be read, or it marks nothing.
    """
    try:
        with Image.open(path) as image:
            rgb = np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DatasetError(f"The mask {path} cannot be read as a picture.") from error
    brightest, darkest = rgb.max(axis=2), rgb.min(axis=2)
    mask: NDArray[np.bool_] = brightest - darkest > COLOURED
    if not mask.any():
        mask = brightest > WHITE
    if not mask.any():
        raise DatasetError(
            f"The mask {path} marks nothing: damage must be coloured, or brighter than 127 of 255."
        )
    return mask
