"""What is printed on packaging: words, logos, pictures, barcodes, and prints that look like damage.

Sizes and places are in canvas pixels from the middle of the canvas.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.simulate.sketched.artwork import (
    MIDDLE,
    Artwork,
    Colour,
    blob,
    bounds,
    box,
    clouds,
    polygon,
)

SYLLABLES = ("al", "bo", "ca", "den", "fi", "go", "ha", "in", "ju", "ka", "lo", "mi", "nor", "pra")
# The seven modules of each digit in an EAN-13, and which of the left six are mirrored.
_DIGITS = "0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011"
_PARITY = "000000 001011 001101 001110 010011 011001 011100 010101 010110 011010"
FONTS = (cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_SIMPLEX)


def colour(
    rng: np.random.Generator,
    value: tuple[int, int] = (60, 230),
    saturation: tuple[int, int] = (50, 190),
) -> Colour:
    """A random RGB colour of the given brightness and saturation, both of 255."""
    hsv = [[[rng.integers(180), rng.integers(*saturation), rng.integers(*value)]]]
    red, green, blue = cv2.cvtColor(np.array(hsv, np.uint8), cv2.COLOR_HSV2RGB)[0, 0]
    return int(red), int(green), int(blue)


def against(ground: Colour) -> Colour:
    """Ink that can be read on this ground."""
    return (28, 28, 34) if np.dot(ground, (0.3, 0.59, 0.11)) > 120 else (245, 243, 236)


def word(rng: np.random.Generator) -> str:
    """A brand that does not exist."""
    return "".join(rng.choice(SYLLABLES, rng.integers(2, 4))).upper()


def write(
    art: Artwork,
    text: str,
    at: tuple[float, float],
    width: float,
    ink: Colour,
    font: int = FONTS[0],
    tallest: float = 70,
) -> None:
    """Writes one line as large as `width` and the height of its capitals allow."""
    (length, height), _ = cv2.getTextSize(text, font, 1.0, 1)
    scale = min(width / length, tallest / height)
    place = (round(MIDDLE + at[0]), round(MIDDLE + at[1]))
    cv2.putText(art.rgb, text, place, font, scale, ink, max(1, round(scale * 2.2)), cv2.LINE_AA)


def fine_print(
    rng: np.random.Generator, art: Artwork, at: tuple[float, float], width: float, lines: int
) -> None:
    """A block of small words."""
    ground = art.rgb[round(MIDDLE + at[1]), round(MIDDLE + at[0])]
    ink = against((int(ground[0]), int(ground[1]), int(ground[2])))
    for line in range(lines):
        text = " ".join(word(rng).lower() for _ in range(5))[:24]
        write(art, text, (at[0], at[1] + 13 * line), width * rng.uniform(0.8, 1), ink, FONTS[2], 9)


def logo(rng: np.random.Generator, art: Artwork, at: tuple[float, float], radius: float) -> None:
    """A disc with a figure in it."""
    ground = colour(rng)
    art.paint(polygon(box(*at, 2 * radius, 2 * radius, radius)), ground)
    points = rng.integers(3, 8)
    turns = np.linspace(0, 2 * np.pi, 2 * points, endpoint=False)
    reach = radius * np.where(np.arange(2 * points) % 2, rng.uniform(0.25, 0.6), 0.8)
    star = np.stack([at[0] + reach * np.sin(turns), at[1] - reach * np.cos(turns)], axis=1)
    art.paint(polygon(star), against(ground))


def ean13(digits: str) -> str:
    """The 95 modules of an EAN-13, 1 is black; digits: the first twelve of the number."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    first, *rest = [int(digit) for digit in f"{digits}{-total % 10}"]
    mirrored = [bit == "1" for bit in _PARITY.split()[first]]
    odd = [_DIGITS.split()[digit] for digit in rest]
    right = [modules.translate(str.maketrans("01", "10")) for modules in odd]
    left = [right[place][::-1] if mirrored[place] else odd[place] for place in range(6)]
    return f"101{''.join(left)}01010{''.join(right[6:])}101"


def barcode(rng: np.random.Generator, art: Artwork, at: tuple[float, float], height: float) -> None:
    """An EAN-13 on its white field, two canvas pixels a module."""
    art.paint(polygon(box(*at, 222, height + 34)), (250, 250, 248))
    digits = "".join(str(digit) for digit in rng.integers(0, 10, 12))
    top, left = round(MIDDLE + at[1] - height / 2 - 8), round(MIDDLE + at[0] - 95)
    bars = np.repeat([module == "1" for module in ean13(digits)], 2)
    art.rgb[top : top + round(height), left : left + 190][:, bars] = 22
    write(art, digits, (at[0] - 80, at[1] + height / 2 + 9), 160, (22, 22, 22), FONTS[2])


def photo(
    rng: np.random.Generator, art: Artwork, at: tuple[float, float], width: float, height: float
) -> None:
    """Something like a printed photograph: a blurred background and a heap of round fruit."""
    frame = polygon(box(*at, width, height, 12))
    window = bounds(frame)
    size = max(frame[window].shape)
    ground, other = (np.array(colour(rng), np.float32) for _ in range(2))
    mix = 0.5 + 0.5 * clouds(rng, size, 3)[..., None]
    scene: NDArray[np.float32] = ground + mix * (other - ground)
    skin = np.array(colour(rng, (150, 250)), np.float32)
    y, x = np.mgrid[:size, :size].astype(np.float32)
    for _ in range(7):
        radius = size * rng.uniform(0.1, 0.2)
        across, down = (
            (axis - rng.uniform(0.2, 0.8) * length) / radius
            for axis, length in ((x, width), (y, height))
        )
        bulge = np.sqrt(np.maximum(1 - across * across - down * down, 0))
        lit = np.clip(0.35 + 0.75 * bulge - 0.25 * across - 0.3 * down, 0, 1.25)[..., None]
        share = np.clip(bulge * 6, 0, 1)[..., None]
        scene += share * (skin * rng.uniform(0.85, 1.1) * lit - scene)
    painted = art.rgb.astype(np.float32)
    rows, columns = frame[window].shape
    painted[window] = np.clip(scene[:rows, :columns], 0, 255)
    art.paint(frame, painted)


def broken_screen(rng: np.random.Generator, art: Artwork, at: tuple[float, float]) -> None:
    """A telephone with a smashed screen, as printed on the box of its protective case."""
    x, y = at
    art.paint(polygon(box(x, y, 190, 350, 26)), (18, 18, 22))
    screen = polygon(box(x, y, 168, 310, 10))
    art.paint(screen, colour(rng, (70, 120)))
    hit = np.array([x + rng.uniform(-40, 40), y + rng.uniform(-80, 80)])
    cracks = np.zeros_like(screen)
    turns = np.sort(rng.uniform(0, 2 * np.pi, 22))
    rays = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    for ring in (18, 45, 85, 140):
        corners = hit + rays * ring * rng.uniform(0.8, 1.2, (22, 1)) + MIDDLE
        cv2.polylines(cracks, [corners.astype(np.int32)], ring < 100, 255, 1, cv2.LINE_AA)
    for ray in rays:
        path = hit + ray * np.array([[0], [70], [160], [320]]) + rng.normal(0, 7, (4, 2)) + MIDDLE
        cv2.polylines(cracks, [path.astype(np.int32)], False, 255, 2, cv2.LINE_AA)
    art.paint(np.minimum(cracks, screen), (225, 232, 238), 0.9)


def splash(rng: np.random.Generator, art: Artwork, at: tuple[float, float]) -> None:
    """A splash of juice with drops, as printed on a carton of it."""
    ink = colour(rng, (150, 220), (160, 240))
    art.paint(polygon(blob(rng, *at, 95, 0.35)), ink)
    for _ in range(14):
        x, y = np.array(at) + rng.normal(0, 95, 2)
        art.paint(polygon(blob(rng, x, y, rng.uniform(4, 15), 0.15)), ink)
    art.paint(polygon(blob(rng, at[0] - 25, at[1] - 25, 22, 0.3)), (255, 250, 240), 0.6)
