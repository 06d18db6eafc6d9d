"""A sheet to print on: places and lengths in millimetres, text by its height, edges smooth."""

from typing import Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw

from amiss.simulate.prints import fonts
from amiss.simulate.prints.colour import Colour

Pixels = NDArray[np.uint8]
Align = Literal["left", "centre", "right"]
_FINEST = 3.0  # pixels per millimetre beyond which nothing is drawn finer than asked
_SHIFT = 4  # OpenCV takes corners in sixteenths of a pixel
_SMALLEST = 10  # pixels; smaller text is drawn at this size and shrunk


class Box(NamedTuple):
    """A rectangle on the sheet, in millimetres from its top left."""

    x: float
    y: float
    w: float
    h: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return self.x + self.w / 2, self.y + self.h / 2

    def inset(self, across: float, down: float | None = None) -> "Box":
        """Smaller by a margin on each side, at most by 45 % of it."""
        across = min(across, 0.45 * self.w)
        down = min(across if down is None else down, 0.45 * self.h)
        return Box(self.x + across, self.y + down, self.w - 2 * across, self.h - 2 * down)

    def part(self, x: float, y: float, w: float, h: float) -> "Box":
        """A rectangle inside, in shares of this one."""
        return Box(self.x + x * self.w, self.y + y * self.h, w * self.w, h * self.h)

    def rows(self, *shares: float, gap: float = 0) -> "list[Box]":
        """Cut into rows of these relative heights."""
        return [
            Box(self.x, self.y + start, self.w, length)
            for start, length in _cuts(self.h, shares, gap)
        ]

    def columns(self, *shares: float, gap: float = 0) -> "list[Box]":
        """Cut into columns of these relative widths."""
        return [
            Box(self.x + start, self.y, length, self.h)
            for start, length in _cuts(self.w, shares, gap)
        ]


def _cuts(whole: float, shares: tuple[float, ...], gap: float) -> list[tuple[float, float]]:
    gap = min(gap, 0.3 * whole / len(shares))
    unit = (whole - gap * (len(shares) - 1)) / sum(shares)
    lengths = [share * unit for share in shares]
    return [(sum(lengths[:i]) + gap * i, length) for i, length in enumerate(lengths)]


class Sheet:
    """A picture in the making.

    size: (width, height) in mm. texels: (width, height) of the finished picture. Inside, a coarse
    sheet is drawn twice as fine and shrunk at the end.
    """

    def __init__(self, size: tuple[float, float], texels: tuple[int, int], ground: Colour) -> None:
        self.texels = texels
        asked = max(texels[0] / size[0], texels[1] / size[1])
        self.scale = asked * (2 if 2 * asked <= _FINEST else 1)
        columns, rows = (max(8, round(side * self.scale)) for side in size)
        self.rgb: Pixels = np.empty((rows, columns, 3), np.uint8)
        self.rgb[:] = ground
        self.box = Box(0, 0, columns / self.scale, rows / self.scale)

    @property
    def short(self) -> float:
        """Length of the shorter side, mm."""
        return min(self.box.w, self.box.h)

    def finish(self) -> Pixels:
        """H×W×3 uint8 at the size asked for."""
        columns, rows = self.texels
        if self.rgb.shape[:2] == (rows, columns):
            return self.rgb
        return np.asarray(cv2.resize(self.rgb, self.texels, interpolation=cv2.INTER_AREA), np.uint8)

    def ground_at(self, box: Box) -> Colour:
        """The mean colour under a box."""
        rows, columns = self._window(box)
        red, green, blue = (round(v) for v in cv2.mean(self.rgb[rows, columns])[:3])
        return red, green, blue

    def fill(self, box: Box, colour: Colour, corner: float = 0) -> None:
        """A filled rectangle, its corners rounded by `corner` mm."""
        if corner > 0:
            self.polygon(outline(box, min(corner, box.w / 2, box.h / 2)), colour)
        else:
            x, y, w, h = box
            self.polygon([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], colour)

    def shade(self, box: Box, top: Colour, bottom: Colour) -> None:
        """A rectangle that goes from one colour above to another below."""
        rows, columns = self._window(box)
        under = self.rgb[rows, columns]
        ramp = np.linspace(top, bottom, len(under))
        under[:] = np.round(ramp)[:, None]

    def frame(self, box: Box, colour: Colour, thick: float, corner: float = 0) -> None:
        """The outline of a rectangle."""
        self.line(outline(box, min(corner, box.w / 2, box.h / 2)), colour, thick, closed=True)

    def polygon(self, points: ArrayLike, colour: Colour) -> None:
        """A filled polygon; points: N×2 mm."""
        cv2.fillPoly(self.rgb, [self._corners(points)], colour, cv2.LINE_AA, _SHIFT)

    def line(
        self, points: ArrayLike, colour: Colour, thick: float, *, closed: bool = False
    ) -> None:
        """A line through points (N×2 mm); one thinner than a pixel gets paler instead."""
        pixels = thick * self.scale
        corners = self._corners(points)
        if pixels >= 0.9:
            cv2.polylines(self.rgb, [corners], closed, colour, round(pixels), cv2.LINE_AA, _SHIFT)
            return
        x, y, w, h = cv2.boundingRect(corners >> _SHIFT)
        window = self.rgb[max(y - 2, 0) : y + h + 2, max(x - 2, 0) : x + w + 2]
        if not window.size:
            return
        corners -= np.array([max(x - 2, 0), max(y - 2, 0)], np.int32) << _SHIFT
        drawn = window.copy()
        cv2.polylines(drawn, [corners], closed, colour, 1, cv2.LINE_AA, _SHIFT)
        window[:] = cv2.addWeighted(drawn, pixels, window, 1 - pixels, 0)

    def disc(self, x: float, y: float, radius: float, colour: Colour, thick: float = 0) -> None:
        """A disc, or a ring where `thick` (mm) is given."""
        turns = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        ring = np.stack([x + radius * np.cos(turns), y + radius * np.sin(turns)], axis=1)
        if thick:
            self.line(ring, colour, thick, closed=True)
        else:
            self.polygon(ring, colour)

    def stamp(self, mask: Pixels, x: float, y: float, ink: Colour) -> None:
        """Lays ink on where a mask (h×w uint8 opacity) says, its top left at x, y mm."""
        left, top = round(x * self.scale), round(y * self.scale)
        mask = mask[max(-top, 0) :, max(-left, 0) :]
        left, top = max(left, 0), max(top, 0)
        under = self.rgb[top : top + mask.shape[0], left : left + mask.shape[1]]
        if not under.size:
            return
        opacity = mask[: under.shape[0], : under.shape[1], None].astype(np.uint16)
        ink_on_white = opacity * np.array(ink, np.uint16)
        under[:] = (under * (255 - opacity) + ink_on_white + 127) // 255

    def paste(self, picture: Pixels, box: Box, opacity: Pixels | None = None) -> None:
        """Lays a picture, stretched, over a box. opacity: h×w uint8 of the box in pixels."""
        rows, columns = self._window(box)
        under = self.rgb[rows, columns]
        if not under.size:
            return
        fitted = cv2.resize(picture, (under.shape[1], under.shape[0]))
        if opacity is None:
            under[:] = fitted
            return
        mask = cv2.resize(opacity, (under.shape[1], under.shape[0]))[..., None].astype(np.uint16)
        under[:] = (fitted * mask + under * (255 - mask) + 127) // 255

    def text(
        self,
        words: str,
        box: Box,
        face: str,
        ink: Colour,
        align: Align = "left",
        *,
        outline: Colour | None = None,
    ) -> Box:
        """One line, as large as the box allows, centred in its height; returns where it stands."""
        shape = fonts.metrics(face)
        length = max(fonts.width(face, words), 1e-3)
        size = min(box.w / length, box.h / shape.capital)
        width, height = length * size, shape.capital * size
        x = box.x + {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * (box.w - width)
        y = box.y + (box.h - height) / 2
        top = y - (shape.ascent - shape.capital) * size
        if outline is not None:
            border = max(1, round(0.07 * size * self.scale))
            mask = self._letters([words], face, size, 1.0, border)
            self.stamp(mask, x - border / self.scale, top - border / self.scale, outline)
        self.stamp(self._letters([words], face, size, 1.0, 0), x, top, ink)
        return Box(x, y, width, height)

    def width_of(self, words: str, box: Box, face: str) -> float:
        """The width in mm that `text` would take in this box."""
        length = max(fonts.width(face, words), 1e-3)
        return min(box.w, box.h / fonts.metrics(face).capital * length)

    def height_of(self, words: str, box: Box, face: str) -> float:
        """The height in mm that the capitals of `text` would have in this box."""
        return (
            self.width_of(words, box, face) / fonts.width(face, words) * fonts.metrics(face).capital
        )

    def paragraph(
        self, words: str, box: Box, face: str, ink: Colour, height: float, leading: float = 1.25
    ) -> float:
        """Wrapped text, `height` mm from line to line / leading; cut at the box.

        Returns the y in mm below the last line.
        """
        lines = wrap(words, face, box.w / height)[: max(1, int(box.h / (height * leading)))]
        self.stamp(self._letters(lines, face, height, leading, 0), box.x, box.y, ink)
        return box.y + len(lines) * height * leading

    def _letters(
        self, lines: list[str], face: str, size: float, leading: float, border: int
    ) -> Pixels:
        """Opacity of lines of text; size and the distance of lines in mm."""
        asked = max(size * self.scale, 0.5)
        font = fonts.load(face, max(asked, _SMALLEST))
        shape = fonts.metrics(face)
        # Hinted small letters are wider than their share of a large font: drawn, then narrowed.
        drawn = max([1.0, *(font.getlength(line) for line in lines)])
        wanted = max([1.0, *(fonts.width(face, line) * font.size for line in lines)])
        columns = int(drawn + 0.15 * font.size) + 3 + 2 * border
        step = leading * font.size
        rows = int(step * (len(lines) - 1) + shape.line * font.size) + 2 + 2 * border
        image = Image.new("L", (columns, rows), 0)
        draw = ImageDraw.Draw(image)
        for place, line in enumerate(lines):
            at = (border, border + place * step)
            draw.text(at, line, fill=255, font=font, stroke_width=border)
        mask = np.asarray(image)
        share = asked / font.size
        shrunk = (max(1, round(columns * share * wanted / drawn)), max(1, round(rows * share)))
        if shrunk == (columns, rows):
            return mask
        how = cv2.INTER_AREA if share < 1 else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(mask, shrunk, interpolation=how), np.uint8)

    def _corners(self, points: ArrayLike) -> NDArray[np.int32]:
        scaled = np.asarray(points, np.float64) * self.scale - 0.5
        return np.round(scaled * (1 << _SHIFT)).astype(np.int32)

    def _window(self, box: Box) -> tuple[slice, slice]:
        left, top = (max(0, round(v * self.scale)) for v in (box.x, box.y))
        right, bottom = (round(v * self.scale) for v in (box.x + box.w, box.y + box.h))
        return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))


def outline(box: Box, corner: float) -> NDArray[np.float64]:
    """N×2: a rectangle whose corners are rounded by `corner` mm."""
    turn = np.linspace(0, np.pi / 2, 7 if corner > 0 else 1)
    turns = np.concatenate([turn + quarter * np.pi / 2 for quarter in range(4)])
    signs = np.repeat([[1, 1], [-1, 1], [-1, -1], [1, -1]], len(turn), axis=0)
    middles = signs * (np.array([box.w, box.h]) / 2 - corner) + box.middle
    return np.asarray(middles + corner * np.stack([np.cos(turns), np.sin(turns)], axis=1))


def wrap(words: str, face: str, width: float) -> list[str]:
    """Text cut into lines no longer than `width`, a multiple of the font's size."""
    lines, line, length = [], "", 0.0
    blank = fonts.width(face, " ")
    for word in words.split():
        more = fonts.width(face, word)
        if line and length + blank + more > width:
            lines.append(line)
            line, length = word, more
        else:
            line, length = (f"{line} {word}", length + blank + more) if line else (word, more)
    return [*lines, line] if line else lines
