"""Evaluates an inspector on captures: our own data sets, and Kaputt's.

Each item is inspected once in each arm: without references and with those of the product that the
booth took it for, without depth and empty tray and with them. So every report says what each is
worth. An item whose product the booth does not know is compared with none.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby

from amiss.dataset.reader import Split
from amiss.dataset.records import CaptureRecord, Picture, ViewRecord
from amiss.domain.capture import Capture
from amiss.domain.errors import DatasetError, ImageError
from amiss.evaluate.arms import Arm, arms_of, covering
from amiss.evaluate.capture_report import CaptureReport
from amiss.evaluate.inspection import Heatmap, InspectCaptures, Inspection, Unread
from amiss.evaluate.items import CaptureRow, Opinion, ViewRow
from amiss.evaluate.load import load_capture
from amiss.evaluate.localise import Localised, localise, pixel_figures
from amiss.evaluate.pristine import Pristine
from amiss.evaluate.truth import Truth, slices_of, truth_of, view_is_amiss

Progress = Callable[[int, int], None]

MAP_PX = 128
"""Long side of the maps behind pixel figures: four times finer than the cells that are compared."""


def evaluate_captures(
    inspect: InspectCaptures,
    split: Split,
    *,
    references: int,
    picture: Picture = "image",
    seed: int = 0,
    progress: Progress | None = None,
) -> CaptureReport:
    """Inspects every labelled item of a split, product by product, and reports the figures.

    An item with a picture that cannot be read counts as "no opinion".

    Args:
        inspect: the inspector under test.
        split: what to test on.
        references: how many pictures of each camera of a product to compare with; 0 for none.
        picture: what to look at: whole pictures, or the item cut out (as Kaputt's benchmark does);
            cut-outs come without masks, depth and empty tray.
        seed: of the drawn references.
        progress: called with (done, total) after each item.

    Raises:
        DatasetError: no good item or none that is amiss is labelled, or the data set is broken.
        ImageError: a reference cannot be read.
    """
    if references < 0:
        raise DatasetError(f"Cannot compare with {references} references; ask for 0 or more.")
    records = list(split)
    labelled = [(record, truth) for record in records if (truth := truth_of(record)) is not None]
    if {truth.amiss for _, truth in labelled} != {False, True}:
        raise DatasetError(
            f"The split {split.name} has no good item, or none that is damaged; figures need both."
        )
    labelled.sort(key=lambda pair: (pair[0].item, pair[0].id))
    run = _Run(inspect, picture)
    for item, group in groupby(labelled, key=lambda pair: pair[0].item):
        pristine = Pristine.of(
            inspect, split, item, references=references, picture=picture, seed=seed
        )
        for record, truth in group:
            run.add(record, truth, pristine)
            if progress is not None:
                progress(len(run.rows), len(labelled))
    return CaptureReport(
        rows=tuple(run.rows),
        split=split.name,
        references=references,
        seed=seed,
        picture=picture,
        n_unlabelled=len(records) - len(labelled),
        n_simulated=sum(r.labels is not None and r.labels.simulated for r, _ in labelled),
        pixels=pixel_figures(run.pictures) if any(one.mask.any() for one in run.pictures) else None,
        n_unmasked=run.n_unmasked,
    )


@dataclass(slots=True)
class _Run:
    """One evaluation as it goes on."""

    inspect: InspectCaptures
    picture: Picture
    rows: list[CaptureRow] = field(default_factory=list)
    pictures: list[Localised] = field(default_factory=list)
    n_unmasked: int = 0

    def add(self, record: CaptureRecord, truth: Truth, pristine: Pristine) -> None:
        """Inspects one item in every arm."""
        compared = pristine.there.references and not truth.unknown_product
        started = time.perf_counter()
        try:
            capture = load_capture(record, self.picture)
        except ImageError:
            # An item with an unreadable picture is one that Amiss has no opinion on.
            seen: dict[Arm, Inspection] = {Arm(): Unread(len(record.views))}
            ms = (time.perf_counter() - started) * 1e3
        else:
            loaded = time.perf_counter() - started
            seen, inspecting = self._inspect(capture, pristine, compared=compared)
            ms = (loaded + inspecting) * 1e3
        fullest = list(seen)[-1]
        found = seen[fullest]
        self.rows.append(
            CaptureRow(
                id=record.id,
                product=record.item,
                truth=truth,
                slices=slices_of(
                    record,
                    truth,
                    n_references=len(pristine.views) if compared else 0,
                    coverages=found.coverages,
                ),
                there=fullest,
                opinions={arm: _opinion(one) for arm, one in seen.items()},
                views=tuple(
                    ViewRow(view.camera, view_is_amiss(view, truth), score)
                    for view, score in zip(record.views, found.view_scores, strict=True)
                ),
                ms=ms,
            )
        )
        for view, heatmap in zip(record.views, found.heatmaps, strict=True):
            self._localise(view, truth, heatmap)

    def _inspect(
        self, capture: Capture, pristine: Pristine, *, compared: bool
    ) -> tuple[dict[Arm, Inspection], float]:
        """What each arm that differs for this item sees, the fullest last; and its seconds."""
        seconds = 0.0
        shown: dict[Arm, Inspection] = {}
        seen: dict[Arm, Inspection] = {}
        for arm in arms_of(_what_is_there(capture, pristine, compared=compared)):
            # Depth of the references alone shows nothing to an arm without references.
            showing = _what_is_there(capture, pristine, compared=arm.references).within(arm)
            if showing not in shown:
                prepared = pristine.prepared(showing)  # once a product, and so not timed
                stripped = showing.strip_all(capture)
                started = time.perf_counter()
                shown[showing] = self.inspect(stripped, prepared)
                seconds = time.perf_counter() - started
            seen[arm] = shown[showing]
        return seen, seconds

    def _localise(self, view: ViewRecord, truth: Truth, heatmap: Heatmap | None) -> None:
        """Keeps a picture for the pixel figures, where it is known what it shows."""
        mask = view.load_damage_mask() if self.picture == "image" else None
        if truth.wrong_item or (truth.amiss and mask is None):
            self.n_unmasked += 1
            return
        self.pictures.append(localise(heatmap, None if mask is None else mask > 0, MAP_PX))


def _what_is_there(capture: Capture, pristine: Pristine, *, compared: bool) -> Arm:
    """What can be looked at of one item; compared: with these references."""
    own = covering(capture.views)
    return Arm(
        references=compared,
        depth=own.depth or (compared and pristine.there.depth),
        empty_tray=own.empty_tray or (compared and pristine.there.empty_tray),
    )


def _opinion(result: Inspection) -> Opinion:
    score = result.score
    if score is not None and math.isnan(score):
        score = None
    return Opinion(score, str(result.decision))
