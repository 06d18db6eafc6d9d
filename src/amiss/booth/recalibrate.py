"""Calibrating anew: the empty tray, taken several times, and only if it shows what it should."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from amiss.booth.booth import Booth
from amiss.booth.calibration import Calibration, calibration_of, store
from amiss.booth.checks import measures
from amiss.booth.checks.limits import Limits
from amiss.domain.capture import View
from amiss.domain.errors import CameraError

SHOTS = 5
RESTLESS = 12.0
"""Grey levels by which shots of an empty tray may differ, on average over their worst hundredth."""


def take_empty(
    booth: Booth,
    *,
    shots: int = SHOTS,
    exposures_us: Mapping[str, float] | None = None,
    limits: Limits | None = None,
) -> Calibration:
    """Takes the empty tray several times; the calibration is the median, and not stored yet.

    Args:
        booth: with nothing on its tray.
        shots: how many captures to take.
        exposures_us: what the cameras' shutters were set to, for the record.
        limits: of the checks that a calibration has to pass itself.

    Raises:
        CameraError: a camera does not deliver, something moves, or a picture is black or
            saturated.
    """
    limits = limits or Limits()
    views: list[View] = []
    for _ in range(shots):
        shot = booth.trigger()
        if shot.absent:
            raise CameraError(next(iter(shot.absent.values())))
        views += shot.capture.views
    for name in booth.cameras:
        _demand_calm(name, [view for view in views if view.camera == name], limits)
    return calibration_of(views, exposures_us=exposures_us, made=shot.capture.taken)


def recalibrate(
    booth: Booth,
    folder: Path,
    *,
    shots: int = SHOTS,
    exposures_us: Mapping[str, float] | None = None,
    limits: Limits | None = None,
) -> Calibration:
    """Stores what `take_empty` takes as the calibration in force.

    Args:
        booth: with nothing on its tray.
        folder: where calibrations are kept.
        shots: how many captures to take.
        exposures_us: what the cameras' shutters were set to, for the record.
        limits: of the checks that a calibration has to pass itself.

    Returns:
        The stored calibration; give it to the booth and to the checks.

    Raises:
        CameraError: as `take_empty`; nothing is stored then.
    """
    taken = take_empty(booth, shots=shots, exposures_us=exposures_us, limits=limits)
    return store(folder, taken)


def _demand_calm(name: str, views: Sequence[View], limits: Limits) -> None:
    """Raises a CameraError unless the pictures show one thing, and show it well."""
    if len({view.rgb.shape for view in views}) > 1:
        raise CameraError(f"Pictures of camera {name} differ in size; set its resolution.")
    if len(views) > 1 and all(np.array_equal(view.rgb, views[0].rgb) for view in views[1:]):
        raise CameraError(f"The camera {name} sends the same picture again and again; restart it.")
    small = np.array([measures.reduced(view.rgb) for view in views], np.float32)
    worst = np.percentile(np.ptp(small, axis=0).max(axis=-1), 99)
    if worst > RESTLESS:
        raise CameraError(f"Something moves before camera {name}; clear the tray and try again.")
    if measures.brightest(views[0].rgb) < limits.black:
        raise CameraError(f"The picture of camera {name} is black; switch on the light.")
    if measures.clipped(views[0].rgb) > limits.clipped:
        raise CameraError(f"The picture of camera {name} is saturated; shorten its exposure.")
