"""What shows where the outside is gone: board, plies, fibres, darkness, contents."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.simulate.damages.noise import Values, smooth
from amiss.simulate.paint.fields import clouds, soften
from amiss.simulate.paint.window import Window

_BOARDS = ((0.82, 0.80, 0.75), (0.86, 0.85, 0.83), (0.42, 0.28, 0.16), (0.36, 0.25, 0.16))
"""Reflectance, linear: white board, bleached pulp, kraft, grey-brown chipboard."""
_CONTENTS = (
    (0.5, 0.3, 0.1),
    (0.7, 0.68, 0.62),
    (0.15, 0.2, 0.4),
    (0.4, 0.06, 0.05),
    (0.2, 0.3, 0.1),
)


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """What one item is made of: board (3,) and contents (3,), reflectances."""

    board: NDArray[np.float64]
    contents: NDArray[np.float64]

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Inside":
        """Of one item."""
        board = np.array(_BOARDS[rng.integers(len(_BOARDS))]) * rng.uniform(0.85, 1.0)
        contents = np.array(_CONTENTS[rng.integers(len(_CONTENTS))]) * rng.uniform(0.7, 1.1)
        return cls(board, contents)

    def ply(self, window: Window, rng: np.random.Generator, angle: float) -> Values:
        """h×w×3: a torn ply, streaked along a direction, lit."""
        streaks = _streaks(window, rng, angle)
        blotch = clouds(rng, window.shape, 9 * window.scale)
        bright = np.clip(0.9 + 0.05 * streaks + 0.04 * blotch, 0.5, 1.15)
        return np.asarray(bright[..., None] * self.board * window.photo.lamp)

    def depths(self, window: Window, rng: np.random.Generator, dark: Values) -> Values:
        """h×w×3: contents under an opening; dark: h×w in [0, 1], how little light reaches them."""
        shapes = smooth(clouds(rng, window.shape, 22 * window.scale, 2), -0.4, 0.4)
        lumps = 0.6 + 0.4 * shapes + 0.05 * clouds(rng, window.shape, 5 * window.scale, 2)
        light = (1 - dark) * lumps
        body = light[..., None] * self.contents * window.photo.lamp * 0.42
        return np.asarray(body + 0.012 * window.photo.lamp)


def _streaks(window: Window, rng: np.random.Generator, angle: float) -> Values:
    """Unit noise drawn out along a direction."""
    along, across = window.turned(angle)
    noise = clouds(rng, (96, 96), 3, 2).astype(np.float32)
    x = np.mod(along / 7 + rng.uniform(0, 50), 90).astype(np.float32)
    y = np.mod(across / 0.8 + rng.uniform(0, 50), 90).astype(np.float32)
    return np.asarray(cv2.remap(noise, x, y, cv2.INTER_LINEAR), np.float64)


def fringe(window: Window, rng: np.random.Generator, outside: Values, wide: float) -> Values:
    """Fibres that stand around an opening.

    outside: pixels to the opening, negative in it. wide: pixels. h×w in [0, 1].
    """
    ragged = 0.2 * clouds(rng, window.shape, 2.5 * window.scale, 2)
    ragged = ragged + 0.45 * clouds(rng, window.shape, 12 * window.scale, 2)
    reach = wide * np.clip(0.8 + ragged, 0.1, 2.2)
    return np.asarray(smooth(reach - outside, 0, 0.5) * (outside > -1.2))


def distance(window: Window, opening: Values) -> Values:
    """Pixels of the photo from each point to the edge of what is above 0; negative inside."""
    inside = (opening > 0).astype(np.uint8)
    out = cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
    into = cv2.distanceTransform(inside, cv2.DIST_L2, 5)
    return soften(np.asarray(out - into, np.float64), 0.8) / window.scale


def occluded(window: Window, opening: Values, reach: float) -> Values:
    """h×w in [0, 1]: how far inside an opening a point lies in the shadow of its rim."""
    sun = window.photo.sun
    step = np.full(window.shape, reach * sun[0]), np.full(window.shape, reach * sun[1])
    solid = 1 - (opening > 0).astype(np.float64)
    cast = np.clip(window.moved(solid, *step), 0, 1)
    return soften(cast, 0.35 * reach * window.scale)
