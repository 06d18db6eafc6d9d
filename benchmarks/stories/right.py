"""What is right for an item of the recorded booth, and for which reason.

An item is *rightly* decided by its decision alone. It is so *for the right reason* where

- a damaged one is sidelined, the hottest place of all its heat maps lies on the damage, and the
  finding of that place is called by a type that the item has;
- a wrong item is sidelined, and no damage is named, since it has none;
- a sound item that passes is said to look like its references;
- of an item whose product nobody knows that is said, whether it passes or is not inspected.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
from benchmarks.place import on_place

from amiss.booth.judge import UNKNOWN
from amiss.cli.demo_rows import row_of
from amiss.dataset.records import CaptureRecord
from amiss.detect.reasons import ALIKE, PROVISIONAL, sentences
from amiss.domain.result import Result
from amiss.domain.words import Decision
from amiss.evaluate.truth import truth_of

NOT_SIDELINED = "not sidelined"


@dataclass(frozen=True, slots=True)
class Row:
    """One item.

    truth: in words. wanted: a decision, or NOT_SIDELINED. reasons: as they were said. kinds: of
    findings, the surest first. on_place: whether the hottest place of all heat maps lies on what is
    amiss, within 2 % of the picture's diagonal; None where nothing is, or no view has heat. well:
    right, and for the right reason.
    """

    item: str
    story: str
    truth: str
    wanted: str
    decision: str
    score: float | None
    reasons: tuple[str, ...]
    kinds: tuple[str, ...]
    on_place: bool | None
    right: bool
    well: bool

    @classmethod
    def of(cls, record: CaptureRecord, result: Result) -> Self:
        """What was said of a capture of the recording, or of one told anew."""
        told, truth = row_of(record, result), truth_of(record)
        if truth is None:
            raise ValueError(f"Capture {record.id} has no labels.")
        wanted = str(Decision.SIDELINE if told.amiss else Decision.PASS)
        if truth.unknown_product:
            wanted = NOT_SIDELINED
        decision = str(result.decision)
        right = decision == wanted
        if wanted == NOT_SIDELINED:
            right = decision != Decision.SIDELINE
        points = _points(record, result, wrong=truth.wrong_item) if truth.amiss else None
        kinds = tuple(one.kind for one in result.findings)
        row = cls(
            item=record.id,
            story=told.story,
            truth=told.truth,
            wanted=wanted,
            decision=decision,
            score=result.score,
            reasons=tuple(one for one in result.reasons if one != PROVISIONAL),
            kinds=kinds,
            on_place=points,
            right=right,
            well=False,
        )
        if wanted == Decision.SIDELINE:
            named = kinds[:1] != () and kinds[0] in truth.types
            unnamed = truth.wrong_item and not sentences(result.findings)
            reason = unnamed or (named and points is True)
        else:
            reason = (UNKNOWN if truth.unknown_product else ALIKE) in row.reasons
        return replace(row, well=right and reason)

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def _points(record: CaptureRecord, result: Result, *, wrong: bool) -> bool | None:
    """Whether the hottest place of all views lies on the damage, or on an item that is wrong."""
    peaks = [-1.0 if heat is None else float(heat.max()) for heat in result.heatmaps]
    hottest = int(np.argmax(peaks))
    heat, view = result.heatmaps[hottest], record.views[hottest]
    if heat is None:
        return None
    mask = view.load_item_mask() if wrong else view.load_damage_mask()
    return mask is not None and on_place(heat, mask > 0)
