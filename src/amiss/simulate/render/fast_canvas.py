"""What the fast renderer draws a picture on: four samples for each pixel, and the pixels."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.simulate.render.fast_gl import Handle, Program, Value, odd, sheet

FINER = 2
"""Samples of a pixel, along either side; the shaders know it too."""
_ACROSS = 512  # pixels beside each other where listed ones are shaded
_ITEM, _TRAY, _EDGE = 1, 2, 4  # what SORT found in a pixel


class Layer:
    """Triangles found behind the samples of one picture, and their depths; 1: there is none."""

    def __init__(self, context: Handle, size: tuple[int, int]) -> None:
        self.which = sheet(context, size, 1, "f4")
        self.which.filter = (context.NEAREST, context.NEAREST)
        self.depth = context.depth_texture(size)
        self.depth.compare_func = ""
        self.depth.filter = (context.NEAREST, context.NEAREST)
        self.found = context.framebuffer([self.which], self.depth)
        self.known = {"which": self.which, "depths": self.depth}


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Pixels that show more than one surface, or an uneven one.

    all: n, their places in the picture, row by row. item, tray: n, whether they show either.
    """

    all: NDArray[np.intp]
    item: NDArray[np.bool_]
    tray: NDArray[np.bool_]


class Canvas:
    """What a picture of one size is drawn on."""

    def __init__(self, context: Handle, width: int, height: int) -> None:
        self._context, self._size = context, (width, height)
        self.item = Layer(context, (width * FINER, height * FINER))
        self.film = Layer(context, (width * FINER, height * FINER))
        depth = context.depth_renderbuffer((width, height))
        self._kind = context.framebuffer(
            [context.renderbuffer((width, height), 1, dtype="f1")], depth
        )
        self._light = context.framebuffer(
            [context.renderbuffer((width, height), 4, dtype="f4")], depth
        )
        self._light.depth_mask = False
        self._listed: Handle | None = None

    def sort(self, program: Program, **known: Value) -> None:
        """Notes what each pixel shows."""
        self._context.enable_only(self._context.DEPTH_TEST)
        self._context.depth_func = "1"
        program.fill(self._kind, **known)
        self._context.enable_only(self._context.NOTHING)

    def edges(self, plain: NDArray[np.float32]) -> Edges:
        """The pixels that must be looked at closer, as the last `sort` found them.

        plain: H×W, 0 where shading found that, too.
        """
        kinds = np.frombuffer(self._kind.read(components=1, alignment=1), np.uint8)
        even = np.asarray(cv2.erode(plain, np.ones((3, 3))))  # beside it, it is seldom even
        found = np.flatnonzero((kinds >= _EDGE) | (even.reshape(-1) == 0))
        kinds = kinds[found]
        return Edges(found, (kinds & _ITEM) > 0, (kinds & _TRAY) > 0)

    def shade(self, program: Program, where: str, **known: Value) -> None:
        """Shades the pixels in which `sort` found something (">"), or nothing ("<=").

        The depth test sorts them out, since a software driver runs both sides of an `if`.
        """
        self._context.enable_only(self._context.DEPTH_TEST)
        self._context.depth_func = where
        program.fill(self._light, **known)
        self._context.enable_only(self._context.NOTHING)

    def clear(self) -> None:
        """Nothing shines, nothing is hidden."""
        self._light.clear(0.0, 0.0, 0.0, 1.0)

    def light(self) -> NDArray[np.float32]:
        """H×W×4: what was shaded."""
        width, height = self._size
        data = self._light.read(components=4, dtype="f4")
        return np.frombuffer(data, np.float32).reshape(height, width, 4)

    def closely(
        self, program: Program, pixels: NDArray[np.intp], **known: Value
    ) -> NDArray[np.float32]:
        """n×3: the mean of the four samples of each of n pixels."""
        rows = odd(-(-len(pixels) // _ACROSS))
        places = np.zeros((rows * _ACROSS, 2), np.int32)
        places[: len(pixels), 1], places[: len(pixels), 0] = np.divmod(pixels, self._size[0])
        context = self._context
        listed = context.texture((_ACROSS, rows), 2, places.tobytes(), dtype="i4")
        listed.filter = (context.NEAREST, context.NEAREST)
        target = self._strip(rows * FINER)
        program.fill(target, list=listed, **known)
        data = target.read(target.viewport, components=4, dtype="f4")
        listed.release()
        four = np.frombuffer(data, np.float32).reshape(rows, 2, _ACROSS, 2, 4)
        mean = (four[:, 0, :, 0] + four[:, 0, :, 1] + four[:, 1, :, 0] + four[:, 1, :, 1]) / 4
        return np.asarray(mean.reshape(-1, 4)[: len(pixels), :3])

    def _strip(self, rows: int) -> Handle:
        """A target for listed pixels, that many rows high."""
        width = _ACROSS * FINER
        if self._listed is None or self._listed.height < rows:
            if self._listed is not None:
                self._listed.release()
            high = -(-rows // 64) * 64
            buffer = self._context.renderbuffer((width, high), 4, dtype="f4")
            self._listed = self._context.framebuffer([buffer])
        self._listed.viewport = (0, 0, width, rows)
        return self._listed
