"""How much of the outside a field touches, measured on the surface itself."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from amiss.simulate.damages.local import Local
from amiss.simulate.damages.place import Surface, faces, lattice
from amiss.simulate.shapes.patch import Patch

_PITCH, _MOST = 0.0008, 110  # metres between samples, and how many along a side at most


def area(around: Surface, field: Local) -> float:
    """m² of the surface on which the field shows damage (`touched` above ½)."""
    near = around.near(field.place.point, field.reach + math.sqrt(float(around.areas.max())))
    return sum(
        _area(around.patches[index], field, near[around.owner == index], around.cells)
        for index in np.unique(around.owner[near])
    )


def of_patches(patches: Iterable[Patch]) -> float:
    """m² of whole patches, those that are hidden left out."""
    shown = (patch for patch in patches if not patch.hidden)
    return sum(float(faces(lattice(patch, 8, 8))[2].sum()) for patch in shown)


def _area(patch: Patch, field: Local, near: NDArray[np.bool_], cells: int) -> float:
    rows, columns = np.nonzero(near.reshape(cells, cells))
    low = np.array([columns.min(), rows.min()]) / cells
    high = np.array([columns.max() + 1, rows.max() + 1]) / cells
    count = int(np.clip(2 * field.reach / _PITCH, 24, _MOST))
    u, v = (np.linspace(low[axis], high[axis], count + 1) for axis in (0, 1))
    centres, _, areas = faces(patch.rest(np.stack(np.meshgrid(u, v), -1)))
    return float(areas[field.touched(patch, centres) > 0.5].sum())
