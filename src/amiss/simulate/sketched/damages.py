"""Damage, done to a sketched item in its own frame; every stroke is entered in its damage plane.

Damage draws from its own generator, so that the intact twin keeps every other pixel.
"""

from collections.abc import Callable

import cv2
import numpy as np

from amiss.domain.words import DamageType
from amiss.simulate.sketched.artwork import (
    CANVAS,
    MIDDLE,
    Artwork,
    Colour,
    Mask,
    Plane,
    Window,
    blend,
    blob,
    bounds,
    clouds,
    polygon,
    recolour,
    rounded,
    share,
)

LIQUIDS = ((74, 42, 20), (120, 20, 28), (30, 80, 150), (60, 110, 50), (170, 120, 30))
POWDERS = ((236, 232, 222), (196, 160, 110), (110, 72, 44))
SEEN = 0.4  # radius around the middle that every pose shows, as a share of the canvas


def crush(rng: np.random.Generator, art: Artwork) -> None:
    """A faceted dent, most often at the rim: pushed down, pushed in, creased along its folds."""
    x, y = _spot(rng, art, rim=rng.random() < 0.7)
    reach = rng.uniform(120, 165)
    window = _around(x, y, 1.5 * reach)
    down, across = np.mgrid[window].astype(np.float32)
    down, across = (down - MIDDLE - y) / reach, (across - MIDDLE - x) / reach
    # Flat facets, because board and tin fold; a smooth bowl would look like rubber.
    planes = [
        1 - (np.cos(turn) * across + np.sin(turn) * down) / rng.uniform(0.7, 1)
        for turn in np.arange(7) * 2 * np.pi / 7 + rng.uniform(-0.3, 0.3, 7)
    ]
    depth = (np.clip(np.min(planes, axis=0), 0, 0.7) / 0.7).astype(np.float32)
    crumple = 1 - 2 * np.abs(clouds(rng, CANVAS, 22, 2)[window])
    harmed = depth > 0
    # What is seen at a place came from further out, so the rim moves towards the middle.
    push = depth * (34 + 8 * crumple) / max(np.hypot(x, y), 1.0)
    columns = (across * reach + MIDDLE + x + push * x).astype(np.float32)
    rows = (down * reach + MIDDLE + y + push * y).astype(np.float32)
    intact = art.item[window].copy()
    for plane in (art.rgb, art.cover, art.item, art.height, art.gloss):
        moved = cv2.remap(plane, columns, rows, cv2.INTER_LINEAR)
        plane[window][harmed] = moved[harmed]
    fold = depth * (26 + 32 * crumple)
    art.height[window] -= fold * art.item[window]
    creases = np.abs(cv2.Laplacian(cv2.GaussianBlur(fold, (0, 0), 1.6), cv2.CV_32F))
    whitened = np.zeros(depth.shape, np.float32)
    whitened[harmed] = np.clip(creases * 4 - 0.3, 0, 0.5)[harmed]
    recolour(art.rgb[window], whitened, _paler(art.bare, 40))
    # What is gone from the rim counts too, and the tray that was bare before does not.
    solid = np.maximum(art.item[window], intact)
    art.damage[window] = np.maximum(art.damage[window], solid * (depth > 0.02))


def tear(rng: np.random.Generator, art: Artwork) -> None:
    """A strip ripped open and folded back: the dark inside, raw fibres, the back of the board."""
    x, y = _spot(rng, art)
    turn, length, half = rng.uniform(0, 2 * np.pi), rng.uniform(130, 190), rng.uniform(28, 42)
    along = np.linspace(0, 1, 24)
    taper = half * np.sqrt(1 - along**2) + 2
    sides = [taper + rng.normal(0, 2.5, 24) + 6 * np.sin(9 * along + start) for start in (0, 2)]
    strip = np.stack([np.r_[along, along[::-1]] * length, np.r_[sides[0], -sides[1][::-1]]], axis=1)
    turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    _open(rng, art, polygon(strip @ turned + (x, y)), fringe=7)
    flap = _on_item(art, polygon(strip * (-0.5, 0.95) @ turned + (x, y)))
    art.paint(flap, art.bare)
    window = bounds(flap)
    art.height[window] += 24 * rounded(flap[window], half) * share(flap[window])
    art.gloss[window] *= 1 - share(flap[window])
    art.mark(flap)


def hole(rng: np.random.Generator, art: Artwork) -> None:
    """A punched hole with a ragged rim."""
    x, y = _spot(rng, art)
    _open(rng, art, polygon(blob(rng, x, y, rng.uniform(32, 52), 0.1, lobes=14)), fringe=11)


def spillage(rng: np.random.Generator, art: Artwork) -> None:
    """Liquid or powder on the item and on the tray beside it."""
    x, y = _spot(rng, art, rim=True)
    wet = rng.random() < 0.6
    tone = np.array(rng.choice(LIQUIDS if wet else POWDERS), np.float32)
    radius = rng.uniform(85, 115)
    x, y = _pulled_in(x, y, 1.35 * radius)
    mask = polygon(blob(rng, x, y, radius, 0.13, lobes=6))
    for across, down in rng.normal(0, 75 if wet else 85, (14 if wet else 160, 2)):
        size = rng.uniform(4, 13) if wet else rng.uniform(1.5, 4)
        drop = blob(rng, *_pulled_in(x + across, y + down, size), size, 0.05) + MIDDLE
        cv2.fillPoly(mask, [np.round(drop * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    window = bounds(mask)
    laid = share(mask[window])
    grain = clouds(rng, CANVAS, 40, 3)[window]
    opacity = laid * np.float32(0.85) if wet else laid * np.clip(0.85 + 0.5 * grain, 0, 1)
    # On the tray nothing else gives the pixel a colour; on the item the print shines through.
    recolour(art.rgb[window], np.where(art.item[window] > 0.01, opacity, laid), tone)
    art.cover[window] = np.maximum(art.cover[window], opacity)
    if wet:
        blend(art.gloss[window], laid, 1.0)
        art.height[window] += 5 * rounded(mask[window], 14) * laid
    else:
        blend(art.gloss[window], laid, 0.0)
        art.height[window] += (5 * rounded(mask[window], 40) + 5 * grain) * laid
    art.mark(mask)


def scratch(rng: np.random.Generator, art: Artwork) -> None:
    """A few scratches side by side, down to the bare material."""
    x, y = _spot(rng, art)
    turn, length = rng.uniform(0, np.pi), rng.uniform(90, 170)
    heading = np.array([np.cos(turn), np.sin(turn)])
    mask = np.zeros((CANVAS, CANVAS), np.uint8)
    for _ in range(rng.integers(3, 7)):
        start = np.array([x, y]) + rng.normal(0, 20, 2) - heading * length / 2
        path = start + np.linspace(0, 1, 7)[:, None] * heading * length * rng.uniform(0.5, 1)
        path = (path + rng.normal(0, 2.2, path.shape) + MIDDLE) * 16
        width = int(rng.integers(3, 6))
        cv2.polylines(mask, [path.astype(np.int32)], False, 255, width, cv2.LINE_AA, 4)
    mask = _on_item(art, mask)
    window = bounds(mask)
    groove = share(mask[window])
    recolour(art.rgb[window], 0.8 * groove, _paler(art.bare, 25))
    art.height[window] -= 3 * groove
    art.mark(np.asarray(cv2.dilate(mask, np.ones((5, 5), np.uint8)), np.uint8))


def _open(rng: np.random.Generator, art: Artwork, inside: Mask, fringe: int) -> None:
    """Takes the surface away inside the mask: dark below it, raw fibres around it."""
    inside = _on_item(art, inside)
    # Fibres come off unevenly: here a wide strip of them, there hardly any.
    narrow, wide = (
        cv2.dilate(inside, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
        for width in (fringe - 2, 2 * fringe + 1)
    )
    rim = _on_item(art, np.where(clouds(rng, CANVAS, 48, 2) > -0.25, wide, narrow))
    fibres = np.array(art.bare) + 30 * clouds(rng, CANVAS, 128, 2)[..., None]
    art.paint(rim, np.clip(fibres, 0, 255))
    window = bounds(inside)
    depth = rounded(inside[window], 22)[..., None]
    dark = np.zeros((CANVAS, CANVAS, 3), np.float32)
    dark[window] = np.array(art.bare) * (0.5 - 0.3 * depth)
    art.paint(inside, dark)
    art.height[window] -= 9 * depth[..., 0] * share(inside[window])
    art.gloss *= 1 - share(rim)
    art.mark(rim)


def _spot(rng: np.random.Generator, art: Artwork, rim: bool = False) -> tuple[float, float]:
    """A place on the item, from the middle of the canvas: well inside it, or where it ends."""
    solid = cv2.resize(art.item, (CANVAS // 8, CANVAS // 8), interpolation=cv2.INTER_AREA) > 0.5
    depth = cv2.distanceTransform(solid.astype(np.uint8), cv2.DIST_L2, 5)
    rows, columns = np.nonzero(solid & (depth < 1.5) if rim else depth >= 0.5 * depth.max())
    chosen = int(rng.integers(len(rows)))
    return float(columns[chosen] * 8 + 4 - MIDDLE), float(rows[chosen] * 8 + 4 - MIDDLE)


def _paler(colour: Colour, by: int) -> Plane:
    return np.minimum(np.array(colour, np.float32) + by, 255)


def _around(x: float, y: float, reach: float) -> Window:
    rows, columns = (
        slice(max(round(MIDDLE + at - reach), 0), min(round(MIDDLE + at + reach), CANVAS))
        for at in (y, x)
    )
    return rows, columns


def _on_item(art: Artwork, mask: Mask) -> Mask:
    return np.where(art.item > 0.5, mask, 0).astype(np.uint8)


def _pulled_in(x: float, y: float, radius: float) -> tuple[float, float]:
    """The place nearest to (x, y) where a disc is in the picture whatever the pose."""
    nearer = min(1.0, (CANVAS * SEEN - radius) / max(float(np.hypot(x, y)), 1.0))
    return x * nearer, y * nearer


PAINTED: dict[DamageType, Callable[[np.random.Generator, Artwork], None]] = {
    DamageType.CRUSH: crush,
    DamageType.TEAR: tear,
    DamageType.HOLE: hole,
    DamageType.SPILLAGE: spillage,
    DamageType.SUPERFICIAL: scratch,
}
