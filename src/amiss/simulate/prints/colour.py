"""Colours that belong together, and ink that can be read on them.

Colours are picked in OKLCH (lightness, chroma, hue; Ottosson 2020), where equal steps look equal,
and are sRGB triples of 0 to 255 everywhere else. Contrast is the ratio of WCAG 2.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

Colour = tuple[int, int, int]
Mood = Literal["white", "bold", "dark", "pastel", "kraft"]

READABLE = 4.5
"""The contrast that body text needs."""
PAPER: Colour = (238, 237, 232)
BLACK: Colour = (14, 14, 16)
KRAFT: Colour = (181, 142, 98)
_TO_CONE = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_TO_LINEAR = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one design.

    ground: the stock or what covers it. main, second: large areas. accent: small, loud. ink: text
    on the ground.
    """

    mood: Mood
    ground: Colour
    main: Colour
    second: Colour
    accent: Colour
    ink: Colour


def oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """A colour; chroma is lowered until sRGB holds it. hue in degrees."""
    angle = np.deg2rad(hue)
    for share in np.linspace(1, 0, 21):
        lab = np.array([lightness, *(chroma * share * np.array([np.cos(angle), np.sin(angle)]))])
        linear = _TO_LINEAR @ (_TO_CONE @ lab) ** 3
        if linear.min() >= -1e-4 and linear.max() <= 1 + 1e-4:
            break
    linear = linear.clip(0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    # No ink is blacker than 20, no paper whiter than 240.
    red, green, blue = (int(value) for value in np.round(20 + encoded * 220))
    return red, green, blue


def luminance(colour: Colour) -> float:
    """Relative luminance in [0, 1]."""
    encoded = np.array(colour) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio, from 1 (none) to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(ground: Colour, *wanted: Colour) -> Colour:
    """The first wanted ink that can be read on this ground, else paper white or black."""
    for ink in wanted:
        if contrast(ink, ground) >= READABLE:
            return ink
    return max((PAPER, BLACK), key=lambda ink: contrast(ink, ground))


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two; share 0 is the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def palette(rng: np.random.Generator, mood: Mood, hue: float) -> Palette:
    """The colours of a design around one hue (degrees), by one of the classic harmonies."""
    other = hue + rng.choice([28, -28, 180, 150, -150, 120])
    third = hue + rng.choice([180, 165, -165, 120])
    strong = oklch(rng.uniform(0.42, 0.62), rng.uniform(0.13, 0.21), hue)
    deep = oklch(rng.uniform(0.27, 0.36), rng.uniform(0.05, 0.1), hue)
    loud = oklch(rng.uniform(0.68, 0.8), rng.uniform(0.14, 0.19), third)
    if mood == "white":
        second = oklch(rng.uniform(0.5, 0.8), rng.uniform(0.08, 0.15), other)
        return Palette(mood, PAPER, strong, second, loud, ink_on(PAPER, deep))
    if mood == "bold":
        second = oklch(rng.uniform(0.3, 0.42), rng.uniform(0.07, 0.12), other)
        return Palette(mood, strong, second, mix(strong, PAPER, 0.8), loud, ink_on(strong, PAPER))
    if mood == "dark":
        ground = oklch(rng.uniform(0.17, 0.26), rng.uniform(0.0, 0.035), hue)
        metal = oklch(rng.uniform(0.7, 0.8), rng.uniform(0.05, 0.1), rng.uniform(70, 95))
        return Palette(mood, ground, strong, metal, loud, ink_on(ground, metal))
    if mood == "pastel":
        ground = oklch(rng.uniform(0.86, 0.92), rng.uniform(0.03, 0.06), hue)
        second = oklch(rng.uniform(0.76, 0.85), rng.uniform(0.07, 0.1), other)
        return Palette(mood, ground, strong, second, loud, ink_on(ground, deep))
    second = oklch(rng.uniform(0.4, 0.5), rng.uniform(0.06, 0.1), hue)
    dark = oklch(rng.uniform(0.22, 0.3), rng.uniform(0.01, 0.04), hue)
    return Palette(mood, KRAFT, second, PAPER, dark, ink_on(KRAFT, dark))
