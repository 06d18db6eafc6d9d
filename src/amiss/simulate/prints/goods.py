"""Printed pictures of made things: what is in the box, as its maker would show it."""

import numpy as np

from amiss.simulate.prints.colour import Colour, Palette, mix, oklch
from amiss.simulate.prints.stage import Floats, Stage, tone

_STEEL: Colour = (186, 190, 196)
_DARK: Colour = (34, 35, 40)
_BRIGHT: tuple[Colour, ...] = (
    (206, 44, 40), (232, 178, 30), (40, 106, 190), (52, 150, 74), (228, 118, 30), (122, 62, 150),
)  # fmt: skip


def _studio(stage: Stage, colours: Palette) -> None:
    dark = colours.mood == "dark"
    wall = (
        mix(colours.main, (20, 22, 28), 0.55) if dark else mix(colours.main, (240, 240, 240), 0.6)
    )
    stage.backdrop(wall, mix(wall, (30, 30, 34) if dark else (240, 240, 240), 0.4), 0.72)


def bottles(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    """Three bottles in a row."""
    _studio(stage, colours)
    profile = [(-1.0, 0.32), (-0.8, 0.32), (-0.78, 0.36), (-0.62, 0.38), (-0.4, 0.85), (-0.3, 1.0),
               (0.9, 1.0), (0.97, 0.93), (1.0, 0.8)]  # fmt: skip
    label, stripe = tone(colours.ground), tone(colours.accent)
    for place in range(3):
        x = stage.aspect / 2 + (place - 1) * min(0.3, 0.27 * stage.aspect)
        body = tone(oklch(0.6, 0.14, rng.uniform(0, 360)))

        def look(across: Floats, along: Floats, body: Floats = body) -> Floats:
            made = np.broadcast_to(body, (*across.shape, 3)).copy()
            made[along < -0.78] = stripe
            made[(along > -0.12) & (along < 0.7)] = label
            made[(along > 0.1) & (along < 0.3) & (np.abs(across) < 0.8)] = body * 0.8
            return made

        stage.shadow(x + 0.04, 0.9, 0.15, 0.04, 0.6)
        stage.lathe((x, 0.52), (0.11, 0.38), profile, look, gloss=0.6)


def jars(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    """A jar of something golden, lid on."""
    _studio(stage, colours)
    stage.bokeh(rng, [colours.accent, (240, 220, 170)], 6)
    x = stage.aspect * rng.uniform(0.42, 0.58)
    inside = tone(oklch(0.66, 0.14, rng.uniform(50, 85)))
    lid, label = tone(colours.main), tone((238, 234, 222))

    def look(across: Floats, along: Floats) -> Floats:
        glow = inside * (1.15 - 0.35 * np.abs(across))[..., None]
        glow[along < -0.66] = lid
        glow[(along > -0.3) & (along < 0.55)] = label
        return np.asarray(glow, np.float32)

    stage.shadow(x + 0.06, 0.9, 0.3, 0.05, 0.6)
    profile = [(-1.0, 0.86), (-0.97, 0.9), (-0.66, 0.9), (-0.64, 0.8), (-0.5, 1.0), (0.9, 1.0),
               (1.0, 0.86)]  # fmt: skip
    stage.lathe((x, 0.56), (0.24, 0.36), profile, look, gloss=0.7)


def bulbs(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    """A bulb that shines."""
    stage.fade(mix(colours.main, (16, 16, 24), 0.7), (14, 14, 18))
    x = stage.aspect / 2 + rng.uniform(-0.05, 0.05)
    down, right = np.mgrid[: stage.rows, : stage.columns] / stage.rows
    glow = np.exp(-np.hypot(right - x, down - 0.38) * 4.2)[..., None].astype(np.float32)
    stage.rgb += glow * np.array([1.0, 0.82, 0.5], np.float32)
    stage.lathe((x, 0.78), (0.1, 0.13), [(-1, 1.0), (0.8, 0.9), (1, 0.4)], _thread, gloss=0.6)
    profile = [(-1.0, 0.0), (-0.96, 0.3), (-0.8, 0.68), (-0.55, 0.93), (-0.3, 1.0), (0.0, 0.93),
               (0.4, 0.66), (0.75, 0.42), (1.0, 0.4)]  # fmt: skip
    stage.lathe((x, 0.41), (0.23, 0.3), profile, tone((255, 244, 214)) * 1.25, gloss=0.5)


def _thread(across: Floats, along: Floats) -> Floats:
    shade = 0.85 + 0.2 * np.sin(along * 22 + across)
    return np.asarray(tone(_STEEL) * shade[..., None], np.float32)


def cells(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    """Batteries, standing."""
    _studio(stage, colours)
    body, top = tone(_DARK), tone(colours.accent)

    def look(across: Floats, along: Floats) -> Floats:
        made = np.where((along < -0.3)[..., None], top, body).astype(np.float32)
        made[along < -0.86] = tone(_STEEL)
        made[(np.abs(along + 0.27) < 0.03)] = 0.9
        bolt = (np.abs(across + 0.25 * along - 0.1) < 0.13) & (along > 0) & (along < 0.6)
        made[bolt] = top
        return made

    profile = [(-1.0, 0.3), (-0.93, 0.3), (-0.92, 0.95), (-0.88, 1.0), (0.97, 1.0), (1.0, 0.9)]
    count = 4 if stage.aspect > 1 else 3
    for place in range(count):
        x = stage.aspect * (place + 0.9) / (count + 0.8)
        lean = rng.uniform(-0.04, 0.04)
        stage.shadow(x + 0.05, 0.9, 0.1, 0.03, 0.6)
        stage.lathe((x, 0.52), (0.095, 0.38), profile, look, angle=lean, gloss=0.8)


def phone(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    """A telephone with a lively screen, and the glass that goes on it."""
    _studio(stage, colours)
    lean = rng.uniform(-0.35, 0.35)
    x = stage.aspect / 2
    one, other = tone(colours.main), tone(colours.accent)
    waves = rng.uniform(2, 6, 3)

    def screen(across: Floats, along: Floats) -> Floats:
        share = 0.5 + 0.5 * np.sin(waves[0] * across + waves[1] * along + np.sin(waves[2] * across))
        glow = one + share[..., None] * (other - one)
        return np.asarray(glow * (1.05 - 0.35 * along)[..., None], np.float32)

    stage.shadow(x + 0.05, 0.55, 0.3, 0.45, 0.5)
    at = x - 0.05, 0.5
    stage.slab(at, (0.23, 0.43), tone(_DARK), angle=lean, corner=0.05, gloss=0.9)
    stage.slab(at, (0.21, 0.4), screen, angle=lean, corner=0.035, bevel=0.004, gloss=0)
    cos, sin = np.cos(lean), np.sin(lean)
    glass = x + 0.16 * cos, 0.42 + 0.16 * sin
    window, right, down = stage.window(*glass, 0.5)
    across, along = cos * right + sin * down, cos * down - sin * right
    inside = (np.abs(across) < 0.21) & (np.abs(along) < 0.4)
    edge = inside & ((np.abs(across) > 0.2) | (np.abs(along) > 0.39))
    sheen = inside * (0.08 + 0.14 * (np.sin(5 * (across - along)) > 0.3)) + 0.5 * edge
    stage.rgb[window] += sheen[..., None] * (1 - stage.rgb[window])


def headphones(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    """A pair of headphones, from the front."""
    _studio(stage, colours)
    x = stage.aspect / 2
    body = colours.accent if rng.random() < 0.4 else _DARK
    turns = np.linspace(np.pi, 2 * np.pi, 40)
    band = np.stack([x + 0.27 * np.cos(turns), 0.5 + 0.36 * np.sin(turns)], axis=1)
    stage.shadow(x + 0.03, 0.86, 0.34, 0.05, 0.6)
    stage.stroke(band, 0.06, body)
    for side in (-1, 1):
        at = x + 0.27 * side, 0.6
        stage.ball(
            at, (0.09, 0.17), tone(mix(body, (60, 60, 66), 0.3)), angle=0.1 * side, gloss=0.4
        )
        outer = at[0] + 0.045 * side, at[1]
        stage.ball(outer, (0.07, 0.14), tone(body), angle=0.1 * side, gloss=0.9)
        stage.ball(outer, (0.03, 0.06), tone(_STEEL), angle=0.1 * side, gloss=0.8, flat=0.5)


def blocks(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    """A wall of toy bricks with studs."""
    stage.backdrop(mix(colours.main, (240, 240, 240), 0.5), (196, 206, 196), 0.85)
    wide, high = 0.13, 0.115
    heights = rng.integers(2, 7, max(3, int(stage.aspect / wide / 1.25)))
    left = stage.aspect / 2 - wide * len(heights) / 2
    for column, count in enumerate(heights):
        for level in range(count):
            x, y = left + wide * (column + 0.5), 0.9 - high * level
            colour = tone(_BRIGHT[rng.integers(len(_BRIGHT))])
            for stud in (-0.25, 0.25):
                stage.lathe((x + stud * wide, y - 0.57 * high), (0.022, 0.016),
                            [(-1, 0.9), (-0.6, 1), (1, 1)], colour, gloss=0.3)  # fmt: skip
            stage.slab((x, y), (wide / 2, high / 2), colour, corner=0.006, bevel=0.01, gloss=0.4)


def robot(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    """A toy robot."""
    _rays(stage, colours)
    x = stage.aspect / 2
    body, trim = (tone(_BRIGHT[index]) for index in rng.choice(len(_BRIGHT), 2, replace=False))
    steel = tone(_STEEL)
    stage.shadow(x, 0.94, 0.3, 0.04, 0.6)
    for side in (-1, 1):
        stage.slab((x + 0.09 * side, 0.8), (0.06, 0.13), steel, corner=0.02)
        stage.slab((x + 0.1 * side, 0.92), (0.085, 0.035), trim, corner=0.02)
        stage.slab((x + 0.24 * side, 0.52), (0.045, 0.15), steel, angle=-0.25 * side, corner=0.02)
        stage.ball((x + 0.275 * side, 0.68), (0.055, 0.055), trim, gloss=0.6)
    stage.slab((x, 0.54), (0.19, 0.19), body, corner=0.03, bevel=0.03, gloss=0.5)
    stage.slab((x, 0.54), (0.12, 0.1), tone(_DARK), corner=0.02)
    for place in range(3):
        stage.ball((x - 0.07 + 0.07 * place, 0.51), (0.022, 0.022), tone(_BRIGHT[place]) * 1.3)
    stage.slab((x, 0.6), (0.09, 0.012), trim, corner=0.005, bevel=0.005)
    stage.slab((x, 0.22), (0.14, 0.11), steel, corner=0.03, bevel=0.03, gloss=0.6)
    stage.stroke([(x, 0.12), (x, 0.05)], 0.014, _STEEL)
    stage.ball((x, 0.045), (0.024, 0.024), trim * 1.2, gloss=0.8)
    for side in (-1, 1):
        stage.ball((x + 0.06 * side, 0.2), (0.035, 0.035), tone((240, 238, 210)) * 1.1, gloss=0.4)
        stage.ball((x + 0.06 * side, 0.2), (0.016, 0.016), tone(_DARK), gloss=0.5)


def _rays(stage: Stage, colours: Palette) -> None:
    """Beams from the middle, as toy makers like them."""
    down, right = np.mgrid[: stage.rows, : stage.columns] / stage.rows
    turn = np.arctan2(down - 0.55, right - stage.aspect / 2)
    share = np.clip(np.sin(turn * 14) * 6, -1, 1) * 0.5 + 0.5
    light, dark = tone(mix(colours.accent, (250, 240, 200), 0.35)), tone(colours.main)
    near = np.exp(-np.hypot(down - 0.5, right - stage.aspect / 2) * 2.2)[..., None]
    rays = dark + 0.45 * share[..., None] * (light - dark)
    stage.rgb[:] = rays + near * (light - rays)


def car(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    """A toy racing car from the side, on the move."""
    _rays(stage, colours)
    x, scale = stage.aspect / 2, min(1.0, stage.aspect)
    paint = tone(_BRIGHT[rng.integers(len(_BRIGHT))])
    stage.shadow(x, 0.8, 0.45 * scale, 0.05, 0.7)
    stage.slab((x, 0.64), (0.42 * scale, 0.085), paint, corner=0.06, bevel=0.06, gloss=0.9)
    stage.ball((x - 0.04, 0.55), (0.2 * scale, 0.13), tone((60, 84, 104)), gloss=0.9)
    stage.slab((x + 0.26 * scale, 0.6), (0.15 * scale, 0.05), paint, corner=0.04, bevel=0.04,
               angle=0.12, gloss=0.9)  # fmt: skip
    stage.slab((x - 0.36 * scale, 0.5), (0.07 * scale, 0.02), tone(_DARK), corner=0.01)
    stage.slab((x, 0.66), (0.4 * scale, 0.014), tone((240, 240, 236)), corner=0.006, bevel=0.004)
    stage.ball((x - 0.02, 0.64), (0.06, 0.06), tone((240, 240, 236)), gloss=0.2, flat=0.3)
    for side in (-0.25, 0.25):
        at = x + side * scale, 0.73
        stage.ball(at, (0.1, 0.1), tone((28, 28, 30)), gloss=0.3, flat=0.6)
        stage.ball(at, (0.055, 0.055), tone(_STEEL), gloss=0.8, flat=0.5)
        stage.ball(at, (0.018, 0.018), tone(colours.accent), gloss=0.5)


def rocket(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    """A toy rocket among stars."""
    stage.fade((12, 14, 40), mix((60, 30, 90), colours.main, 0.3))
    for x, y in rng.uniform(0, 1, (70, 2)):
        size = rng.uniform(0.002, 0.006)
        stage.ball((x * stage.aspect, y), (size, size), [1.2, 1.2, 1.1], gloss=0)
    planet = rng.uniform(0.1, 0.9) * stage.aspect, rng.uniform(0.75, 0.95)
    stage.ball(planet, (0.22, 0.22), tone(colours.second), gloss=0.05)
    x, lean = stage.aspect / 2, rng.uniform(-0.4, 0.4)
    body, trim = tone((232, 232, 228)), tone(_BRIGHT[rng.integers(len(_BRIGHT))])

    def look(across: Floats, along: Floats) -> Floats:
        made = np.broadcast_to(body, (*across.shape, 3)).copy()
        made[(along < -0.55) | (along > 0.8)] = trim
        made[np.abs(along - 0.35) < 0.05] = trim
        made[np.hypot(across * 0.5, along + 0.15) < 0.16] = tone((70, 120, 160))
        return made

    down = np.array([-np.sin(lean), np.cos(lean)])
    side = np.array([np.cos(lean), np.sin(lean)])
    middle = np.array([x, 0.44])
    for share, colour in ((1.0, (1.2, 0.5, 0.1)), (0.6, (1.3, 0.95, 0.4))):
        flame = middle + 0.42 * down
        stage.ball((flame[0], flame[1]), (0.06 * share, 0.16 * share), colour, angle=lean, gloss=0)
    for sign in (-1, 1):
        fin = middle + 0.26 * down + sign * 0.12 * side
        stage.slab((fin[0], fin[1]), (0.035, 0.09), trim, angle=lean - 0.4 * sign, corner=0.03)
    profile = [(-1.0, 0.0), (-0.8, 0.4), (-0.5, 0.8), (0.0, 1.0), (0.6, 0.9), (1.0, 0.6)]
    stage.lathe((middle[0], middle[1]), (0.12, 0.34), profile, look, angle=lean, gloss=0.6)


def pens(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    """Pens in a fan."""
    _studio(stage, colours)
    profile = [(-1.0, 0.7), (-0.98, 0.9), (-0.5, 1.0), (0.7, 1.0), (0.9, 0.45), (1.0, 0.12)]
    count = 5
    for place in range(count):
        colour = tone(_BRIGHT[(place + int(rng.integers(2))) % len(_BRIGHT)])

        def look(across: Floats, along: Floats, colour: Floats = colour) -> Floats:
            made = np.broadcast_to(colour, (*across.shape, 3)).copy()
            made[along > 0.72] = tone(_STEEL)
            made[(along > -0.52) & (along < -0.48)] = tone(_STEEL)
            return made

        lean = (place - (count - 1) / 2) * 0.2
        x = stage.aspect / 2 + (place - (count - 1) / 2) * min(0.17, 0.14 * stage.aspect)
        stage.shadow(x + 0.04, 0.6, 0.06, 0.3, 0.35)
        stage.lathe((x, 0.5), (0.034, 0.42), profile, look, angle=lean, gloss=0.6)


def razors(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    """A razor head over water."""
    _studio(stage, colours)
    x, lean = stage.aspect / 2, rng.uniform(-0.25, 0.25)
    grip = tone(colours.accent)
    profile = [(-1.0, 0.5), (-0.6, 0.7), (0.0, 1.0), (0.7, 0.8), (1.0, 0.5)]
    stage.shadow(x + 0.06, 0.6, 0.16, 0.35, 0.4)
    stage.lathe((x, 0.66), (0.055, 0.32), profile, grip, angle=lean, gloss=0.7)
    at = x + 0.36 * np.sin(lean), 0.3
    stage.slab(at, (0.26, 0.11), tone(_DARK), angle=lean, corner=0.03, bevel=0.03, gloss=0.6)

    def blades(across: Floats, along: Floats) -> Floats:
        edge = 0.5 + 0.5 * np.sin(along * 15.7)
        return np.asarray(tone(_STEEL) * (0.35 + 0.8 * edge)[..., None] + 0 * across[..., None],
                          np.float32)  # fmt: skip

    stage.slab(at, (0.22, 0.07), blades, angle=lean, corner=0.01, bevel=0.005, gloss=0.5)
    strip = at[0] + 0.085 * np.sin(lean), at[1] - 0.085 * np.cos(lean)
    stage.slab(strip, (0.22, 0.014), grip, angle=lean, corner=0.01, bevel=0.008)


def screws(stage: Stage, rng: np.random.Generator, colours: Palette) -> None:
    """Screws, strewn."""
    stage.planks(
        rng, (178, 128, 82) if rng.random() < 0.6 else mix(colours.main, (90, 90, 90), 0.5)
    )
    metal = tone((206, 170, 88) if rng.random() < 0.4 else _STEEL)

    def thread(across: Floats, along: Floats) -> Floats:
        groove = np.where(along > -0.45, np.sin(along * 46 + 1.5 * across), 0.5)
        return np.asarray(metal * (0.85 + 0.25 * groove)[..., None], np.float32)

    profile = [(-1.0, 1.0), (-0.9, 1.0), (-0.78, 0.42), (0.75, 0.42), (1.0, 0.02)]
    for _ in range(round(9 * stage.aspect)):
        at = rng.uniform(0.1, 0.9) * stage.aspect, rng.uniform(0.12, 0.88)
        angle = rng.uniform(0, 2 * np.pi)
        stage.shadow(at[0] + 0.02, at[1] + 0.025, 0.1, 0.1, 0.3)
        stage.lathe(at, (0.045, 0.17), profile, thread, angle=angle, gloss=0.8)
