"""Another look at the same view: turned by quarters, mirrored, in another light.

A frozen encoder sees other features then, of an item whose labels are known already: another look
costs a pass of the encoder, another item costs its rendering.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import RgbArray

_GAIN, _CAST = 0.2, 0.06  # of a picture's light, and of each colour

Turn = Callable[[NDArray[Any]], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Twist:
    """How one view is looked at anew. light: factors of red, green and blue."""

    quarters: int
    mirrored: bool
    light: tuple[float, float, float]

    @classmethod
    def of(cls, look: int, product: str, view: str) -> "Twist":
        """Of a view, drawn from its name; a product is mirrored in all of its views or in none.

        look: which further look it is, from 1 on.
        """
        whole, own = (_rng(look, *names) for names in ((product,), (product, view)))
        light = drawn_light(own)
        return cls(int(own.integers(4)), bool(whole.integers(2)), light)

    def picture(self, rgb: RgbArray) -> RgbArray:
        """H×W×3 uint8, as it is then."""
        lit = np.clip(rgb * np.array(self.light) + 0.5, 0, 255).astype(np.uint8)
        return np.asarray(self.map(lit, axes=(0, 1)))

    def map(self, values: NDArray[Any], axes: tuple[int, int] = (-2, -1)) -> NDArray[Any]:
        """Anything with one place per pixel or cell, moved along with the picture."""
        turned = np.rot90(values, self.quarters, axes)
        return np.ascontiguousarray(np.flip(turned, axes[1]) if self.mirrored else turned)


def drawn_light(rng: np.random.Generator) -> tuple[float, float, float]:
    """Factors of red, green and blue: brighter or darker, warmer or colder."""
    light = (1 + rng.uniform(-_GAIN, _GAIN)) * (1 + rng.uniform(-_CAST, _CAST, 3))
    red, green, blue = light.tolist()
    return red, green, blue


def _rng(look: int, *names: str) -> np.random.Generator:
    digest = hashlib.sha256("\0".join((str(look), *names)).encode()).digest()
    return np.random.default_rng(list(digest[:16]))
