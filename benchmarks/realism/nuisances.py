"""How often a booth is not as new: what is on its tray, and what its lights have become.

All of it is measured on the scene that is handed to the renderers, not read off the laws.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.simulate.rig import STRIPS, empty_booth, grey_card
from amiss.simulate.scene import Scene, Tray

FIRST = 850_000
USUAL = (176, 178, 178)  # sRGB of the most frequent tray
OTHER = 25.0  # of 255, mean over the channels: from here a tray has another colour
MIDDLE = (0.6, 0.5)  # metres along x and y of what cameras see of it around an item
SHARP, SOFT = 9.0, 3.0  # of 255: what stands out as a mark, and as a stain
LONG = 6.0  # a mark so many times as long as wide is a scratch
DIM = 0.85  # of the light a new booth has


@dataclass(frozen=True, slots=True)
class _Booth:
    """Counts of scratches and of specks in the tray's middle; share of it that is stained."""

    other_colour: bool
    scratches: int
    specks: int
    stained: float
    dead_light: bool
    light: float
    warmth: float
    unevenness: float


def measure(booths: int, progress: Callable[[int], None]) -> dict[str, object]:
    """Shares of booths, and quantiles of what is a matter of degree."""
    found = []
    for number in range(booths):
        found.append(_look(empty_booth(FIRST + number, 1, 64)))
        progress(number + 1)
    return {
        "booths": booths,
        "trays_of_another_colour": _share(one.other_colour for one in found),
        "trays_scratched": _share(one.scratches > 0 for one in found),
        "trays_strewn": _share(one.specks > 0 for one in found),
        "trays_stained": _share(one.stained > 0.005 for one in found),
        "trays_without_a_mark": _share(
            not (one.scratches or one.specks or one.stained > 0.005) for one in found
        ),
        "booths_with_a_dead_light": _share(one.dead_light for one in found),
        "booths_dimmer_than_85_%": _share(one.light < DIM for one in found),
        "light_of_a_new_booth": _quantiles([one.light for one in found]),
        "red_over_blue": _quantiles([one.warmth for one in found]),
        "weakest_over_strongest_strip": _quantiles([one.unevenness for one in found]),
    }


def _look(booth: Scene) -> _Booth:
    scratches, specks, stained = marks(booth.tray)
    new = np.array([strip.radiance for strip in STRIPS])
    now = np.array([light.radiance for light in booth.lights])
    lit = now.mean(axis=1) / new
    burning = lit[lit > 0]
    red, _, blue = now.sum(axis=0)
    return _Booth(
        other_colour=of_another_colour(booth.tray),
        scratches=scratches,
        specks=specks,
        stained=stained,
        dead_light=bool((lit == 0).any()),
        light=float(now.mean(axis=1).sum() / new.sum() * booth.exposure / grey_card()),
        warmth=float(red / blue),
        unevenness=float(burning.min() / burning.max()),
    )


def of_another_colour(tray: Tray) -> bool:
    """Whether a tray is clearly not of the usual colour."""
    level = np.median(tray.base.reshape(-1, 3), axis=0)
    return bool(np.abs(level - USUAL).mean() > OTHER)


def marks(tray: Tray) -> tuple[int, int, float]:
    """Scratches and specks in the tray's middle, and the share of it that is stained."""
    height, width = tray.base.shape[:2]
    wide, high = (round(side / full * count / 2) for side, full, count in (
        (MIDDLE[0], tray.size[0], width), (MIDDLE[1], tray.size[1], height)
    ))  # fmt: skip
    middle = tray.base[
        height // 2 - high : height // 2 + high, width // 2 - wide : width // 2 + wide
    ]
    grey = middle.astype(np.float32).mean(axis=2)
    fine = cv2.GaussianBlur(grey, (0, 0), 0.8) - cv2.GaussianBlur(grey, (0, 0), 6)
    noise = 4.5 * float(np.median(np.abs(fine))) / 0.6745
    marks = (np.abs(fine) > max(SHARP, noise)).astype(np.uint8)
    shapes, _ = cv2.findContours(marks, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    long = [_elongation(shape) >= LONG for shape in shapes if len(shape) >= 4]
    coarse = cv2.GaussianBlur(grey, (0, 0), 4) - cv2.GaussianBlur(grey, (0, 0), 40)
    return sum(long), len(long) - sum(long), float((np.abs(coarse) > SOFT).mean())


def _elongation(shape: NDArray[np.int32]) -> float:
    _, sides, _ = cv2.minAreaRect(shape)
    return (max(sides) + 1) / (min(sides) + 1)


def _share(of: Iterable[bool]) -> float:
    return float(np.mean(list(of)))


def _quantiles(values: list[float]) -> dict[str, float]:
    return {f"{q:g} %": float(np.quantile(values, q / 100)) for q in (5, 25, 50, 75, 95)}
