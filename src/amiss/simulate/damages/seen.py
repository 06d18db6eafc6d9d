"""Whether a camera of the booth sees a harm, before anything is rendered."""

import math

import numpy as np

from amiss.domain.capture import Matrix
from amiss.simulate.damages.harm import Field, Harm
from amiss.simulate.damages.place import Surface, Vector, surface, unhidden
from amiss.simulate.products.product import Kind, Product
from amiss.simulate.rig import MOUNTS
from amiss.simulate.shapes.patch import Patch, Points

_CAMERAS = 3  # the usual booth
_GRAZING = 0.2  # cosine; a surface seen more at a slant shows little
_SHARE = 0.3  # of what it touches must be seen in one view


def seen(product: Product, harm: Harm, rest: int, yaw: float) -> bool:
    """Whether one of the first three cameras sees enough of what a harm touches.

    rest, yaw: how the item lies, see `Placement`. What was added is taken as seen: it lies where
    nothing hides it. So is what was removed, but for units behind the card that they stand on.
    """
    if harm.removed and product.kind is Kind.BLISTER:
        return bool(product.rests[rest][2, 2] > 0)
    if harm.field is None or harm.added or harm.removed:
        return True
    around = surface(product, patches=_outside(product))
    touched = _touched(around, harm.field)
    if not touched.any():
        return True  # smaller than the samples are apart: its place was picked to be seen
    turn = _turned(product.rests[rest], yaw)
    whole = float(touched.sum())
    return any(
        float((touched * _shown(around, turn.T @ toward)).sum()) >= _SHARE * whole
        for toward in _directions()
    )


def _outside(product: Product) -> tuple[Patch, ...]:
    films = (patch for film in product.films for patch in film.patches)
    return (*product.patches, *films)


def _touched(around: Surface, field: Field) -> Vector:
    """m² around each sample that shows damage."""
    shown = np.zeros(len(around.points))
    for index, patch in enumerate(around.patches):
        own = around.owner == index
        points: Points = around.points[own]
        gone = field.cut(patch, points) < 0
        shown[own] = (field.touched(patch, points) > 0.5) | gone
    return shown * around.areas


def _shown(around: Surface, view: Vector) -> Vector:
    return (around.normals @ view > _GRAZING) * unhidden(around, view)


def _directions() -> list[Vector]:
    """Unit vectors in the booth from the tray's middle to the cameras."""
    places = [np.array(mount.position) for mount in MOUNTS[:_CAMERAS]]
    return [place / np.linalg.norm(place) for place in places]


def _turned(rest: Matrix, yaw: float) -> Matrix:
    c, s = math.cos(math.radians(yaw)), math.sin(math.radians(yaw))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ rest
