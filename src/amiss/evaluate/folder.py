"""Evaluates an inspector on a data set of the `folder` layout."""

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from amiss.dataset.folder import FolderDataset, Sample, draw_references
from amiss.dataset.folder import half as half_of
from amiss.dataset.mask import load_mask
from amiss.domain.capture import RgbArray
from amiss.domain.errors import DatasetError, ImageError
from amiss.domain.words import Decision
from amiss.evaluate.localise import Localised, fit_mask, localise, pixel_figures
from amiss.evaluate.report import FolderReport, Row
from amiss.evaluate.rotate import angle, turn, turn_mask
from amiss.vision.decode import decode

Picture = Path | RgbArray
Mask = NDArray[np.bool_]
Heatmap = NDArray[np.float32]


class Inspection(Protocol):
    """What is read of a result; heatmaps: one H×W float32 per view, None where it was not seen."""

    @property
    def score(self) -> float | None: ...  # noqa: D102
    @property
    def decision(self) -> str: ...  # noqa: D102
    @property
    def heatmaps(self) -> Sequence[Heatmap | None]: ...  # noqa: D102


class Inspect(Protocol):
    """The inspector under test, as evaluation calls it."""

    def prepare(self, references: Sequence[Picture]) -> Any:  # noqa: ANN401
        """Gives whatever `__call__` is to be handed as references; called once per evaluation."""
        ...

    def __call__(self, query: Picture, references: Any) -> Inspection:  # noqa: ANN401
        """Inspects one picture; references: what `prepare` gave, None where there are none."""
        ...


def evaluate_folder(
    inspect: Inspect,
    dataset: FolderDataset,
    *,
    references: int,
    half: Literal["choose", "report", "all"] = "all",
    seed: int = 0,
    rotate: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> FolderReport:
    """Draws references, inspects the other pictures one by one, and reports the figures.

    A picture that cannot be read counts as "no opinion".

    Args:
        inspect: the inspector under test.
        dataset: what to test on.
        references: how many references to draw; 0 inspects without.
        half: which half of the tested pictures; references are drawn from both.
        seed: of the drawn references and, with `rotate`, of the angles.
        rotate: turns every query by its own angle, see `amiss.evaluate.rotate`; decoding and
            turning are then no part of the time measured.
        progress: called with (done, total) after each picture.

    Raises:
        DatasetError: no good or no damaged picture is left to test, there are too few pictures
            to draw from, or a mask cannot be read.
        ImageError: a reference cannot be read.
    """
    drawn, tested = draw_references(dataset, references, seed)
    tested = tuple(sample for sample in tested if half in ("all", half_of(sample.name)))
    if {sample.damaged for sample in tested} != {False, True}:
        raise DatasetError(
            f"{dataset.root} leaves no good or no damaged picture to test, and figures need both."
        )
    pristine: list[Picture] = [
        turn(decode(sample.path).rgb) if rotate else sample.path for sample in drawn
    ]
    prepared = inspect.prepare(pristine) if pristine else None

    rows: list[Row] = []
    pictures: list[Localised] = []
    n_unmasked = 0
    has_masks = any(sample.mask is not None for sample in tested)
    for sample in tested:
        degrees = angle(sample.name, seed) if rotate else None
        row, heatmap, mask = _inspect_one(inspect, prepared, sample, degrees)
        rows.append(row)
        if sample.damaged and (mask is None or not mask.any()):
            n_unmasked += 1
        elif has_masks:
            pictures.append(localise(heatmap, mask))
        if progress is not None:
            progress(len(rows), len(tested))
    return FolderReport(
        rows=tuple(rows),
        references=tuple(sample.name for sample in drawn),
        half=half,
        seed=seed,
        rotate=rotate,
        pixels=pixel_figures(pictures) if has_masks else None,
        n_unmasked=n_unmasked,
        n_ignored=dataset.ignored,
    )


def _inspect_one(
    inspect: Inspect,
    prepared: Any,  # noqa: ANN401
    sample: Sample,
    degrees: float | None,
) -> tuple[Row, Heatmap | None, Mask | None]:
    """What Amiss says about one picture, where it points, and where the damage is."""
    mask = None if sample.mask is None else load_mask(sample.mask)
    score, decision, heatmap = None, str(Decision.NOT_INSPECTED), None
    started = time.perf_counter()
    try:
        query: Picture = sample.path
        if degrees is not None:
            upright = decode(sample.path).rgb
            query = turn(upright, degrees)
            if mask is not None:
                mask = turn_mask(fit_mask(mask, upright.shape[:2]), degrees)
            started = time.perf_counter()
        result = inspect(query, prepared)
    except ImageError:
        pass  # an unreadable picture is one that Amiss has no opinion on
    else:
        score, decision = result.score, str(result.decision)
        heatmap = result.heatmaps[0] if len(result.heatmaps) else None
    elapsed_ms = (time.perf_counter() - started) * 1e3
    if score is not None and math.isnan(score):
        score = None
    row = Row(sample.name, sample.damaged, sample.type, score, decision, elapsed_ms)
    return row, heatmap, mask
