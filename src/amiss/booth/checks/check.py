"""Looks over a capture before anything is decided from it."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from amiss.booth.calibration import Baseline, Calibration
from amiss.booth.checks import measures
from amiss.booth.checks.footprint import footprint, largest_face
from amiss.booth.checks.foreground import Foreground, against_tray, bare, by_height, second
from amiss.booth.checks.limits import Limits
from amiss.booth.checks.reason import Fault, Reason
from amiss.domain.capture import Capture, RgbArray, View

DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class Memory:
    """What must be remembered from one capture to the next: what each camera sent last."""

    digests: dict[str, bytes] = field(default_factory=dict)


def check(
    capture: Capture,
    calibration: Calibration | None,
    memory: Memory,
    *,
    cameras: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
    size: tuple[float, float, float] | None = None,
) -> list[Fault]:
    """All faults of a capture, those of single cameras first.

    Args:
        capture: as the booth delivered it.
        calibration: of this booth; without one each camera is `not_calibrated`, and only gross
            faults are found.
        memory: the same for all captures of a booth; it is brought up to date.
        cameras: those that should have delivered; left out, the calibrated ones.
        limits: where each check draws its line.
        size: length, width and height of the product, metres, where the catalogue knows them: two
            items that touch are told from one by what they cover.
    """
    baselines = {} if calibration is None else calibration.cameras
    expected = cameras or tuple(baselines)
    present = {view.camera for view in capture.views}
    faults = [Fault(name, Reason.CAMERA_MISSING, 0, 1) for name in expected if name not in present]
    faults += _timing(capture, limits)
    seen: list[_Seen] = []
    for view in capture.views:
        faults += _frozen(view, memory)
        found = _look(view, _baseline(view, baselines.get(view.camera)), limits)
        faults += found.faults
        if found.item is not None or found.solid is not None:
            seen.append(found)
    return faults + list(_item(seen, limits, size))


def _timing(capture: Capture, limits: Limits) -> Iterator[Fault]:
    counted = [view.trigger for view in capture.views if view.trigger is not None]
    if counted:
        number = capture.sequence
        if number is None:  # the trigger that most views answer
            number = Counter(counted).most_common(1)[0][0]
        for view in capture.views:
            if view.trigger is not None and view.trigger != number:
                yield Fault(view.camera, Reason.OTHER_TRIGGER, view.trigger - number, 0)
    times = [view.taken.timestamp() for view in capture.views if view.taken is not None]
    if len(times) < 2:
        return
    middle = float(np.median(times))
    for view in capture.views:
        if view.taken is not None:
            apart_ms = abs(view.taken.timestamp() - middle) * 1000
            if apart_ms > limits.spread_ms:
                yield Fault(view.camera, Reason.NOT_SYNCHRONOUS, apart_ms, limits.spread_ms)


def _frozen(view: View, memory: Memory) -> Iterator[Fault]:
    """The same pixels twice: noise alone makes that impossible for a camera that works."""
    digest = hashlib.blake2b(view.rgb.tobytes(), digest_size=16).digest()
    if memory.digests.get(view.camera) == digest:
        yield Fault(view.camera, Reason.FROZEN, 1, 0)
    memory.digests[view.camera] = digest


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A view, its faults and what it shows; item: None where the picture does not tell."""

    camera: str
    faults: tuple[Fault, ...]
    item: Foreground | None = None
    solid: Foreground | None = None  # the same by depth
    covered: float | None = None  # square metres of the tray, where that can be told


def _baseline(view: View, calibrated: Baseline | None) -> Baseline | None:
    """What to compare with: the empty tray that the view itself brings, else the calibrated one.

    A recording brings its own, which may be another part of the field of view for each capture.
    """
    if view.empty_tray is None or (calibrated is not None and view.empty_tray is calibrated.rgb):
        return calibrated
    return Baseline(view.empty_tray, None, None, None, None)


def _look(view: View, baseline: Baseline | None, limits: Limits) -> _Seen:
    """Faults of one picture; one that makes it useless ends the search, as all others follow."""
    name = view.camera
    brightest = measures.brightest(view.rgb)
    if brightest < limits.black:
        return _Seen(name, (Fault(name, Reason.BLACK, brightest, limits.black),))
    if baseline is not None and baseline.rgb.shape != view.rgb.shape:
        times = view.rgb.size / baseline.rgb.size
        return _Seen(name, (Fault(name, Reason.WRONG_SIZE, times, 1),))
    depth = tuple(_depth(view, baseline, limits))
    if baseline is None:
        missing = Fault(name, Reason.NOT_CALIBRATED, 0, 1)
        faults = (
            missing,
            *depth,
            *_bare_light(view, brightest, limits),
            *_blur(view, None, limits),
        )
        return _Seen(name, faults, bare(view.rgb))
    light = tuple(_light(view, baseline, limits))
    grain = baseline.grain and not light  # it drowns in noise where there is little light
    moved = measures.shift(view.rgb, baseline.rgb, grain=grain)
    blur = tuple(_blur(view, baseline, limits, moved, grain=grain))
    faults = (*depth, *light, *blur)
    if blur:  # what is blurred cannot be followed
        moved = None
    if moved is not None and moved.length > limits.moved:
        fault = Fault(name, Reason.TRAY_MOVED, moved.length, limits.moved)
        there = against_tray(view.rgb, _followed(baseline.rgb, moved)) if moved.found else None
        return _Seen(name, (*faults, fault), there)
    dazzled = any(fault.reason is Reason.OVER_EXPOSED for fault in light)
    seen = None if dazzled else against_tray(view.rgb, baseline.rgb)
    solid = _by_height(view, baseline, limits)
    return _Seen(name, faults, seen, solid, _covered(view, baseline, solid))


def _followed(empty: RgbArray, moved: measures.Shift) -> RgbArray:
    """The empty tray where it is now."""
    height, width = empty.shape[:2]
    side = max(height, width)
    matrix = np.array([[1, 0, moved.right * side], [0, 1, moved.down * side]])
    return np.asarray(
        cv2.warpAffine(empty, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _by_height(view: View, baseline: Baseline, limits: Limits) -> Foreground | None:
    if view.depth is None or (view.depth > 0).mean() < limits.depth:
        return None
    empty = baseline.depth
    if empty is not None and empty.shape != view.depth.shape:
        empty = None
    return by_height(view.depth, empty, limits.height_m)


def _covered(view: View, baseline: Baseline, solid: Foreground | None) -> float | None:
    lens, depth, empty = view.intrinsics, view.depth, baseline.depth
    if solid is None or lens is None or depth is None or empty is None:
        return None
    if depth.shape != (lens.height, lens.width) or empty.shape != depth.shape:
        return None
    return footprint(solid, depth, empty, lens)


def _depth(view: View, baseline: Baseline | None, limits: Limits) -> Iterator[Fault]:
    if view.depth is None:
        if baseline is not None and baseline.depth is not None:
            yield Fault(view.camera, Reason.DEPTH_MISSING, 0, 1)
        return
    share = float((view.depth > 0).mean())
    if share < limits.depth:
        yield Fault(view.camera, Reason.DEPTH_HOLES, share, limits.depth)


def _light(view: View, baseline: Baseline, limits: Limits) -> Iterator[Fault]:
    name = view.camera
    lost = measures.clipped(view.rgb) - measures.clipped(baseline.rgb)
    if lost > limits.clipped:
        yield Fault(name, Reason.OVER_EXPOSED, lost, limits.clipped)
    now, before = measures.reduced(view.rgb), measures.reduced(baseline.rgb)
    gain = measures.light_gain(now, before)
    readable = bool(np.isfinite(gain).all())
    light = float(gain.mean()) if readable else measures.least_change(now, before)
    if light < limits.light_low:
        yield Fault(name, Reason.UNDER_EXPOSED, light, limits.light_low)
    elif light > limits.light_high and lost <= limits.clipped:
        yield Fault(name, Reason.OVER_EXPOSED, light, limits.light_high)
    cast = measures.cast(gain) if readable else 0.0
    if cast > limits.cast:
        yield Fault(name, Reason.COLOUR_CAST, cast, limits.cast)


def _bare_light(view: View, brightest: float, limits: Limits) -> Iterator[Fault]:
    name = view.camera
    if brightest < limits.bright_low:
        yield Fault(name, Reason.UNDER_EXPOSED, brightest, limits.bright_low)
    lost = measures.clipped(view.rgb)
    if lost > limits.clipped:
        yield Fault(name, Reason.OVER_EXPOSED, lost, limits.clipped)
    cast = measures.cast_bare(view.rgb)
    if cast > limits.cast_bare:
        yield Fault(name, Reason.COLOUR_CAST, cast, limits.cast_bare)


def _blur(
    view: View,
    baseline: Baseline | None,
    limits: Limits,
    tray: measures.Shift | None = None,
    *,
    grain: bool = False,
) -> Iterator[Fault]:
    """By the tray's grain, where that is known; else by the edges that the picture has.

    An item may have soft edges only: where the tray is as sharp as ever, it is not the lens.
    """
    if tray is not None and grain and tray.structure < limits.grain:
        yield Fault(view.camera, Reason.BLURRED, tray.structure, limits.grain)
        return
    now = measures.softness(view.rgb)
    if now is None:
        return  # no edge in the picture: nothing to be sharp or blurred
    limit = limits.blur_px
    if baseline is not None and baseline.softness is not None:
        limit = max(limit, limits.blur_growth * baseline.softness.sharpest)
    focused = tray is not None and tray.found and tray.structure >= limits.sharp
    if now.sharpest > limit and not focused:
        yield Fault(view.camera, Reason.BLURRED, now.sharpest, limit)
    elif now.softest > limit * limits.motion:
        yield Fault(view.camera, Reason.BLURRED, now.softest, limit * limits.motion)


def _item(
    seen: Sequence[_Seen], limits: Limits, size: tuple[float, float, float] | None
) -> Iterator[Fault]:
    """Whether there is an item, one, and whole: what only all views together can tell."""
    items = {view.camera: _either(view) for view in seen}
    sees = {name: item for name, item in items.items() if item.share >= limits.item}
    if items and not sees:
        largest = max(item.share for item in items.values())
        yield Fault("", Reason.TRAY_EMPTY, largest, limits.item)
        return
    for name, item in items.items():
        if name not in sees:
            yield Fault(name, Reason.ITEM_UNSEEN, item.share, limits.item)
        elif item.cut > limits.cut:
            yield Fault(name, Reason.ITEM_CUT_OFF, item.cut, limits.cut)
    most = _second([view for view in seen if view.camera in sees])
    if most > limits.second:
        yield Fault("", Reason.TWO_ITEMS, most, limits.second)
        return
    covered = [view.covered for view in seen if view.covered is not None]
    if covered and size is not None:
        beyond = max(covered) / largest_face(size) - 1
        if beyond > limits.beyond:
            yield Fault("", Reason.TWO_ITEMS, beyond, limits.beyond)


def _second(seen: Sequence[_Seen]) -> float:
    """How large a second item is, by the view that sees it best: height tells it from a spill.

    Without depth more than half of the views must say so: an item in the tray's colour shows in
    parts, and so does a spill.
    """
    told = [
        _by_both(view.item, view.solid)
        for view in seen
        if view.item is not None and view.solid is not None
    ]
    if told:
        return max(told)
    seconds = sorted(_either(view).second for view in seen)
    return seconds[(len(seconds) - 1) // 2] if seconds else 0.0


def _by_both(item: Foreground, solid: Foreground) -> float:
    """In what colour and height show together: by height alone a card with two domes is two."""
    size = item.mask.shape[::-1]
    fitted = cv2.resize(solid.mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    high = np.asarray(fitted > 0)
    return second(item.mask | high, high)


def _either(view: _Seen) -> Foreground:
    """By colour or by height, whichever shows more of it."""
    shown = [item for item in (view.item, view.solid) if item is not None]
    return max(shown, key=lambda item: item.share)
