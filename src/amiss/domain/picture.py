"""Pictures for people: a view with its heat map and findings drawn over it."""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from amiss.domain.capture import RgbArray, View
from amiss.domain.evidence import Finding, ScoreMap

TILE_SIZE = 640  # pixels of the long side of one view on a sheet
FAINTEST = 0.35  # heat below this is not drawn: pristine items stay clean to look at
BOX_COLOUR = (255, 64, 32)


def overlay(view: View, heat: ScoreMap | None, findings: Sequence[Finding]) -> RgbArray:
    """A view at tile size with heat in [0, 1] glowing over it and a box around each finding."""
    height, width = view.rgb.shape[:2]
    scale = TILE_SIZE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    tile = cv2.resize(
        view.rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    )
    if heat is not None:
        strength = np.clip(cv2.resize(heat, size, interpolation=cv2.INTER_LINEAR), 0, 1)
        glow = cv2.applyColorMap((strength * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
        alpha = np.clip((strength - FAINTEST) / (1 - FAINTEST), 0, 1)[..., None] * 0.7
        tile = (tile * (1 - alpha) + glow[..., ::-1] * alpha).astype(np.uint8)
    for finding in findings:
        _draw_box(tile, finding.box, size[0] / view.size[0])
    return np.ascontiguousarray(tile, np.uint8)


def _draw_box(tile: np.ndarray, box: tuple[int, int, int, int], scale: float) -> None:
    x, y, width, height = (round(value * scale) for value in box)
    cv2.rectangle(tile, (x, y), (x + width, y + height), (0, 0, 0), 4)
    cv2.rectangle(tile, (x, y), (x + width, y + height), BOX_COLOUR, 2)


def contact_sheet(tiles: Sequence[RgbArray]) -> RgbArray:
    """Tiles in a grid that is about square, on white."""
    columns = math.ceil(math.sqrt(len(tiles)))
    rows = math.ceil(len(tiles) / columns)
    height = max(tile.shape[0] for tile in tiles)
    width = max(tile.shape[1] for tile in tiles)
    sheet = np.full((rows * height, columns * width, 3), 255, np.uint8)
    for index, tile in enumerate(tiles):
        top, left = index // columns * height, index % columns * width
        sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return sheet
