"""The last step, the same for painted and untouched pictures: no trace of the work tells.

What was painted gets the noise of its surroundings; then the whole picture is resampled a little,
gets fresh noise of its own strength, and is written as JPEG once more.
"""

import io
import math

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from amiss.domain.capture import RgbArray
from amiss.simulate.paint.fields import Mask, Pixels, srgb
from amiss.simulate.paint.photo import Photo

_TURN, _ZOOM, _SHIFT = 0.7, 0.02, 0.5  # degrees, share, pixels: at most
_QUALITY = (84, 97)
_FRESH = (0.5, 0.8)  # of the picture's own noise that is added to all of it
_SOFT = 0.6  # pixels: noise of photographs hangs together, from demosaicing


def finished(photo: Photo, rng: np.random.Generator) -> tuple[RgbArray, Mask, Mask]:
    """H×W×3 uint8 picture, H×W bool marks of damage, H×W bool item; all moved alike."""
    height, width = photo.item.shape
    zoom = 1 + rng.uniform(0.2, 1.0) * _ZOOM
    turn = rng.uniform(-_TURN, _TURN)
    about = ((width - 1) / 2, (height - 1) / 2)
    matrix = np.asarray(cv2.getRotationMatrix2D(about, turn, zoom), np.float64)
    matrix[:, 2] += rng.uniform(-_SHIFT, _SHIFT, 2)
    level = srgb(photo.light) * 255
    lost = np.sqrt(np.clip(1 - photo.kept**2, 0, 1)).astype(np.float32)
    level = level + photo.noise * lost[..., None] * _noise(rng, level.shape)
    moved = cv2.warpAffine(
        level, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    fresh = photo.noise * rng.uniform(*_FRESH) * _noise(rng, level.shape)
    rgb = np.clip(np.rint(moved + fresh), 0, 255).astype(np.uint8)
    quality, coarse = int(rng.integers(*_QUALITY)), int(rng.choice((0, 2)))
    marked, item = _moved(photo.marked, matrix), _moved(photo.item, matrix)
    return _through_jpeg(rgb, quality, coarse), marked, item


def _noise(rng: np.random.Generator, shape: tuple[int, ...]) -> Pixels:
    """Unit noise, mostly of brightness, a little of colour."""
    grey = rng.standard_normal(shape[:2], np.float32)[..., None]
    own = rng.standard_normal(shape, np.float32)
    mixed = cv2.GaussianBlur(0.9 * grey + 0.44 * own, (0, 0), _SOFT)
    return np.asarray(mixed * (2 * math.sqrt(math.pi) * _SOFT), np.float32)


def _moved(mask: Mask, matrix: NDArray[np.float64]) -> Mask:
    size = mask.shape[::-1]
    share = cv2.warpAffine(mask.astype(np.float32), matrix, size, flags=cv2.INTER_LINEAR)
    return np.asarray(share > 0.5)


def _through_jpeg(rgb: RgbArray, quality: int, subsampling: int) -> RgbArray:
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=quality, subsampling=subsampling)
    return np.asarray(Image.open(buffer), np.uint8)
