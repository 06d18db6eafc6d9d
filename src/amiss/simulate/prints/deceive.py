"""Prints that look like damage and are none: art of the kind that fools an inspector.

They are ink. Nothing is displaced, and the ground truth stays empty.
"""

from collections.abc import Callable
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import SimulationError
from amiss.simulate.prints.colour import Colour, mix, oklch
from amiss.simulate.prints.design import Design
from amiss.simulate.prints.motifs import picture
from amiss.simulate.prints.stage import clouds

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Deception(StrEnum):
    """What a print can pretend."""

    SMASHED_SCREEN = "smashed_screen"
    SPLASH = "splash"
    PUDDLE = "puddle"
    TORN_PAPER = "torn_paper"
    SCRATCHES = "scratches"
    DENTS = "dents"


SOLD_WITH: dict[Deception, tuple[str, ...]] = {
    Deception.SMASHED_SCREEN: ("Screen Protector", "Phone Case"),
    Deception.SPLASH: ("Juice", "Soda", "All-Purpose Cleaner", "Shampoo"),
    Deception.PUDDLE: ("All-Purpose Cleaner", "Tea Towels", "Washing Powder"),
    Deception.TORN_PAPER: ("Gift Wrap", "Robot", "Space Rocket", "Building Blocks"),
    Deception.SCRATCHES: ("Robot", "Race Car", "Phone Case", "Kitchen Scales"),
    Deception.DENTS: ("Race Car", "Shelf Kit", "Headphones", "Soda"),
}
"""Wares on whose packaging such art would be believed."""


def deceive(design: Design, what: str, base: Pixels, rng: np.random.Generator) -> Pixels:
    """A print with deceptive art on it.

    Args:
        design: Lends its colours.
        what: One of Deception.
        base: H×W×3 uint8, the print as it was; it is not changed.
        rng: Where and how.

    Raises:
        SimulationError: `what` is no Deception.
    """
    if what not in list(Deception):
        known = ", ".join(Deception)
        raise SimulationError(f"No print can pretend {what!r}: choose one of {known}.")
    art = np.asarray(base / np.float32(255), np.float32)
    _ARTISTS[Deception(what)](design, art, rng)
    return np.asarray(np.round(art.clip(0.04, 0.96) * 255), np.uint8)


def _smashed_screen(design: Design, art: Floats, rng: np.random.Generator) -> None:
    """A telephone whose glass is broken, laid over the print at an angle."""
    rows, columns = art.shape[:2]
    high = 0.82 * min(rows, 1.7 * columns)
    wide = 0.52 * high
    # Drawn upright on a sheet of its own, twice as fine where it is small, and then laid down.
    scale = float(np.clip(600 / high, 1, 2))
    drawn, cover = _broken_phone(design, rng, round(wide * scale), round(high * scale))
    lean = rng.uniform(-22, 22)
    at = columns * rng.uniform(0.4, 0.6), rows * rng.uniform(0.46, 0.54)
    move = cv2.getRotationMatrix2D((wide * scale / 2, high * scale / 2), lean, 1 / scale)
    move[:, 2] += (at[0] - wide * scale / 2, at[1] - high * scale / 2)
    laid = cv2.warpAffine(drawn, move, (columns, rows), flags=cv2.INTER_AREA)
    share = np.asarray(cv2.warpAffine(cover, move, (columns, rows), flags=cv2.INTER_AREA))
    soft = max(1.0, 0.02 * high)
    cast = cv2.warpAffine(share, np.array([[1, 0, soft], [0, 1, 1.5 * soft]]), (columns, rows))
    art *= 1 - 0.55 * np.asarray(cv2.GaussianBlur(cast, (0, 0), soft))[..., None]
    art += share[..., None] * (laid - art)


def _broken_phone(
    design: Design, rng: np.random.Generator, wide: int, high: int
) -> tuple[Floats, Floats]:
    """The telephone, high × wide × 3, and its cover."""
    body, glass = (np.zeros((high, wide), np.uint8) for _ in range(2))
    for mask, edge in ((body, 0.0), (glass, 0.035 * wide)):
        _rounded(mask, edge, 0.13 * wide)
    screen = picture("bokeh" if rng.random() < 0.5 else "waves", design.rng(8), design.palette,
                     wide / high, high)  # fmt: skip
    dim = np.float32(rng.uniform(0.12, 0.55) / 255)
    lit = np.asarray(cv2.resize(screen, (wide, high)) * dim, np.float32)
    down, right = np.mgrid[:high, :wide].astype(np.float32) / high
    sheen = 0.1 * (np.sin(4 * (right + 0.6 * down) + rng.uniform(0, 6)) > 0.4)
    lit += sheen[..., None].astype(np.float32)
    _shatter(lit, rng)
    phone = np.full((high, wide, 3), 0.1, np.float32)
    phone += 0.14 * (cv2.erode(body, np.ones((5, 5), np.uint8)) < body)[..., None]
    share = (glass / np.float32(255))[..., None]
    phone += share * (lit - phone)
    cv2.circle(
        phone, (wide // 2, round(0.035 * high)), max(1, wide // 50), (0.03,) * 3, -1, cv2.LINE_AA
    )
    return phone, np.asarray(body / np.float32(255), np.float32)


def _rounded(mask: Pixels, edge: float, corner: float) -> None:
    """Fills a rectangle with round corners, `edge` pixels from the rim."""
    high, wide = mask.shape
    turns = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    unit = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    reach = np.array([wide / 2 - edge - corner, high / 2 - edge - corner]).clip(0)
    rim = np.sign(unit) * reach + corner * unit + ((wide - 1) / 2, (high - 1) / 2)
    cv2.fillPoly(mask, [np.round(rim * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)


def _shatter(glass: Floats, rng: np.random.Generator) -> None:
    """Cracks from a point of impact: rays that branch, rings between them, shards that tilt."""
    high, wide = glass.shape[:2]
    hit = np.array([wide * rng.uniform(0.2, 0.8), high * rng.uniform(0.2, 0.8)])
    rays, rings = int(rng.integers(15, 24)), 7
    turns = np.sort(np.linspace(0, 2 * np.pi, rays, endpoint=False) + rng.normal(0, 0.09, rays))
    reach = high * 1.2 * np.linspace(0.03, 1, rings) ** 1.6
    bent = turns + np.cumsum(rng.normal(0, 0.035, (rings, rays)), axis=0)
    away = reach[:, None] * rng.uniform(0.8, 1.2, (rings, rays))
    knots = hit + away[..., None] * np.stack([np.cos(bent), np.sin(bent)], axis=-1)
    corners = np.round(knots * 16).astype(np.int32)
    shards = np.zeros((high, wide), np.float32)
    for ring in range(rings - 1):
        for ray in range(rays):
            after = (ray + 1) % rays
            shard = corners[[ring, ring, ring + 1, ring + 1], [ray, after, after, ray]]
            tilt = rng.normal(0, 0.06) * (1 + 2 / (1 + ring))
            cv2.fillConvexPoly(shards, shard, float(tilt), cv2.LINE_8, 4)
    glass += shards[..., None]
    lines = np.zeros((high, wide), np.uint8)
    fine = max(1, round(high / 300))
    for ray in range(rays):
        long = int(rng.integers(4, rings + 1))
        path = np.vstack([np.round(hit * 16).astype(np.int32)[None], corners[:long, ray]])
        cv2.polylines(lines, [path], False, 255, fine, cv2.LINE_AA, 4)
        if rng.random() < 0.6:  # a branch
            start = corners[long - 2, ray]
            end = corners[min(long, rings - 1), (ray + 1) % rays]
            cv2.line(lines, start.tolist(), end.tolist(), 180, fine, cv2.LINE_AA, 4)
    for ring in range(4):
        for ray in range(rays):
            if rng.random() < 0.75 - 0.15 * ring:
                ends = corners[ring, ray].tolist(), corners[ring, (ray + 1) % rays].tolist()
                cv2.line(lines, *ends, 205, fine, cv2.LINE_AA, 4)
    cracks = lines / np.float32(255)
    down, right = np.mgrid[:high, :wide].astype(np.float32)
    near = np.exp(-np.hypot(right - hit[0], down - hit[1]) / (0.06 * high))
    dust = near * (rng.random((high, wide), np.float32) < 0.5) * 0.6
    shadow = np.roll(cracks, (fine, fine), (0, 1))
    glass *= 1 - 0.6 * shadow[..., None]
    glass += (np.clip(0.75 * cracks + dust, 0, 1))[..., None] * (0.92 - glass)


def _splash(design: Design, art: Floats, rng: np.random.Generator) -> None:
    """A thick splash with arms and drops, shining."""
    colour = mix(design.palette.accent, oklch(0.6, 0.17, rng.uniform(0, 360)), rng.uniform(0, 1))
    _pour(art, _liquid(art, rng, arms=True), colour, 0.96, 1.0)


def _puddle(design: Design, art: Floats, rng: np.random.Generator) -> None:
    """A thin brown or coloured pool through which the print shows, and drops beside it."""
    brown: Colour = (96, 62, 34)
    colour = brown if rng.random() < 0.6 else design.palette.second
    _pour(art, _liquid(art, rng, arms=False), colour, rng.uniform(0.15, 0.5), 0.45)


def _liquid(art: Floats, rng: np.random.Generator, *, arms: bool) -> Pixels:
    """The outline of something spilt: h×w uint8."""
    rows, columns = art.shape[:2]
    size = min(rows, columns)
    mask = np.zeros((rows, columns), np.uint8)
    at = np.array([columns * rng.uniform(0.35, 0.65), rows * rng.uniform(0.4, 0.75)])
    radius = size * rng.uniform(0.2, 0.3)
    turns = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    waves = np.arange(2, 9)
    rough = np.sin(turns[:, None] * waves + rng.uniform(0, 6.3, len(waves))) @ (
        rng.normal(0, 0.16, len(waves)) / np.sqrt(waves)
    )
    rim = at + (radius * np.maximum(1 + rough, 0.3))[:, None] * np.stack(
        [np.cos(turns) * 1.25, np.sin(turns)], axis=1
    )
    cv2.fillPoly(mask, [np.round(rim * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    for turn in rng.uniform(0, 2 * np.pi, int(rng.integers(9, 15)) if arms else 0):
        ray = np.array([np.cos(turn), np.sin(turn)])
        long, thick = radius * rng.uniform(1.1, 2.1), radius * rng.uniform(0.08, 0.2)
        for share in np.linspace(0.5, 1, 14):
            # Thin where it is about to break off, round at its end.
            wide = thick * (0.35 + 0.65 * abs(2.6 * share - 1.9) ** 1.2)
            _dot(mask, at + ray * long * share, wide)
        if rng.random() < 0.6:
            _dot(mask, at + ray * (long + 3 * thick), 0.7 * thick)
    for _ in range(int(rng.integers(10, 22))):
        turn, away = rng.uniform(0, 2 * np.pi), radius * rng.uniform(1.3, 2.6)
        place = at + away * np.array([np.cos(turn), np.sin(turn)])
        _dot(mask, place, radius * rng.uniform(0.02, 0.09))
    return mask


def _dot(mask: Pixels, at: NDArray[np.float64], radius: float) -> None:
    centre = [round(float(value) * 16) for value in at]
    cv2.circle(mask, centre, max(8, round(float(radius) * 16)), 255, -1, cv2.LINE_AA, 4)


def _pour(art: Floats, mask: Pixels, colour: Colour, opacity: float, depth: float) -> None:
    """Paints liquid where the mask is: its rim rounded, dark on one side, glinting on the other."""
    share = mask / np.float32(255)
    size = min(mask.shape)
    inside = cv2.distanceTransform((mask > 127).astype(np.uint8), cv2.DIST_L2, 3)
    edge = max(2.0, 0.05 * size)
    outward = 1 - np.minimum(inside / np.float32(edge), 1)
    height = cv2.GaussianBlur(np.sqrt(1 - outward * outward), (0, 0), max(0.8, 0.006 * size))
    right, down = _slopes(np.asarray(height, np.float32), depth * edge)
    light = np.clip(-0.45 * right - 0.6 * down, -1, 1)
    upward = 1 / np.sqrt(1 + right * right + down * down)
    glint = np.clip((0.3 * -right + 0.42 * -down + 0.86) * upward, 0, 1) ** 40
    ink = np.array(colour, np.float32) / 255
    paint = ink * (0.8 + 0.35 * light)[..., None] + (0.75 * glint * (upward < 0.97))[..., None]
    cast = cv2.GaussianBlur(np.roll(share, (round(0.01 * size), round(0.006 * size)), (0, 1)),
                            (0, 0), max(1.0, 0.01 * size))  # fmt: skip
    art *= 1 - (0.35 * depth * np.asarray(cast) * (1 - share))[..., None]
    stained = art * (ink * 1.1 + 0.05) if opacity < 0.9 else art
    wet = stained + np.float32(opacity) * (paint - stained)
    art += share[..., None] * (wet - art)


def _slopes(height: Floats, scale: float) -> tuple[Floats, Floats]:
    right, down = (
        cv2.Sobel(height, cv2.CV_32F, *axis, scale=scale / 8) for axis in ((1, 0), (0, 1))
    )
    return np.asarray(right, np.float32), np.asarray(down, np.float32)


def _torn_paper(design: Design, art: Floats, rng: np.random.Generator) -> None:
    """A strip torn out of the print: white fibre along both edges, another layer below."""
    rows, columns = art.shape[:2]
    size = min(rows, columns)
    angle = rng.uniform(-0.7, 0.7)
    down, right = np.mgrid[:rows, :columns].astype(np.float32)
    along = (np.cos(angle) * (right - columns / 2) + np.sin(angle) * (down - rows / 2)) / size
    across = (np.cos(angle) * (down - rows / 2) - np.sin(angle) * (right - columns / 2)) / size
    half = rng.uniform(0.1, 0.22)
    under = picture(design.motif, design.rng(9), design.palette, columns / rows, rows)
    below = cv2.resize(under, (columns, rows)).astype(np.float32) / 255
    if rng.random() < 0.4:
        below[:] = np.array(design.palette.accent, np.float32) / 255
    edges = []
    for sign in (-1, 1):
        line, fibre = (_edge(rng, along, cells) for cells in (9, 46))
        gap = (half + sign * across - 0.11 * line - 0.015 * fibre) * size
        width = size * (0.02 + 0.022 * np.abs(_edge(rng, along, 12)))
        edges.append((gap, width))
    open_ = np.minimum(*(np.clip(gap, 0, 1) for gap, _ in edges))
    shade = np.ones_like(along)
    for gap, _ in edges:
        shade *= 1 - 0.6 * np.exp(-np.maximum(gap, 0) / (0.025 * size))
    art += open_[..., None] * (below * shade[..., None] - art)
    paper = 0.9 + 0.05 * clouds(rng, (rows, columns), (rows // 4 + 2, columns // 4 + 2), 2)
    for gap, width in edges:
        rim = np.clip(gap + width, 0, 1) * np.clip(-gap + 1, 0, 1)
        art += rim[..., None] * ((paper * (1 + 0.12 * gap / width))[..., None] - art)


def _edge(rng: np.random.Generator, along: Floats, cells: int) -> Floats:
    """A rough line, about −1 to 1, looked up by how far along it a pixel lies."""
    line = clouds(rng, (4, 1024), (2, cells), 4)[2]
    place = np.clip((along / 3 + 0.5) * 1023, 0, 1023)
    return np.asarray(line[place.astype(np.int32)], np.float32)


def _scratches(design: Design, art: Floats, rng: np.random.Generator) -> None:
    """Claw marks, their rims light, and hairlines around them."""
    rows, columns = art.shape[:2]
    size = min(rows, columns)
    gouge, bright = (np.zeros((rows, columns), np.uint8) for _ in range(2))
    start = np.array([columns * rng.uniform(0.25, 0.5), rows * rng.uniform(0.15, 0.3)])
    turn = rng.uniform(0.6, 1.5)
    ray = np.array([np.cos(turn), np.sin(turn)])
    aside = np.array([ray[1], -ray[0]]) * size * rng.uniform(0.07, 0.11)
    along = np.linspace(0, 1, 24)
    for claw in range(int(rng.integers(3, 5))):
        bow = 0.07 * size * np.sin(np.pi * along) + rng.normal(0, 0.004 * size, 24)
        far = size * rng.uniform(0.45, 0.65)
        middle = start + claw * aside + far * along[:, None] * ray + bow[:, None] * aside / size * 9
        half = size * 0.016 * np.sin(np.pi * along**0.7)[:, None] * rng.uniform(0.75, 1.2, (24, 1))
        across = aside / np.linalg.norm(aside)
        for mask, wide in ((bright, 1.9), (gouge, 1.0)):
            rim = np.vstack([middle - wide * half * across, (middle + wide * half * across)[::-1]])
            cv2.fillPoly(mask, [np.round(rim * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    for _ in range(26):
        at = rng.uniform(0, 1, 2) * (columns, rows)
        way = turn + rng.normal(0, 0.35)
        end = at + size * rng.uniform(0.05, 0.3) * np.array([np.cos(way), np.sin(way)])
        first, last = ([round(float(value) * 16) for value in point] for point in (at, end))
        strength = int(rng.integers(50, 150))
        cv2.line(bright, first, last, strength, max(1, round(size / 400)), cv2.LINE_AA, 4)
    light, deep = (mask / np.float32(255) for mask in (bright, gouge))
    inner = mix(design.palette.main, (22, 20, 22), 0.75)
    art += light[..., None] * (0.9 - art) * 0.85
    art += deep[..., None] * (np.array(inner, np.float32) / 255 - art)


def _dents(design: Design, art: Floats, rng: np.random.Generator) -> None:
    """Light and shade of faceted dents, as a printer would draw a battered sheet."""
    rows, columns = art.shape[:2]
    size = min(rows, columns)
    down, right = np.mgrid[:rows, :columns].astype(np.float32) / size
    height = np.zeros((rows, columns), np.float32)
    for _ in range(int(rng.integers(2, 5))):
        x, y = rng.uniform(0.2, 0.8) * columns / size, rng.uniform(0.2, 0.8) * rows / size
        reach, planes = rng.uniform(0.12, 0.28), np.full((rows, columns), 1.0, np.float32)
        for turn in np.linspace(0, 2 * np.pi, 7, endpoint=False) + rng.uniform(-0.3, 0.3, 7):
            side = np.cos(turn) * (right - x) + np.sin(turn) * (down - y)
            np.minimum(planes, 1 - side / np.float32(reach * rng.uniform(0.7, 1.2)), out=planes)
        height -= reach * np.clip(planes, 0, None)
    soft = cv2.GaussianBlur(height, (0, 0), max(0.8, 0.006 * size))
    slopes = _slopes(np.asarray(soft, np.float32), size * 0.45)
    light = np.clip(-0.55 * slopes[0] - 0.7 * slopes[1], -0.75, 0.75)
    crease = np.abs(cv2.Laplacian(soft, cv2.CV_32F)) * size
    art *= (1 + 0.75 * light)[..., None]
    art += np.clip(0.12 * crease, 0, 0.5)[..., None] * (np.array(design.palette.ground) / 255 - art)


_ARTISTS: dict[Deception, Callable[[Design, Floats, np.random.Generator], None]] = {
    Deception.SMASHED_SCREEN: _smashed_screen,
    Deception.SPLASH: _splash,
    Deception.PUDDLE: _puddle,
    Deception.TORN_PAPER: _torn_paper,
    Deception.SCRATCHES: _scratches,
    Deception.DENTS: _dents,
}
