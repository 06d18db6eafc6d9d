"""The tray: never quite clean, never quite even, and not of one colour in every booth."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from amiss.simulate.scene import Tray

TRAY_SIZE = (1.6, 1.4)  # metres
_TEXELS = 1000  # per metre
_COLOURS = (  # sRGB, and how often
    ((176, 178, 178), 0.36),  # light grey laminate
    ((142, 145, 147), 0.2),
    ((205, 204, 199), 0.14),  # off-white
    ((98, 102, 106), 0.1),
    ((104, 124, 146), 0.08),  # blue tote
    ((168, 152, 130), 0.06),  # board
    ((58, 60, 62), 0.06),  # black rubber
)


def make_tray(rng: np.random.Generator) -> Tray:
    """One tray: its colour, grain, shade, hairline scratches, stains and dirt."""
    size = (round(TRAY_SIZE[0] * _TEXELS), round(TRAY_SIZE[1] * _TEXELS))
    colours, shares = zip(*_COLOURS, strict=True)
    colour = np.array(colours[rng.choice(len(colours), p=shares)], np.float32)
    colour += rng.normal(0, 2, 3).astype(np.float32)
    shade = 1 + 0.035 * _cloud(rng, size, 5) + 0.012 * _cloud(rng, size, 60)
    shade += _grain(rng, size)
    wear = rng.random()
    _scratch(rng, shade, wear)
    stain = np.zeros(3, np.float32), np.zeros((1, 1), np.float32)
    if wear > 0.45:
        stain = _muck(rng), _stains(rng, size, wear)
    base = np.empty((size[1], size[0], 3), np.uint8)
    for channel in range(3):
        ink, cover = stain[0][channel], stain[1]
        plane = colour[channel] * shade
        plane += (ink - plane) * cover
        base[..., channel] = np.clip(plane + 0.5, 4, 250)
    if wear > 0.25:
        _strew(rng, base, int(rng.integers(5, 90)))
    if wear > 0.7:
        _scuff(rng, base, int(rng.integers(2, 14)))
    if wear > 0.85:
        _litter(rng, base, int(rng.integers(1, 9)))
    return Tray(TRAY_SIZE, base, float(rng.uniform(0.45, 0.85)))


def _muck(rng: np.random.Generator) -> NDArray[np.float32]:
    """3 sRGB: grey to brown."""
    warm = float(rng.uniform(0, 0.35))
    muck = rng.uniform(40, 130) * np.array([1 + 0.4 * warm, 1.0, 1 - warm])
    return np.asarray(muck, np.float32)


def _cloud(rng: np.random.Generator, size: tuple[int, int], cells: int) -> NDArray[np.float32]:
    """H×W of about ±1, smooth over a `cells`-th of the tray."""
    coarse = rng.normal(0, 1, (cells, cells)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), np.float32)


def _grain(rng: np.random.Generator, size: tuple[int, int]) -> NDArray[np.float32]:
    """The texture of laminate or moulded plastic: a tile of noise, repeated."""
    tile = rng.normal(0, 1, (256, 256)).astype(np.float32)
    soft = ndimage.gaussian_filter(tile, rng.uniform(0.5, 1.3), mode="wrap")
    soft *= rng.uniform(0.006, 0.03) / soft.std()
    times = (-(-size[1] // 256), -(-size[0] // 256))
    return np.asarray(np.tile(soft, times)[: size[1], : size[0]], np.float32)


def _scratch(rng: np.random.Generator, shade: NDArray[np.float32], wear: float) -> None:
    """Draws hairlines, lighter or darker than the tray, a little bent; deep ones on a worn tray."""
    height, width = shade.shape
    marks = np.zeros((2, height, width), np.uint8)  # lighter, darker
    for _ in range(round(float(rng.integers(8, 60)) * (1 + 2 * wear**2))):
        start = rng.uniform(0, 1, 2) * (width, height)
        angle, bend = rng.uniform(0, 2 * np.pi), rng.normal(0, 0.3)
        length = min(20 * (1 + rng.pareto(1.3)), 700)
        along = np.linspace(0, 1, 12)[:, None]
        heading = angle + bend * along
        path = start + length * along * np.hstack([np.cos(heading), np.sin(heading)])
        sheet = marks[0 if rng.random() < 0.6 else 1]
        points = np.rint(path * 16).astype(np.int32)
        level = rng.uniform(40, 230)
        cv2.polylines(sheet, [points], False, level, 1, cv2.LINE_AA, 4)
    shade += (marks[0].astype(np.float32) - marks[1]) * np.float32((0.1 + 0.3 * wear**2) / 255)


def _stains(rng: np.random.Generator, size: tuple[int, int], wear: float) -> NDArray[np.float32]:
    """H×W in [0, 1]: how far old rings, wipes and shadows of labels cover the tray."""
    width, height = size[0] // 4, size[1] // 4
    cover = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(1, 6 + round(10 * wear**3)))):
        sheet = np.zeros((height, width), np.float32)
        at = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        axes = (int(rng.uniform(4, 45)), int(rng.uniform(4, 45)))
        thickness = -1 if rng.random() < 0.6 else int(rng.integers(1, 3))
        cv2.ellipse(sheet, at, axes, float(rng.uniform(0, 180)), 0, 360, 1.0, thickness)
        soft = cv2.GaussianBlur(sheet, (0, 0), float(rng.uniform(0.7, 4)))
        cover = np.maximum(cover, soft * np.float32(rng.uniform(0.02, 0.06 + 0.22 * wear**2)))
    cover *= np.clip(0.7 + 0.5 * _cloud(rng, (width, height), 40), 0, 1.3)
    return np.asarray(cv2.resize(cover, size), np.float32)


def _strew(rng: np.random.Generator, base: NDArray[np.uint8], count: int) -> None:
    """Draws crumbs, fibres and dust, a millimetre or two."""
    height, width = base.shape[:2]
    for _ in range(count):
        x, y = int(rng.uniform(0, width)), int(rng.uniform(0, height))
        ink = [float(v) for v in rng.uniform(30, 215) + rng.normal(0, 12, 3)]
        if rng.random() < 0.8:
            cv2.circle(base, (x, y), int(rng.integers(0, 2)), ink, -1, cv2.LINE_AA)
        else:
            end = (x + int(rng.integers(-9, 10)), y + int(rng.integers(-9, 10)))
            cv2.line(base, (x, y), end, ink, 1, cv2.LINE_AA)


def _scuff(rng: np.random.Generator, base: NDArray[np.uint8], count: int) -> None:
    """Rubs streaks onto it, as boxes and belts leave them: dark, dull, broken."""
    height, width = base.shape[:2]
    cover = np.zeros((height // 2, width // 2), np.float32)
    for _ in range(count):
        start = rng.uniform(0, 1, 2) * (width / 2, height / 2)
        angle, length = rng.uniform(0, 2 * np.pi), rng.uniform(10, 130)
        along = np.linspace(0, 1, 9)[:, None]
        heading = angle + rng.normal(0, 0.25) * along
        path = start + length * along * np.hstack([np.cos(heading), np.sin(heading)])
        sheet = np.zeros_like(cover)
        wide = int(rng.integers(1, 6))
        cv2.polylines(
            sheet, [np.rint(path * 16).astype(np.int32)], False, 1.0, wide, cv2.LINE_AA, 4
        )
        np.maximum(cover, sheet * np.float32(rng.uniform(0.08, 0.4)), out=cover)
    broken = np.clip(0.6 + 0.5 * _cloud(rng, cover.shape[::-1], 160), 0, 1)
    cover = cv2.resize(cv2.GaussianBlur(cover, (0, 0), 0.8) * broken, (width, height))
    base[:] = np.clip(base * (1 - cover[..., None]) + 35 * cover[..., None], 4, 250)


def _litter(rng: np.random.Generator, base: NDArray[np.uint8], count: int) -> None:
    """Leaves shreds of paper, tape and board lying about, up to two centimetres."""
    height, width = base.shape[:2]
    inks = ((226, 222, 212), (186, 148, 102), (236, 236, 232), (120, 96, 70))
    for _ in range(count):
        at = rng.uniform(0, 1, 2) * (width, height)
        corners = int(rng.integers(4, 8))
        turns = np.sort(rng.uniform(0, 2 * np.pi, corners))
        reach = rng.uniform(2, 10) * rng.uniform(0.4, 1.0, corners)
        shape = at + reach[:, None] * np.stack([np.cos(turns), np.sin(turns)], 1)
        ink = np.array(inks[int(rng.integers(len(inks)))]) + rng.normal(0, 8, 3)
        under = np.rint((shape + np.array([1.5, 2.0])) * 16).astype(np.int32)
        shadow = [float(v) for v in 0.6 * base[int(at[1]) % height, int(at[0]) % width]]
        cv2.fillPoly(base, [under], shadow, cv2.LINE_AA, 4)
        paper = [float(v) for v in ink]
        cv2.fillPoly(base, [np.rint(shape * 16).astype(np.int32)], paper, cv2.LINE_AA, 4)
