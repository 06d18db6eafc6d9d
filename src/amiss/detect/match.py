"""For every cell of a view, the places in its references that show the same.

A view is aligned with each reference on its own; then every cell takes the references in which
most of the matches around it agree. However many references there are, what is compared afterwards
costs the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.detect.align import Cells, Described, align

BEST = 2
"""Places in the references that each cell is compared with."""
REACH, FINE_REACH = 1, 1
"""Cells around each such place, of 16 and of 8 pixels, that are compared too: matches err."""


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """Where in its references each cell of a view lies.

    reference: BEST×rows×columns, which of the references; the one with most support first.
    row, column: BEST×rows×columns, in cells of that reference; may lie outside of it.
    support: BEST×rows×columns, how many matches near the cell agree; 0: nothing is known.
    likeness: rows×columns, cosine of the best match of an item's cell anywhere in any reference.
    """

    reference: NDArray[np.integer]
    row: Cells
    column: Cells
    support: Cells
    likeness: Cells


def match(view: Described, references: Sequence[Described]) -> Match:
    """Matches a view with its references: at least one, at most 256."""
    field = align(view, references)
    order = np.argsort(-field.support, axis=0, kind="stable")[:BEST]
    if len(order) < BEST:  # one reference only: its second place is the first
        order = np.repeat(order, BEST, axis=0)
    return Match(
        reference=order.astype(np.uint8),
        row=np.take_along_axis(field.row, order, axis=0),
        column=np.take_along_axis(field.column, order, axis=0),
        support=np.take_along_axis(field.support, order, axis=0),
        likeness=field.likeness.max(axis=0),
    )


Indices = NDArray[np.int64]


def around(found: Match, grids: Sequence[tuple[int, int]]) -> Indices:
    """Rows of the references' stacked cells that each cell is compared with.

    BEST×rows×columns×(2·REACH + 1)². grids: (rows, columns) of the references, whose cells are
    stacked in order, row by row; what lies outside gets the row after the last.
    """
    return _around(found.reference, found.row, found.column, grids, REACH)


def around_finely(found: Match, grids: Sequence[tuple[int, int]]) -> Indices:
    """The same for cells half as large, around the best place only.

    2·rows×2·columns×(2·FINE_REACH + 1)².
    """
    place = [np.repeat(np.repeat(one[0], 2, 0), 2, 1) for one in (found.row, found.column)]
    which = np.repeat(np.repeat(found.reference[0], 2, 0), 2, 1)
    down, right = np.indices(which.shape) % 2
    fine = [(rows * 2, columns * 2) for rows, columns in grids]
    return _around(
        which, _float(2 * place[0] + down), _float(2 * place[1] + right), fine, FINE_REACH
    )


def _float(values: NDArray[np.floating]) -> Cells:
    return np.asarray(values, np.float32)


def _around(
    which: NDArray[np.integer],
    row: Cells,
    column: Cells,
    grids: Sequence[tuple[int, int]],
    reach: int,
) -> Indices:
    shapes = np.array(grids, np.int64)
    sizes = shapes.prod(axis=1)
    first = np.cumsum(sizes) - sizes
    steps = np.mgrid[-reach : reach + 1, -reach : reach + 1].reshape(2, -1)
    down = np.rint(row).astype(np.int64)[..., None] + steps[0]
    right = np.rint(column).astype(np.int64)[..., None] + steps[1]
    rows, columns = (shapes[which, side][..., None] for side in (0, 1))
    inside = (down >= 0) & (down < rows) & (right >= 0) & (right < columns)
    index = first[which][..., None] + down * columns + right
    return np.asarray(np.where(inside, index, sizes.sum()), np.int64)
