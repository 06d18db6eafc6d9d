"""What a print is on: fibre, flutes, gloss, crinkle. A print on a material is a skin."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.simulate.prints.colour import KRAFT, Colour
from amiss.simulate.prints.stage import Floats, clouds
from amiss.simulate.prints.wares import Material
from amiss.simulate.shapes.patch import Skin


@dataclass(frozen=True, slots=True)
class _Stuff:
    """back: colour of the underside; None: the mean of the print, as film is dyed through.

    rough, metal: of the surface. mottle: unevenness of colour, as a share, over `cell` metres.
    fibre: share by which single fibres are lighter or darker. relief: metres of bump, over `cell`.
    flute: metres of the washboard of corrugated board.
    """

    back: Colour | None
    rough: float
    metal: float = 0.0
    mottle: float = 0.0
    fibre: float = 0.0
    relief: float = 0.0
    cell: float = 0.02
    flute: float = 0.0


_STUFF: dict[Material, _Stuff] = {
    "kraft": _Stuff(KRAFT, 0.85, mottle=0.035, fibre=0.035, relief=6e-5, cell=0.012),
    "corrugated": _Stuff(
        (186, 150, 108), 0.85, mottle=0.03, fibre=0.035, relief=6e-5, cell=0.02, flute=7e-5
    ),
    "board": _Stuff((188, 184, 174), 0.55, mottle=0.012, fibre=0.008, relief=3e-5),
    "coated": _Stuff((206, 203, 194), 0.28, mottle=0.006, relief=2e-5, cell=0.03),
    "paper": _Stuff((232, 230, 224), 0.6, mottle=0.012, fibre=0.012, relief=5e-5, cell=0.015),
    "poly": _Stuff(None, 0.26, mottle=0.012, relief=6e-4, cell=0.03),
    "tin": _Stuff((198, 190, 160), 0.24, 1.0, mottle=0.01, relief=1.5e-5, cell=0.02),
    "plastic": _Stuff(None, 0.32, mottle=0.006, relief=2e-5, cell=0.03),
    "glass": _Stuff(None, 0.06, relief=1e-5, cell=0.05),
    "pages": _Stuff((232, 228, 214), 0.9, fibre=0.02, relief=8e-5, cell=0.01),
}
_FLUTE = 0.0072
"""Metres from flute to flute (C flute)."""


def skin_of(
    material: Material,
    base: NDArray[np.uint8],
    texels_per_metre: float,
    rng: np.random.Generator,
) -> Skin:
    """A print on a material.

    Args:
        material: What it is printed on.
        base: H×W×3 uint8 sRGB, the print.
        texels_per_metre: How fine; fibre and crinkle keep their real size.
        rng: Where the fibres lie.
    """
    stuff = _STUFF[material]
    rows, columns = base.shape[:2]
    # The crinkle of film is wide and soft; all else goes on down to the texel.
    octaves = 2 if material == "poly" else 4
    relief = _relief(rng, (rows, columns), stuff.cell * texels_per_metre, octaves)
    shade = np.ones((rows, columns), np.float32)
    if stuff.mottle:
        shade += np.float32(stuff.mottle) * relief
    if stuff.fibre:
        # Bleached fibres differ from each other far less than brown ones.
        bleached = float(np.clip((base.mean() - 150) / 90, 0, 1))
        strong = np.float32(stuff.fibre * (1 - 0.75 * bleached))
        shade += strong * _fibres(rng, (rows, columns))
    bump = np.float32(stuff.relief) * relief
    if material == "poly":
        # Film creases along lines: ridges where soft relief changes its sign.
        bump += np.float32(0.5 * stuff.relief) * (0.4 - np.abs(relief))
    if stuff.flute:
        flutes = np.sin(2 * np.pi / (_FLUTE * texels_per_metre) * np.arange(columns))
        # Flutes finer than two texels cannot be seen, and would alias.
        if _FLUTE * texels_per_metre >= 3:
            bump += (stuff.flute * flutes).astype(np.float32)
            shade += (0.012 * flutes).astype(np.float32)
    tinted = np.clip(base * shade[..., None], 0, 255) if stuff.mottle or stuff.fibre else base
    mean = base.reshape(-1, 3).mean(0)
    back = stuff.back or (int(mean[0] * 0.8), int(mean[1] * 0.8), int(mean[2] * 0.8))
    rough = np.clip(stuff.rough + 0.04 * relief * (stuff.rough < 0.6), 0.02, 1)
    return Skin(
        base=np.asarray(tinted, np.uint8),
        back=back,
        rough=np.asarray(rough, np.float32),
        metal=np.full((rows, columns), stuff.metal, np.float32),
        bump=np.asarray(bump, np.float32),
    )


def _relief(rng: np.random.Generator, shape: tuple[int, int], cell: float, octaves: int) -> Floats:
    """Soft unevenness, about −1 to 1; cell: texels of its widest features."""
    cells = (max(2, round(shape[0] / cell)), max(2, round(shape[1] / cell)))
    return clouds(rng, shape, (min(cells[0], 64), min(cells[1], 64)), octaves)


def _fibres(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Short fibres at all angles and specks: noise drawn out along and across, a few texels."""
    # The difference of two uniform bytes: normal numbers would take five times as long.
    grain = rng.integers(0, 256, (2, *shape), np.uint8)
    noise = np.subtract(grain[0], grain[1], dtype=np.int16).astype(np.float32) * np.float32(1 / 104)
    wide, tall = noise.copy(), noise
    wide[:, 1:] += wide[:, :-1].copy()
    tall[1:] += tall[:-1].copy()
    return np.asarray(0.5 * (wide + tall), np.float32)
