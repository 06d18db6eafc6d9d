"""What lies on the tray, as far as checks need to know: is there something, is it one, is it whole.

With the empty tray at hand: what differs from it. Without: what has other colours than the rim.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from amiss.booth.checks.measures import Floats, Mask, light_gain, linear, reduced, ring
from amiss.domain.capture import DepthArray, RgbArray
from amiss.vision.isolate import isolate

LEAST_CONTRAST = 10.0  # ΔE (CIE 1976): above shading, tray dirt and noise
SHADOW_DARKEST, SHADOW_BRIGHTEST = 0.4, 1.02  # light in a soft shadow, as a share of that around it
SHADOW_TINT = 0.06  # a shadow changes colours by less
SHADOW_EDGE = 0.10  # relative change of light from one pixel to the next; edges of items exceed it
SOLID_SHARE = 0.05  # a part with fewer pixels that cannot be shadow is a shadow
SPECK = 0.0004  # share of the picture; smaller parts are dirt or noise
JOIN = 0.03  # parts nearer than this share of the long side belong together
STANDING = 0.15  # share of an item's hull that stands above the tray; depth has holes
LEAST_PLANE = 100  # pixels of the rim with depth, three times over
PLANE_ROUNDS, PLANE_REACH = 6, 3.0  # times the median distance that a pixel of the plane may be off
PLANE_OFF = 0.004  # metres: the median of what is off, where there is a plane
BARE_RIM = 8.0  # ΔE within which the rim must keep, where there is no empty tray


@dataclass(frozen=True, slots=True, eq=False)
class Foreground:
    """mask: h×w bool, at most 256 pixels long. edge: the same without what may be a shadow."""

    mask: Mask
    edge: Mask

    @property
    def share(self) -> float:
        """Of the picture, in [0, 1]."""
        return float(self.mask.mean())

    @property
    def cut(self) -> float:
        """Share of the picture's border that the item, the largest part, touches.

        What lies beside it may well run out of the picture: spills do.
        """
        _, labels, stats, _ = cv2.connectedComponentsWithStats(
            self.edge.astype(np.uint8), connectivity=8
        )
        if len(stats) == 1:
            return 0.0
        item = labels == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()
        return float(np.concatenate([item[0], item[-1], item[1:-1, 0], item[1:-1, -1]]).mean())

    @property
    def second(self) -> float:
        """Area of the second largest item over that of the largest; 0 where there is one."""
        return second(self.mask)


def second(mask: Mask, high: Mask | None = None) -> float:
    """Area of the second largest item over that of the largest; 0 where there is one.

    An item in the tray's colour shows in parts: its print, its edges. Parts that are near, or
    whose convex hulls touch, are one item; areas are those of the hulls.

    mask: h×w bool, all that differs from the tray. high: what of it stands above the tray, where
    that is known: where the largest part does, a flat one is a puddle, and no item.
    """
    side = max(3, round(JOIN * max(mask.shape)) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    # Room around it, so that closing does not pull the border in.
    joined = cv2.morphologyEx(np.pad(mask, side).astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    while True:
        count, labels = cv2.connectedComponents(joined, connectivity=8)
        outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for outline in outlines:
            cv2.fillConvexPoly(joined, cv2.convexHull(outline), 1)
        if cv2.connectedComponents(joined, connectivity=8)[0] == count:
            break
    areas = np.bincount(labels.ravel(), minlength=count)[1:]
    order = np.argsort(areas)[::-1]
    if high is not None and len(order) > 1:
        standing = np.bincount(labels[np.pad(high, side)], minlength=count)[1:] / areas
        if standing[order[0]] >= STANDING:
            order = order[standing[order] >= STANDING]
    return float(areas[order[1]] / areas[order[0]]) if len(order) > 1 else 0.0


def against_tray(rgb: RgbArray, empty: RgbArray) -> Foreground:
    """What differs from the empty tray, after the light's change; rgb and empty have one shape."""
    small, tray = reduced(rgb), reduced(empty)
    gain = light_gain(small, tray)
    gain = np.where(np.isfinite(gain), gain, 1).astype(np.float32)
    expected = np.clip(linear(tray) * gain, 0, 1)
    contrast = np.linalg.norm(_lab(linear(small)) - _lab(expected), axis=2)
    differs = contrast > LEAST_CONTRAST
    solid = differs & ~_shadow(linear(small), expected)
    return Foreground(_parts(differs, solid), _parts(solid, solid))


def by_height(depth: DepthArray, empty: DepthArray | None, height_m: float) -> Foreground | None:
    """What rises above the tray: H×W metres along the optical axis, 0 where unknown.

    empty: depth of the empty tray; without it, the plane that fits the picture's rim, None where
    none does.
    """
    small, tray = _nearest(depth), None if empty is None else _nearest(empty)
    if tray is None:
        tray = _plane(small)
    if tray is None:
        return None
    high = (small > 0) & (tray > 0) & (tray - small > height_m)
    opened = cv2.morphologyEx(high.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    mask = _parts(opened, opened)
    return Foreground(mask, mask)


def _nearest(depth: DepthArray) -> DepthArray:
    """With a long side of at most 256 pixels; a mean of depths would lie where nothing is."""
    step = max(1, -(-max(depth.shape) // 256))
    return depth[step // 2 :: step, step // 2 :: step]


def _plane(depth: DepthArray) -> DepthArray | None:
    """Depth of the plane through most of the rim: a plane's 1/z is linear in pixels."""
    rows, columns = np.nonzero(ring(depth.shape) & (depth > 0))
    if rows.size < 3 * LEAST_PLANE:
        return None
    design = np.stack([np.ones(rows.size), rows, columns], axis=1)
    near = 1 / depth[rows, columns].astype(np.float64)
    kept = np.ones(rows.size, np.bool_)
    for _ in range(PLANE_ROUNDS):
        fit, *_ = np.linalg.lstsq(design[kept], near[kept], rcond=None)
        off = np.abs(design @ fit - near)
        kept = off <= max(np.median(off), 1e-9) * PLANE_REACH
    # In metres: what is off in 1/z counts by z².
    if np.median(off / near**2) > PLANE_OFF or (design @ fit).min() <= 0:
        return None
    down, right = np.indices(depth.shape)
    plane = 1 / np.maximum(fit[0] + fit[1] * down + fit[2] * right, 1e-6)
    return np.asarray(plane, np.float32)


def bare(rgb: RgbArray) -> Foreground | None:
    """What stands out from the picture's rim; None where that cannot be told."""
    silhouette = isolate(rgb)
    if silhouette.found:
        return Foreground(silhouette.mask, silhouette.mask)
    lab = _lab(linear(reduced(rgb)))
    rim = lab[ring(lab.shape)]
    colour = np.median(rim, axis=0)
    if np.percentile(np.linalg.norm(rim - colour, axis=1), 95) > BARE_RIM:
        return None  # the rim is not of one colour: something fills the picture
    differs = np.linalg.norm(lab - colour, axis=2) > LEAST_CONTRAST
    mask = _parts(differs, differs)
    return Foreground(mask, mask)


def _lab(light: Floats) -> Floats:
    """CIE L*a*b* of linear light; OpenCV's LRGB2LAB takes it as it is."""
    return np.asarray(cv2.cvtColor(light, cv2.COLOR_LRGB2LAB), np.float32)


def _shadow(now: Floats, tray: Floats) -> Mask:
    """Where the tray may be seen in a soft shadow: evenly darker, of the same colour."""
    ratio = (now + 1e-3) / (tray + 1e-3)
    light = ratio.mean(axis=2)
    tint = np.abs(ratio / np.maximum(light[..., None], 1e-3) - 1).max(axis=2)
    smooth = cv2.GaussianBlur(light, (0, 0), 1.0)
    step = cv2.magnitude(
        cv2.Sobel(smooth, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(smooth, cv2.CV_32F, 0, 1) / 8
    )
    dimmed = (light > SHADOW_DARKEST) & (light < SHADOW_BRIGHTEST)
    return np.asarray(dimmed & (tint < SHADOW_TINT) & (step < SHADOW_EDGE * light))


def _parts(mask: Mask, solid: Mask) -> Mask:
    """Whole parts without holes: no specks, and none that is shadow nearly everywhere."""
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    filled: NDArray[np.uint8] = ndimage.binary_fill_holes(closed).astype(np.uint8)
    count, labels = cv2.connectedComponents(filled, connectivity=8)
    areas = np.bincount(labels.ravel(), minlength=count)
    solids = np.bincount(labels[solid], minlength=count)
    kept = (areas >= SPECK * mask.size) & (solids >= SOLID_SHARE * areas)
    kept[0] = False
    return np.asarray(kept[labels])
