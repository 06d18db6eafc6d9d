"""What a sketched item is made of, and the few shapes it is drawn with.

Everything is drawn on one square canvas, in the product's own frame, its origin in the middle.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

CANVAS = 1024  # pixels; about 1.6 per pixel of the finished picture, so that edges come out soft
MIDDLE = CANVAS // 2

Plane = NDArray[np.float32]
Mask = NDArray[np.uint8]
Points = NDArray[np.float64]
Colour = tuple[int, int, int]
Window = tuple[slice, slice]


def _plane() -> Plane:
    return np.zeros((CANVAS, CANVAS), np.float32)


@dataclass(eq=False)
class Artwork:
    """An item seen from above; each array is CANVAS×CANVAS.

    rgb: ×3 uint8, the colour of the surface without light. cover: opacity in [0, 1], of the item
    and of what it spilled. item: the item alone, in [0, 1]. height: above the tray, in canvas
    pixels. gloss: in [0, 1]. damage: in [0, 1]. bare: colour of the material below the print.
    """

    rgb: NDArray[np.uint8]
    bare: Colour
    cover: Plane = field(default_factory=_plane)
    item: Plane = field(default_factory=_plane)
    height: Plane = field(default_factory=_plane)
    gloss: Plane = field(default_factory=_plane)
    damage: Plane = field(default_factory=_plane)

    @classmethod
    def blank(cls, colour: Colour, bare: Colour = (186, 150, 108)) -> "Artwork":
        """An empty canvas; bare is kraft board where nothing else is said."""
        ground = [np.full((CANVAS, CANVAS), tone, np.uint8) for tone in colour]
        return cls(np.asarray(cv2.merge(ground), np.uint8), bare)

    def body(
        self, mask: Mask, colour: Colour | None, rise: float, edge: float, gloss: float
    ) -> None:
        """Adds a solid part: `rise` high, its rim rounded over `edge` canvas pixels."""
        window = bounds(mask)
        solid = share(mask[window])
        for plane in (self.cover, self.item):
            np.maximum(plane[window], solid, out=plane[window])
        blend(self.gloss[window], solid, gloss)
        lifted = rise * rounded(mask[window], edge)
        np.maximum(self.height[window], lifted, out=self.height[window])
        if colour is not None:
            self.paint(mask, colour)

    def paint(self, mask: Mask, colour: ArrayLike, strength: float = 1.0) -> None:
        """Lays paint over the surface where the mask is set. colour: one RGB, or one per pixel."""
        window = bounds(mask)
        paint = np.asarray(colour, np.float32)
        recolour(
            self.rgb[window],
            share(mask[window]) * np.float32(strength),
            paint[window] if paint.ndim > 1 else paint,
        )

    def mark(self, mask: Mask) -> None:
        """Enters damage."""
        np.maximum(self.damage, share(mask), out=self.damage)


def share(mask: Mask) -> Plane:
    """A mask as opacity in [0, 1]."""
    return np.asarray(mask * np.float32(1 / 255), np.float32)


def recolour(rgb: NDArray[np.uint8], opacity: Plane, colour: Plane) -> None:
    """Blends a colour, one or one per pixel, over the picture, in place."""
    rgb[:] = rgb + opacity[..., None] * (colour - rgb) + 0.5


def bounds(mask: Mask, margin: int = 2) -> Window:
    """The window around the set pixels, cut at the canvas."""
    x, y, width, height = cv2.boundingRect(mask)
    return (
        slice(max(y - margin, 0), y + height + margin),
        slice(max(x - margin, 0), x + width + margin),
    )


def blend(plane: Plane, opacity: Plane, value: float) -> None:
    """Moves a plane towards a value, in place."""
    plane += opacity * (value - plane)


def rounded(mask: Mask, edge: float) -> Plane:
    """A quarter circle from 0 at the rim of the mask to 1 at `edge` pixels inside it."""
    inside = cv2.distanceTransform((mask > 127).astype(np.uint8), cv2.DIST_L2, 5)
    outward = 1 - np.minimum(inside / np.float32(edge), 1)
    return np.asarray(np.sqrt(1 - outward * outward), np.float32)


def polygon(points: Points) -> Mask:
    """The mask inside a closed outline. points: N×2 as (x, y) from the middle of the canvas."""
    mask = np.zeros((CANVAS, CANVAS), np.uint8)
    # Sixteenths of a pixel: whole pixels would make the edges of rounded shapes jagged.
    cv2.fillPoly(mask, [np.round((points + MIDDLE) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return mask


def box(x: float, y: float, width: float, height: float, corner: float = 0.0) -> Points:
    """Outline of a box around (x, y) with rounded corners."""
    turn = np.linspace(0, np.pi / 2, 10 if corner else 1)
    turns = np.concatenate([turn + quarter * np.pi / 2 for quarter in range(4)])
    signs = np.repeat([[1, 1], [-1, 1], [-1, -1], [1, -1]], len(turn), axis=0)
    middles = signs * (np.array([width, height]) / 2 - corner) + (x, y)
    return np.asarray(middles + corner * np.stack([np.cos(turns), np.sin(turns)], axis=1))


def blob(
    rng: np.random.Generator, x: float, y: float, radius: float, rough: float, lobes: int = 9
) -> Points:
    """A closed, irregular outline around (x, y); rough: spread of the radius, as a share of it."""
    turns = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    waves = np.arange(2, lobes + 2)
    sizes = rng.normal(0, rough, len(waves)) / np.sqrt(waves)
    reach = 1 + np.sin(turns[:, None] * waves + rng.uniform(0, 6.3, len(waves))) @ sizes
    reach = radius * np.maximum(reach, 0.3)
    return np.stack([x + reach * np.cos(turns), y + reach * np.sin(turns)], axis=1)


def capsule(start: tuple[float, float], end: tuple[float, float], radius: float) -> Mask:
    """A thick line with round ends."""
    mask = np.zeros((CANVAS, CANVAS), np.uint8)
    first, last = (tuple(round((v + MIDDLE) * 16) for v in point) for point in (start, end))
    cv2.line(mask, first, last, 255, round(2 * radius), cv2.LINE_AA, 4)
    return mask


def clouds(rng: np.random.Generator, size: int, coarsest: int, octaves: int = 4) -> Plane:
    """Soft random relief, size×size, about −1 to 1; coarsest: cells along the widest octave."""
    relief = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        cells = rng.standard_normal((coarsest << octave, coarsest << octave), np.float32)
        relief += 0.5 ** (octave + 1) * cv2.resize(
            cells, (size, size), interpolation=cv2.INTER_CUBIC
        )
    return relief
