"""One item in one arm: what the inspector says of it, as far as figures need it."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.dataset.records import CaptureRecord
from amiss.detect.damage import TYPES
from amiss.detect.fuse import Judged, numbers
from amiss.domain.capture import Capture
from amiss.domain.errors import BundleError
from amiss.domain.evidence import Evidence
from amiss.domain.result import Result
from amiss.domain.words import DamageType
from amiss.gallery.reference import Reference
from amiss.inspector import Inspector
from amiss.vision.engine.protocol import Engine, Features

Document = dict[str, Any]
Masks = Sequence[NDArray[np.uint8] | None]

LIKELY = 0.0
"""Logit from which a place of the damage map counts as damaged: one half of the probability."""
SPILLAGE = 1 + TYPES.index(DamageType.SPILLAGE)


class Remembering:
    """An engine that remembers its last answers: all arms see the same pictures."""

    def __init__(self, engine: Engine, count: int = 64) -> None:
        self.name, self.precision = engine.name, engine.precision
        self._engine, self._count = engine, count
        self._known: dict[bytes, Features] = {}

    def run(self, image: NDArray[np.uint8]) -> Features:
        """See `Engine`."""
        key = hashlib.blake2b(image.tobytes() + repr(image.shape).encode()).digest()
        if key not in self._known:
            if len(self._known) >= self._count:
                del self._known[next(iter(self._known))]
            self._known[key] = self._engine.run(image)
        return self._known[key]


class OpenInspector(Inspector):
    """The inspector as it serves, that also hands out what it was told on the way."""

    judged: tuple[Judged, ...] = ()

    def _result(self, capture: Capture, judged: Sequence[Judged], *others: Any) -> Result:  # noqa: ANN401
        """As the inspector's; what was said before it was weighed is kept."""
        self.judged = tuple(judged)
        return super()._result(capture, judged, *others)


def open_inspector(bundle: Path, point: Path, threads: int | None = None) -> OpenInspector:
    """A bundle at an operating point.

    Raises:
        BundleError: it has no damage model, or one of the two cannot be used.
    """
    inspector = OpenInspector.load(bundle, operating_point=point, threads=threads)
    if not isinstance(inspector, OpenInspector) or inspector.model is None:
        raise BundleError(f"{bundle} has no damage model; name a bundle that was trained.")
    inspector.eye.engine = Remembering(inspector.eye.engine)
    return inspector


def said(
    inspector: OpenInspector, capture: Capture, references: Sequence[Reference], masks: Masks
) -> Document:
    """What the inspector says of an item. masks: the true damage of each view."""
    result = inspector.inspect(capture, references=references)
    judged = inspector.judged
    told = [one.told for one in judged if one.told is not None]
    kinds = slice(len(TYPES))
    document: Document = {
        "score": result.score,
        "decision": str(result.decision),
        "numbers": numbers(judged),
        "discrepancy": [one.discrepancy and one.discrepancy.score for one in judged],
        "coverage": coverage(result.evidence, len(judged)),
        "types": _largest([one.view[kinds] for one in told]),
        "hottest": _largest([one.maps[kinds].max(axis=(1, 2)) for one in told]),
        "finding": result.findings[0].kind if result.findings else None,
    }
    if any(mask is not None and mask.any() for mask in masks):
        document["overlap"] = _overlap(capture, judged, masks)
    return document


def _largest(logits: Sequence[NDArray[np.float32]]) -> list[float] | None:
    """Of each type, over the views."""
    return np.max(logits, axis=0).tolist() if logits else None


def coverage(evidence: Sequence[Evidence], views: int) -> float:
    """Share of the item that references show to the damage model, mean over the views."""
    shares = {one.view: one.coverage or 0.0 for one in evidence if one.detector == "comparison"}
    return sum(shares.values()) / views


def _overlap(capture: Capture, judged: Sequence[Judged], masks: Masks) -> tuple[int, int]:
    """Pixels of all views that are damaged and said to be; and that are either."""
    both, either = 0, 0
    for view, one, mask in zip(capture.views, judged, masks, strict=True):
        height, width = view.rgb.shape[:2]
        true = np.zeros((height, width), np.bool_) if mask is None else mask > 0
        likely = np.zeros_like(true)
        if one.told is not None:
            worst = one.told.maps[: len(TYPES)].max(axis=0)
            likely = cv2.resize(worst, (width, height), interpolation=cv2.INTER_LINEAR) > LIKELY
        both += int((true & likely).sum())
        either += int((true | likely).sum())
    return both, either


def shown(record: CaptureRecord) -> tuple[dict[str, int], int, Masks]:
    """Pixels of each type in the view that shows most of it; of spillage beside the item; masks."""
    masks = [view.load_damage_mask() for view in record.views]
    most = np.zeros(len(TYPES) + 1, np.int64)
    beside = 0
    for view, mask in zip(record.views, masks, strict=True):
        if mask is None or not mask.any():
            continue
        most = np.maximum(most, np.bincount(mask.ravel(), minlength=len(most)))
        item = view.load_item_mask()
        if item is not None and (mask == SPILLAGE).any():
            beside = max(beside, int(((mask == SPILLAGE) & ~item).sum()))
    pixels = {
        damage.value: int(most[1 + place])
        for place, damage in enumerate(TYPES)
        if most[1 + place] > 0
    }
    return pixels, beside, masks
