"""What runs or trickles out: puddles, heaps, drops and grains, as surfaces on the tray."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.domain.words import Locus
from amiss.simulate.damages.loose import plain
from amiss.simulate.damages.noise import smooth
from amiss.simulate.shapes.noise import Waves
from amiss.simulate.shapes.patch import Patch, Points, Rest, Skin

_PITCH = 0.0014  # metres between vertices
_BEAD = (6, 5)  # vertices along and across one drop or grain


@dataclass(frozen=True, slots=True)
class Substance:
    """Something that can be spilt. colour: sRGB in [0, 1]. liquid: otherwise it is a powder."""

    name: str
    colour: tuple[float, float, float]
    liquid: bool


LIQUIDS = (
    Substance("coffee", (0.20, 0.10, 0.04), True),
    Substance("cola", (0.16, 0.06, 0.03), True),
    Substance("oil", (0.72, 0.50, 0.10), True),
    Substance("ketchup", (0.58, 0.06, 0.03), True),
    Substance("washing-up liquid", (0.10, 0.52, 0.30), True),
    Substance("detergent", (0.10, 0.30, 0.66), True),
    Substance("milk", (0.93, 0.91, 0.86), True),
    Substance("shampoo", (0.85, 0.72, 0.60), True),
    Substance("cherry juice", (0.42, 0.03, 0.10), True),
)
WATER = Substance("water", (0.52, 0.52, 0.50), True)
POWDERS = (
    Substance("coffee powder", (0.25, 0.15, 0.09), False),
    Substance("flour", (0.93, 0.90, 0.84), False),
    Substance("washing powder", (0.88, 0.90, 0.95), False),
    Substance("cocoa", (0.40, 0.23, 0.15), False),
    Substance("spice", (0.70, 0.36, 0.10), False),
    Substance("brown sugar", (0.68, 0.48, 0.28), False),
)


def pool(
    rng: np.random.Generator, of: Substance, at: tuple[float, float], radius: float
) -> tuple[tuple[Patch, ...], float]:
    """Patches of a puddle or heap about `radius` metres wide at (x, y), and its volume in m³."""
    height = _height(rng, of, radius)
    body = _body(rng, of, at, radius, height)
    loose = _beads(rng, of, at, radius)
    fill = 0.85 if of.liquid else 0.38  # of the cylinder around it
    return (body, loose), float(np.pi * radius**2 * height * fill)


def _height(rng: np.random.Generator, of: Substance, radius: float) -> float:
    if of.liquid:  # surface tension alone makes a puddle 2 to 3 mm high
        return float(min(rng.uniform(0.0016, 0.0028), 0.15 * radius))
    return float(radius * rng.uniform(0.18, 0.38))


def _disc(uv: Points) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The unit square laid onto the unit disc without a pole (elliptical grid mapping)."""
    x, y = 2 * uv[..., 0] - 1, 2 * uv[..., 1] - 1
    return x * np.sqrt(1 - y**2 / 2), y * np.sqrt(1 - x**2 / 2)


def _body(
    rng: np.random.Generator,
    of: Substance,
    at: tuple[float, float],
    radius: float,
    height: float,
) -> Patch:
    outline = Waves.drawn(rng, 1.6, 7)  # asked on the unit circle, so the curve closes
    frayed = Waves.drawn(rng, 0.22, 9)
    fray = 0.0 if of.liquid else min(0.06, 0.0012 / radius)
    lumps = Waves.drawn(rng, max(0.3 * radius, 0.006))
    grains = Waves.drawn(rng, 0.004, 9)
    uneven = 0.10 * min(1.0, radius / 0.03) if of.liquid else 0.08
    squeeze = rng.uniform(0.75, 1.0)

    def rest(uv: Points) -> Points:
        x, y = _disc(np.asarray(uv))
        out = np.hypot(x, y)
        circle = np.stack([x, y, 0 * x], -1) / np.maximum(out, 1e-9)[..., None]
        wide = radius * (1 + uneven * outline(circle) + fray * frayed(circle))
        flat = np.stack([x * wide, y * wide * squeeze, 0 * x], -1)
        if of.liquid:
            up = height * np.sqrt(np.maximum(1 - out**5, 0)) * (1 + 0.04 * lumps(flat))
        else:
            slope = np.maximum(1 - out, 0) ** 1.25
            ragged = 1 + 0.22 * lumps(flat) * (1 - slope)
            up = height * slope * ragged + 0.0005 * grains(flat) * np.minimum(1, 12 * (1 - out))
        flat[..., 2] = np.maximum(up, 0)
        flat[..., :2] += at
        return flat

    texels = max(16, round(2 * radius / 0.001))
    count = int(np.clip(round(2 * radius / _PITCH), 14, 110))
    name = "puddle" if of.liquid else "heap"
    skin = _skin(rng, of, texels)
    return Patch(name, name, rest, (count, count), skin, Locus.SURROUNDINGS)


def _skin(rng: np.random.Generator, of: Substance, texels: int) -> Skin:
    skin = plain(of.colour, 0.04 if of.liquid else 0.95, (texels, texels))
    u = (np.arange(texels) + 0.5) / texels
    x, y = _disc(np.stack(np.meshgrid(u, u), -1))
    out = np.hypot(x, y)
    flat = np.stack([x, y, 0 * x], -1)
    if of.liquid:  # thin at the rim, so paler there; colour gathers in the line before it
        thin = 0.22 * smooth(out, 0.8, 1.0) - 0.10 * np.exp(-(((out - 0.86) / 0.05) ** 2))
        tone = 1 + 0.04 * Waves.drawn(rng, 0.8)(flat) + thin
    else:
        tone = 1 + 0.10 * rng.standard_normal(out.shape) + 0.05 * Waves.drawn(rng, 0.3)(flat)
        tone += 0.35 * (rng.random(out.shape) > 0.97) - 0.30 * (rng.random(out.shape) > 0.97)
        skin.bump[:] = 0.0004 * rng.standard_normal(out.shape)
    skin.base[:] = np.rint(np.clip(np.array(of.colour) * tone[..., None], 0, 1) * 255)
    return skin


def _beads(
    rng: np.random.Generator, of: Substance, at: tuple[float, float], radius: float
) -> Patch:
    """Drops or grains around: one patch, half ellipsoids strung on links that have no area."""
    if of.liquid:
        count = 3 + int(rng.poisson(5))
        sizes = np.clip(np.exp(rng.normal(np.log(0.0022), 0.6, count)), 0.0008, 0.3 * radius)
        flat, spread = 0.35, 0.45
    else:
        count = int(np.clip(80 + 6000 * radius, 80, 320))
        sizes = np.clip(np.exp(rng.normal(np.log(0.0005), 0.5, count)), 0.00025, 0.0022)
        flat, spread = 0.8, 0.22
    away = radius * (0.88 + rng.exponential(spread, count))
    angles = rng.uniform(0, 2 * np.pi, count)
    middles = np.stack([away * np.cos(angles) + at[0], away * np.sin(angles) + at[1]], -1)
    shapes = np.stack([sizes, sizes * rng.uniform(0.6, 1.0, count), flat * sizes], -1)
    columns = _BEAD[0] * count
    skin = plain(of.colour, 0.05 if of.liquid else 0.95, (columns, 8))
    rest = beads(middles, shapes)
    name = "drops" if of.liquid else "grains"
    return Patch(name, name, rest, (columns, _BEAD[1]), skin, Locus.SURROUNDINGS)


def beads(middles: NDArray[np.float64], shapes: NDArray[np.float64]) -> Rest:
    """Half ellipsoids on the tray as one surface. middles: n×2, shapes: n×3 half axes, metres.

    On a grid of 6n vertices along u each bead begins and ends in a pole; what links two beads is
    a line, so its triangles have no area.
    """
    count, along = len(middles), _BEAD[0]

    def rest(uv: Points) -> Points:
        column = np.asarray(uv)[..., 0] * (along * count - 1)
        index = np.clip((column / along + 1e-6).astype(np.intp), 0, count - 1)
        turn = np.pi * np.clip((column - along * index) / (along - 1), 0, 1)
        lift = np.pi * np.asarray(uv)[..., 1]
        half = shapes[index]
        return np.stack(
            [
                middles[index, 0] - half[..., 0] * np.cos(turn),
                middles[index, 1] - half[..., 1] * np.sin(turn) * np.cos(lift),
                half[..., 2] * np.sin(turn) * np.sin(lift),
            ],
            -1,
        )

    return rest
