"""Whether two pictures show the same print: points that agree, then what lies between them.

Points are matched, and a homography is sought that most of them obey (MAGSAC++, Barath et al.,
2020): a flat side of an item moves by one. Look-alikes share most of their print, so that many
points say little of which one it is; therefore one picture is laid over the other, and both are
held against each other place by place, in structure and in colour.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import RgbArray
from amiss.vision.marks import Marks

LEAST_POINTS = 6
"""That must agree: fewer do by chance."""
MOST_COLOUR = 30.0
"""ΔE in (a, b) beyond which more says no more."""
_RATIO = 0.88  # of the distances to the best and the second-best match (Lowe 2004)
_WITHIN = 5.0, 3.0  # pixels: of the first homography, and once it is refined
_NEAR = (10.0, 6.0)  # pixels around where a homography leads, in which a match is sought, in rounds
_LIKE = 0.75  # cosine from which such a match counts
_LEAST_AREA, _MOST_AREA = 0.02, 20.0  # of a picture, as a multiple of the other's
_SMALLER = 2  # times: pictures are laid over each other at half their size
_PLACE, _STEP = 8, 4  # pixels a side of a place that is compared, and from one to the next
_SHIFTS = tuple((down, right) for down in range(-2, 3) for right in range(-2, 3))
_TEXTURED = 6.0  # grey levels of deviation in a place that has any structure
_FLOOR = 36.0  # of variances multiplied: noise has no structure
_ALIKE = 0.6  # correlation from which a place shows the same
_LEAST_PLACES = 6

Floats = NDArray[np.float32]
Kind = TypeVar("Kind", bound=np.generic)
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a view agrees with a reference of a product.

    points: that agree. alike: how many places of the reference the view shows alike, in hundreds.
    structure: mean correlation over all textured places that it covers, in [−1, 1]. colour: mean
    difference of the places that are alike, in ΔE of (a, b), the light's own colour taken out.
    """

    points: int
    alike: float
    structure: float
    colour: float


def is_printed(one: Marks) -> bool:
    """Whether a picture has enough points to agree, or not, with anything."""
    return len(one.points) >= LEAST_POINTS


def agree(view: Marks, reference: Marks) -> Agreement | None:
    """How far they agree; None where no part of them can be laid over each other."""
    found = _laid(view, reference)
    if found is None:
        return None
    points, over = found
    smaller = np.diag([1.0, 1.0, _SMALLER])
    over = smaller @ over  # from the view's own size
    size = reference.picture.shape[1] // _SMALLER, reference.picture.shape[0] // _SMALLER
    seen = cv2.warpPerspective(view.picture, over, size)
    there = np.ones(view.picture.shape[:2], np.uint8)
    inside = np.asarray(cv2.warpPerspective(there, over, size), np.bool_)
    item = np.asarray(cv2.resize(reference.item.astype(np.uint8), size), np.bool_)
    other = cv2.resize(reference.picture, size, interpolation=cv2.INTER_AREA)
    return _compared(points, np.asarray(other), np.asarray(seen), inside & item)


def _laid(view: Marks, reference: Marks) -> tuple[int, Matrix] | None:
    """How many points agree, and the homography from the view to the reference."""
    if not (is_printed(view) and is_printed(reference)):
        return None
    cosine = reference.words @ view.words.T
    best, ok = _matches(cosine)
    there, seen = reference.points[ok], view.points[best[ok]]
    found = _fitted(seen, there, _WITHIN[0])
    if found is None:
        return None
    for near in _NEAR:
        best, ok = _guided(cosine, found[1], view, reference, near)
        better = _fitted(view.points[best[ok]], reference.points[ok], _WITHIN[1])
        if better is None:
            break
        found = better
    return found


def _matches(cosine: Floats) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """For each point of the reference the view's best one, and whether it stands out."""
    two = np.argpartition(-cosine, 1, axis=1)[:, :2]
    values = np.take_along_axis(cosine, two, axis=1)
    first = values.argmax(axis=1)[:, None]
    best = np.take_along_axis(two, first, axis=1)[:, 0]
    near, far = (np.sqrt(np.maximum(2 - 2 * one, 0)) for one in (values.max(1), values.min(1)))
    return best, near < _RATIO * far


def _guided(
    cosine: Floats, over: Matrix, view: Marks, reference: Marks, near: float
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The best match around where the homography leads, though others may look more alike."""
    led = cv2.perspectiveTransform(view.points[None], over)[0]
    away = ((reference.points[:, None] - led[None]) ** 2).sum(axis=2)
    likely = np.where(away < near**2, cosine, -1)
    best = likely.argmax(axis=1)
    return best, likely[np.arange(len(best)), best] > _LIKE


def _fitted(seen: Floats, there: Floats, within: float) -> tuple[int, Matrix] | None:
    """The homography that most matches obey, and how many do; None where it is no view of it."""
    if len(seen) < LEAST_POINTS:
        return None
    cv2.setRNGSeed(0)  # the same pictures give the same answer
    found, obey = cv2.findHomography(
        seen, there, cv2.USAC_MAGSAC, within, maxIters=2000, confidence=0.999
    )
    if found is None or int(obey.sum()) < LEAST_POINTS:
        return None
    kept = seen[obey.ravel() > 0]
    # Nothing is mirrored, and nothing shrinks to a line, where points agree.
    over = np.asarray(found, np.float64)
    areas = [_area(over, place) for place in (kept.min(axis=0), kept.max(axis=0), kept.mean(0))]
    if not all(_LEAST_AREA < area < _MOST_AREA for area in areas):
        return None
    return int(obey.sum()), over


def _area(over: Matrix, place: Floats) -> float:
    """How much larger a small part of the picture gets at a place; negative: it is mirrored."""
    deep = float(over[2] @ np.array([*place, 1.0]))
    return float(np.linalg.det(over)) / deep**3 if abs(deep) > 1e-9 else 0.0


def _compared(
    points: int, reference: RgbArray, seen: RgbArray, inside: NDArray[np.bool_]
) -> Agreement | None:
    whole = cv2.erode(inside.astype(np.uint8), np.ones((_PLACE, _PLACE), np.uint8))
    places = _places(np.asarray(whole, np.bool_))
    if places.sum() < _LEAST_PLACES:
        return None
    structure, textured = _structure(reference, seen)
    structure, textured = structure[places], textured[places]
    alike = textured & (structure > _ALIKE)
    colour = _colour(*(_places(_mean(one))[places] for one in (reference, seen)))
    return Agreement(
        points,
        alike=float(alike.sum()) / 100,
        structure=float(structure[textured].mean()) if textured.any() else 0.0,
        colour=float(colour[alike].mean()) if alike.sum() >= _LEAST_PLACES else MOST_COLOUR,
    )


def _structure(reference: RgbArray, seen: RgbArray) -> tuple[Floats, NDArray[np.bool_]]:
    """Correlation of each place at the best small shift, and whether it has any structure."""
    one, other = (
        np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)
        for picture in (reference, seen)
    )
    mean = _mean(one)
    spread = _mean(one * one) - mean * mean
    best = np.full(_places(mean).shape, -1, np.float32)
    for moved in _shifted(other):
        theirs = _mean(moved)
        both = _mean(one * moved) - mean * theirs
        floor = np.maximum(spread * (_mean(moved * moved) - theirs * theirs), _FLOOR)
        np.maximum(best, _places(both / np.sqrt(floor)), out=best)
    return best, _places(spread) > _TEXTURED**2


def _shifted(picture: Floats) -> Iterator[Floats]:
    for shift in _SHIFTS:
        yield np.roll(picture, shift, axis=(0, 1))


def _colour(one: Floats, other: Floats) -> Floats:
    """Difference in (a, b) of N×3 mean colours, after the usual ratio of their channels."""
    light = np.median((one + 5) / (other + 5), axis=0)
    lab = [
        np.asarray(cv2.cvtColor(np.clip(part, 0, 255)[None] / 255, cv2.COLOR_RGB2LAB)[0])
        for part in (one, np.asarray(other * light, np.float32))
    ]
    away = np.sqrt(((lab[0] - lab[1])[:, 1:] ** 2).sum(axis=1))
    return np.asarray(np.minimum(away, MOST_COLOUR), np.float32)


def _mean(picture: NDArray[np.generic]) -> Floats:
    return np.asarray(cv2.blur(picture.astype(np.float32), (_PLACE, _PLACE)))


def _places(plane: NDArray[Kind]) -> NDArray[Kind]:
    """One value for each place."""
    return plane[_PLACE // 2 :: _STEP, _PLACE // 2 :: _STEP]
