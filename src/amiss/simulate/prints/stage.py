"""A little studio for printed pictures: lit bodies before a background, in two dimensions.

Lengths are shares of the height of the picture: x from 0 to its aspect, y from 0 (top) to 1.
Every body is drawn into its own window only, front ones last.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from amiss.simulate.prints.colour import Colour

Floats = NDArray[np.float32]
Tint = Callable[[Floats, Floats], Floats]
"""Colour at places on a body: two h×w arrays, across and along in [−1, 1], to h×w×3 in [0, 1]."""
_KEY = np.array([-0.48, -0.62, 0.62], np.float32)  # towards the lamp: left, up, to the viewer
_HALF = np.array([-0.27, -0.35, 0.9], np.float32)  # halfway between the lamp and the viewer


def tone(colour: Colour) -> Floats:
    """A colour as three shares of full."""
    return np.asarray(np.array(colour) / 255, np.float32)


class Stage:
    """A picture in the making: `rgb` is rows × columns × 3 float32, about [0, 1]."""

    def __init__(self, aspect: float, rows: int) -> None:
        self.rows = rows
        self.columns = max(8, round(aspect * rows))
        self.aspect = self.columns / rows
        self.rgb: Floats = np.zeros((rows, self.columns, 3), np.float32)

    def finish(self) -> NDArray[np.uint8]:
        """H×W×3 uint8, with the contrast curve of a print."""
        rgb = self.rgb
        np.clip(rgb, 0, 1, out=rgb)
        return np.asarray(np.round(16 + 226 * rgb * (0.82 + 0.18 * rgb * (3 - 2 * rgb))), np.uint8)

    # --- backgrounds ---------------------------------------------------------------------------

    def backdrop(self, above: Colour, below: Colour, horizon: float = 0.62) -> None:
        """A wall that is lightest behind the middle, and a table in front of it."""
        y, x = self._grid()
        glow = np.exp(-((x / self.aspect - 0.5) ** 2 + (y - 0.4) ** 2) * 3)[..., None]
        wall = tone(above) * (0.72 + 0.36 * glow)
        floor = tone(below) * (0.95 - 0.25 * (y - horizon) + 0 * x)[..., None]
        share = np.clip((y - horizon) * 25 + 0.5, 0, 1)[..., None]
        self.rgb[:] = wall + share * (floor - wall)

    def fade(self, top: Colour, bottom: Colour) -> None:
        """One colour above, another below."""
        y, _ = self._grid()
        self.rgb[:] = tone(top) + y[..., None] * (tone(bottom) - tone(top))

    def bokeh(self, rng: np.random.Generator, colours: list[Colour], count: int) -> None:
        """Lights out of focus."""
        for _ in range(count):
            radius = rng.uniform(0.03, 0.13)
            x, y = rng.uniform(0, self.aspect), rng.uniform(0, 1)
            colour = tone(colours[rng.integers(len(colours))])
            strength = rng.uniform(0.1, 0.45)
            window, across, down = self.window(x, y, radius)
            away = np.hypot(across, down)
            share = np.clip((radius - away) * self.rows / 2, 0, 1) * (
                0.6 + 0.4 * (away / radius) ** 3
            )
            self.rgb[window] += (strength * share)[..., None] * (
                colour + 0.25 - self.rgb[window] * 0.6
            )

    def planks(self, rng: np.random.Generator, colour: Colour) -> None:
        """A wooden table seen from above."""
        y, x = self._grid()
        boards = int(rng.integers(4, 7))
        lengthwise = clouds(rng, (self.rows, self.columns), (self.rows // 3, 5), 3)
        shade = 1 + 0.16 * lengthwise
        board = np.floor(y * boards).astype(int).clip(0, boards - 1)
        shade *= rng.uniform(0.85, 1.08, boards).astype(np.float32)[board]
        seam = np.abs(y * boards - np.round(y * boards)) * self.rows / boards
        shade *= np.clip(0.45 + 0.4 * seam, 0, 1)
        shade *= 1.1 - 0.35 * np.hypot(x / self.aspect - 0.4, y - 0.35)
        self.rgb[:] = tone(colour) * shade[..., None]

    # --- bodies --------------------------------------------------------------------------------

    def shadow(self, x: float, y: float, wide: float, high: float, depth: float = 0.55) -> None:
        """A soft dark ellipse, where something stands."""
        window, across, down = self.window(x, y, 2 * max(wide, high))
        share = depth * np.exp(-1.4 * ((across / wide) ** 2 + (down / high) ** 2))
        self.rgb[window] *= 1 - share[..., None]

    def ball(
        self,
        at: tuple[float, float],
        radii: tuple[float, float],
        colour: ArrayLike | Tint,
        *,
        angle: float = 0.0,
        gloss: float = 0.4,
        flat: float = 1.0,
    ) -> None:
        """An ellipsoid, turned by `angle` radians; flat < 1 makes it a cushion."""
        cos, sin = np.cos(angle), np.sin(angle)
        window, right, down = self.window(*at, max(radii))
        across = (cos * right + sin * down) / np.float32(radii[0])
        along = (cos * down - sin * right) / np.float32(radii[1])
        away = across * across + along * along
        upward = np.sqrt(np.maximum(1 - away, 0))
        leans = np.float32(flat) * across, np.float32(flat) * along
        normal = (cos * leans[0] - sin * leans[1], sin * leans[0] + cos * leans[1], upward)
        cover = np.clip((1 - np.sqrt(away)) * min(radii) * self.rows + 0.5, 0, 1)
        self._light(window, cover, normal, _coloured(colour, across, along), gloss)

    def lathe(
        self,
        at: tuple[float, float],
        size: tuple[float, float],
        profile: list[tuple[float, float]],
        colour: ArrayLike | Tint,
        *,
        angle: float = 0.0,
        gloss: float = 0.5,
    ) -> None:
        """A turned body round an axis through `at` (its middle), leaning by `angle` radians.

        size: half its greatest width and half its length. profile: (along, width) pairs from
        −1 (top) to 1 (bottom), widths as shares of the greatest.
        """
        cos, sin = np.cos(angle), np.sin(angle)
        window, right, down = self.window(*at, float(np.hypot(*size)))
        across = cos * right + sin * down
        along = (cos * down - sin * right) / np.float32(size[1])
        stops, widths = zip(*profile, strict=True)
        half = np.interp(along, *_soft(stops, widths), 0, 0).astype(np.float32)
        half = np.maximum(half * np.float32(size[0]), 1e-4)
        turn = np.clip(across / half, -1, 1)
        slope = np.gradient(half, axis=0) * np.float32(self.rows * 0.5)
        upward = np.sqrt(1 - turn * turn)
        lean = -np.clip(slope, -0.8, 0.8)
        normal = (cos * turn - sin * lean, sin * turn + cos * lean, upward)
        cover = np.clip((half - np.abs(across)) * self.rows + 0.5, 0, 1) * (np.abs(along) <= 1)
        self._light(window, cover, normal, _coloured(colour, turn, along), gloss)

    def slab(
        self,
        at: tuple[float, float],
        size: tuple[float, float],
        colour: ArrayLike | Tint,
        *,
        angle: float = 0.0,
        corner: float = 0.05,
        bevel: float = 0.02,
        gloss: float = 0.4,
    ) -> None:
        """A block seen from above, `size` half its width and height, its edges bevelled."""
        cos, sin = np.cos(angle), np.sin(angle)
        window, right, down = self.window(*at, float(np.hypot(*size)))
        across, along = cos * right + sin * down, cos * down - sin * right
        out_x = np.abs(across) - np.float32(size[0] - corner)
        out_y = np.abs(along) - np.float32(size[1] - corner)
        beyond = np.hypot(np.maximum(out_x, 0), np.maximum(out_y, 0))
        edge = beyond + np.minimum(np.maximum(out_x, out_y), 0) - np.float32(corner)
        rim = np.clip(1 + edge / np.float32(bevel), 0, 1) * 0.8
        sideways = rim * np.sign(across) * (out_x >= out_y)
        lengthwise = rim * np.sign(along) * (out_x < out_y)
        normal = (
            cos * sideways - sin * lengthwise,
            sin * sideways + cos * lengthwise,
            np.sqrt(1 - rim * rim),
        )
        cover = np.clip(0.5 - edge * self.rows, 0, 1)
        local = _coloured(colour, across / np.float32(size[0]), along / np.float32(size[1]))
        self._light(window, cover, normal, local, gloss)

    def leaf(
        self, at: tuple[float, float], length: float, wide: float, angle: float, colour: Colour
    ) -> None:
        """A leaf from its stalk at `at`."""
        cos, sin = np.cos(angle), np.sin(angle)
        middle = at[0] + length / 2 * cos, at[1] + length / 2 * sin
        window, right, down = self.window(*middle, length / 2)
        along = (cos * right + sin * down) / np.float32(length) + 0.5
        aside = (cos * down - sin * right) / np.float32(wide)
        half = np.sin(np.pi * np.clip(along, 0, 1)) ** 0.8 * (1.15 - 0.5 * along)
        cover = np.clip((half - np.abs(aside)) * wide * self.rows, 0, 1)
        veins = 0.08 * np.sin(38 * (along - 0.35 * np.abs(aside)))
        rib = np.exp(-((aside * wide * self.rows / 1.2) ** 2))
        shade = 0.8 + 0.16 * np.sign(aside) * sin + 0.15 * aside + veins + 0.25 * rib
        self._lay(window, cover, tone(colour) * shade[..., None])

    def stroke(self, points: ArrayLike, thick: float, colour: Colour) -> None:
        """A round, lit cord through points (N×2)."""
        pixels = (np.asarray(points, np.float64) * self.rows * 16).astype(np.int32)
        for share, light, shift in ((1.0, 0.55, 0.0), (0.72, 0.95, -0.1), (0.3, 1.3, -0.22)):
            width = max(1, round(thick * share * self.rows))
            moved = pixels + round(shift * thick * self.rows * 16)
            mask = np.zeros((self.rows, self.columns), np.uint8)
            cv2.polylines(mask, [moved], False, 255, width, cv2.LINE_AA, 4)
            x, y, wide, high = cv2.boundingRect(mask)
            window = slice(y, y + high), slice(x, x + wide)
            cover = np.asarray(mask[window] / np.float32(255), np.float32)
            self._lay(window, cover, tone(colour) * np.float32(light))

    def _light(
        self,
        window: tuple[slice, slice],
        cover: Floats,
        normal: tuple[Floats, Floats, Floats],
        colour: Floats,
        gloss: float,
    ) -> None:
        """Key light from the upper left, fill from everywhere, a glint, a dark rim."""
        right, down, upward = normal
        key = np.maximum(_KEY[0] * right + _KEY[1] * down + _KEY[2] * upward, 0)
        glint = np.maximum(_HALF[0] * right + _HALF[1] * down + _HALF[2] * upward, 0)
        for _ in range(5):
            glint = glint * glint
        shade = 0.34 + 0.12 * upward + 0.78 * key
        lit = colour * shade[..., None] + (np.float32(gloss) * glint)[..., None]
        self._lay(window, cover, lit)

    def _lay(self, window: tuple[slice, slice], cover: Floats, lit: Floats) -> None:
        under = self.rgb[window]
        under += cover[..., None].astype(np.float32) * (lit.astype(np.float32) - under)

    def _grid(self) -> tuple[Floats, Floats]:
        rows, columns = (
            ((np.arange(count) + 0.5) / self.rows).astype(np.float32)
            for count in (self.rows, self.columns)
        )
        return rows[:, None], columns[None, :]

    def window(
        self, x: float, y: float, reach: float
    ) -> tuple[tuple[slice, slice], Floats, Floats]:
        """The pixels within reach of a point, and how far right and down of it they lie."""
        left, right = ((x + side * reach) * self.rows + 2 * side for side in (-1, 1))
        top, bottom = ((y + side * reach) * self.rows + 2 * side for side in (-1, 1))
        columns = slice(*np.clip([int(left), int(right) + 1], 0, self.columns))
        rows = slice(*np.clip([int(top), int(bottom) + 1], 0, self.rows))
        down, across = self._grid()
        aside, below = np.broadcast_arrays(
            across[:, columns] - np.float32(x), down[rows] - np.float32(y)
        )
        return (rows, columns), aside, below


def _soft(
    stops: tuple[float, ...], widths: tuple[float, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A profile without corners: finely sampled and averaged with its neighbourhood."""
    along = np.linspace(-1, 1, 129)
    sampled = np.interp(along, stops, widths)
    padded = np.pad(sampled, 4, mode="edge")
    return along, np.convolve(padded, np.full(9, 1 / 9), mode="valid")


def _coloured(colour: ArrayLike | Tint, across: Floats, along: Floats) -> Floats:
    if callable(colour):
        return colour(across, along)
    return np.asarray(colour, np.float32)


def clouds(
    rng: np.random.Generator, shape: tuple[int, int], cells: tuple[int, int], octaves: int
) -> Floats:
    """Soft random relief, about −1 to 1; cells: rows and columns of its widest octave."""
    relief = np.zeros(shape, np.float32)
    for octave in range(octaves):
        grid = tuple(min(count << octave, side) for count, side in zip(cells, shape, strict=True))
        noise = rng.standard_normal((max(grid[0], 2), max(grid[1], 2)), np.float32)
        wide = cv2.resize(noise, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
        relief += np.float32(0.5 ** (octave + 1)) * np.asarray(wide, np.float32)
    return relief
