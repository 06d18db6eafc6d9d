"""From a view of a data set to what training keeps of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from amiss.dataset.records import ViewRecord
from amiss.detect.cues import cues
from amiss.domain.capture import Matrix, RgbArray, View
from amiss.train.cache.place import places
from amiss.train.cache.sight import TYPES, Sight
from amiss.train.lite0 import SIZE_MULTIPLE, Lite0Trunk, load_published
from amiss.vision.frame import to_frame

FEATURE_TAPS = {"s8b4": 4, "s16b7": 7, "s16b10": 10}
"""Outputs of the encoder that a damage model reads, with the numbers of their blocks."""
FINE, COARSE = 8, 16
"""Pixels of the working frame that make a cell."""


class Features(Protocol):
    """Whatever turns a working frame into feature maps."""

    def __call__(self, frame: RgbArray) -> dict[str, NDArray[np.float32]]:
        """H×W×3 uint8 to C×h×w by output."""
        ...


@dataclass(frozen=True, slots=True)
class TrunkFeatures:
    """The frozen encoder in torch."""

    trunk: Lite0Trunk

    @classmethod
    def published(cls) -> "TrunkFeatures":
        """With the published ImageNet weights."""
        return cls(load_published(tuple(FEATURE_TAPS.values())))

    def __call__(self, frame: RgbArray) -> dict[str, NDArray[np.float32]]:
        """H×W×3 uint8 to C×h×w by output."""
        with torch.inference_mode():
            maps = self.trunk(torch.from_numpy(frame[None]))
        return {name: one[0].numpy() for name, one in zip(FEATURE_TAPS, maps, strict=True)}


def see(view: View, record: ViewRecord, lies: Matrix | None, features: Features) -> Sight:
    """Everything that training keeps of a view.

    Raises:
        DatasetError: a mask cannot be read.
    """
    frame = to_frame(view.rgb, SIZE_MULTIPLE)
    fine = frame.shape[0] // FINE, frame.shape[1] // FINE
    coarse = frame.shape[0] // COARSE, frame.shape[1] // COARSE
    item = record.load_item_mask()
    place, facing = places(view, lies, coarse)
    return Sight(
        features=features(frame),
        cues=cues(view, fine),
        damage=_shares(record.load_damage_mask(), fine),
        item=np.ones(fine, np.float32) if item is None else _share(item, fine),
        place=place,
        facing=facing,
    )


def _shares(mask: NDArray[np.uint8] | None, grid: Sequence[int]) -> NDArray[np.float32]:
    """Of each type the share of each cell that shows it."""
    found = np.zeros((len(TYPES), *grid), np.float32)
    if mask is not None:
        for value in np.unique(mask[mask > 0]):
            if value <= len(TYPES):  # beyond: damage of a type that nobody named
                found[value - 1] = _share(mask == value, grid)
    return found


def _share(mask: NDArray[np.bool_], grid: Sequence[int]) -> NDArray[np.float32]:
    rows, columns = grid
    return np.asarray(
        cv2.resize(mask.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA),
        np.float32,
    )
