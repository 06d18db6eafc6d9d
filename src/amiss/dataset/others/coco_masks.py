"""Damage masks from the instances of a picture."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from amiss.dataset.labels import DamageMask
from amiss.dataset.outlines import Size, draw_coco
from amiss.domain.errors import DatasetError


def draw_damage(size: Size, regions: Sequence[tuple[int, Any]], name: str) -> DamageMask:
    """H×W uint8 of a picture's instances, the later on top of the earlier.

    Args:
        size: (height, width) of the picture.
        regions: what a mask holds there, and COCO's segmentation.
        name: of the picture, to say where something is wrong.

    Raises:
        DatasetError: a segmentation is broken.
    """
    mask = np.zeros(size, np.uint8)
    for index, segmentation in regions:
        try:
            mask[draw_coco(segmentation, size)] = index
        except DatasetError as error:
            raise DatasetError(f"An annotation of {name} is broken. {error}") from error
    return mask
