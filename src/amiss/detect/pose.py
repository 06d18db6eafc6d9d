"""How the item lies, compared with a reference: the angle to turn the picture by.

The thumbnails of both are correlated over small shifts and a ring of angles. That costs a small
fraction of an encoder pass, so an item in any in-plane pose is encoded once, in the pose that the
reference has, rather than compared with many turned copies of the reference.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from amiss.domain.capture import RgbArray
from amiss.vision.frame import WORKING_SIZE, border_colour
from amiss.vision.thumbnail import SIDE, Thumbnail

STEP_DEGREES = 6
PLAIN_LEVELS, PLAIN_SHARE = 3, 0.9  # grey levels about the border's colour, and share within them
LARGEST_SHIFT = SIDE // 6
"""Thumbnail pixels that an item may lie off the reference's place."""
SHIFTS = np.arange(-LARGEST_SHIFT, LARGEST_SHIFT + 1)


@dataclass(frozen=True, slots=True)
class Lie:
    """How a query lies beside a reference, neither of them turned.

    agreement: normalised correlation, in [−1, 1]. shift: (down, right), in shares of the long side,
    by which the item in the query lies off its place in the reference.
    """

    agreement: float
    shift: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pose:
    """How a query lies relative to a reference.

    degrees: counter-clockwise, in [−180, 180), by which the reference is turned to look like the
    query. agreement: normalised correlation at that angle, in [−1, 1]. upright: how it lies at 0°.
    """

    degrees: float
    agreement: float
    upright: Lie


class PoseFinder:
    """Finds the pose of queries relative to one reference; 60 turned spectra are kept.

    Spectra are multiplied as in any correlation by FFT, but transformed back only to the few shifts
    that count, which takes less than half the time.
    """

    def __init__(self, reference: Thumbnail) -> None:
        angles = np.arange(0, 360, STEP_DEGREES)
        centre = (SIDE - 1) / 2
        turned = np.stack(
            [
                cv2.warpAffine(
                    reference,
                    cv2.getRotationMatrix2D((centre, centre), float(angle), 1),
                    (SIDE, SIDE),
                    flags=cv2.INTER_LINEAR,
                )
                for angle in angles
            ]
        )
        self._norms = np.maximum(np.sqrt((turned**2).sum((1, 2, 3))), 1e-6)
        spectra = np.conj(fft.rfft2(turned, axes=(1, 2)))
        # Colour by colour (3×60×48×25): then a product of spectra is a few passes over whole rows.
        self._spectra = np.ascontiguousarray(np.moveaxis(spectra, 3, 0))

    def find(self, query: Thumbnail) -> Pose:
        """The best pose; between two angles of the ring it is interpolated."""
        agreement, surfaces = self._correlate(query, slice(None))
        best = int(agreement.argmax())
        before, at, after = (
            float(agreement[index % len(agreement)]) for index in (best - 1, best, best + 1)
        )
        curvature = before - 2 * at + after
        offset = 0.5 * (before - after) / curvature if curvature < 0 else 0.0
        degrees = (best + offset) * STEP_DEGREES
        peak = at - 0.25 * (before - after) * offset
        return Pose((degrees + 180) % 360 - 180, peak, _lie(agreement, surfaces))

    def upright(self, query: Thumbnail) -> Lie:
        """How it lies at 0° only."""
        return _lie(*self._correlate(query, slice(0, 1)))

    def _correlate(
        self, query: Thumbnail, angles: slice
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Normalised correlation per angle at the best shift, and correlation at all SHIFTS."""
        spectrum = np.moveaxis(fft.rfft2(query, axes=(0, 1)), 2, 0)
        product = self._spectra[0, angles] * spectrum[0]
        for colour in (1, 2):
            product += self._spectra[colour, angles] * spectrum[colour]
        surfaces = _at_shifts(product)
        norm = max(float(np.sqrt((query**2).sum())), 1e-6)
        agreement = surfaces.max(axis=(1, 2)) / (self._norms[angles] * norm)
        return np.asarray(agreement, np.float32), surfaces


def _lie(agreement: NDArray[np.float32], surfaces: NDArray[np.float32]) -> Lie:
    """The first angle's, which is 0°."""
    down, right = divmod(int(surfaces[0].argmax()), len(SHIFTS))
    shift = float(SHIFTS[down]) / SIDE, float(SHIFTS[right]) / SIDE
    return Lie(float(agreement[0]), shift)


def _at_shifts(spectra: NDArray[np.complex64]) -> NDArray[np.float32]:
    """N×SIDE×(SIDE/2 + 1) half spectra of real surfaces, as N×17×17 values at SHIFTS."""
    across, down = _waves()
    count, rows, columns = spectra.shape
    half_way = (spectra.reshape(-1, columns) @ across).reshape(count, rows, -1)
    return np.asarray(np.matmul(down, np.concatenate([half_way.real, half_way.imag], axis=1)))


@cache
def _waves() -> tuple[NDArray[np.complex64], NDArray[np.float32]]:
    """The two factors of the inverse transform at SHIFTS: 25×17, and 17×96 for (real, imaginary).

    The half spectrum stands for both halves, so columns that have a mirror image count twice.
    """
    frequencies = np.arange(SIDE // 2 + 1)
    weights = np.where(frequencies % (SIDE // 2) == 0, 1, 2) / SIDE**2
    across = weights[:, None] * np.exp(2j * np.pi / SIDE * np.outer(frequencies, SHIFTS))
    down = np.exp(2j * np.pi / SIDE * np.outer(SHIFTS, np.arange(SIDE)))
    return across.astype(np.complex64), np.hstack([down.real, -down.imag]).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A picture turned into a reference's pose and shape.

    rgb: h×w×3 uint8. matrix: 2×3, from pixels of the turned picture to pixels of the original.
    """

    rgb: RgbArray
    matrix: NDArray[np.float64]

    def inside(self, shape: tuple[int, int], grid: tuple[int, int]) -> NDArray[np.bool_]:
        """Which cells of a rows×columns grid show the original, whose (height, width) is `shape`.

        Cells next to the outside are left out too: the encoder looks a cell or two around.
        """
        rows, columns = grid
        # The corners of every cell, taken to the original.
        corners = np.stack(
            np.meshgrid(
                np.linspace(-0.5, self.rgb.shape[1] - 0.5, columns + 1),
                np.linspace(-0.5, self.rgb.shape[0] - 0.5, rows + 1),
            ),
            axis=-1,
        )
        x, y = np.moveaxis(corners @ self.matrix[:, :2].T + self.matrix[:, 2], -1, 0)
        within = (x >= -1) & (x <= shape[1]) & (y >= -1) & (y <= shape[0])
        cells = within[:-1, :-1] & within[1:, :-1] & within[:-1, 1:] & within[1:, 1:]
        padded = np.pad(cells, 1, mode="edge").astype(np.uint8)
        return np.asarray(cv2.erode(padded, np.ones((3, 3), np.uint8))[1:-1, 1:-1] > 0)


def turn(rgb: RgbArray, degrees: float, shape: tuple[int, int]) -> Turn:
    """Turns a picture back by `degrees`, about its centre, into the aspect of `shape`.

    rgb: H×W×3 uint8. shape: (height, width) whose aspect the result gets; the long side keeps its
    length. What lies outside the original goes on like its border, so that the encoder sees no
    edge there; it is no evidence, see `Turn.inside`.
    """
    height, width = rgb.shape[:2]
    scale = max(height, width) / max(shape)
    rows, columns = (max(1, round(side * scale)) for side in shape)
    angle = math.radians(degrees)
    rotation = np.array(
        [
            [math.cos(angle), math.sin(angle)],
            [-math.sin(angle), math.cos(angle)],
        ]
    )
    centre = np.array([(columns - 1) / 2, (rows - 1) / 2])
    shift = np.array([(width - 1) / 2, (height - 1) / 2]) - rotation @ centre
    matrix = np.hstack([rotation, shift[:, None]])
    # A picture that is shrunk afterwards does not need the slower, sharper interpolation.
    small = max(height, width) < 1.5 * WORKING_SIZE
    turned = cv2.warpAffine(
        rgb,
        matrix,
        (columns, rows),
        flags=(cv2.INTER_CUBIC if small else cv2.INTER_LINEAR) | cv2.WARP_INVERSE_MAP,
        **_outside(rgb),
    )
    return Turn(np.asarray(turned, np.uint8), matrix)


def _outside(rgb: RgbArray) -> dict[str, Any]:
    """How OpenCV goes on beyond a picture: in its border's colour, or mirrored if that varies."""
    ring = np.concatenate([rgb[0], rgb[-1], rgb[1:-1, 0], rgb[1:-1, -1]])
    colour = border_colour(rgb)
    plain = (np.abs(ring - colour).max(axis=1) <= PLAIN_LEVELS).mean() >= PLAIN_SHARE
    if plain:
        return {"borderMode": cv2.BORDER_CONSTANT, "borderValue": colour.tolist()}
    return {"borderMode": cv2.BORDER_REFLECT_101}


def over_view(
    heat: NDArray[np.float32], shape: tuple[int, int], turned: Turn | None
) -> NDArray[np.float32]:
    """A map over the picture that was compared, as a map over the view, at working size."""
    scale = min(1.0, WORKING_SIZE / max(shape))
    height, width = (max(1, round(side * scale)) for side in shape)
    if turned is None:
        smooth = cv2.resize(heat, (width, height), interpolation=cv2.INTER_CUBIC)
        return np.asarray(np.maximum(smooth, 0), np.float32)
    rows, columns = turned.rgb.shape[:2]
    large = cv2.resize(
        heat,
        (max(1, round(columns * scale)), max(1, round(rows * scale))),
        interpolation=cv2.INTER_CUBIC,
    )
    matrix = turned.matrix.copy()
    matrix[:, 2] *= scale
    upright = cv2.warpAffine(large, matrix, (width, height), flags=cv2.INTER_LINEAR)
    return np.asarray(np.maximum(upright, 0), np.float32)
