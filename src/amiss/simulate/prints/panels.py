"""Every printed face of a product, by the role that it plays on it."""

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import SimulationError
from amiss.simulate.prints import faces, fronts, parcel
from amiss.simulate.prints.canvas import Box, Sheet
from amiss.simulate.prints.design import Design

SMALLEST, LARGEST = 4, 4096
"""Texels that a side of a panel may have."""


class Role(StrEnum):
    """What a face is for. SPINE and PAGES run from left to right: turn them where they stand."""

    FRONT = "front"
    BACK = "back"
    SIDE = "side"
    TOP = "top"
    BOTTOM = "bottom"
    LABEL = "label"
    LID = "lid"
    SPINE = "spine"
    COVER = "cover"
    BLURB = "blurb"
    PAGES = "pages"
    SHIPPING_LABEL = "shipping_label"
    PARCEL = "parcel"
    PLAIN = "plain"


_DRAW: dict[Role, Callable[[Sheet, Design, Box], None]] = {
    Role.FRONT: fronts.front,
    Role.BACK: faces.back,
    Role.TOP: fronts.top,
    Role.BOTTOM: faces.bottom,
    Role.LABEL: faces.label,
    Role.LID: fronts.lid,
    Role.SPINE: faces.spine,
    Role.COVER: fronts.cover,
    Role.BLURB: faces.blurb,
}
_DRAW_VARIED: dict[Role, Callable[[Sheet, Design, Box, np.random.Generator], None]] = {
    Role.SIDE: faces.side,
    Role.PAGES: faces.pages,
    Role.SHIPPING_LABEL: parcel.shipping_label,
    Role.PARCEL: parcel.parcel,
    Role.PLAIN: parcel.plain,
}
"""Faces that a packaging may have several of, each a little different."""


def panel(
    design: Design,
    role: Role,
    size: tuple[float, float],
    texels: tuple[int, int],
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """One face, printed.

    Args:
        design: Whose packaging.
        role: Which face.
        size: Width and height in metres; type and barcodes keep their real size where they fit.
        texels: Width and height of the result, each from 4 to 4096; they change how fine it is,
            not what is on it.
        rng: Tells faces of the same role apart (the two sides, say). To print the same product
            twice, it must come from the design, see `Design.rng`.

    Returns:
        H×W×3 uint8 sRGB, row 0 at the top of the print.

    Raises:
        SimulationError: The face has no size, or too few or too many texels.
    """
    if min(size) <= 0 or not SMALLEST <= min(texels) <= max(texels) <= LARGEST:
        raise SimulationError(
            f"A panel of {size[0]} × {size[1]} m cannot be printed on {texels[0]} × {texels[1]} "
            f"texels: give it a size, and {SMALLEST} to {LARGEST} texels a side."
        )
    sheet = Sheet((size[0] * 1000, size[1] * 1000), texels, design.palette.ground)
    if role in _DRAW:
        _DRAW[role](sheet, design, sheet.box)
    else:
        _DRAW_VARIED[role](sheet, design, sheet.box, rng)
    return sheet.finish()
