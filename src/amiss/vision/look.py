"""Looking at a picture once: everything that comparison reads comes out of one encoder pass."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.bundle.manifest import Encoder as EncoderFacts
from amiss.domain.capture import RgbArray
from amiss.vision.aside import aside
from amiss.vision.engine.protocol import Engine, Features
from amiss.vision.extent import is_round, with_plain_corners
from amiss.vision.frame import to_frame
from amiss.vision.isolate import Silhouette, isolate
from amiss.vision.palette import Cells, colour_cells

Patches = NDArray[np.float32]
"""N×C float32 unit vectors, one per cell of the grid, row by row."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What was seen in one picture.

    patches: per output of the encoder N×C unit vectors. grid: (rows, columns), N = rows·columns.
    item: rows×columns float32, share of item in each cell. isolated: whether item and background
    could be told apart; if not, item is 1 everywhere. silhouette: h×w bool, the item's outline, at
    most 128 pixels long. round: whether the picture reaches over a circle only. colours: H×W int32
    palette cells.
    """

    patches: dict[str, Patches]
    grid: tuple[int, int]
    item: NDArray[np.float32]
    isolated: bool
    silhouette: NDArray[np.bool_]
    round: bool
    colours: Cells


class Eye:
    """Turns pictures into looks with the encoder of one bundle."""

    def __init__(self, engine: Engine, facts: EncoderFacts) -> None:
        self.engine = engine
        self.facts = facts

    def frame(self, rgb: RgbArray) -> RgbArray:
        """The working frame of an H×W×3 uint8 picture."""
        return to_frame(rgb, self.facts.multiple, square=self.facts.square)

    def look(self, rgb: RgbArray, features: Features | None = None) -> Look:
        """Everything that comparison reads of an H×W×3 uint8 picture.

        features: the encoder's outputs for it, where they are known already.

        Raises:
            EngineError: the engine failed or gave features that are not finite.
        """
        frame = self.frame(rgb)
        seen_aside = aside(_beside_the_encoder, frame)
        features = self.features(frame) if features is None else features
        patches, grid = self._patches(features)
        silhouette, colours, is_circle = seen_aside.result()
        return Look(
            patches=patches,
            grid=grid,
            item=silhouette.share(grid),
            isolated=silhouette.found,
            silhouette=silhouette.mask,
            round=is_circle,
            colours=colours,
        )

    def features(self, frame: RgbArray) -> Features:
        """The encoder's outputs C×h×w for a working frame."""
        return {name: one[0] for name, one in self.engine.run(frame[None]).items()}

    def patches(self, frame: RgbArray) -> tuple[dict[str, Patches], tuple[int, int]]:
        """The unit vectors of a working frame, and their grid."""
        return self._patches(self.features(frame))

    def _patches(self, features: Features) -> tuple[dict[str, Patches], tuple[int, int]]:
        names = self.facts.deep
        patches = {name: _unit_vectors(features[name]) for name in names}
        rows, columns = features[names[0]].shape[1:]
        return patches, (int(rows), int(columns))


def _beside_the_encoder(frame: RgbArray) -> tuple[Silhouette, Cells, bool]:
    """What needs no encoder: the item, its colours, and whether the picture is round.

    Colours are relative to the tray's where it can be told apart.
    """
    is_circle = is_round(frame)
    plain = with_plain_corners(frame) if is_circle else frame
    silhouette = isolate(plain)
    return silhouette, colour_cells(plain, relative=silhouette.found), is_circle


def _unit_vectors(features: NDArray[np.float32]) -> Patches:
    """C×h×w features, averaged over 3×3 places and scaled to length 1, as N×C."""
    channels = len(features)
    places = np.ascontiguousarray(features.transpose(1, 2, 0))
    smooth = np.asarray(cv2.blur(places, (3, 3)), np.float32).reshape(-1, channels)
    norms = np.sqrt(np.einsum("nc,nc->n", smooth, smooth))
    return np.asarray(smooth / np.maximum(norms, 1e-6)[:, None], np.float32)
