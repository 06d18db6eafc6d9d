"""The damage model at work: what a view shows by itself, and beside the references.

The same four graphs answer with any number of references, with and without depth and an empty
tray: one reads a view, one describes it for comparison, one adds what references say, one tells
damage from what was read. A reference is read and described once and for all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession

from amiss.bundle.read import Bundle
from amiss.detect.align import Mask
from amiss.detect.match import Match, around, around_finely, match
from amiss.detect.preprocessing import fingerprint
from amiss.domain.errors import BundleError, EngineError
from amiss.domain.words import DamageType
from amiss.vision.engine.onnx_runtime import open_session, run_session
from amiss.vision.seen import Seen

Floats = NDArray[np.float32]
TYPES = tuple(DamageType)
ANY, MAJOR = len(TYPES), len(TYPES) + 1
"""Places of a view's logits after those of the types."""
WHICH = slice(len(TYPES) + 2, 2 * len(TYPES) + 2)
"""And after those which type it is, if it is any: logits among the types."""
CELL_SHARES = 3
"""Further maps: item; and, of a damaged cell, major and of the product itself."""
SUPPORTED = 8.0
"""Matches around a cell from which the references are held to show it."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What is said of a view, in logits.

    maps: (types, item, major, product)×H×W, in fine cells; the last two of a cell that is
    damaged. view: of (types, any, major, which).
    """

    maps: Floats
    view: Floats


def which_types(told: Told) -> Floats:
    """How likely it is each type, if it is any; the sum is 1."""
    logits = told.view[WHICH].astype(np.float64)
    likely = np.exp(logits - logits.max())
    return np.asarray(likely / likely.sum(), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """What was read of a view: coarse C×h×w, of 16 pixels of the frame; fine F×2h×2w, of 8."""

    coarse: Floats
    fine: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A view by itself.

    familiarity: how far the picture is like those that the model was trained on, in [0, 1].
    shallow: S×2h×2w and deep: D×h×w, features as the model was trained on them, from which the view
    is described.
    """

    maps: Maps
    familiarity: float
    shallow: Floats
    deep: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A view beside its references.

    coverage: share of the item, in [0, 1], that the references show. match: where each cell lies.
    """

    maps: Maps
    coverage: float
    match: Match


class DamageModel:
    """The damage model of one bundle. Safe to share between threads."""

    def __init__(self, bundle: Bundle, threads: int | None = None) -> None:
        """Loads its graphs.

        Raises:
            BundleError: the bundle has no damage model.
            EngineError: a graph cannot be loaded, or does not compute.
        """
        facts = bundle.manifest.damage
        if facts is None:
            raise BundleError(f"Bundle {bundle.id} has no damage model; choose another bundle.")
        if facts.preprocessing != fingerprint():
            raise BundleError(
                f"The damage model of {bundle.id} was trained on pictures prepared in another "
                "way; train it anew, or take the version of Amiss that it is from."
            )
        self._encoder = bundle.manifest.encoder
        self._view = open_session(bundle, facts.view, threads)
        self._describe = open_session(bundle, facts.describe, threads)
        self._compare = open_session(bundle, facts.compare, threads)
        self._head = open_session(bundle, facts.head, threads)
        self._check(bundle)

    def _check(self, bundle: Bundle) -> None:
        """All graphs compute numbers from nothing but zeros; broken weights do not."""
        try:
            zeros = {
                one.name: np.zeros([1, *_channels(one.shape), 16, 16], np.float32)
                for one in self._view.get_inputs()
            }
            zeros["deep"] = zeros["deep"][..., :8, :8]
            (reading,) = self._read(zeros)
            seen = self.describe([reading])
            (beside,) = self.compare([reading], seen, seen)
            self.tell([reading.maps, beside.maps])
        except EngineError as error:
            raise BundleError(f"{bundle.id} cannot be used: {error}") from error

    def read(self, features: Mapping[str, Floats], cues: Floats) -> list[Reading]:
        """Reads N views of one grid.

        Args:
            features: the encoder's outputs, N×C×h×w each.
            cues: N×CHANNELS×2h×2w; see `amiss.detect.cues`.

        Raises:
            EngineError: the model failed, or gave numbers that are not finite.
        """
        shallow, deep = (
            np.concatenate([features[name] for name in names], axis=1)
            for names in (self._encoder.shallow, self._encoder.deep)
        )
        return self._read({"shallow": shallow, "deep": deep, "cues": cues})

    def _read(self, given: Mapping[str, Floats]) -> list[Reading]:
        found = _run(self._view, given)
        names = ("coarse", "fine", "familiarity", "shallow_kept", "deep_kept")
        return [
            Reading(Maps(coarse, fine), float(familiarity), shallow, deep)
            for coarse, fine, familiarity, shallow, deep in zip(
                *(found[name] for name in names), strict=True
            )
        ]

    def describe(self, views: Sequence[Reading]) -> list[Seen]:
        """What views of one grid are compared by.

        Raises:
            EngineError: the model failed, or gave numbers that are not finite.
        """
        found = _run(
            self._describe,
            {
                "coarse": np.stack([one.maps.coarse for one in views]),
                "fine": np.stack([one.maps.fine for one in views]),
                "shallow_kept": np.stack([one.shallow for one in views]),
                "deep_kept": np.stack([one.deep for one in views]),
            },
        )
        return [
            Seen(
                found["keys"][place],
                found["fine_keys"][place],
                found["descriptors"][place],
                found["item"][place] > 0,
                found["embedding"][place],
            )
            for place in range(len(views))
        ]

    def compare(
        self, views: Sequence[Reading], asked: Sequence[Seen], references: Sequence[Seen]
    ) -> list[Comparison]:
        """Holds views of one grid, read and described, against at least one reference.

        Raises:
            EngineError: the model failed, or gave numbers that are not finite.
        """
        offered = [(one.descriptors, one.item) for one in references]
        matches = [match((one.descriptors, one.item), offered) for one in asked]
        grids = [(one.item.shape[0], one.item.shape[1]) for one in references]
        found = _run(
            self._compare,
            {
                "coarse": np.stack([one.maps.coarse for one in views]),
                "fine": np.stack([one.maps.fine for one in views]),
                "keys": _rows([one.keys for one in references]),
                "fine_keys": _rows([one.fine_keys for one in references]),
                "around": np.stack([around(one, grids) for one in matches]),
                "around_finely": np.stack([around_finely(one, grids) for one in matches]),
                "support": np.stack([one.support for one in matches]),
                "likeness": np.stack([one.likeness for one in matches]),
            },
        )
        told = zip(found["coarse_beside"], found["fine_beside"], asked, matches, strict=True)
        return [
            Comparison(Maps(coarse, fine), _coverage(one, view.item), one)
            for coarse, fine, view, one in told
        ]

    def tell(self, maps: Sequence[Maps]) -> list[Told]:
        """What is damaged, from what was read of views of one grid.

        Raises:
            EngineError: the model failed, or gave numbers that are not finite.
        """
        given = {
            "coarse": np.stack([one.coarse for one in maps]),
            "fine": np.stack([one.fine for one in maps]),
        }
        found = _run(self._head, given)
        return [Told(*one) for one in zip(found["maps"], found["view"], strict=True)]


def _run(session: InferenceSession, given: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
    found = run_session(session, given)
    if not all(np.isfinite(one).all() for one in found.values()):
        raise EngineError(
            "The damage model gave values that are not finite; install or train it anew."
        )
    return found


def _channels(shape: Sequence[int | str | None]) -> list[int]:
    """Of an input N×C×H×W whose other sides are open."""
    return [side for side in shape if isinstance(side, int)]


def _rows(keys: Sequence[Floats]) -> Floats:
    """C×h×w each, to one row per cell and a last one of zeros."""
    rows = [one.reshape(len(one), -1).T for one in keys]
    return np.concatenate([*rows, np.zeros((1, len(keys[0])), np.float32)])


def _coverage(found: Match, item: Mask) -> float:
    return float((found.support[0][item] >= SUPPORTED).mean()) if item.any() else 0.0
