"""Products in flat packaging: carton, blister card, poly mailer.

Each draws one product from its generator. `gone` in [0, 1) picks the unit or part to leave out,
where the kind has any; nothing is drawn from the generator for a part alone, so that the rest of
the product stays what it is.
"""

import numpy as np

from amiss.simulate.sketched import prints
from amiss.simulate.sketched.artwork import (
    CANVAS,
    Artwork,
    Colour,
    box,
    capsule,
    clouds,
    polygon,
    share,
)

FAR = float(CANVAS)  # beyond the edge of everything


def carton(rng: np.random.Generator, _gone: float | None, deceptive: bool = False) -> Artwork:
    """A printed folding box, its lid taped or tucked."""
    width, height = rng.uniform(500, 640), rng.uniform(400, 500)
    ground = prints.colour(rng)
    art = Artwork.blank(ground)
    art.body(polygon(box(0, 0, width, height, 7)), None, 70, 13, 0.25)
    second = prints.colour(rng)
    lean, split = rng.uniform(-120, 120), rng.uniform(-0.1, 0.25) * width
    block = np.array(
        [(split + lean, -FAR), (FAR, -FAR), (FAR, FAR), (split - lean, FAR)], np.float64
    )
    art.paint(polygon(block), second)
    for stripe in range(rng.integers(0, 4)):
        art.paint(polygon(box(0, height * (0.3 + 0.05 * stripe), FAR, 7)), prints.against(second))
    left, top = -width / 2, -height / 2
    prints.write(
        art,
        prints.word(rng),
        (left + 34, top + 96),
        width * 0.5,
        prints.against(ground),
        prints.FONTS[rng.integers(2)],
    )
    ink = prints.against(ground)
    prints.write(art, prints.word(rng), (left + 36, top + 136), width * 0.28, ink, tallest=24)
    if deceptive:
        picture = prints.broken_screen if rng.random() < 0.5 else prints.splash
        picture(rng, art, (width * 0.27, 0))
    else:
        prints.photo(rng, art, (width * 0.26, -20), width * 0.36, height * 0.55)
    prints.logo(rng, art, (left + 75, 0), 42)
    prints.fine_print(rng, art, (left + 140, -18), 170, 6)
    prints.barcode(rng, art, (left + 145, -top - 70), 60)
    seam = polygon(box(0, top + 22, width - 20, 3))
    art.paint(seam, (20, 20, 20), 0.45)
    art.height -= 2 * share(seam)
    return art


def deceptive_carton(rng: np.random.Generator, gone: float | None) -> Artwork:
    """A flawless box with damage printed on it."""
    return carton(rng, gone, deceptive=True)


def blister(rng: np.random.Generator, gone: float | None) -> Artwork:
    """Two to six units on a card, each under its own clear dome."""
    count, pills = int(rng.integers(2, 7)), rng.random() < 0.5
    ground, first, second = (prints.colour(rng) for _ in range(3))
    art = Artwork.blank(ground, (214, 208, 198))
    pitch = 560 / max(count, 4)
    width, height = count * pitch + 70, 520
    art.body(polygon(box(0, 0, width, height, 22)), None, 8, 4, 0.3)
    art.paint(polygon(box(0, 140, width, 240)), prints.against(prints.against(ground)), 0.85)
    prints.write(
        art,
        prints.word(rng),
        (-width * 0.38, -175),
        min(width * 0.76, 260),
        prints.against(ground),
        prints.FONTS[1],
    )
    prints.fine_print(rng, art, (-width * 0.38, -140), min(width * 0.7, 220), 3)
    missing = None if gone is None else int(gone * count)
    for unit in range(count):
        x = (unit - (count - 1) / 2) * pitch
        dome = polygon(box(x, 70, pitch * 0.8, 300, pitch * 0.3))
        if unit != missing:
            _unit(art, x, pitch, pills, first, second)
        else:
            art.mark(dome)
        art.paint(dome, (236, 240, 246), 0.13)
        art.body(dome, None, 34, 26, 0.9)
    return art


def _unit(art: Artwork, x: float, pitch: float, pills: bool, first: Colour, second: Colour) -> None:
    """A capsule of two colours, or a razor blade of bare metal."""
    if pills:
        radius = pitch * 0.26
        art.body(capsule((x, -20), (x, 160), radius), first, 30, radius, 0.5)
        art.paint(capsule((x, 70), (x, 160), radius), second)
        return
    blade = polygon(box(x, 70, pitch * 0.58, 240, 12))
    art.body(blade, (168, 172, 178), 20, 6, 0.7)
    art.paint(polygon(box(x, 70, pitch * 0.12, 170, 6)), (40, 42, 48))
    for side in (-1, 1):
        art.paint(polygon(box(x + side * pitch * 0.255, 70, pitch * 0.05, 232)), (222, 226, 230))


def mailer(rng: np.random.Generator, _gone: float | None) -> Artwork:
    """A stuffed poly bag with wrinkles, sealed at both ends."""
    width, height = rng.uniform(540, 660), rng.uniform(400, 480)
    pale = rng.random() < 0.6
    ground = prints.colour(rng, (190, 245), (0, 40)) if pale else prints.colour(rng, (70, 190))
    art = Artwork.blank(ground, (120, 116, 110))
    outline = box(0, 0, width, height, 14)
    outline = outline + rng.normal(0, 2.5, outline.shape)
    art.body(polygon(outline), None, 10, 6, 0.45)
    pillow = polygon(box(0, 0, width - 70, height - 16, 60))
    art.body(pillow, None, 75, height * 0.45, 0.45)
    waves = 1 - np.abs(clouds(rng, CANVAS, 4, 5)) * 2
    fold = np.abs(clouds(rng, CANVAS, 2, 3))
    art.height += (9 * waves + 24 * fold) * art.item
    for side in (-1, 1):
        seal = polygon(box(side * (width / 2 - 20), 0, 4, height))
        art.height += 3 * share(seal)
    prints.logo(rng, art, (-width * 0.32, -height * 0.3), 40)
    prints.write(
        art, prints.word(rng), (-width * 0.22, -height * 0.25), width * 0.4, prints.against(ground)
    )
    art.paint(polygon(box(40, 50, 330, 190, 6)), (246, 246, 242))
    prints.fine_print(rng, art, (-105, -20), 200, 4)
    prints.barcode(rng, art, (40, 90), 56)
    return art
