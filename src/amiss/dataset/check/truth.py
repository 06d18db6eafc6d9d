"""Whether what is told of one capture can be true: numbers, labels, masks."""

import math
from collections.abc import Iterable, Iterator

from amiss.dataset.check.report import Tally
from amiss.dataset.records import CaptureRecord, ViewRecord
from amiss.domain.capture import Matrix
from amiss.domain.errors import DatasetError


def check_truth(record: CaptureRecord, tally: Tally) -> None:
    """Looks at one capture; reads mask files, no pictures."""
    for name, number in _numbers(record):
        if not math.isfinite(number):
            tally.add("not_finite", f"{name} of {record.id} is {number}")
    for view in record.views:
        _check_words(view, tally)
    _check_masks(record, tally)


def check_view_numbers(view: ViewRecord, tally: Tally) -> None:
    """The numbers of one view, as of a reference."""
    for name, number in _view_numbers(view):
        if not math.isfinite(number):
            tally.add("not_finite", f"{name} of {view.id} is {number}")


def _check_words(view: ViewRecord, tally: Tally) -> None:
    defects = view.defects
    if defects is not None and not defects.any and (defects.major or defects.types):
        words = ", ".join(defects.types) or "major"
        tally.add("labels_disagree", f"{view.id} is sound, and {words}")


def _check_masks(record: CaptureRecord, tally: Tally) -> None:
    masked = [_shows_damage(view, tally) for view in record.views]
    damages = record.labels.damages if record.labels is not None else None
    for view, shown in zip(record.views, masked, strict=True):
        sound = damages == () or (view.defects is not None and not view.defects.any)
        if shown and sound:
            tally.add("sound_but_masked", view.id)
    visible = any(view.defects is not None and view.defects.any for view in record.views)
    known = [shown for shown in masked if shown is not None]
    if known and not any(known) and visible:
        tally.add("damaged_but_unmasked", record.id)
    elif damages and not visible and not any(known) and len(known) == len(masked):
        tally.add("hidden_damage", record.id)


def _shows_damage(view: ViewRecord, tally: Tally) -> bool | None:
    """Whether a view's damage mask shows any; None where there is none, or it is broken."""
    if view.damage_runs is None and view.damage_from is None:
        return None if view.damage_pixels is None else view.damage_pixels > 0
    # Most pictures are sound, and tell so without being decoded.
    if view.damage_runs is None and view.damage_pixels == 0:
        return False
    if view.damage_runs is not None and " " not in view.damage_runs and "x" in view.damage_runs:
        return False
    try:
        mask = view.load_damage_mask()
    except DatasetError as error:
        tally.add("unreadable_mask", f"{view.id}: {error}")
        return None
    return bool(mask is not None and mask.any())


def _numbers(record: CaptureRecord) -> Iterator[tuple[str, float]]:
    for view in record.views:
        yield from _view_numbers(view)
    if record.labels is None:
        return
    yield from _matrix("item_pose", record.labels.lies)
    for damage in record.labels.damages or ():
        yield from damage.numbers.items()


def _view_numbers(view: ViewRecord) -> Iterator[tuple[str, float]]:
    yield from _matrix("pose", view.pose)
    lens = view.intrinsics
    if lens is not None:
        names = ("width", "height", "fx", "fy", "cx", "cy")
        yield from ((name, float(getattr(lens, name))) for name in names)
        yield from _each("distortion", lens.distortion)


def _matrix(name: str, matrix: Matrix | None) -> Iterator[tuple[str, float]]:
    if matrix is not None:
        yield from _each(name, matrix.ravel().tolist())


def _each(name: str, numbers: Iterable[float]) -> Iterator[tuple[str, float]]:
    return ((name, float(number)) for number in numbers)
