"""What a photograph itself says: its item, light, sharpness and noise, and what lies behind."""

import math
from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import RgbArray
from amiss.domain.errors import SimulationError
from amiss.simulate.damages.noise import Values
from amiss.simulate.paint.fields import Mask, Pixels
from amiss.simulate.sensor import decoded

LEAST_ITEM_PX = 3000
"""Pixels of the smallest item that damage is painted on: 1 % of it is then about 6 × 6 pixels."""
_SKY = (0.0, -0.75)  # where light comes from in a picture that does not tell: above
_BLOCK = 10  # pixels of a block in which noise is measured
_SECOND = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


@dataclass(eq=False)
class Photo:
    """A photograph in work.

    light: H×W×3 float32, linear; recipes change it. item: H×W bool. kept: H×W float64, the share
    of a pixel's own noise that is still there.
    """

    rgb: RgbArray
    item: Mask
    light: Pixels = field(init=False)
    kept: Values = field(init=False)
    marked: Mask = field(init=False)

    def __post_init__(self) -> None:
        area = int(self.item.sum())
        if area == 0:
            raise SimulationError("The mask shows no item: hand in one that covers the item.")
        if area < LEAST_ITEM_PX:
            raise SimulationError(
                f"The item takes {area} pixels, too few to paint damage on: "
                f"hand in a picture in which it takes {LEAST_ITEM_PX} or more."
            )
        self.light = decoded(self.rgb)
        self.kept = np.ones(self.item.shape)
        self.marked = np.zeros(self.item.shape, np.bool_)

    @cached_property
    def area(self) -> int:
        """Pixels of the item."""
        return int(self.item.sum())

    @cached_property
    def size(self) -> float:
        """Pixels: side of a square as large as the item."""
        return math.sqrt(self.area)

    @cached_property
    def inside(self) -> Values:
        """Pixels from each pixel of the item to its outline; 0 outside."""
        padded = cv2.copyMakeBorder(self.item.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
        return np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 5), np.float64)[1:-1, 1:-1]

    @cached_property
    def axis(self) -> float:
        """Radians: the direction in which the item is longest."""
        rows, columns = np.nonzero(self.item)
        spread = np.cov(np.stack([columns, rows]).astype(np.float64))
        values, vectors = np.linalg.eigh(spread)
        x, y = vectors[:, int(values.argmax())]
        return math.atan2(float(y), float(x))

    @cached_property
    def sharp(self) -> float:
        """Pixels: sigma of the blur of the sharpest edges (re-blur ratio, Zhuo and Sim 2011)."""
        grey = cv2.cvtColor(self.rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
        again = np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.0), np.float32)
        first, second = (_gradient(plane) for plane in (grey, again))
        strong = first >= np.quantile(first, 0.985)
        ratio = float(np.median(first[strong] / np.maximum(second[strong], 1e-3)))
        return float(np.clip(1 / math.sqrt(max(ratio**2 - 1, 0.05)), 0.45, 4))

    @cached_property
    def noise(self) -> float:
        """SRGB levels (of 255): sigma of the noise in the flattest twentieth of the picture.

        By second differences, which slopes do not disturb (Immerkær 1996).
        """
        grey = cv2.cvtColor(self.rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
        fine = np.abs(cv2.filter2D(grey, -1, _SECOND)) * (math.sqrt(math.pi / 2) / 6)
        rows, columns = (side // _BLOCK for side in fine.shape)
        tiles = (rows, _BLOCK, columns, _BLOCK)
        spread, level = (
            plane[: rows * _BLOCK, : columns * _BLOCK].reshape(tiles).mean(axis=(1, 3))
            for plane in (fine, grey)
        )
        lit = (level > 25) & (level < 245)
        usable = spread[lit] if lit.sum() > 8 else spread.ravel()
        return float(np.clip(1.4 * np.quantile(usable, 0.05), 0.3, 8))

    @cached_property
    def sun(self) -> NDArray[np.float64]:
        """Unit vector (x right, y down, z to the camera) to the light.

        From above, bent towards where the item itself gets brighter.
        """
        luma = cv2.GaussianBlur(self.light.mean(axis=-1), (0, 0), max(self.size / 12, 1))
        rows, columns = np.nonzero(self.inside > self.size / 16)
        if len(rows) < 50:
            rows, columns = np.nonzero(self.item)
        values = luma[rows, columns].astype(np.float64)
        spots = np.stack([columns, rows, np.full(len(rows), self.size)], 1) / self.size
        trend = np.linalg.lstsq(spots, values, rcond=None)[0][:2] / max(values.mean(), 1e-3)
        x, y = np.clip(trend, -0.5, 0.5) + np.array(_SKY)
        vector = np.array([x, y, 0.9])
        return np.asarray(vector / np.linalg.norm(vector))

    @cached_property
    def lamp(self) -> NDArray[np.float64]:
        """(3,) linear light that a white thing on the item would send."""
        shown = self.light[self.inside > 1.5].astype(np.float64)
        luma = shown.mean(axis=-1)
        bright = shown[luma >= np.quantile(luma, 0.9)].mean(axis=0)
        cast = 0.5 * bright / max(float(bright.mean()), 1e-3) + 0.5
        level = np.clip(1.1 * float(np.quantile(luma, 0.95)), 0.3, 0.95)
        return np.asarray(level * cast)

    @cached_property
    def behind(self) -> Pixels:
        """H×W×3 linear: the background, filled in where the item is (Telea 2004)."""
        return _filled(self.rgb, self.item)

    def ground(self, near: Mask) -> bool:
        """Whether what is shown there is a plain ground on which something can lie."""
        shown = near & ~self.item
        if shown.sum() < 30:
            return False
        grey = cv2.cvtColor(self.rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
        return float(grey[shown].std()) < 14


def _gradient(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    x, y = (cv2.Sobel(grey, cv2.CV_32F, i, 1 - i, ksize=3) for i in (1, 0))
    return np.asarray(np.hypot(x, y), np.float32)


def _filled(rgb: RgbArray, item: Mask) -> Pixels:
    """Inpainted at a size at which that is quick, then laid under the item only."""
    scale = min(1.0, 360 / max(rgb.shape[:2]))
    small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    hole = cv2.resize(item.astype(np.uint8), small.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    wide = cv2.dilate(np.asarray(hole, np.uint8), np.ones((13, 13), np.uint8))
    filled = cv2.inpaint(
        np.asarray(small, np.uint8), np.asarray(wide, np.uint8), 4, cv2.INPAINT_TELEA
    )
    large = cv2.resize(filled, rgb.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return decoded(np.asarray(large, np.uint8))
