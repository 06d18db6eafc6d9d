"""Which pixels are the item, where the caller brings no mask."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import RgbArray
from amiss.domain.errors import ImageError
from amiss.simulate.paint.fields import Mask
from amiss.vision.isolate import isolate

_LEAST, _MOST = 0.06, 0.6  # share of a hand-held picture that its item takes
_REACH = (0.27, 0.47)  # half axes of the ellipse that the item keeps to, shares of the sides
_SOLID = 0.84  # share of its convex hull that an item fills at least
_SURE = 0.55  # of that ellipse's size: in here everything but the hand is item
_GIVEN = 0.92  # overlap with what was given, above which nothing was told apart
_SIZE = 256  # pixels of the long side at which the cut is sought
_ROUNDS = 4
_NEAR = 12.0  # ΔE (CIE 1976) from the ground's own colour, within which it is plain
_ELSE = 0.15  # share of a plain ground that may have other colours: shadows, stains
_CERTAIN = 0.9  # share of its convex hull from which an outline on a plain ground is certain
_RIM = 0.04  # of the picture's height and width that is cut off to see whether an outline stays
_STEADY = 0.85  # overlap from which it did


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Where an item was found.

    mask: H×W bool. certain: good enough to be taken for the truth; otherwise it is a guess, good
    enough to paint by.
    """

    mask: Mask
    certain: bool


def sought(picture: RgbArray) -> Outline:
    """The item of an H×W×3 uint8 picture: on a plain ground what stands out, else what is held.

    Certain is only a nearly convex outline on a plain ground. Parts in the ground's own colour,
    white board on white paper, leave bites, and no look at the picture tells them from gaps. What
    is held must be found again without the picture's rim: where that changes the outline, much of
    it is shelf or hand.

    Raises:
        ImageError: no item stands out.
    """
    try:
        mask = on_a_tray(picture)
    except ImageError:
        mask = None
    if mask is None or not _on_plain(picture, mask):
        return Outline(_steady(picture), certain=False)
    return Outline(mask, certain=_solid(mask, np.zeros_like(mask)) >= _CERTAIN)


def on_a_tray(picture: RgbArray) -> Mask:
    """H×W bool: the item that lies on a nearly plain ground.

    Raises:
        ImageError: item and ground cannot be told apart.
    """
    found = isolate(picture)
    if not found.found:
        raise ImageError("No item stands out of this picture's background: hand in its mask.")
    return _enlarged(found.mask, picture.shape[:2])


def held(picture: RgbArray) -> Mask:
    """H×W bool: the thing in the middle of a picture taken by hand, without the hand.

    GrabCut (Rother et al. 2004) from a tall ellipse in the middle; skin that reaches in from the
    border is the hand.

    Raises:
        ImageError: nothing in the middle can be told apart.
    """
    scale = min(1.0, _SIZE / max(picture.shape[:2]))
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    hand = _hand(small)
    height, width = hand.shape
    y, x = np.mgrid[0:height, 0:width]
    out = np.hypot((x / width - 0.5) / _REACH[0], (y / height - 0.5) / _REACH[1])
    marks = np.where(out < 1, cv2.GC_PR_FGD, cv2.GC_BGD)
    marks[hand] = cv2.GC_BGD
    marks[(out < _SURE) & ~hand] = cv2.GC_FGD
    marks = marks.astype(np.uint8)
    # GrabCut draws from OpenCV's own generator, of which each thread has one: the caller's stays.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(_cut, small, marks).result()
    mask = _one((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD), hand)
    given = any(_overlap(mask, (out < at) & ~hand) > _GIVEN for at in (_SURE, 1))
    if given or not _LEAST <= mask.mean() <= _MOST or _solid(mask, hand) < _SOLID:
        raise ImageError("Nothing in the middle of this picture stands out: hand in a mask.")
    return _enlarged(mask, picture.shape[:2])


def _steady(picture: RgbArray) -> Mask:
    """What is held, where it stays the same without the picture's rim; else ImageError."""
    mask = held(picture)
    rows, columns = (round(_RIM * side) for side in picture.shape[:2])
    inner = (slice(rows, picture.shape[0] - rows), slice(columns, picture.shape[1] - columns))
    if _overlap(mask[inner], held(np.ascontiguousarray(picture[inner]))) < _STEADY:
        raise ImageError("What is held cannot be told from what is around it: hand in a mask.")
    return mask


def _on_plain(rgb: RgbArray, mask: Mask) -> bool:
    """Whether all around a mask is nearly one colour: a shop's shelves are not."""
    reach = 2 * round(0.015 * max(mask.shape)) + 1  # soft edges and the shadow at the item's foot
    wide = cv2.dilate(mask.astype(np.uint8), np.ones((reach, reach), np.uint8))
    around = np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB))[wide == 0]
    if len(around) == 0:
        return False
    apart = np.linalg.norm(around - np.median(around, axis=0), axis=1)
    return float((apart > _NEAR).mean()) <= _ELSE


def _cut(rgb: RgbArray, marks: NDArray[np.uint8]) -> None:
    """Sorts what is probable in `marks` into thing and ground; the same each time."""
    cv2.setRNGSeed(7)
    ground, thing = np.zeros((1, 65)), np.zeros((1, 65))
    nowhere = (0, 0, 1, 1)  # the mask says where to look
    cv2.grabCut(rgb, marks, nowhere, ground, thing, _ROUNDS, cv2.GC_INIT_WITH_MASK)


def _hand(rgb: RgbArray) -> Mask:
    """What has the colours of the skin that reaches in from the border.

    Skin is first sought by fixed limits in YCrCb (Chai and Ngan 1999), then by what was found at
    the border: cream-coloured board passes the first sieve, seldom the second.
    """
    ycc = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb), np.float32)
    light, red, blue = ycc[..., 0], ycc[..., 1], ycc[..., 2]
    maybe = (red > 138) & (red < 173) & (blue > 90) & (blue < 124) & (light > 40) & (light < 200)
    y, x = np.mgrid[0 : rgb.shape[0], 0 : rgb.shape[1]]
    out = np.maximum(np.abs(x / rgb.shape[1] - 0.5), np.abs(y / rgb.shape[0] - 0.5))
    sure = maybe & _hung(maybe) & (out > 0.25)
    if sure.sum() < maybe.size // 100:
        return np.zeros_like(maybe)
    chroma = ycc[..., 1:] - np.median(ycc[sure][:, 1:], axis=0)
    near = maybe & (np.hypot(chroma[..., 0], chroma[..., 1]) < 9)
    return np.asarray(cv2.dilate(_hung(near).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def _hung(mask: Mask) -> Mask:
    """Parts of some size that touch the left, right or lower border."""
    solid = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    _, labels = cv2.connectedComponents(np.asarray(solid, np.uint8))
    border = np.concatenate([labels[-1], labels[:, 0], labels[:, -1]])
    return np.asarray(np.isin(labels, np.unique(border[border > 0])))


def _one(mask: Mask, hand: Mask) -> Mask:
    """The large parts, tidied; fingers in front of it stay cut out."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    solid = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(np.asarray(solid, np.uint8))
    if count == 1:
        return np.zeros_like(mask)
    areas = stats[:, cv2.CC_STAT_AREA]
    large = areas >= areas[1:].max() / 8  # a thumb may part the item in two
    large[0] = False
    closed = cv2.morphologyEx(large[labels].astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    edges, _ = cv2.findContours(
        np.asarray(closed, np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    cv2.drawContours(closed, edges, -1, 1, cv2.FILLED)
    return np.asarray((closed > 0) & ~hand)


def _overlap(one: Mask, other: Mask) -> float:
    return float((one & other).sum() / max(int((one | other).sum()), 1))


def _solid(mask: Mask, hand: Mask) -> float:
    """Share of its convex hull, but for the hand, that a mask fills; most goods are convex."""
    points = np.argwhere(mask)[:, ::-1].astype(np.int32)
    hull = np.zeros(mask.shape, np.uint8)
    cv2.fillConvexPoly(hull, np.asarray(cv2.convexHull(points), np.int32), 1)
    return float(mask.sum() / max(int(((hull > 0) & ~hand).sum()), 1))


def _enlarged(mask: Mask, shape: tuple[int, ...]) -> Mask:
    share = cv2.resize(
        mask.astype(np.float32), (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR
    )
    return np.asarray(share > 0.5)
