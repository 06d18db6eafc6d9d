"""Calibrating anew, and finding out when that is due."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from amiss.booth.booth import Booth
from amiss.booth.calibration import Calibration, calibration_of, store
from amiss.booth.checks import measures
from amiss.booth.checks.limits import Limits, Positive, Share
from amiss.booth.checks.reason import Fault, Reason
from amiss.domain.capture import Capture, RgbArray, View
from amiss.domain.errors import CameraError

SHOTS = 5
RESTLESS = 12.0
"""Grey levels by which shots of an empty tray may differ, on average over their worst hundredth."""


class DriftLimits(BaseModel):
    """When to recalibrate: about half of what the checks let pass.

    light: change of the light on the tray, as a share. cast: change of red or blue relative to
    green. moved: share of the picture's long side. softer: σ of the edges over that at
    calibration.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    light: Share = 0.15
    cast: Share = 0.07
    moved: Share = 0.004
    softer: Positive = 1.5


def drift(
    calibration: Calibration, captures: Sequence[Capture], limits: DriftLimits | None = None
) -> list[Fault]:
    """How far the booth has drifted from its calibration.

    captures: of an empty tray or, as well, the last fifty of everyday work: per camera the median
    counts, and light, colour and place are measured at the rim, where there is mostly tray.
    Sharpness is compared only for cameras whose empty tray has edges; items have edges of their
    own, so it is the least certain of the four.

    Faults: under_exposed or over_exposed (light as a multiple), colour_cast, tray_moved, blurred
    (σ as a multiple), camera_missing where no capture shows a calibrated camera.
    """
    limits = limits or DriftLimits()
    faults: list[Fault] = []
    for name, baseline in calibration.cameras.items():
        views = [
            view
            for capture in captures
            for view in capture.views
            if view.camera == name and view.rgb.shape == baseline.rgb.shape
        ]
        if not views:
            faults.append(Fault(name, Reason.CAMERA_MISSING, 0, 1))
            continue
        faults += _light(name, views, baseline.rgb, limits)
        shifts = [measures.shift(view.rgb, baseline.rgb, grain=baseline.grain) for view in views]
        moved = [value.length for value in shifts if value is not None]
        if moved and np.median(moved) > limits.moved:
            faults.append(Fault(name, Reason.TRAY_MOVED, float(np.median(moved)), limits.moved))
        if baseline.softness is not None:
            edges = [measures.softness(view.rgb) for view in views]
            widths = [edge.sharpest for edge in edges if edge is not None]
            times = float(np.median(widths)) / baseline.softness.sharpest if widths else 0.0
            if times > limits.softer:
                faults.append(Fault(name, Reason.BLURRED, times, limits.softer))
    return faults


def _light(name: str, views: Sequence[View], empty: RgbArray, limits: DriftLimits) -> list[Fault]:
    small = measures.reduced(empty)
    gains = np.array([measures.light_gain(measures.reduced(view.rgb), small) for view in views])
    gains = gains[np.isfinite(gains).all(axis=1)]
    if not len(gains):  # nothing but black or white: the checks name that
        return []
    gain = np.median(gains, axis=0).astype(np.float32)
    light, cast = float(gain.mean()), measures.cast(gain)
    faults = []
    if light < 1 - limits.light:
        faults.append(Fault(name, Reason.UNDER_EXPOSED, light, 1 - limits.light))
    if light > 1 + limits.light:
        faults.append(Fault(name, Reason.OVER_EXPOSED, light, 1 + limits.light))
    if cast > limits.cast:
        faults.append(Fault(name, Reason.COLOUR_CAST, cast, limits.cast))
    return faults


def recalibrate(
    booth: Booth,
    folder: Path,
    *,
    shots: int = SHOTS,
    exposures_us: Mapping[str, float] | None = None,
    limits: Limits | None = None,
) -> Calibration:
    """Takes the empty tray several times and stores the median as the calibration in force.

    Args:
        booth: with nothing on its tray.
        folder: where calibrations are kept.
        shots: how many captures to take.
        exposures_us: what the cameras' shutters were set to, for the record.
        limits: of the checks that a calibration has to pass itself.

    Returns:
        The stored calibration; give it to the booth and to the checks.

    Raises:
        CameraError: a camera does not deliver, something moves, or a picture is black or
            saturated; nothing is stored then.
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
    calibration = calibration_of(views, exposures_us=exposures_us, made=shot.capture.taken)
    return store(folder, calibration)


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
