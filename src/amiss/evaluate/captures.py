"""Evaluates an inspector on captures: our own data sets, and Kaputt's.

Each item is inspected twice, without references and with those of the product that the booth took
it for, so that every report says what references are worth. An item whose product the booth does
not know is compared with none.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from amiss.dataset.reader import Split
from amiss.dataset.records import CaptureRecord, Picture, ViewRecord
from amiss.domain.capture import Capture, View
from amiss.domain.errors import DatasetError, ImageError
from amiss.domain.words import Decision
from amiss.evaluate.capture_report import CaptureReport
from amiss.evaluate.draw import draw_of_each_camera
from amiss.evaluate.items import CaptureRow, Opinion, ViewRow
from amiss.evaluate.localise import Localised, localise, pixel_figures
from amiss.evaluate.truth import Truth, slices_of, truth_of, view_is_amiss
from amiss.vision.decode import decode

Heatmap = NDArray[np.float32]
Mask = NDArray[np.bool_]
Progress = Callable[[int, int], None]

MAP_PX = 128
"""Long side of the maps behind pixel figures: four times finer than the cells that are compared."""


class Inspection(Protocol):
    """What is read of a result. heatmaps, view_scores: one per view, None where it was not seen."""

    @property
    def score(self) -> float | None: ...  # noqa: D102
    @property
    def decision(self) -> str: ...  # noqa: D102
    @property
    def heatmaps(self) -> Sequence[Heatmap | None]: ...  # noqa: D102
    @property
    def view_scores(self) -> Sequence[float | None]: ...  # noqa: D102


class InspectCaptures(Protocol):
    """The inspector under test, as evaluation calls it."""

    def prepare(self, references: Sequence[View]) -> Any:  # noqa: ANN401
        """Gives whatever `__call__` is to be handed as references; called once per product."""
        ...

    def __call__(self, item: Capture, references: Any) -> Inspection:  # noqa: ANN401
        """Inspects one item; references: what `prepare` gave, None where there are none."""
        ...


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
    run = _Run(inspect, split, references, picture, seed)
    records = list(split)
    labelled = [(record, truth) for record in records if (truth := truth_of(record)) is not None]
    if {truth.amiss for _, truth in labelled} != {False, True}:
        raise DatasetError(
            f"The split {split.name} has no good item, or none that is damaged; figures need both."
        )
    labelled.sort(key=lambda pair: (pair[0].item, pair[0].id))
    for item, group in groupby(labelled, key=lambda pair: pair[0].item):
        prepared, count = run.prepare(item)
        for record, truth in group:
            run.add(record, truth, prepared, count)
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
    split: Split
    references: int
    picture: Picture
    seed: int
    rows: list[CaptureRow] = field(default_factory=list)
    pictures: list[Localised] = field(default_factory=list)
    n_unmasked: int = 0

    def prepare(self, item: str) -> tuple[Any, int]:
        """What the items of one product are compared with, and how many pictures that is."""
        drawn = draw_of_each_camera(self.split.references(item), self.references, self.seed)
        if not drawn:
            return None, 0
        views = [load_view(reference.view, self.picture) for reference in drawn]
        return self.inspect.prepare(views), len(drawn)

    def add(self, record: CaptureRecord, truth: Truth, prepared: Any, count: int) -> None:  # noqa: ANN401
        """Inspects one item."""
        if truth.unknown_product:
            prepared, count = None, 0
        started = time.perf_counter()
        found = without = NO_OPINION
        views: Sequence[float | None] = [None] * len(record.views)
        heatmaps: Sequence[Heatmap | None] = [None] * len(record.views)
        try:
            capture = load_capture(record, self.picture)
        except ImageError:
            pass  # an item with an unreadable picture is one that Amiss has no opinion on
        else:
            loaded = time.perf_counter()
            result = self.inspect(capture, None)
            found = without = _opinion(result)
            if prepared is not None:
                started += time.perf_counter() - loaded  # the second look is the one that is timed
                result = self.inspect(capture, prepared)
                found = _opinion(result)
            views, heatmaps = result.view_scores, result.heatmaps
        row = CaptureRow(
            id=record.id,
            product=record.item,
            truth=truth,
            slices=slices_of(record, count),
            found=found,
            without=without,
            views=tuple(
                ViewRow(view.camera, view_is_amiss(view, truth), score)
                for view, score in zip(record.views, views, strict=True)
            ),
            ms=(time.perf_counter() - started) * 1e3,
        )
        self.rows.append(row)
        for view, heatmap in zip(record.views, heatmaps, strict=True):
            self._localise(view, truth, heatmap)

    def _localise(self, view: ViewRecord, truth: Truth, heatmap: Heatmap | None) -> None:
        """Keeps a picture for the pixel figures, where it is known what it shows."""
        mask = view.load_damage_mask() if self.picture == "image" else None
        if truth.wrong_item or (truth.amiss and mask is None):
            self.n_unmasked += 1
            return
        self.pictures.append(localise(heatmap, None if mask is None else mask > 0, MAP_PX))


def load_capture(record: CaptureRecord, picture: Picture) -> Capture:
    """An item, decoded: whole pictures with all that covers them, or the item cut out.

    Raises:
        ImageError: a picture cannot be read.
        DatasetError: a file is not there.
    """
    if picture == "image":
        return record.load(decode)
    views = tuple(load_view(view, picture) for view in record.views)
    return Capture(views, record.product, record.step, record.id)


def load_view(view: ViewRecord, picture: Picture) -> View:
    """One picture, as `load_capture`."""
    if picture == "image":
        return view.load(decode)
    which: Picture = "crop" if view.crop is not None else "image"
    return decode(view.picture(which))


NO_OPINION = Opinion(None, str(Decision.NOT_INSPECTED))


def _opinion(result: Inspection) -> Opinion:
    score = result.score
    if score is not None and math.isnan(score):
        score = None
    return Opinion(score, str(result.decision))
