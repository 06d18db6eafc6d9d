"""From a view of a data set to what training keeps of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.bundle.manifest import Encoder
from amiss.bundle.read import Bundle
from amiss.dataset.records import ViewRecord
from amiss.detect.cues import cues
from amiss.domain.capture import Matrix, RgbArray, View
from amiss.train.cache.place import places
from amiss.train.cache.sight import TYPES, Sight
from amiss.train.cache.twist import Twist
from amiss.vision.engine.onnx_runtime import OnnxRuntimeEngine
from amiss.vision.engine.protocol import Engine
from amiss.vision.frame import to_frame


class Features(Protocol):
    """Whatever turns a picture into a working frame, and that into maps."""

    @property
    def name(self) -> str:
        """What it is; equal names give equal maps."""

    @property
    def cell(self) -> int:
        """Pixels of the working frame that make a fine cell; a coarse one has twice as many."""

    def frame(self, rgb: RgbArray) -> RgbArray:
        """The working frame of a picture."""
        ...

    def __call__(self, frame: RgbArray) -> dict[str, NDArray[np.float32]]:
        """H×W×3 uint8 to C×h×w by output."""
        ...


@dataclass(frozen=True, slots=True)
class EngineFeatures:
    """The encoder of a bundle, run as it is when items are inspected. name: hash of its graph."""

    name: str
    engine: Engine
    facts: Encoder

    @classmethod
    def of(cls, bundle: Bundle, threads: int | None = None) -> "EngineFeatures":
        """That of a bundle; EngineError where it cannot be loaded."""
        facts = bundle.manifest.encoder
        return cls(bundle.manifest.files[facts.file], OnnxRuntimeEngine(bundle, threads), facts)

    @property
    def cell(self) -> int:
        """Pixels of the working frame that make a fine cell."""
        return self.facts.cell

    def frame(self, rgb: RgbArray) -> RgbArray:
        """The working frame of a picture."""
        return to_frame(rgb, self.facts.multiple, square=self.facts.square)

    def __call__(self, frame: RgbArray) -> dict[str, NDArray[np.float32]]:
        """H×W×3 uint8 to C×h×w by output."""
        return {name: one[0] for name, one in self.engine.run(frame[None]).items()}


def see(
    view: View,
    record: ViewRecord,
    lies: Matrix | None,
    features: Features,
    twist: Twist | None = None,
) -> Sight:
    """Everything that training keeps of a view. twist: how it is looked at anew.

    Raises:
        DatasetError: a mask cannot be read.
    """
    frame = features.frame(view.rgb)
    fine = frame.shape[0] // features.cell, frame.shape[1] // features.cell
    coarse = fine[0] // 2, fine[1] // 2
    item = record.load_item_mask()
    place, facing = places(view, lies, coarse)
    sight = Sight(
        features=features(frame) if twist is None else features(twist.picture(frame)),
        cues=cues(view, fine),
        damage=_shares(record.load_damage_mask(), fine),
        item=np.ones(fine, np.float32) if item is None else _share(item, fine),
        place=place,
        facing=facing,
    )
    return sight if twist is None else _moved(sight, twist)


def _moved(sight: Sight, twist: Twist) -> Sight:
    """What is known of the picture, moved to where its features were seen."""
    return Sight(
        features=sight.features,
        cues=twist.map(sight.cues),
        damage=twist.map(sight.damage),
        item=twist.map(sight.item),
        place=twist.map(sight.place, axes=(0, 1)),
        facing=twist.map(sight.facing, axes=(0, 1)),
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
