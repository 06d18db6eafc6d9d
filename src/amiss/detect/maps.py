"""Small arithmetic on maps over a grid of cells, and on numbers in a span."""

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import View
from amiss.vision.frame import WORKING_SIZE

Map = NDArray[np.float32]
T = TypeVar("T", float, Map)


def over_view(values: Map, view: View) -> Map:
    """A map as large as the view, at working size at most."""
    scale = min(1.0, WORKING_SIZE / max(view.rgb.shape[:2]))
    height, width = (max(1, round(side * scale)) for side in view.rgb.shape[:2])
    if values.shape == (height, width):
        return values
    return np.asarray(
        cv2.resize(values, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )


def mix(apart: T, in_place: T, trust: float) -> T:
    """The second to the degree of a trust in [0, 1], the first for the rest."""
    return (1 - trust) * apart + trust * in_place


def top(values: Map, share: float) -> float:
    """Mean of the largest `share` of all values, at least one."""
    count = max(1, round(share * values.size))
    flat = values.ravel()
    return float(np.partition(flat, -count)[-count:].mean())


def ramp(value: float, span: tuple[float, float]) -> float:
    """0 below the span, 1 above it, linear between."""
    low, high = span
    return min(1.0, max(0.0, (value - low) / (high - low)))


def blur(values: Map, sigma: float) -> Map:
    """Gaussian blur; sigma in cells."""
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)
