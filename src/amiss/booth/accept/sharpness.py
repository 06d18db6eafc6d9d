"""Sharpness of a lens, from a slanted edge (ISO 12233)."""

import numpy as np
from numpy.typing import NDArray

from amiss.booth.checks.measures import linear
from amiss.domain.capture import RgbArray
from amiss.domain.errors import ImageError

OVERSAMPLING = 4  # bins per pixel across the edge, as in the standard
LEAST_CONTRAST = 0.05  # of linear light
LEAST_SIDE = 16
REACH = 32  # pixels to both sides of the edge; the window of a shorter profile would sharpen it


def mtf50(rgb: RgbArray) -> float:
    """The frequency, in cycles per pixel, at which half of the contrast is left.

    rgb: H×W×3 uint8, a cut-out of a picture around one straight edge between dark and bright that
    lies 2° to 15° off the vertical or the horizontal. 0.5 is the finest that pixels can show; a
    Gaussian blur of σ pixels gives 0.187 / σ.

    Raises:
        ImageError: the cut-out shows no such edge.
    """
    light = linear(rgb).mean(axis=2).astype(np.float64)
    if min(light.shape) < LEAST_SIDE or np.ptp(light) < LEAST_CONTRAST:
        raise ImageError("There is no edge in this part of the picture; choose another part.")
    down, right = np.gradient(light)
    if np.abs(down).sum() > np.abs(right).sum():
        light = light.T
    line, slope = _edge(light)
    if not 0.03 <= abs(slope) <= 0.3:
        raise ImageError("The edge must lie 2° to 15° off the vertical or horizontal; turn it.")
    spread = np.diff(_profile(light, line, slope))
    spread *= np.hamming(spread.size)
    response = np.abs(np.fft.rfft(spread))
    frequency = np.fft.rfftfreq(spread.size, 1 / OVERSAMPLING)
    # The difference of neighbouring bins itself lowers high frequencies: by sinc(f / 4).
    response = response / response[0] / np.sinc(frequency / OVERSAMPLING)
    below = int(np.argmax(response < 0.5))
    if below == 0:
        raise ImageError("The edge is sharper than its pixels can be; use an original picture.")
    high, low = response[below - 1], response[below]
    share = (high - 0.5) / (high - low)
    return float(frequency[below - 1] + share * (frequency[below] - frequency[below - 1]))


def _edge(light: NDArray[np.float64]) -> tuple[float, float]:
    """Where the edge crosses row 0 and by how much it moves per row, from rows' centroids."""
    slope = np.abs(np.diff(light, axis=1))
    slope[slope < 0.2 * slope.max()] = 0  # noise far from the edge would pull the centroid
    rows = np.flatnonzero(slope.sum(axis=1) > 0)
    columns = np.arange(slope.shape[1]) + 0.5
    centroids = (slope[rows] @ columns) / slope[rows].sum(axis=1)
    gradient, start = np.polyfit(rows, centroids, 1)
    return float(start), float(gradient)


def _profile(light: NDArray[np.float64], start: float, slope: float) -> NDArray[np.float64]:
    """Light across the edge in bins of a quarter pixel, the mean of all rows."""
    rows, columns = np.indices(light.shape)
    distance = (columns - start - slope * rows) / np.hypot(1, slope)
    bins = np.floor(distance * OVERSAMPLING).astype(int)
    reach = min(-bins.min(), bins.max(), REACH * OVERSAMPLING)
    inside = np.abs(bins) < reach
    place = bins[inside] + reach
    count = np.bincount(place, minlength=2 * reach)
    total = np.bincount(place, light[inside], minlength=2 * reach)
    filled = np.flatnonzero(count)
    return np.interp(np.arange(filled[0], filled[-1] + 1), filled, total[filled] / count[filled])
