"""Light and distance as cameras deliver them: blur, noise, limits, holes."""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from amiss.domain.capture import DepthArray, Intrinsics, RgbArray
from amiss.simulate.truth import Truth

_STEPS = 65535
"""Linear levels that are told apart: a twentieth of a code where it is darkest."""


@dataclass(frozen=True, slots=True)
class RgbSensor:
    """A colour camera.

    blur: pixels, sigma of lens and interpolation. electrons: that a pixel at saturation has
    gathered; their number's root is the shot noise. read: noise in the dark, share of saturation.
    shoulder: level above which highlights are bent instead of clipped. jpeg: quality, 0: none.
    """

    blur: float = 0.55
    electrons: float = 9000.0
    read: float = 0.0018
    shoulder: float = 0.8
    jpeg: int = 0

    @classmethod
    def drawn(cls, rng: np.random.Generator, jpeg: int = 0) -> "RgbSensor":
        """One camera of many: its focus is never quite that of another."""
        return cls(float(rng.uniform(0.4, 0.7)), float(rng.uniform(6000, 12000)), jpeg=jpeg)

    def expose(self, light: NDArray[np.float32], rng: np.random.Generator) -> RgbArray:
        """H×W×3 float32, linear, 1.0 just saturated, to H×W×3 uint8 sRGB."""
        soft = np.asarray(cv2.GaussianBlur(light, (0, 0), self.blur), np.float32)
        noise = rng.standard_normal(soft.shape, np.float32)
        noise *= np.sqrt(np.maximum(soft, 0) / self.electrons + self.read**2)
        level = np.maximum(soft + noise, 0)
        room = 1 - self.shoulder
        over = level > self.shoulder
        level[over] = self.shoulder + room * np.tanh((level[over] - self.shoulder) / room)
        rgb = encoded(level)
        return _through_jpeg(rgb, self.jpeg) if self.jpeg else rgb


@dataclass(frozen=True, slots=True)
class DepthSensor:
    """An active stereo camera beside the colour camera, its depth laid onto the colour picture.

    sigma: metres of noise at 1 m; it grows with the square of the distance, as does the step:
    metres between two values at 1 m. cell: metres on the surface at 1 m that one of its own pixels
    covers. edge: metres of a jump next to which nothing is measured. grazing: cosine below which a
    surface returns too little. film, gloss: share of pixels lost behind a film, and on a mirror.
    """

    sigma: float = 0.0009
    step: float = 0.0004
    cell: float = 0.0011
    edge: float = 0.012
    grazing: float = 0.22
    film: float = 0.35
    gloss: float = 0.5

    def measure(self, truth: Truth, lens: Intrinsics, rng: np.random.Generator) -> DepthArray:
        """H×W float32 metres, whole millimetres, 0 where nothing was measured."""
        height, width = truth.depth.shape
        shown = truth.depth[truth.depth > 0]
        distance = float(np.median(shown)) if shown.size else 1.0
        stride = max(1, round(self.cell * lens.fx))  # at any distance: cells grow with it
        rows = np.minimum(np.arange(stride // 2, height + stride // 2, stride), height - 1)
        columns = np.minimum(np.arange(stride // 2, width + stride // 2, stride), width - 1)
        pick = np.ix_(rows, columns)
        depth = truth.depth[pick].astype(np.float64)
        noise = 0.7 * _patchy(rng, depth.shape, 1.2) + 0.4 * _patchy(rng, depth.shape, 6.0)
        measured = depth + noise * self.sigma * depth**2
        lost = self._lost(truth, pick, rng) | (depth <= 0)
        # Steps of disparity: equal in 1/z, so `step` at 1 m and growing with the square.
        steps = np.rint(1 / np.where(lost, distance, np.maximum(measured, 0.05)) / self.step)
        stepped = 1 / (np.maximum(steps, 1) * self.step)
        values = np.where(lost, 0, np.rint(stepped * 1000) / 1000).astype(np.float32)
        return _enlarged(values, stride, (height, width))

    def _lost(
        self,
        truth: Truth,
        pick: tuple[NDArray[np.intp], ...],
        rng: np.random.Generator,
    ) -> NDArray[np.bool_]:
        """Which of its pixels measure nothing; losses come in patches."""
        depth = truth.depth[pick]
        chance = _rank(_patchy(rng, depth.shape, 2.0))
        jump = cv2.dilate(depth, np.ones((3, 3))) - cv2.erode(depth, np.ones((3, 3)))
        grazing = truth.facing[pick] < self.grazing * (0.6 + 0.8 * chance)
        # A mirror that does not face the camera throws the pattern elsewhere.
        mirror = np.clip((0.25 - truth.rough[pick]) / 0.25, 0, 1) * self.gloss
        film = np.where(truth.film[pick], self.film, 0.0)
        glint = np.maximum(mirror, film) > chance
        return np.asarray((jump > self.edge) | grazing | glint | (chance > 0.9985))


def encoded(linear: NDArray[np.float32]) -> RgbArray:
    """Linear [0, 1] to sRGB uint8 (IEC 61966-2-1)."""
    level = np.rint(np.clip(linear, 0, 1) * np.float32(_STEPS)).astype(np.uint16)
    return np.asarray(_CODES[level])


def _codes() -> RgbArray:
    """The code of each of evenly spaced linear levels."""
    low = np.arange(_STEPS + 1) / _STEPS
    curve = np.where(low <= 0.0031308, 12.92 * low, 1.055 * np.power(low, 1 / 2.4) - 0.055)
    return np.asarray(np.rint(curve * 255), np.uint8)


_CODES = _codes()


def decoded(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """uint8 sRGB to linear [0, 1] (IEC 61966-2-1)."""
    levels = np.arange(256) / 255
    table = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    return np.asarray(table.astype(np.float32)[rgb])


def _through_jpeg(rgb: RgbArray, quality: int) -> RgbArray:
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=quality, subsampling=0)
    return np.asarray(Image.open(buffer), np.uint8)


def _patchy(rng: np.random.Generator, shape: tuple[int, ...], sigma: float) -> NDArray[np.float64]:
    """Unit noise that hangs together over `sigma` pixels."""
    noise = rng.standard_normal(shape, np.float32)
    soft = np.asarray(cv2.GaussianBlur(noise, (0, 0), sigma), np.float64)
    return np.asarray(soft * (2 * np.sqrt(np.pi) * sigma))


def _rank(noise: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit normal noise to [0, 1], evenly (the logistic approximation of the normal law)."""
    return np.asarray(1 / (1 + np.exp(-1.702 * noise)))


def _enlarged(values: NDArray[np.float32], stride: int, shape: tuple[int, int]) -> DepthArray:
    """Each value repeated over its cell."""
    large = values.repeat(stride, axis=0).repeat(stride, axis=1)
    return np.ascontiguousarray(large[: shape[0], : shape[1]])
