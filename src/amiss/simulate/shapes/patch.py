"""Surfaces as functions: a patch knows where each of its points lies before anything happens to it.

A patch is evaluated twice, on the grid of its mesh and on the texels of its print. Damage is a
field over rest position, so that paint, displacement, holes and ground truth agree to the texel,
and cross the edge between two patches without a crack.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.domain.words import Locus

Points = NDArray[np.float64]
Rest = Callable[[Points], Points]


@dataclass(frozen=True, slots=True, eq=False)
class Skin:
    """What a patch looks like, on its texels: H×W, row 0 at v = 0, column 0 at u = 0.

    base: H×W×3 uint8 sRGB albedo. back: 3 uint8 sRGB, colour of the underside. rough: H×W float32
    in [0, 1]. metal: H×W float32 in [0, 1]. bump: H×W float32, height in metres along the normal.
    """

    base: NDArray[np.uint8]
    back: tuple[int, int, int]
    rough: NDArray[np.float32]
    metal: NDArray[np.float32]
    bump: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A piece of surface.

    name: unique within its product. part: what it belongs to ("carton", "unit-0", "contents").
    rest: …×2 float64 (u, v) in [0, 1]² to …×3 float64 metres in the frame of the product (z up,
    origin below its middle, on the tray); ∂u × ∂v points outwards. grid: vertices along u and v.
    skin: its look. locus: where damage on it counts. closed_u: whether u = 0 and u = 1 are the
    same line (a surface of revolution). hidden: lies inside; not seen until something is opened.
    """

    name: str
    part: str
    rest: Rest
    grid: tuple[int, int]
    skin: Skin
    locus: Locus
    closed_u: bool = False
    hidden: bool = False
