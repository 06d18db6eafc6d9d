"""Products that show themselves: bottle, toy figure, tin.

`gone` is what it is in `packaging`: picks the part to leave out.
"""

import numpy as np

from amiss.simulate.sketched import prints
from amiss.simulate.sketched.artwork import (
    CANVAS,
    Artwork,
    Colour,
    Mask,
    blend,
    box,
    capsule,
    polygon,
    share,
)


def bottle(rng: np.random.Generator, gone: float | None) -> Artwork:
    """A bottle that lies on its side, with a label and a ribbed cap; the cap may be gone."""
    length, radius = rng.uniform(440, 540), rng.uniform(105, 145)
    ground, cap, paper = prints.colour(rng), prints.colour(rng), prints.colour(rng, (150, 250))
    neck, start = radius * 0.48, -length / 2 - 40
    end = start + length
    art = Artwork.blank(ground, (224, 222, 216))
    art.body(polygon(box(end + 45, 0, 120, 1.7 * neck, 6)), None, neck, neck, 0.8)
    for ring in range(3):
        art.paint(polygon(box(end + 58 + 16 * ring, 0, 4, 1.7 * neck)), (15, 15, 15), 0.3)
    shoulder = np.array(
        [(end - 50, -radius), (end + 30, -neck), (end + 30, neck), (end - 50, radius)], np.float64
    )
    side = polygon(box((start + end) / 2, 0, length, 2 * radius, radius * 0.35))
    art.body(np.maximum(side, polygon(shoulder)), None, radius, radius, 0.9)
    label = polygon(box((start + end) / 2 - 10, 0, length * 0.6, 2 * radius))
    art.paint(label, paper)
    blend(art.gloss, share(label), 0.3)
    ink = prints.against(paper)
    prints.write(art, prints.word(rng), (start + length * 0.22, -8), length * 0.5, ink)
    prints.fine_print(rng, art, (start + length * 0.22, 22), length * 0.3, 3)
    prints.logo(rng, art, (start + length * 0.66, radius * 0.35), radius * 0.26)
    lid = polygon(box(end + 72, 0, 84, 2.3 * neck, 8))
    if gone is None:
        art.body(lid, cap, neck * 1.2, neck * 1.2, 0.4)
        for rib in np.linspace(-1, 1, 11) * neck:
            art.paint(polygon(box(end + 72, rib, 70, 2)), (10, 10, 10), 0.35)
    else:
        art.mark(lid)
    return art


def toy(rng: np.random.Generator, gone: float | None) -> Artwork:
    """A figure with four limbs and a face; one limb may be gone."""
    suit, trousers, hair = (prints.colour(rng, (110, 240)) for _ in range(3))
    skin = prints.colour(rng, (190, 245), (50, 110))
    art = Artwork.blank(suit, (230, 226, 220))
    spread, stride = rng.uniform(150, 210), rng.uniform(60, 110)
    limbs: list[tuple[Mask, Colour]] = [
        (capsule((side * 70, -60), (side * spread, 70), 36), suit) for side in (-1, 1)
    ] + [(capsule((side * 45, 120), (side * stride, 290), 44), trousers) for side in (-1, 1)]
    torso = polygon(box(0, 30, 210, 260, 80))
    missing = None if gone is None else int(gone * len(limbs))
    for place, (limb, colour) in enumerate(limbs):
        if place == missing:
            art.mark(np.minimum(limb, 255 - torso))
        else:
            art.body(limb, colour, 38, 40, 0.35)
    art.body(torso, suit, 62, 75, 0.35)
    art.paint(np.minimum(polygon(box(0, 145, 220, 90)), torso), trousers)
    prints.logo(rng, art, (0, 20), 40)
    head = polygon(box(0, -185, 190, 180, 85))
    art.body(head, skin, 72, 85, 0.35)
    art.paint(np.minimum(polygon(box(0, -265, 220, 80, 30)), head), hair)
    for side in (-1, 1):
        art.paint(polygon(box(side * 36, -190, 24, 32, 12)), (25, 25, 30))
        art.paint(polygon(box(side * 36 + 5, -196, 8, 8, 4)), (250, 250, 250))
    art.paint(polygon(box(0, -140, 60, 10, 5)), (150, 50, 60))
    return art


def tin(rng: np.random.Generator, _gone: float | None) -> Artwork:
    """The lid of a tin from above: pressed rings, a printed disc, a pull tab."""
    radius = rng.uniform(270, 340)
    art = Artwork.blank((176, 178, 180), (205, 208, 212))
    art.body(_disc(radius), None, 60, 12, 0.8)
    y, x = np.mgrid[:CANVAS, :CANVAS].astype(np.float32) - CANVAS / 2
    reach = np.hypot(x, y) / np.float32(radius)
    rings = sum(
        depth * np.exp(-(((reach - at) / 0.018) ** 2))
        for at, depth in ((0.93, -14), (0.82, 7), (0.66, -5))
    )
    art.height += np.where(reach < 1, rings, 0).astype(np.float32)
    ground = prints.colour(rng)
    art.paint(_disc(radius * 0.6), ground)
    ink = prints.against(ground)
    prints.write(art, prints.word(rng), (-radius * 0.4, 0), radius * 0.8, ink)
    prints.logo(rng, art, (0, -radius * 0.4), radius * 0.13)
    prints.fine_print(rng, art, (-radius * 0.3, radius * 0.1), radius * 0.6, 3)
    tab = polygon(box(0, radius * 0.55, 78, 130, 36))
    hole = polygon(box(0, radius * 0.55 + 28, 44, 46, 20))
    art.body(np.minimum(tab, 255 - hole), (190, 192, 196), 78, 8, 0.8)
    return art


def _disc(radius: float) -> Mask:
    return polygon(box(0, 0, 2 * radius, 2 * radius, radius))
