"""Everything that a backend needs to make a picture: meshes, one atlas, lights, a tray, cameras.

All in metres, in the frame of the booth: z up, z = 0 the tray, x along its long side, origin in
its middle. Colours are linear unless they are said to be sRGB.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import Intrinsics, Matrix

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """All prints of an item on one sheet, H×W, row 0 at v = 0.

    base: H×W×3 uint8 sRGB. back: H×W×3 uint8 sRGB, seen from below. rough, metal: H×W float32 in
    [0, 1]. bump: H×W float32 metres. damage: H×W uint8, 0 is sound, otherwise 1 + the place of
    the type in DamageType.
    """

    base: NDArray[np.uint8]
    back: NDArray[np.uint8]
    rough: Floats
    metal: Floats
    bump: Floats
    damage: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles.

    vertices: V×3 metres, normals: V×3 unit, uv: V×2 in [0, 1] (v down, as the atlas), all float32.
    faces: F×3 int32, counter-clockwise from outside. part: F uint16, index into names.
    """

    vertices: Floats
    normals: Floats
    uv: Floats
    faces: NDArray[np.int32]
    part: NDArray[np.uint16]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Light:
    """A rectangle that shines downwards: centre, two half edges (metres), radiance (linear RGB)."""

    centre: tuple[float, float, float]
    half_u: tuple[float, float, float]
    half_v: tuple[float, float, float]
    radiance: tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Tray:
    """size: (length, width) metres. base: H×W×3 uint8 sRGB, row 0 at +y. rough: in [0, 1]."""

    size: tuple[float, float]
    base: NDArray[np.uint8]
    rough: float


@dataclass(frozen=True, slots=True, eq=False)
class Eyepoint:
    """A camera in the booth. pose: 4×4 float64, booth to camera (x right, y down, z forward)."""

    name: str
    intrinsics: Intrinsics
    pose: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """item: opaque surfaces in their place on the tray, damage done; None for an empty tray.

    film: clear surfaces, drawn as reflections (None: there are none); clarity: share of light that
    they let through. environment: linear RGB radiance from everywhere else. exposure: factor from
    radiance to the sensor's [0, 1]. ghost: surfaces where they were before they were moved, cut or
    taken away; truth alone looks at it, to know what is missing. lies: 4×4, from the item's own
    frame to the booth's; None for an empty tray and for several items.
    """

    item: Mesh | None
    atlas: Atlas | None
    film: Mesh | None
    clarity: float
    tray: Tray
    lights: tuple[Light, ...]
    environment: tuple[float, float, float]
    exposure: float
    cameras: tuple[Eyepoint, ...]
    ghost: Mesh | None = None
    lies: Matrix | None = None
