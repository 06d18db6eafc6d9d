"""The typefaces that prints are set in; they come with two packages of fonts, not with us."""

import math
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from PIL import ImageFont

from amiss.domain.errors import SimulationError

_FILES = {
    "black": ("font_roboto", "Roboto-Black.ttf"),
    "bold": ("font_roboto", "Roboto-Bold.ttf"),
    "medium": ("font_roboto", "Roboto-Medium.ttf"),
    "regular": ("font_roboto", "Roboto-Regular.ttf"),
    "light": ("font_roboto", "Roboto-Light.ttf"),
    "thin": ("font_roboto", "Roboto-Thin.ttf"),
    "italic": ("font_roboto", "Roboto-BlackItalic.ttf"),
    "serif-black": ("font_source_serif_pro", "SourceSerifPro-Black.ttf"),
    "serif-bold": ("font_source_serif_pro", "SourceSerifPro-Bold.ttf"),
    "serif": ("font_source_serif_pro", "SourceSerifPro-Regular.ttf"),
    "serif-light": ("font_source_serif_pro", "SourceSerifPro-Light.ttf"),
    "serif-italic": ("font_source_serif_pro", "SourceSerifPro-BoldIt.ttf"),
}
FACES = tuple(_FILES)
MEASURE = 100
"""The size, in pixels, at which widths are measured."""
_STEPS = 16  # sizes of fonts kept, per doubling


class Metrics(NamedTuple):
    """Heights as shares of the font's size: baseline below the top, capitals, whole line."""

    ascent: float
    capital: float
    line: float


@lru_cache(maxsize=len(FACES))
def path(face: str) -> str:
    """The file of a typeface.

    Raises:
        SimulationError: The package that brings it is not installed.
    """
    package, file = _FILES[face]
    try:
        found = resources.files(package) / "files" / file
    except ModuleNotFoundError:
        found = None
    if found is None or not found.is_file():
        name = package.replace("_", "-")
        raise SimulationError(
            f"The typeface {file} is missing: install the package {name}, "
            "which comes with `pip install 'amiss[sim]'`."
        )
    return str(found)


@lru_cache(maxsize=256)
def _load(face: str, size: float) -> ImageFont.FreeTypeFont:
    # The basic layout is the same on every machine; raqm is not always there.
    return ImageFont.truetype(path(face), size, layout_engine=ImageFont.Layout.BASIC)


def load(face: str, size: float) -> ImageFont.FreeTypeFont:
    """A typeface at about this size in pixels, never larger (few sizes are kept ready)."""
    return _load(face, 2 ** (math.floor(math.log2(size) * _STEPS + 1e-6) / _STEPS))


@lru_cache(maxsize=4096)
def width(face: str, text: str) -> float:
    """How long a line is, as a multiple of the font's size."""
    return _load(face, MEASURE).getlength(text) / MEASURE


@lru_cache(maxsize=len(FACES))
def metrics(face: str) -> Metrics:
    """The heights of a typeface."""
    font = _load(face, MEASURE)
    ascent, descent = font.getmetrics()
    _, top, _, bottom = font.getbbox("H", anchor="ls")
    return Metrics(ascent / MEASURE, (bottom - top) / MEASURE, (ascent + descent) / MEASURE)
