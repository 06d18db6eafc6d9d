"""Which colours a picture holds, relative to the colour of its background.

A stain, ink or a spill has a colour that the pristine product has nowhere, however small it is;
the encoder, trained to be indifferent to colour casts, hardly sees it. Lightness counts little:
shading changes it on pristine items too.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from amiss.domain.capture import RgbArray
from amiss.vision.frame import border_colour

BIN = 2.0  # ΔE that one step in a or b spans
LIGHTNESS_WEIGHT = 0.15
SHAPE = (8, 64, 64)  # steps of weighted lightness, a, b
BLUR_SIGMA = 0.8  # pixels; the noise of one sensor pixel is no colour of the product
NEUTRAL = np.array([60, 0, 0], np.float32)  # where the background goes: L, a, b

Cells = NDArray[np.int32]
"""H×W int32: for each pixel the index of its colour's cell in a palette."""

Palette = NDArray[np.bool_]
"""8×64×64 bool: the cells that hold a colour of the picture."""


def colour_cells(frame: RgbArray, *, relative: bool) -> Cells:
    """The palette cell of every pixel of an H×W×3 uint8 picture.

    relative: whether colours are taken relative to the border's, which takes out the light's
    colour; only right where the border shows background.
    """
    smooth = cv2.GaussianBlur(frame, (0, 0), BLUR_SIGMA)
    lab = cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB)
    shift = NEUTRAL - _units(border_colour(lab)) if relative else np.zeros(3, np.float32)
    # Eight bits a channel: three small tables take the place of arithmetic on every pixel.
    units = _units(np.repeat(np.arange(256, dtype=np.float32)[:, None], 3, axis=1)) + shift
    units *= (LIGHTNESS_WEIGHT, 1, 1)
    units += (0, BIN * SHAPE[1] / 2, BIN * SHAPE[2] / 2)
    steps = np.clip(units / BIN, 0, np.array(SHAPE, np.float32) - 1).astype(np.int32)
    steps *= (SHAPE[1] * SHAPE[2], SHAPE[2], 1)
    parts = zip(cv2.split(lab), np.ascontiguousarray(steps.T), strict=True)
    lightness, a, b = (cv2.LUT(plane, table) for plane, table in parts)
    return np.asarray(cv2.add(cv2.add(lightness, a), b), np.int32)


def _units(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    """L, a, b in ΔE units from OpenCV's eight-bit ones."""
    return np.asarray((lab - (0, 128, 128)) * (100 / 255, 1, 1), np.float32)


def palette(cells: Cells) -> Palette:
    """The colours that occur."""
    return np.bincount(cells.ravel(), minlength=int(np.prod(SHAPE))).reshape(SHAPE) > 0


def distance_table(known: Palette) -> NDArray[np.float32]:
    """For every cell the weighted ΔE to the nearest known colour; flat, to be indexed by cells."""
    distance = ndimage.distance_transform_edt(~known) * BIN
    return np.asarray(distance, np.float32).ravel()
