"""What printed pictures show: food, things and places, composed anew for every design."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from amiss.simulate.prints import goods
from amiss.simulate.prints.colour import Colour, Palette, mix, oklch
from amiss.simulate.prints.stage import Floats, Stage, Tint, clouds, tone
from amiss.simulate.prints.wares import Motif

Painter = Callable[[Stage, np.random.Generator, Palette], None]
_ROWS = 300  # more would not be seen at the texels of a booth
_CREAM: Colour = (236, 226, 204)
_WOOD: Colour = (168, 118, 74)
_DARKWOOD: Colour = (92, 62, 44)
_FRUITS = (
    ((226, 122, 28), 0.11), ((222, 186, 42), 0.1), ((176, 34, 38), 0.105), ((128, 168, 52), 0.1),
    ((120, 28, 66), 0.06), ((206, 92, 60), 0.1), ((58, 62, 128), 0.045),
)  # fmt: skip


def picture(
    motif: Motif, rng: np.random.Generator, colours: Palette, aspect: float, rows: int
) -> NDArray[np.uint8]:
    """A picture, H×W×3 uint8, of at most `rows` rows; aspect is width over height.

    Equal generators give the same composition at any size.
    """
    stage = Stage(aspect, min(max(rows, 24), _ROWS))
    PAINTERS[motif](stage, rng, colours)
    return stage.finish()


def _wall(colours: Palette, share: float = 0.35) -> Colour:
    return mix(colours.main, _CREAM, share)


def _fruit(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    stage.backdrop(_wall(colours, 0.55), _WOOD if rng.random() < 0.5 else _CREAM)
    colour, radius = _FRUITS[rng.integers(len(_FRUITS))]
    other, small = _FRUITS[rng.integers(len(_FRUITS))]
    radius *= 1.3
    centre = stage.aspect / 2
    for place in range(9):
        depth = place / 8
        x = centre + (rng.uniform(-0.42, 0.42) if place < 8 else 0) * min(stage.aspect, 1.6)
        y = 0.58 + 0.2 * depth
        paint, size = (colour, radius) if rng.random() < 0.7 else (other, small * 1.3)
        size *= rng.uniform(0.92, 1.08) * (0.85 + 0.25 * depth)
        stage.shadow(x + 0.03, y + 0.8 * size, 1.1 * size, 0.35 * size)
        _one_fruit(stage, rng, (x, y), size, paint)
    for _ in range(3):
        at = centre + rng.uniform(-0.3, 0.3), 0.72 + rng.uniform(-0.1, 0.1)
        stage.leaf(at, 0.2, 0.055, rng.uniform(-2.6, -0.5), (62, 112, 46))


def _one_fruit(
    stage: Stage, rng: np.random.Generator, at: tuple[float, float], size: float, colour: Colour
) -> None:
    warm = tone(mix(colour, (240, 200, 60), 0.35))
    base, turn = tone(colour), rng.uniform(0, 6.3)

    def skin(across: Floats, along: Floats) -> Floats:
        blush = 0.5 + 0.5 * (np.cos(turn) * across + np.sin(turn) * along)
        dots = 0.03 * np.sin(across * 41 + 3 * np.sin(along * 17)) * np.sin(along * 37)
        return np.asarray(base + (0.4 * blush + dots)[..., None] * (warm - base), np.float32)

    stage.ball(at, (size, size * 0.95), skin, gloss=0.35)
    top = at[0] + rng.uniform(-0.15, 0.15) * size, at[1] - 0.72 * size
    stage.ball(top, (0.2 * size, 0.07 * size), tone(mix(colour, (30, 40, 10), 0.6)), gloss=0)
    stage.stroke([top, (top[0] + 0.05 * size, top[1] - 0.22 * size)], 0.06 * size, (84, 66, 38))


def _tomatoes(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    stage.backdrop(_wall(colours, 0.3), _DARKWOOD)
    for place in range(8):
        x = stage.aspect * (0.12 + 0.11 * place) + rng.uniform(-0.05, 0.05)
        y = 0.62 + 0.16 * (place % 2) + rng.uniform(-0.04, 0.04)
        size = rng.uniform(0.12, 0.17)
        stage.shadow(x + 0.03, y + 0.85 * size, 1.1 * size, 0.3 * size)
        stage.ball((x, y), (size, 0.9 * size), tone((196, 38, 28)), gloss=0.7)
        for turn in np.linspace(0, 6.3, 6)[:-1] + rng.uniform(0, 1):
            stage.leaf((x, y - 0.72 * size), 0.42 * size, 0.07 * size, turn, (70, 110, 44))
    for _ in range(4):
        at = rng.uniform(0.2, 0.8) * stage.aspect, rng.uniform(0.75, 0.95)
        stage.leaf(at, 0.2, 0.07, rng.uniform(-3, 0), (52, 116, 52))


def _beans(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    stage.fade((34, 20, 14), (24, 14, 10))
    roast = mix((88, 50, 28), colours.main, 0.06)

    def seam(across: Floats, along: Floats) -> Floats:
        groove = np.exp(-(((across - 0.14 * np.sin(along * 2.6)) * 9) ** 2))
        return np.asarray(tone(roast) * (1 - 0.75 * groove)[..., None], np.float32)

    count = round(120 * stage.aspect)
    for place, (x, y) in enumerate(rng.uniform(-0.05, 1.05, (count, 2))):
        long = 0.07 + 0.02 * place / count
        at = x * stage.aspect, y
        angle = rng.uniform(0, np.pi)
        stage.shadow(at[0] + 0.012, at[1] + 0.016, 0.8 * long, 0.8 * long, 0.5)
        paint: Tint | Floats = seam if rng.random() < 0.6 else tone(roast)
        stage.ball(at, (0.66 * long, long), paint, angle=angle, gloss=0.3, flat=0.85)


def _biscuits(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    if rng.random() < 0.5:
        stage.planks(rng, _WOOD)
    else:
        stage.backdrop(_wall(colours, 0.6), _wall(colours, 0.8), 0.3)
    chips = rng.random() < 0.6
    dough = tone(oklch(rng.uniform(0.64, 0.74), 0.09, 68))
    for place in range(9):
        x = (0.08 + 0.105 * place) * stage.aspect + rng.uniform(-0.05, 0.05)
        y = 0.35 + 0.36 * ((place * 5) % 9) / 8 + rng.uniform(-0.04, 0.04)
        size = rng.uniform(0.15, 0.18)
        stage.shadow(x + 0.03, y + 0.05, 1.05 * size, 1.0 * size, 0.6)
        crumbs = rng.uniform(0, 6.3, 4)

        def crust(across: Floats, along: Floats, crumbs: NDArray[np.float64] = crumbs) -> Floats:
            away = across * across + along * along
            rough = np.sin(23 * across + crumbs[0] + 3 * np.sin(11 * along + crumbs[1]))
            rough = rough * np.sin(19 * along + crumbs[2])
            shade = 0.98 - 0.34 * away**3 + 0.09 * rough
            return np.asarray(dough * shade[..., None], np.float32)

        stage.ball((x, y), (size, 0.96 * size), crust, gloss=0.03, flat=0.45)
        if chips:
            for turn in np.arange(7) * 0.9 + rng.uniform(0, 6.3):
                away = size * rng.uniform(0.15, 0.75)
                at = x + away * np.cos(turn), y + away * np.sin(turn)
                radii = rng.uniform(0.014, 0.026), rng.uniform(0.014, 0.022)
                stage.ball(at, radii, tone((62, 36, 24)), angle=turn, gloss=0.35)


def _bowl(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    stage.backdrop(_wall(colours, 0.6), _WOOD, 0.55)
    x, y, wide = stage.aspect / 2, 0.56, min(0.4, 0.42 * stage.aspect)
    stage.shadow(x + 0.05, 0.88, 1.1 * wide, 0.12, 0.7)
    clay = tone(mix(colours.second, (235, 235, 230), rng.uniform(0, 0.8)))
    profile = [(-1, 1.0), (-0.5, 0.95), (0.2, 0.75), (0.7, 0.45), (0.85, 0.36), (1, 0.36)]
    stage.lathe((x, y + 0.17), (wide, 0.2), [(a, b) for a, b in profile], clay, gloss=0.5)
    stage.ball((x, y), (wide, 0.26 * wide), clay * 0.62, gloss=0, flat=0.2)
    fills = [_FRUITS[index] for index in rng.choice(len(_FRUITS), 3, replace=False)]
    for place in range(44):
        turn, away = rng.uniform(0, 6.3), np.sqrt(rng.random()) * 0.88
        height = (1 - away * away) * 0.06
        at = x + wide * away * np.cos(turn), y + 0.24 * wide * away * np.sin(turn) - height
        colour, size = fills[place % 3] if place % 4 == 0 else (_CREAM, 0.03)
        size = min(size, 0.05) * rng.uniform(0.8, 1.2)
        stage.ball(at, (size, 0.75 * size), tone(mix(colour, _WOOD, 0.2)), gloss=0.15)


def _cup(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    stage.backdrop(_wall(colours, 0.25), _DARKWOOD)
    stage.bokeh(rng, [colours.accent, _CREAM], 8)
    x = stage.aspect * rng.uniform(0.42, 0.58)
    china = tone(mix(colours.main, (240, 240, 236), rng.choice([0.0, 0.85])))
    stage.shadow(x + 0.05, 0.9, 0.42, 0.07, 0.7)
    stage.ball((x, 0.885), (0.36, 0.06), china * 0.95, gloss=0.3, flat=0.4)
    handle = np.linspace(-1.35, 1.35, 20)
    ring = np.stack([x + 0.2 + 0.11 * np.cos(handle), 0.63 + 0.12 * np.sin(handle)], axis=1)
    stage.stroke(ring, 0.045, _rgb(china))
    stage.lathe(
        (x, 0.66), (0.23, 0.21), [(-1, 1.0), (0.3, 0.93), (0.75, 0.72), (1, 0.5)], china, gloss=0.5
    )
    stage.ball((x, 0.45), (0.23, 0.05), china * 0.9, gloss=0, flat=0.3)
    stage.ball((x, 0.455), (0.205, 0.04), tone((70, 38, 18)), gloss=0.15, flat=0.3)
    mist = clouds(rng, (stage.rows, stage.columns), (5, 3), 3)
    down, right = np.mgrid[: stage.rows, : stage.columns] / stage.rows
    sway = x + 0.05 * np.sin(9 * down)
    steam = np.exp(-(((right - sway) / 0.11) ** 2)) * np.clip((0.45 - down) * 3, 0, 1)
    steam = (steam * np.clip(0.35 + 0.8 * mist, 0, 1) * np.clip(down * 5, 0, 1))[..., None]
    stage.rgb += (0.45 * steam * (1 - stage.rgb)).astype(np.float32)


def _rgb(colour: Floats) -> Colour:
    red, green, blue = (int(v) for v in np.round(colour * 255))
    return red, green, blue


def _leaves(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    stage.fade(mix(colours.main, _CREAM, 0.75), mix(colours.second, _CREAM, 0.55))
    stage.bokeh(rng, [_CREAM, colours.accent], 10)
    hue = rng.uniform(118, 158)
    for place in range(round(16 * stage.aspect) + 6):
        depth = place / (16 * stage.aspect + 6)
        green = oklch(0.35 + 0.25 * depth + rng.uniform(-0.04, 0.04), 0.1, hue)
        at = rng.uniform(-0.1, 1.1) * stage.aspect, 1.1 - 0.45 * rng.random() * (1.4 - depth)
        length = rng.uniform(0.3, 0.6)
        stage.leaf(at, length, 0.16 * length, rng.normal(-1.57, 0.6), green)


def _landscape(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    dusk = rng.random() < 0.4
    high, low = ((70, 88, 150), (240, 170, 110)) if dusk else ((84, 148, 210), (226, 236, 238))
    stage.fade(mix(high, colours.main, 0.2), low)
    x, y = rng.uniform(0.2, 0.8) * stage.aspect, rng.uniform(0.25, 0.45)
    down, right = np.mgrid[: stage.rows, : stage.columns] / stage.rows
    glow = 0.6 * np.exp(-((right - x) ** 2 + (down - y) ** 2) * 18)
    stage.rgb += glow[..., None].astype(np.float32) * (1 - stage.rgb)
    stage.ball((x, y), (0.05, 0.05), [1.5, 1.45, 1.3], gloss=0, flat=0.1)
    hue = float(rng.uniform(110, 250))
    for layer in range(5):
        depth = layer / 4
        ridge = _ridge(rng, stage.columns, 0.42 + 0.13 * layer, 0.16 - 0.024 * layer)
        colour = mix(
            oklch(0.4 + 0.1 * (1 - depth), 0.08, hue - 25 * depth), low, 0.65 * (1 - depth)
        )
        below = np.clip((down - ridge) * stage.rows, 0, 1)[..., None].astype(np.float32)
        grain = 0.06 * clouds(rng, (stage.rows, stage.columns), (40, 40), 2)
        shade = (1.06 - 0.5 * (down - ridge) + grain)[..., None].astype(np.float32)
        stage.rgb += below * (tone(colour) * shade - stage.rgb)


def _ridge(rng: np.random.Generator, columns: int, height: float, rough: float) -> Floats:
    """Heights of a chain of hills along the columns of a picture."""
    line = clouds(rng, (8, columns), (2, 4), 6)[4]
    return np.asarray(height - rough * line, np.float32)


def _bubbles(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    hue = rng.uniform(180, 250)
    stage.fade(oklch(0.55, 0.13, hue), oklch(0.85, 0.07, hue - 20))
    stage.bokeh(rng, [colours.main, (230, 240, 245)], 12)
    for size in np.sort(rng.uniform(0.02, 0.14, 26)):
        at = rng.uniform(0, stage.aspect), 1.02 - abs(rng.normal(0, 0.42))
        _bubble(stage, at, size)
    for _ in range(6):
        x, y = rng.uniform(0.1, 0.9) * stage.aspect, rng.uniform(0.1, 0.9)
        reach = rng.uniform(0.03, 0.08)
        for dx, dy in ((reach, 0), (0, reach)):
            stage.stroke([(x - dx, y - dy), (x + dx, y + dy)], 0.004, (250, 252, 255))
        stage.ball((x, y), (0.008, 0.008), [1.2, 1.2, 1.2])


def _bubble(stage: Stage, at: tuple[float, float], size: float) -> None:
    window, across, down = stage.window(*at, size)
    away = np.hypot(across, down) / size
    rim = np.clip(away, 0, 1) ** 5 * np.clip((1 - away) * size * stage.rows, 0, 1)
    glint = np.exp(-(((across / size + 0.4) ** 2 + (down / size + 0.45) ** 2) * 22))
    tint = np.stack([0.9 + 0.2 * across / size, 0.9 - 0.15 * down / size, 1 + 0 * away], axis=-1)
    share = np.clip(0.1 * (away < 1) + 0.75 * rim + 0.9 * glint * (away < 1), 0, 1)[..., None]
    stage.rgb[window] += (share * (tint - stage.rgb[window])).astype(np.float32)


def _waves(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    """Folds of silk or water: bands whose light follows their slope."""
    down, right = np.mgrid[: stage.rows, : stage.columns].astype(np.float32) / stage.rows
    bend = clouds(rng, (stage.rows, stage.columns), (3, 3), 2)
    angle = rng.uniform(-0.7, 0.7)
    phase = np.cos(angle) * down + np.sin(angle) * right + 0.28 * bend
    folds = rng.uniform(9, 17)
    height = np.sin(folds * phase) + 0.35 * np.sin(2.3 * folds * phase + 1)
    low, high = tone(mix(colours.main, (10, 20, 40), 0.3)), tone(mix(colours.second, _CREAM, 0.4))
    share = np.clip(0.5 + 0.4 * height, 0, 1)[..., None]
    slope = np.clip(np.cos(folds * phase), 0, 1)[..., None] ** 6
    stage.rgb[:] = low + share * (high - low) + 0.22 * slope


def _bokeh(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    stage.fade(mix(colours.main, (16, 14, 26), 0.55), mix(colours.second, (16, 14, 26), 0.25))
    stage.bokeh(rng, [colours.accent, colours.main, colours.second, _CREAM], 34)


def _facets(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    """Overlapping slanted planes of the colours of the design."""
    stage.fade(mix(colours.main, colours.ground, 0.2), colours.second)
    down, right = np.mgrid[: stage.rows, : stage.columns].astype(np.float32) / stage.rows
    choices = [colours.main, colours.second, colours.accent, colours.ground]
    for _ in range(7):
        angle = rng.choice([0.5, -0.6, 1.1, -1.2]) + rng.uniform(-0.1, 0.1)
        far = rng.uniform(0, 1.2)
        side = np.cos(angle) * right + np.sin(angle) * down - far
        share = np.clip(side * stage.rows, 0, 1) * np.clip(0.9 - side, 0.15, 0.9)
        colour = tone(choices[rng.integers(4)])
        stage.rgb += share[..., None] * (colour - stage.rgb)


PAINTERS: dict[Motif, Painter] = {
    "fruit": _fruit,
    "tomatoes": _tomatoes,
    "beans": _beans,
    "biscuits": _biscuits,
    "bowl": _bowl,
    "cup": _cup,
    "leaves": _leaves,
    "landscape": _landscape,
    "bubbles": _bubbles,
    "waves": _waves,
    "bokeh": _bokeh,
    "facets": _facets,
    "bottles": goods.bottles,
    "jars": goods.jars,
    "bulbs": goods.bulbs,
    "cells": goods.cells,
    "phone": goods.phone,
    "headphones": goods.headphones,
    "blocks": goods.blocks,
    "robot": goods.robot,
    "car": goods.car,
    "rocket": goods.rocket,
    "pens": goods.pens,
    "razors": goods.razors,
    "screws": goods.screws,
}
