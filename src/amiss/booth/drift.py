"""Finding out when to calibrate anew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict

from amiss.booth.calibration import Baseline, Calibration
from amiss.booth.checks import measures
from amiss.booth.checks.limits import Positive, Share
from amiss.booth.checks.reason import Fault, Reason
from amiss.domain.capture import Capture, RgbArray, View


class DriftLimits(BaseModel):
    """When to recalibrate: about half of what the checks let pass.

    light: change of the light on the tray, as a share. cast: change of red or blue relative to
    green. moved: share of the picture's long side. softer: σ of the edges over that at
    calibration. grain: contrast of the tray's grain over that at calibration, at least.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    light: Share = 0.15
    cast: Share = 0.07
    moved: Share = 0.004
    softer: Positive = 1.5
    grain: Share = 0.85


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one camera since its calibration; None where it cannot be told.

    seen: whether it delivered at all. light: on the tray, as a multiple. cast: change of red or
    blue relative to green, as a share. moved: of the tray, as a share of the picture's long side.
    softer: σ of the edges, as a multiple. grain: contrast of the tray's grain, as a multiple.
    """

    camera: str
    seen: bool
    light: float | None = None
    cast: float | None = None
    moved: float | None = None
    softer: float | None = None
    grain: float | None = None

    def faults(self, limits: DriftLimits) -> Iterator[Fault]:
        """What is out of its limits."""
        if not self.seen:
            yield Fault(self.camera, Reason.CAMERA_MISSING, 0, 1)
        if self.light is not None and self.light < 1 - limits.light:
            yield Fault(self.camera, Reason.UNDER_EXPOSED, self.light, 1 - limits.light)
        if self.light is not None and self.light > 1 + limits.light:
            yield Fault(self.camera, Reason.OVER_EXPOSED, self.light, 1 + limits.light)
        if self.cast is not None and self.cast > limits.cast:
            yield Fault(self.camera, Reason.COLOUR_CAST, self.cast, limits.cast)
        if self.moved is not None and self.moved > limits.moved:
            yield Fault(self.camera, Reason.TRAY_MOVED, self.moved, limits.moved)
        if self.softer is not None and self.softer > limits.softer:
            yield Fault(self.camera, Reason.BLURRED, self.softer, limits.softer)
        elif self.grain is not None and self.grain < limits.grain:
            yield Fault(self.camera, Reason.BLURRED, self.grain, limits.grain)


def drift(
    calibration: Calibration, captures: Sequence[Capture], limits: DriftLimits | None = None
) -> list[Fault]:
    """How far the booth has drifted from its calibration, where that is too far.

    Faults: under_exposed or over_exposed (light as a multiple), colour_cast, tray_moved, blurred
    (σ as a multiple), camera_missing where no capture shows a calibrated camera. captures: see
    `changes`.
    """
    limits = limits or DriftLimits()
    found = changes(calibration, captures)
    return [fault for change in found for fault in change.faults(limits)]


def changes(calibration: Calibration, captures: Sequence[Capture]) -> tuple[Change, ...]:
    """How the booth has changed since its calibration, camera by camera.

    captures: of an empty tray or, as well, the last fifty of everyday work: per camera the median
    counts, and light, colour and place are measured at the rim, where there is mostly tray.
    Sharpness is compared only for cameras whose empty tray has edges; items have edges of their
    own, so it is the least certain of the four.
    """
    return tuple(
        _change(
            name,
            baseline,
            [
                view
                for capture in captures
                for view in capture.views
                if view.camera == name and view.rgb.shape == baseline.rgb.shape
            ],
        )
        for name, baseline in calibration.cameras.items()
    )


def between(before: Calibration, now: Calibration) -> tuple[Change, ...]:
    """How the booth has changed from one calibration to another."""
    views = tuple(
        View(rgb=baseline.rgb, source="calibration", camera=name)
        for name, baseline in now.cameras.items()
    )
    return changes(before, [Capture(views)])


def _change(name: str, baseline: Baseline, views: Sequence[View]) -> Change:
    if not views:
        return Change(name, seen=False)
    light, cast = _light(views, baseline.rgb)
    found = [measures.shift(view.rgb, baseline.rgb, grain=baseline.grain) for view in views]
    shifts = [shift for shift in found if shift is not None]
    softer = None
    if baseline.softness is not None:
        edges = [measures.softness(view.rgb) for view in views]
        widths = [edge.sharpest for edge in edges if edge is not None]
        softer = float(np.median(widths)) / baseline.softness.sharpest if widths else None
    return Change(
        camera=name,
        seen=True,
        light=light,
        cast=cast,
        moved=float(np.median([shift.length for shift in shifts])) if shifts else None,
        softer=softer,
        grain=float(np.median([shift.structure for shift in shifts]))
        if shifts and baseline.grain
        else None,
    )


def _light(views: Sequence[View], empty: RgbArray) -> tuple[float | None, float | None]:
    """Light and cast; None where there is nothing but black or white, which the checks name."""
    small = measures.reduced(empty)
    gains = np.array([measures.light_gain(measures.reduced(view.rgb), small) for view in views])
    gains = gains[np.isfinite(gains).all(axis=1)]
    if not len(gains):
        return None, None
    gain = np.median(gains, axis=0).astype(np.float32)
    return float(gain.mean()), measures.cast(gain)
