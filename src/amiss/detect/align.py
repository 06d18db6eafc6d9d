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

from collections.abc import Sequence
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
FITTED = 4
"""References that maps are fitted for, those with most matches: others show another side."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A view's cells in its references, each R×rows×columns over the view's grid.

    row, column: in cells of the reference, (0, 0) the centre of its first one; may lie outside.
    support: how many matches near the cell agree on it; where it is 0 the place says nothing. It is
    0 all over a reference for which no map was fitted.
    likeness: cosine of the best match of an item's cell, 0 elsewhere.
    """

    row: Cells
    column: Cells
    support: Cells
    likeness: Cells


Described = tuple[Cells, Mask]
"""Descriptors D×rows×columns, of length 1, and rows×columns, the cells that may be matched: those
of the item."""


def align(view: Described, references: Sequence[Described]) -> Field:
    """Aligns a view with each of R references."""
    rows, columns = view[1].shape
    found = np.zeros((4, len(references), rows, columns), np.float32)
    for reference, matches in zip(references, found.transpose(1, 0, 2, 3), strict=True):
        _matches(view, reference, matches)
    likely = np.argsort(-found[2].sum(axis=(1, 2)), kind="stable")[:FITTED]
    row, column, support = np.zeros((3, len(references), rows, columns), np.float32)
    row[likely], column[likely], support[likely] = _fitted(*found[:3, likely])
    return Field(row, column, support, found[3])


def _fitted(u: Cells, v: Cells, counts: Cells) -> tuple[Cells, Cells, Cells]:
    """Row, column and support of each cell, from what its match lies at and counts; R×h×w each."""
    y, x = np.indices(u.shape[1:]).astype(np.float32)[..., None]
    # References along the last axis: one pass of sums over windows serves all of them.
    u, v, first = (np.ascontiguousarray(one.transpose(1, 2, 0)) for one in (u, v, counts))
    weight = first
    for window in WINDOWS:
        to_u, to_v, _ = _fit(x, y, u, v, weight, window)
        apart = (to_u - u) ** 2 + (to_v - v) ** 2
        weight = np.asarray(first * np.exp(-apart / AGREES_WITHIN**2), np.float32)
    to_u, to_v, support = _fit(x, y, u, v, weight, WINDOWS[-1])
    wide_u, wide_v, wide = _fit(x, y, u, v, weight, WIDE)
    few = support < LEAST_SUPPORT
    fields = (
        np.where(few, wide_v, to_v),
        np.where(few, wide_u, to_u),
        np.where(few, np.minimum(wide, LEAST_SUPPORT), support),
    )
    row, column, told = (np.ascontiguousarray(one.transpose(2, 0, 1)) for one in fields)
    return row, column, told


def _matches(view: Described, reference: Described, into: Cells) -> None:
    """Column and row of each cell's best match, how much it counts, and its cosine."""
    (descriptors, item), (others, there) = view, reference
    asked, offered = np.flatnonzero(item), np.flatnonzero(there)
    if not len(asked) or not len(offered):
        return
    cosine = (
        descriptors.reshape(len(descriptors), -1)[:, asked].T
        @ (others.reshape(len(others), -1)[:, offered])
    )
    best = cosine.argmax(axis=1)
    likeness = cosine[np.arange(len(asked)), best]
    back = asked[cosine.argmax(axis=0)[best]]
    width = item.shape[1]
    away = np.hypot(back // width - asked // width, back % width - asked % width)
    low, high = LIKE
    counts = (away <= BACK_WITHIN) * np.clip((likeness - low) / (high - low), 0, 1)
    match = offered[best]
    for plane, values in zip(
        into, (match % there.shape[1], match // there.shape[1], counts, likeness), strict=True
    ):
        plane.reshape(-1)[asked] = values


def _fit(
    x: Cells, y: Cells, u: Cells, v: Cells, weight: Cells, window: int
) -> tuple[Cells, Cells, Cells]:
    """Where the map of the matches (x, y) → (u, v) around each cell sends it; and their weight.

    Each rows×columns×R, or rows×columns×1 where it is the same for all references.
    """
    wx, wy, wu, wv = weight * x, weight * y, weight * u, weight * v
    planes = (weight, wx, wy, wu, wv, wx * x, wx * y, wy * y, wx * u, wy * u, wx * v, wy * v)
    sums = _around(np.concatenate(planes, axis=2), window)
    total = sums[..., : weight.shape[2]]
    means = sums * np.tile(1 / np.maximum(total, np.float32(1e-6)), len(planes))
    _, mx, my, mu, mv, sxx, sxy, syy, sxu, syu, sxv, syv = np.split(means, len(planes), axis=2)
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
    """Sum in the window around each cell, plane by plane; beyond the border there is nothing."""
    size = (window, window)
    summed = cv2.boxFilter(values, -1, size, normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(summed, np.float32).reshape(values.shape)
