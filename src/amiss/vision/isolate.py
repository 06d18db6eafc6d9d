"""Tell the item from what it lies on.

A booth's tray is nearly of one colour, and the item lies inside the picture. So: what has the
colours of the picture's border is background, the rest is item. Where that fails (a hand-held
picture in a shop, an item that fills the picture) nothing is claimed: the whole picture counts as
item, and `found` is False.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import RgbArray
from amiss.vision.frame import median

LOOK_SIZE = 128  # pixels of the long side: enough for an outline, little enough to cost nothing
LEAST_CONTRAST = 9.0  # ΔE; below it, noise and shading of the tray would count as item
LEAST_AREA, LARGEST_AREA = 0.005, 0.9  # share of the picture
MOST_CORNERS = 3
MOST_BORDER = 0.25  # share of the border that an isolated item may cover


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """Where the item is.

    mask: h×w bool, at most 128 pixels long. found: whether item and background could be told apart;
    if not, the mask is True everywhere.
    """

    mask: NDArray[np.bool_]
    found: bool

    def share(self, grid: tuple[int, int]) -> NDArray[np.float32]:
        """Share of item, in [0, 1], in each cell of a rows×columns grid over the picture."""
        rows, columns = grid
        mask = self.mask.astype(np.float32)
        return np.asarray(
            cv2.resize(mask, (columns, rows), interpolation=cv2.INTER_AREA), np.float32
        )


def isolate(rgb: RgbArray) -> Silhouette:
    """The item's silhouette in an H×W×3 uint8 picture."""
    scale = LOOK_SIZE / max(rgb.shape[:2])
    width, height = (max(8, round(side * scale)) for side in (rgb.shape[1], rgb.shape[0]))
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    contrast = _contrast(np.asarray(small, np.uint8))
    mask = _tidy(contrast > max(LEAST_CONTRAST, _otsu(contrast)))
    area = mask.mean()
    border = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean()
    corners = (mask[0, 0], mask[0, -1], mask[-1, 0], mask[-1, -1])
    inside_out = sum(corners) >= MOST_CORNERS  # the item fills the sides, the tray the corners
    if not LEAST_AREA <= area <= LARGEST_AREA or border > MOST_BORDER or inside_out:
        return Silhouette(np.ones_like(mask), found=False)
    return Silhouette(mask, found=True)


def _contrast(rgb: RgbArray) -> NDArray[np.float32]:
    """ΔE (CIE 1976) of each pixel to the nearest of the four sides' median colours."""
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    sides = [lab[:3], lab[-3:], lab[:, :3], lab[:, -3:]]
    colours = [median(side.reshape(-1, 3)) for side in sides]
    planes = cv2.split(lab)
    squares = [
        sum((plane - level) ** 2 for plane, level in zip(planes, colour, strict=True))
        for colour in colours
    ]
    return np.asarray(np.sqrt(np.minimum.reduce(squares)), np.float32)


def _otsu(contrast: NDArray[np.float32]) -> float:
    """The contrast that parts item from background best (Otsu 1979)."""
    levels = np.clip(contrast, 0, 127) * 2
    threshold, _ = cv2.threshold(
        levels.astype(np.uint8), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU
    )
    return threshold / 2 * 0.6  # shaded sides of the item lie nearer to the tray than its middle


def _tidy(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Without specks, lines and holes: parts of at least a twentieth of the largest one stay.

    A hole is item too: a label in the tray's colour, or what one sees through a handle.
    """
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    solid = np.asarray(
        cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8
    )
    count, labels, stats, _ = cv2.connectedComponentsWithStats(_filled(solid), connectivity=8)
    if count == 1:
        return np.zeros(mask.shape, np.bool_)
    areas = stats[:, cv2.CC_STAT_AREA]
    kept = areas >= areas[1:].max() / 20
    kept[0] = False  # the background
    return np.asarray(kept[labels])


def _filled(solid: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mask without holes: 0 where a path of 0 leads straight or sideways out of the picture."""
    outside = cv2.copyMakeBorder(solid, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(outside, None, (0, 0), 2, flags=4)
    return np.asarray(outside[1:-1, 1:-1] != 2, np.uint8)
