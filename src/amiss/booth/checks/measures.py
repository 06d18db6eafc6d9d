"""What the checks measure on a picture, each in a unit of its own. Nothing here knows a limit."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import RgbArray

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

SMALL = 256  # pixels of the long side on which light, colour and the item are looked at
RING = 0.12  # width of the picture's rim that mostly shows the tray, as a share of each side
SATURATED = 250
BRIGHTEST = 99.0  # percentile: brighter pixels may be noise or a glint
LEAST_LIGHT, MOST_LIGHT = 0.004, 0.9  # linear; darker is noise, brighter is clipped
LEAST_RIM = 0.05  # share of the rim that has to be usable

_LINEAR = np.array(
    [
        level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
        for level in np.arange(256) / 255
    ],
    np.float32,
)
"""sRGB (IEC 61966-2-1) decoded: grey level → light in [0, 1]."""


def linear(rgb: RgbArray) -> Floats:
    """Light in [0, 1], H×W×3."""
    return np.asarray(cv2.LUT(rgb, _LINEAR), np.float32)


def reduced(rgb: RgbArray) -> RgbArray:
    """A copy with a long side of at most 256 pixels; averaging takes most of the noise away."""
    scale = SMALL / max(rgb.shape[:2])
    if scale >= 1:
        return rgb
    size = tuple(max(8, round(side * scale)) for side in (rgb.shape[1], rgb.shape[0]))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def grey(rgb: RgbArray) -> NDArray[np.uint8]:
    """Luma (ITU-R BT.601), H×W."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)


def brightest(rgb: RgbArray) -> float:
    """Grey level, of 255, that a hundredth of the pixels exceeds."""
    return float(np.percentile(grey(reduced(rgb)), BRIGHTEST))


def clipped(rgb: RgbArray) -> float:
    """Share of pixels whose three channels are all saturated."""
    saturated = cv2.inRange(rgb, (SATURATED,) * 3, (255,) * 3)
    return cv2.countNonZero(saturated) / saturated.size


def ring(shape: tuple[int, ...]) -> Mask:
    """The rim of a picture, H×W."""
    mask = np.ones(shape[:2], np.bool_)
    down, right = (max(1, round(side * RING)) for side in shape[:2])
    mask[down:-down, right:-right] = False
    return mask


def light_gain(rgb: RgbArray, empty: RgbArray) -> Floats:
    """Light on the tray as a multiple of calibration, per channel; NaN where too little is seen.

    rgb, empty: reduced pictures of one shape. The median over the rim, where neither is clipped or
    dark: an item may cover nearly half of it.
    """
    now, before = linear(rgb), linear(empty)
    rim = ring(rgb.shape)
    now, before = now[rim], before[rim]
    darkest, lightest = np.minimum(now, before).min(axis=1), np.maximum(now, before).max(axis=1)
    usable = (darkest > LEAST_LIGHT) & (lightest < MOST_LIGHT)
    if usable.mean() < LEAST_RIM:
        return np.full(3, np.nan, np.float32)
    return np.asarray(np.median(now[usable] / before[usable], axis=0), np.float32)


def least_change(rgb: RgbArray, empty: RgbArray) -> float:
    """How much brighter or darker the rim is at least, where it is clipped or black.

    rgb, empty: reduced pictures of one shape. What is clipped may be brighter still, so the true
    multiple lies further from 1.
    """
    rim = ring(rgb.shape)
    now, before = (float(np.median(linear(picture)[rim])) for picture in (rgb, empty))
    return now / max(before, LEAST_LIGHT)


def cast(gain: Floats) -> float:
    """The largest change of red or blue relative to green, as a share."""
    return float(np.abs(gain[[0, 2]] / gain[1] - 1).max())


def cast_bare(rgb: RgbArray) -> float:
    """How far the weakest channel's highlights fall behind the strongest's, as a share of light.

    Somewhere in nearly every scene something is white or glints, so that highlights show the
    colour of the light (the white-patch assumption of Land 1977). It finds gross casts only.
    """
    highlights = np.percentile(linear(reduced(rgb)).reshape(-1, 3), BRIGHTEST, axis=0)
    return float(1 - highlights.min() / max(float(highlights.max()), 1e-6))


@dataclass(frozen=True, slots=True)
class Softness:
    """How wide edges are, as the σ in pixels of the Gaussian that would blur a step so.

    sharpest: in the direction in which they are sharpest. softest: where they are softest, which
    tells motion; the same as sharpest where edges run in one direction only.
    """

    sharpest: float
    softest: float


EDGE_CONTRAST = 40  # grey levels across an edge; more than noise makes in a window
DIRECTED_CONTRAST = 70  # soft shadows stay below it
EDGE_WINDOW = 21  # pixels: holds edges up to a σ of about 8
STEEPEST = 0.7  # of the steepest slope in the window
LEAST_EDGES, LEAST_DIRECTED = 60, 30
SHARP_SHARE = 20  # percentile of widths: windows that hold several edges make theirs look wider
STEP = 0.8
"""σ that a perfect step seems to have, after differences over two pixels."""


def softness(rgb: RgbArray) -> Softness | None:
    """Width of the edges that a picture has; None where there are too few to tell.

    A step of contrast C that is blurred by a Gaussian has the slope C / (σ √(2π)) in its middle;
    contrast and slope are measured at the crest of each edge.
    """
    picture = grey(rgb)
    window = np.ones((EDGE_WINDOW, EDGE_WINDOW), np.uint8)
    contrast = cv2.dilate(picture, window).astype(np.float32) - cv2.erode(picture, window)
    right = cv2.Scharr(picture, cv2.CV_32F, 1, 0) / 32
    down = cv2.Scharr(picture, cv2.CV_32F, 0, 1) / 32
    # Not cv2.magnitude, whose last bit depends on where in memory the picture lies.
    slope = np.sqrt(right * right + down * down)
    crest = (slope >= cv2.dilate(slope, np.ones((5, 5), np.uint8))) & (slope > 0)
    crest &= contrast >= EDGE_CONTRAST
    if crest.sum() < LEAST_EDGES:
        return None
    width = contrast[crest] / (slope[crest] * np.sqrt(2 * np.pi))
    # What crosses a window beside a steeper edge of another direction is its ripple, or noise.
    steepest = slope[crest] >= STEEPEST * cv2.dilate(slope, window)[crest]
    strong = steepest & (contrast[crest] >= DIRECTED_CONTRAST)
    # Direction of the slope, modulo 180°, to the nearest of 0°, 45°, 90°, 135°.
    octant = np.rint(np.arctan2(down[crest], right[crest]) / (np.pi / 4)).astype(int) % 4
    directed = [width[strong & (octant == direction)] for direction in range(4)]
    widths = [
        float(np.percentile(part, SHARP_SHARE)) for part in directed if part.size >= LEAST_DIRECTED
    ]
    overall = float(np.percentile(width, SHARP_SHARE))
    return Softness(overall, max([overall, *widths]))


BLOCK = 0.1  # side of a block, as a share of the picture's long side
REACH = 0.04  # how far a block is followed
FINE, COARSE = 1.0, 6.0  # pixels, σ: grain, scratches and edges lie between them
TOE = 14.0  # grey levels: 0.055 of 255, the offset of sRGB's curve
LEAST_STRUCTURE = 2.0  # grey levels: standard deviation of a block worth following
LEAST_GRAIN = 0.3  # the same where several shots have shown that it is no noise
ALIKE = 0.5  # normalised correlation of a block with itself, elsewhere; noise reaches 0.25
LEAST_BLOCKS = 4
TRACKING_SIZE = 640


@dataclass(frozen=True, slots=True)
class Shift:
    """right, down: how far the tray has moved, as shares of the picture's long side.

    found: False where it is nowhere near, or is not the tray that it was. structure: contrast of
    its grain, scratches and edges, over that of the empty tray: what is blurred has lost it.
    """

    right: float
    down: float
    found: bool = True
    structure: float = 1.0

    @property
    def length(self) -> float:
        """As a share; of a tray that was not found, how far it was sought."""
        return float(np.hypot(self.right, self.down)) if self.found else REACH


def shift(rgb: RgbArray, empty: RgbArray, *, grain: bool = False) -> Shift | None:
    """How far the tray has moved; None where it is too plain to tell.

    Blocks of the empty tray's rim are sought in the view by normalised correlation; the median
    shift of those that are found counts, so an item on some of them does no harm.

    grain: whether the faint grain of the empty tray is known to be the same in every picture; see
    `has_grain`.
    """
    least = LEAST_GRAIN if grain else LEAST_STRUCTURE
    (now, light_now), (before, light_before) = (_tracking(picture) for picture in (rgb, empty))
    long_side = max(now.shape)
    block, reach = round(BLOCK * long_side), round(REACH * long_side)
    found, left_over = [], []
    for top, left in _blocks(now.shape, block, reach):
        patch = before[top : top + block, left : left + block]
        if patch.std() < least:
            continue
        place = (slice(top, top + block), slice(left, left + block))
        left_over.append(_contrast(now, light_now, place) / _contrast(before, light_before, place))
        area = now[top - reach : top + block + reach, left - reach : left + block + reach]
        alike = cv2.matchTemplate(area, patch, cv2.TM_CCOEFF_NORMED)
        _, best, _, (right, down) = cv2.minMaxLoc(alike)
        if best >= ALIKE:
            found.append((down - reach, right - reach))
    if len(left_over) < LEAST_BLOCKS:
        return None
    structure = float(np.median(left_over))
    if len(found) < max(2, len(left_over) // 4):
        return Shift(0, 0, found=False, structure=structure)
    down, right = np.median(found, axis=0) / long_side
    return Shift(float(right), float(down), structure=structure)


def has_grain(shots: Sequence[RgbArray]) -> bool:
    """Whether even a plain tray can be followed: one shot of it is found again in the others.

    Noise is not, however strong. shots: of one camera, the tray empty and at rest.
    """
    if len(shots) < 2:
        return False
    others = np.median(shots[1:], axis=0).astype(np.uint8)
    found = shift(shots[0], others, grain=True)
    return found is not None and found.found and found.length == 0


def _tracking(rgb: RgbArray) -> tuple[Floats, Floats]:
    """Grain, scratches and edges, in grey levels; and the light that they are seen in.

    The first is without what changes by itself: light, soft shadows, most of the noise.
    """
    scale = min(1.0, TRACKING_SIZE / max(rgb.shape[:2]))
    picture = cv2.resize(grey(rgb), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    levels = picture.astype(np.float32)
    light = np.asarray(cv2.GaussianBlur(levels, (0, 0), COARSE), np.float32)
    return np.asarray(cv2.GaussianBlur(levels, (0, 0), FINE) - light, np.float32), light


def _contrast(detail: Floats, light: Floats, place: tuple[slice, slice]) -> float:
    """How strong detail is, whatever the light: on sRGB's curve it grows with level + TOE."""
    return float(detail[place].std() / (light[place].mean() + TOE))


def _blocks(shape: tuple[int, ...], block: int, reach: int) -> list[tuple[int, int]]:
    """Top left corners of blocks along the rim, far enough inside to be followed."""
    bottom, right = shape[0] - block - reach, shape[1] - block - reach
    if bottom <= reach or right <= reach:
        return []
    rows = np.linspace(reach, bottom, 7).astype(int).tolist()
    columns = np.linspace(reach, right, 7).astype(int).tolist()
    return [
        (row, column)
        for row in rows
        for column in columns
        if row in (rows[0], rows[-1]) or column in (columns[0], columns[-1])
    ]
