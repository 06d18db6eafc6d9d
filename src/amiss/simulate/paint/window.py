"""A part of the photograph, enlarged, in which a recipe works.

Fine things (a fringe, a crease, a scratch) are drawn several times larger than they will be, then
blurred as the picture's own edges are, so that they end up as sharp as the rest. Only what was
touched goes back.
"""

import math

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from amiss.simulate.damages.noise import Values, smooth
from amiss.simulate.paint.fields import slope, soften
from amiss.simulate.paint.photo import Photo

_FINE = 420  # pixels that a window is enlarged to, about
_LARGE = 800  # pixels from which a window is wide enough as it is
_AMBIENT = 0.42  # share of the light that comes from everywhere
_CRISP = 0.35  # what enlarging and reducing took from the finest detail
_BENT = 0.94  # share of a pixel's noise that is left after it was moved


class Window:
    """Around a point of the photo; all lengths are pixels of the photo.

    x, y: h×w, from the centre. now: h×w×3 linear, what is painted. item: h×w in [0, 1].
    """

    def __init__(self, photo: Photo, centre: tuple[float, float], half: float) -> None:
        height, width = photo.item.shape
        self.photo, self.centre = photo, centre
        left, top = (max(0, math.floor(at - half)) for at in centre)
        right = min(width, math.ceil(centre[0] + half) + 1)
        bottom = min(height, math.ceil(centre[1] + half) + 1)
        self.cut = np.s_[top:bottom, left:right]
        side = max(bottom - top, right - left)
        self.scale = int(np.clip(round(_FINE / side), 2 if side < _LARGE else 1, 4))
        self.now = self.enlarged(photo.light)
        self.before = self.now.copy()
        self.item = np.clip(soften(self.enlarged(photo.item.astype(np.float32)), 0.8), 0, 1)
        rows, columns = self.item.shape
        self.x = ((np.arange(columns) + 0.5) / self.scale - 0.5 + left - centre[0])[None, :]
        self.x = self.x + np.zeros((rows, 1))
        self.y = ((np.arange(rows) + 0.5) / self.scale - 0.5 + top - centre[1])[:, None]
        self.y = self.y + np.zeros((1, columns))
        self.kept = np.ones(self.item.shape)
        self.touched = np.zeros(self.item.shape)
        self.marks = np.zeros(self.item.shape)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the enlarged window."""
        return self.item.shape[0], self.item.shape[1]

    def enlarged(self, picture: NDArray[np.float32]) -> Values:
        """What an H×W(×3) picture of the photo's size shows in this window."""
        part = picture[self.cut]
        size = (part.shape[1] * self.scale, part.shape[0] * self.scale)
        return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LANCZOS4), np.float64)

    def turned(self, angle: float) -> tuple[Values, Values]:
        """Pixels along and across a direction (radians, from x towards y)."""
        c, s = math.cos(angle), math.sin(angle)
        return c * self.x + s * self.y, c * self.y - s * self.x

    def soft(self, values: Values) -> Values:
        """As sharp as the picture."""
        return soften(values, 0.8 * self.photo.sharp * self.scale)

    def moved(self, values: Values, dx: Values, dy: Values) -> Values:
        """What stood (dx, dy) away, brought here."""
        rows, columns = self.shape
        x = np.arange(columns)[None, :] + dx * self.scale
        y = np.arange(rows)[:, None] + dy * self.scale
        return np.asarray(
            cv2.remap(
                values.astype(np.float32),
                x.astype(np.float32),
                y.astype(np.float32),
                cv2.INTER_LANCZOS4,
                borderMode=cv2.BORDER_REFLECT,
            ),
            np.float64,
        )

    def warp(self, dx: Values, dy: Values) -> None:
        """The picture of what stood (dx, dy) away."""
        far = np.hypot(dx, dy)
        self.now = self.moved(self.now, dx, dy)
        self.kept = self.kept * (1 - (1 - _BENT) * (far > 0.02))
        self.touched = np.maximum(self.touched, smooth(far, 0.05, 0.4))

    def shade(self, factor: Values) -> None:
        """So many times the light."""
        soft = self.soft(factor)
        self.now = self.now * soft[..., None]
        self.touched = np.maximum(self.touched, smooth(np.abs(soft - 1), 0.01, 0.05))

    def lay(self, colour: ArrayLike, cover: Values) -> None:
        """A colour, (3,) or h×w×3 linear, laid over it as densely as `cover` says, in [0, 1]."""
        paint = np.asarray(colour, np.float64)
        paint = self.soft(paint) if paint.ndim == 3 else paint
        dense = np.clip(self.soft(np.asarray(cover, np.float64)), 0, 1)
        self.now = self.now * (1 - dense[..., None]) + paint * dense[..., None]
        self.kept = self.kept * (1 - dense)
        self.touched = np.maximum(self.touched, smooth(dense, 0.005, 0.06))

    def place(self, look: Values, cover: Values) -> None:
        """A piece of the photograph itself, h×w×3, already as sharp as the rest."""
        self.now = self.now * (1 - cover[..., None]) + look * cover[..., None]
        self.kept = np.maximum(self.kept * (1 - cover), _BENT * cover)
        self.touched = np.maximum(self.touched, cover)

    def clear(self, part: Values) -> None:
        """The background where a part of the item was, and where its blurred edge still shows."""
        reach = (1.0 + self.photo.sharp) * self.scale
        halo = np.clip(5 * soften(part, reach), 0, 1) * (1 - self.item)
        self.lay(self.enlarged(self.photo.behind), np.maximum(part, halo))

    def glint(self, light: Values) -> None:
        """Light mirrored on top, as a share of the lamp."""
        soft = self.soft(np.maximum(light, 0))
        self.now = self.now + soft[..., None] * self.photo.lamp
        self.touched = np.maximum(self.touched, smooth(soft, 0.01, 0.05))

    def mark(self, where: Values | NDArray[np.bool_]) -> None:
        """Damage: where h×w is above ½."""
        self.marks = np.maximum(self.marks, where)

    def rise(self, height: Values) -> tuple[Values, Values]:
        """How steeply a surface so many pixels high rises along x and along y."""
        along_x, along_y = slope(height)
        return along_x * self.scale, along_y * self.scale

    def lit(self, rise_x: Values, rise_y: Values) -> Values:
        """How many times the light of a flat surface one gets that rises so (Lambert)."""
        sun = self.photo.sun
        length = np.sqrt(rise_x**2 + rise_y**2 + 1)
        cosine = (-rise_x * sun[0] - rise_y * sun[1] + sun[2]) / length
        direct = np.maximum(cosine, 0) / sun[2]
        return np.asarray(_AMBIENT * (0.7 + 0.3 / length) + (1 - _AMBIENT) * direct)

    def gloss(self, rise_x: Values, rise_y: Values, sharpness: float = 40) -> Values:
        """How far a surface that rises so mirrors the light into the camera, in [0, 1]."""
        half = self.photo.sun + np.array([0, 0, 1])
        half = half / np.linalg.norm(half)
        length = np.sqrt(rise_x**2 + rise_y**2 + 1)
        cosine = (-rise_x * half[0] - rise_y * half[1] + half[2]) / length
        return np.asarray(np.maximum(cosine, 0) ** sharpness)

    def shadow(self, thing: Values, height: float, dark: float = 0.45) -> Values:
        """Factor of light beside a thing (h×w in [0, 1]) that stands `height` pixels high."""
        sun = self.photo.sun
        reach = height / max(float(sun[2]), 0.3)
        away = np.full(self.shape, reach * sun[0]), np.full(self.shape, reach * sun[1])
        cast = soften(self.moved(thing, *away), max(0.45 * height, 0.4) * self.scale)
        return np.asarray(1 - dark * np.clip(cast - 0.6 * thing, 0, 1))

    def back(self) -> None:
        """What was touched goes back into the photo, nothing else."""
        photo, rows_columns = self.photo, photo_size(self.cut)
        seam = np.clip(_reduced(soften(self.touched, 0.5 * self.scale), rows_columns), 0, 1)
        painted = _reduced(self.now, rows_columns)
        painted += _reduced(self.now - soften(self.now, 0.5 * self.scale), rows_columns) * _CRISP
        cover = seam[..., None]
        mixed = photo.light[self.cut] * (1 - cover) + painted * cover
        photo.light[self.cut] = np.maximum(mixed, 0).astype(np.float32)
        photo.marked[self.cut] |= _reduced(self.marks, rows_columns) > 0.5
        photo.kept[self.cut] *= 1 - seam * (1 - _reduced(self.kept, rows_columns))


def photo_size(cut: tuple[slice, slice]) -> tuple[int, int]:
    """Columns and rows of a part, as OpenCV wants them."""
    return cut[1].stop - cut[1].start, cut[0].stop - cut[0].start


def _reduced(values: Values, size: tuple[int, int]) -> Values:
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float64)
