"""Pictures for tests: products of the recorded booth from above, laid down anew, some harmed.

A reference as it was recorded is turned, moved and lit a little otherwise, as another capture of
the same item would be; harm is painted on. Pose, item and damage are known to the pixel.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from amiss.dataset.reader import open_dataset
from amiss.recordings import BOOTH
from amiss.vision.decode import decode
from amiss.vision.frame import border_colour

SIZE = 320
SHRUNK = 0.8  # so that an item stays in the picture however it is turned
PRODUCTS = (
    *("kit", "cleaner", "blades", "pens", "coffee", "parcel", "mailer", "book", "juice", "toy"),
)
HARMS = ("hole", "tear", "spillage", "gone")


@dataclass(frozen=True, eq=False)
class Picture:
    """rgb: H×W×3 uint8. item, damage: H×W bool. degrees: counter-clockwise, against the record."""

    rgb: np.ndarray
    item: np.ndarray
    damage: np.ndarray
    degrees: float


@cache
def recorded(name, side=0, camera="top"):
    """A reference as it was recorded, and the silhouette of its item."""
    split = open_dataset(BOOTH).split("test")
    for item in split.items:
        for reference in split.references(item):
            if reference.view.id.startswith(f"{name}-side{side}-1") and (
                reference.view.camera == camera
            ):
                return reference.view.load(decode).rgb, reference.view.load_item_mask()
    raise LookupError(name)


def picture(name, shot, *, harm=None, upright=False, size=SIZE):
    """Another capture of a product; the same arguments give the same pixels.

    shot: pose, light, noise and the place of harm. harm: one of HARMS. upright: turned by 3 degrees
    at most, else anyhow. With and without harm the capture is otherwise the same.
    """
    rng = np.random.default_rng([PRODUCTS.index(name), shot])
    rgb, item = recorded(name)
    damage = np.zeros(item.shape, np.uint8)
    if harm is not None:
        rgb, damage = _HARM[harm](np.random.default_rng([7, shot]), rgb.copy(), item)
    degrees = float(rng.uniform(-3, 3) if upright else rng.uniform(-180, 180))
    middle = (item.shape[1] - 1) / 2, (item.shape[0] - 1) / 2
    move = cv2.getRotationMatrix2D(middle, degrees, SHRUNK * size / item.shape[1])
    move[:, 2] += size / 2 - 0.5 - np.array(middle) + rng.uniform(-0.02, 0.02, 2) * size

    def moved(plane):
        return cv2.warpAffine(np.uint8(plane), move, (size, size), flags=cv2.INTER_AREA)

    inside = moved(_feather(item.shape))[..., None] / 255
    tray = border_colour(rgb) + rng.normal(0, 2, (size, size, 1))
    light = inside * moved(rgb) + (1 - inside) * tray
    ramp = np.linspace(-1, 1, size)
    light *= 1 + rng.uniform(-0.03, 0.03) * ramp[None, :, None] + rng.uniform(-0.02, 0.02)
    light += rng.normal(0, 1.5, light.shape)
    return Picture(
        np.clip(light, 0, 255).astype(np.uint8), moved(item) > 0, moved(damage) > 0, degrees
    )


@cache
def _feather(shape):
    """255 in the middle, falling to 0 at the rim, so that no frame is to be seen."""
    inside = cv2.distanceTransform(np.pad(np.ones(shape, np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    return np.clip(255 * (inside - 1) / (0.08 * shape[0]), 0, 255)


def _spot(rng, item, rim=False):
    """A place on the item, away from its rim or near it: (x, y)."""
    depth = cv2.distanceTransform(item.astype(np.uint8), cv2.DIST_L2, 5)
    share = depth / depth.max()
    rows, columns = np.nonzero((share > 0.02) & (share < 0.15) if rim else share > 0.5)
    place = rng.integers(len(rows))
    return int(columns[place]), int(rows[place])


def _blob(rng, shape, at, radius):
    """A ragged outline: h×w uint8, 0 or 1."""
    turns = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    waves = sum(rng.normal(0, 0.12) * np.sin(k * turns + rng.uniform(0, 6)) for k in range(2, 7))
    reach = radius * (1 + waves)
    rim = np.stack([at[0] + reach * np.cos(turns), at[1] + reach * np.sin(turns)], 1)
    return cv2.fillPoly(np.zeros(shape, np.uint8), [np.int32(rim)], 1)


def _hole(rng, rgb, item):
    mask = _blob(rng, item.shape, _spot(rng, item), 26)
    rgb[mask > 0] = (24, 20, 18)
    rim = cv2.dilate(mask, np.ones((7, 7))) - mask
    rgb[rim > 0] = (225, 215, 195)
    return rgb, mask


def _tear(rng, rgb, item):
    x, y = _spot(rng, item)
    steps = np.cumsum(rng.normal(0, 4, (24, 2)) + 6 * np.array([np.cos(x), np.sin(x)]), axis=0)
    mask = cv2.polylines(
        np.zeros(item.shape, np.uint8),
        [np.int32(steps - steps[12] + np.array((x, y)))],
        False,
        1,
        17,
    )
    rgb[mask > 0] = np.clip(rng.normal(232, 12, (int(mask.sum()), 3)), 0, 255)
    return rgb, mask


def _spillage(rng, rgb, item):
    """On the item's rim and beside it."""
    mask = _blob(rng, item.shape, _spot(rng, item, rim=True), 48)
    rgb[mask > 0] = (rgb[mask > 0] * 0.25 + np.array((110, 20, 60)) * 0.75).astype(np.uint8)
    return rgb, mask


def _gone(rng, rgb, item):
    """A part is not there: the tray shows, with a little noise."""
    x, y = _spot(rng, item)
    mask = np.zeros(item.shape, np.uint8)
    mask[y - 34 : y + 34, x - 34 : x + 34] = 1
    rgb[mask > 0] = np.clip(border_colour(rgb) + rng.normal(0, 2, (int(mask.sum()), 3)), 0, 255)
    return rgb, mask


_HARM = {"hole": _hole, "tear": _tear, "spillage": _spillage, "gone": _gone}
