"""An item in whatever form it was handed in."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from amiss.detect.read import Coming
from amiss.domain.capture import Capture, DepthArray, ImageLike, View
from amiss.domain.errors import InputError
from amiss.domain.words import ProcessStep
from amiss.vision.decode import decode


def as_capture(
    item: ImageLike | Capture | Sequence[ImageLike],
    depth: Sequence[DepthArray] | None,
    empty_tray: Sequence[ImageLike] | None,
    product: str | None,
    step: ProcessStep | None,
) -> tuple[Capture, Sequence[View | Coming]]:
    """One capture from whatever form the item was handed in, and its views, some still coming.

    Only the views that are here already stand in the capture.
    """
    if isinstance(item, Capture):
        if depth is not None or empty_tray is not None:
            raise InputError("A capture carries its own depth and empty tray; leave them out.")
        refuse_nothing(item.views)
        known = replace(item, product=product or item.product, step=step or item.step)
        return known, item.views
    images = [item] if isinstance(item, str | Path | bytes | np.ndarray) else list(item)
    refuse_nothing(images)
    for name, parallel in (("depth", depth), ("empty_tray", empty_tray)):
        if parallel is not None and len(parallel) != len(images):
            raise InputError(
                f"There are {len(images)} views but {len(parallel)} in {name}; give one for each."
            )
    nothing = [None] * len(images)
    views = [
        partial(_decoded, *one)
        for one in zip(images, depth or nothing, empty_tray or nothing, strict=True)
    ]
    return Capture((), product, step), views


def _decoded(image: ImageLike, depth: DepthArray | None, empty_tray: ImageLike | None) -> View:
    tray = None if empty_tray is None else decode(empty_tray).rgb
    return replace(decode(image), depth=depth, empty_tray=tray)


def refuse_nothing(views: Sequence[object]) -> None:
    """Raises InputError where there is no view."""
    if not views:
        raise InputError("There is no picture to inspect; name at least one.")
