"""One item in one arm: what the inspector says, as far as figures need it."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.bundle.operating_point import OperatingPoint
from amiss.bundle.read import Bundle
from amiss.dataset.records import CaptureRecord
from amiss.decide.threshold import damage_confidence
from amiss.detect.damage import TYPES
from amiss.detect.findings import findings_in
from amiss.detect.fuse import Judged, numbers, weigh, weigh_map, weighing
from amiss.detect.maps import over_view
from amiss.domain.capture import Capture
from amiss.domain.evidence import Finding, ScoreMap
from amiss.domain.words import DamageType
from amiss.gallery.reference import Reference
from amiss.inspector import Inspector

Document = dict[str, Any]
Masks = Sequence[NDArray[np.uint8] | None]

LIKELY = 0.0
"""Logit from which a place of the damage map counts as damaged: one half of the probability."""
SPILLAGE = 1 + TYPES.index(DamageType.SPILLAGE)


def point_at(bundle: Bundle, threshold: float) -> OperatingPoint:
    """The operating point whose threshold this raw score is."""
    return OperatingPoint(
        bundle=bundle.id,
        threshold=0.5,
        provisional=True,
        calibration={},
        midpoint=threshold,
        slope=1.0,
    )


def said(
    inspector: Inspector,
    capture: Capture,
    references: Sequence[Reference],
    masks: Masks,
    threshold: float | None,
) -> Document:
    """What the inspector says of an item.

    masks: the true damage of each view. threshold: from which raw score on an item is flagged and
    places in it are findings; None: not looked for.
    """
    judged = inspector.judge(capture, references)
    by = weighing(judged, inspector.bundle.manifest.damage)
    score = None if by is None else weigh(judged, by)
    told = [one.told.view[: len(TYPES)] for one in judged if one.told is not None]
    document: Document = {
        "score": score,
        "numbers": numbers(judged),
        "compared": any(one.beside is not None for one in judged),
        "coverage": _coverage(judged),
        "types": np.max(told, axis=0).tolist() if told else None,
    }
    if threshold is not None and score is not None and score > threshold:
        found = findings(inspector, capture, judged, threshold)
        document["finding"] = found[0].kind if found else None
    if any(mask is not None and mask.any() for mask in masks):
        document["overlap"] = _overlap(capture, judged, masks)
    return document


def findings(
    inspector: Inspector, capture: Capture, judged: Sequence[Judged], threshold: float
) -> list[Finding]:
    """As the inspector has them at an operating point with this threshold, best first."""
    point, by = point_at(inspector.bundle, threshold), weighing(judged, _damage(inspector))
    found: list[Finding] = []
    for view, one, heat in zip(
        capture.views, judged, heatmaps(inspector, capture, judged, threshold), strict=True
    ):
        score = None if by is None else weigh([one], by)
        if heat is not None and score is not None:
            name = None if one.discrepancy is None else one.discrepancy.reference
            share = damage_confidence(score, point)
            found += findings_in(heat, view, one.view, share, name, one.told, one.beside)
    return sorted(found, key=lambda finding: -finding.score)


def heatmaps(
    inspector: Inspector, capture: Capture, judged: Sequence[Judged], threshold: float
) -> list[ScoreMap | None]:
    """One per view, 0.5 at the threshold."""
    point, by = point_at(inspector.bundle, threshold), weighing(judged, _damage(inspector))
    raw = [None if by is None else weigh_map(one, by) for one in judged]
    return [
        None if one is None else over_view(damage_confidence(one, point), view)
        for one, view in zip(raw, capture.views, strict=True)
    ]


def _damage(inspector: Inspector) -> Any:  # noqa: ANN401
    return inspector.bundle.manifest.damage


def _coverage(judged: Sequence[Judged]) -> float:
    """Share of the item that references show, mean over the views."""
    shares = {
        told.view: told.coverage or 0.0
        for one in judged
        for told in one.evidence
        if told.detector == "comparison"
    }
    return sum(shares.values()) / len(judged)


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
