"""Where each cell of a view lies in a reference, whatever pose both are in.

Cells are matched by their descriptors. Each match alone is weak: print repeats, units repeat, and
where something is missing the best match is any other place. So every cell asks the matches around
it, fits the map that most of them agree on (a similarity, bent a little towards an affine map), and
lies where that map sends it. A flat side of an item is mapped by one such map, a box by one for
each side; a gap is mapped to what should fill it.

The fit is weighted least squares in a window around every cell at once, by sums over windows, three
rounds, each with less weight on matches that the round before did not bear out (iteratively
reweighted least squares).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.float32]
Mask = NDArray[np.bool_]

WINDOWS = (15, 11, 9)  # cells a side, round by round
WIDE = 19  # where too few matches lie near
LEAST_SUPPORT = 4.0  # matches near a cell, below which it asks further away
BACK_WITHIN = 1.5  # cells; a match counts if the way back leads near to where it began
AGREES_WITHIN = 1.6  # cells
LIKE = (0.5, 0.8)  # cosine from which a match counts, and at which it counts fully
BENDING = 0.15  # how much a map must gain to be affine rather than a similarity


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A view's cells in a reference, all over the view's grid.

    row, column: in cells of the reference, (0, 0) the centre of its first one; may lie outside.
    support: how many matches near the cell agree on it; where it is 0 the place says nothing.
    likeness: cosine of its best match.
    """

    row: Cells
    column: Cells
    support: Cells
    likeness: Cells


def align(cosine: Cells, view: Mask, reference: Mask) -> Field:
    """Aligns a view with a reference.

    Args:
        cosine: N×M, between descriptors of the view's N cells and the reference's M, row by row.
        view: rows×columns, the cells that may be matched: those of the item.
        reference: the same of the reference.
    """
    found = np.where(reference.ravel(), cosine, np.float32(-2))
    best = found.argmax(axis=1)
    likeness = np.take_along_axis(found, best[:, None], axis=1).reshape(view.shape)
    back = np.where(view.reshape(-1, 1), cosine, np.float32(-2)).argmax(axis=0)[best]
    places = np.indices(view.shape).astype(np.float32)
    y, x = places[0], places[1]
    back_y, back_x = np.divmod(back.reshape(view.shape), view.shape[1])
    returns = np.hypot(back_y - y, back_x - x) <= BACK_WITHIN
    row, column = np.divmod(best.reshape(view.shape), reference.shape[1])
    u, v = column.astype(np.float32), row.astype(np.float32)
    low, high = LIKE
    first = (returns & view) * np.clip((likeness - low) / (high - low), 0, 1)
    weight = first.astype(np.float32)
    for window in WINDOWS:
        to_u, to_v, _ = _fit(x, y, u, v, weight, window)
        apart = (to_u - u) ** 2 + (to_v - v) ** 2
        weight = np.asarray(first * np.exp(-apart / AGREES_WITHIN**2), np.float32)
    to_u, to_v, support = _fit(x, y, u, v, weight, WINDOWS[-1])
    wide_u, wide_v, wide = _fit(x, y, u, v, weight, WIDE)
    few = support < LEAST_SUPPORT
    return Field(
        row=np.where(few, wide_v, to_v),
        column=np.where(few, wide_u, to_u),
        support=np.where(few, np.minimum(wide, LEAST_SUPPORT), support),
        likeness=likeness,
    )


def _fit(
    x: Cells, y: Cells, u: Cells, v: Cells, weight: Cells, window: int
) -> tuple[Cells, Cells, Cells]:
    """Where the map of the matches (x, y) → (u, v) around each cell sends it; and their weight."""
    total = _around(weight, window)

    def mean(values: Cells) -> Cells:
        summed = _around(weight * values, window)
        return np.asarray(summed / np.maximum(total, 1e-6), np.float32)

    mx, my, mu, mv = mean(x), mean(y), mean(u), mean(v)
    sxx, sxy, syy = mean(x * x), mean(x * y), mean(y * y)
    sxu, syu, sxv, syv = mean(x * u), mean(y * u), mean(x * v), mean(y * v)
    xx, xy, yy = sxx - mx * mx, sxy - mx * my, syy - my * my
    xu, yu, xv, yv = sxu - mx * mu, syu - my * mu, sxv - mx * mv, syv - my * mv
    spread = np.maximum(xx + yy, np.float32(1e-3))
    cos, sin = (xu + yv) / spread, (xv - yu) / spread  # turn and scale of the best similarity
    # What it leaves over, fitted by a damped affine map.
    damp = BENDING * spread
    a, d = xx + damp, yy + damp
    inverse = 1 / np.maximum(a * d - xy * xy, np.float32(1e-6))
    left_u = xu - (cos * xx - sin * xy), yu - (cos * xy - sin * yy)
    left_v = xv - (sin * xx + cos * xy), yv - (sin * xy + cos * yy)
    ux = cos + (d * left_u[0] - xy * left_u[1]) * inverse
    uy = -sin + (a * left_u[1] - xy * left_u[0]) * inverse
    vx = sin + (d * left_v[0] - xy * left_v[1]) * inverse
    vy = cos + (a * left_v[1] - xy * left_v[0]) * inverse
    return (
        np.asarray(mu + ux * (x - mx) + uy * (y - my), np.float32),
        np.asarray(mv + vx * (x - mx) + vy * (y - my), np.float32),
        total,
    )


def _around(values: Cells, window: int) -> Cells:
    """Sum in the window around each cell; beyond the border there is nothing."""
    size = (window, window)
    summed = cv2.boxFilter(values, -1, size, normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(summed, np.float32)
