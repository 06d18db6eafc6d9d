"""What training keeps of one view, and the bytes it becomes."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.detect.cues import CHANNELS, DEPTH, TRAY
from amiss.domain.words import DamageType
from amiss.train.cache.squeeze import Squeezer, pack, unpack

TYPES = tuple(DamageType)
Grid = tuple[int, int]
_CUE = 20.0  # steps of a cue that make 1
_MM = 1000.0
NOWHERE = np.iinfo(np.int16).min
"""Where a cell lies on its product, if that is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One view as training sees it. Coarse cells are twice as large as fine ones.

    features: of each encoder output C×h×w. cues: CHANNELS×H×W, fine. damage: types×H×W in [0, 1],
    share of each fine cell that shows that damage. item: H×W, share of item. place: h×w×3 metres,
    where on its product each cell lies; NaN where that is not known. facing: h×w×3, the outward
    normal there, in the product's frame.
    """

    features: dict[str, NDArray[np.float32]]
    cues: NDArray[np.float32]
    damage: NDArray[np.float32]
    item: NDArray[np.float32]
    place: NDArray[np.float32]
    facing: NDArray[np.float32]

    @property
    def grid(self) -> Grid:
        """(rows, columns) of coarse cells."""
        return self.place.shape[0], self.place.shape[1]


Parts = dict[str, bytes]


def by_depth(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Encoder outputs with one place per fine cell, and those with one per coarse cell.

    Their names begin with their stride, as in `s16b7`.
    """
    strides = {name: int(name[1:].partition("b")[0]) for name in names}
    least = min(strides.values())
    return (
        [name for name, stride in strides.items() if stride == least],
        [name for name, stride in strides.items() if stride > least],
    )


def to_parts(sight: Sight, squeezers: dict[str, Squeezer]) -> Parts:
    """A view in few bytes; features and cues lose a little."""
    present = sight.cues[[TRAY.stop, DEPTH.stop], 0, 0] > 0
    known = np.isfinite(sight.place).all(axis=2, keepdims=True)
    place = np.where(known, np.rint(np.nan_to_num(sight.place) * _MM), NOWHERE)
    shown = np.flatnonzero(sight.damage.any(axis=(1, 2)))
    return {
        **{f"f:{name}": squeezers[name].squeeze(value) for name, value in sight.features.items()},
        "there": present.astype(np.uint8).tobytes(),
        "cues": pack(np.clip(np.rint(sight.cues * _CUE), -127, 127).astype(np.int8)),
        "types": shown.astype(np.uint8).tobytes(),
        "damage": pack(np.rint(sight.damage[shown] * 255).astype(np.uint8)),
        "item": pack(np.rint(sight.item * 255).astype(np.uint8)),
        "place": pack(np.clip(place, NOWHERE, -NOWHERE - 1).astype(np.int16)),
        "facing": pack(np.rint(np.nan_to_num(sight.facing) * 127).astype(np.int8)),
    }


def from_parts(parts: Parts, squeezers: dict[str, Squeezer], fine: Grid, coarse: Grid) -> Sight:
    """The view again.

    fine, coarse: the grids of both kinds of cells.

    Raises:
        DatasetError: the bytes are broken.
    """
    cues = unpack(parts["cues"], np.int8, (CHANNELS, *fine)).astype(np.float32) / _CUE
    for flag, there in zip((TRAY.stop, DEPTH.stop), parts["there"], strict=True):
        cues[flag] = there
    shown = list(parts["types"])
    damage = np.zeros((len(TYPES), *fine), np.float32)
    damage[shown] = _shares(unpack(parts["damage"], np.uint8, (len(shown), *fine)))
    place = unpack(parts["place"], np.int16, (*coarse, 3)).astype(np.float32)
    place[place == NOWHERE] = np.nan
    names = [name for name in squeezers if f"f:{name}" in parts]
    shallow, _ = by_depth(names) if names else ([], [])
    grids = {name: fine if name in shallow else coarse for name in names}
    return Sight(
        features={
            name: squeezers[name].unsqueeze(parts[f"f:{name}"], grids[name]) for name in names
        },
        cues=cues,
        damage=damage,
        item=_shares(unpack(parts["item"], np.uint8, fine)),
        place=place / np.float32(_MM),
        facing=(unpack(parts["facing"], np.int8, (*coarse, 3)) / np.float32(127)).astype(
            np.float32
        ),
    )


def _shares(values: NDArray[np.integer]) -> NDArray[np.float32]:
    return np.asarray(values / np.float32(255), np.float32)
