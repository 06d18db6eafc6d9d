"""Faults that are injected into good captures, each with the name that the checks must call it by.

Most are made where they happen: in the scene, or in the light before it falls onto the sensor. The
camera that they befall is `left`, unless they befall all.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import cv2
import numpy as np
from benchmarks.checks.booths import Case

from amiss.booth.calibration import Calibration
from amiss.booth.checks.reason import Reason
from amiss.domain.capture import Capture, View
from amiss.simulate.assemble import assemble
from amiss.simulate.place import Placement, put
from amiss.simulate.rig import moved
from amiss.simulate.scene import Floats, Scene
from amiss.simulate.shoot import lying
from amiss.simulate.truth import truth

BEFALLEN = "left"


@dataclass(frozen=True)
class Injected:
    """A capture with a fault.

    cameras: each of them has it; ("",) where it is the whole capture's. before: the capture before
    this one. calibration: of the booth.
    """

    capture: Capture
    cameras: tuple[str, ...]
    before: Capture | None
    calibration: Calibration | None


@dataclass(frozen=True)
class Injection:
    """A fault, in words, and its name. make: (good capture, the one before it, chance)."""

    words: str
    reason: Reason
    make: Callable[[Case, Case, np.random.Generator], Injected]


def _left(
    words: str, reason: Reason, change: Callable[[Case, np.random.Generator], View | None]
) -> Injection:
    """A fault of the camera `left`; change gives its view, or None where it delivers none."""

    def make(case: Case, before: Case, rng: np.random.Generator) -> Injected:
        views = {view.camera: view for view in case.capture.views}
        changed = change(case, rng)
        kept = {**views, BEFALLEN: changed}
        capture = case.of([view for view in kept.values() if view is not None])
        return Injected(capture, (BEFALLEN,), before.capture, case.booth.calibration)

    return Injection(words, reason, make)


def _light(
    words: str, reason: Reason, change: Callable[[Floats, np.random.Generator], Floats]
) -> Injection:
    """A fault of the light that falls onto the sensor of `left`."""
    return _left(
        words,
        reason,
        lambda case, rng: case.again(BEFALLEN, light=lambda light: change(light, rng)),
    )


def _view(case: Case) -> View:
    return next(view for view in case.capture.views if view.camera == BEFALLEN)


def _frozen(case: Case, before: Case, _rng: np.random.Generator) -> Injected:
    stuck = _view(before).rgb
    views = [
        replace(view, rgb=stuck) if view.camera == BEFALLEN else view for view in case.capture.views
    ]
    return Injected(case.of(views), (BEFALLEN,), before.capture, case.booth.calibration)


def _late_trigger(case: Case, _rng: np.random.Generator) -> View:
    return replace(_view(case), trigger=case.number - 1)


def _slow(case: Case, rng: np.random.Generator) -> View:
    view = _view(case)
    assert view.taken is not None
    return replace(view, taken=view.taken + timedelta(seconds=float(rng.uniform(0.15, 1.0))))


def _other_size(case: Case, rng: np.random.Generator) -> View:
    view = _view(case)
    share = float(rng.choice([0.5, 0.75]))
    size = (round(view.rgb.shape[1] * share), round(view.rgb.shape[0] * share))
    rgb = np.asarray(cv2.resize(view.rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    return replace(view, rgb=rgb, depth=None, size=(0, 0))


def _unfocused(light: Floats, rng: np.random.Generator) -> Floats:
    share = float(rng.uniform(0.006, 0.0125)) * max(light.shape)
    return np.asarray(cv2.GaussianBlur(light, (0, 0), share), np.float32)


def _moving(light: Floats, rng: np.random.Generator) -> Floats:
    length = round(float(rng.uniform(0.025, 0.05)) * max(light.shape))
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1
    turn = cv2.getRotationMatrix2D(((length - 1) / 2,) * 2, float(rng.uniform(0, 180)), 1.0)
    kernel = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), np.float32)
    return np.asarray(cv2.filter2D(light, -1, kernel / kernel.sum()), np.float32)


def _tinted(light: Floats, rng: np.random.Generator) -> Floats:
    warm = float(rng.uniform(1.2, 1.5))
    factors = (warm, 1.0, 1 / warm) if rng.random() < 0.5 else (1 / warm, 1.0, warm)
    return np.asarray(light * np.array(factors), np.float32)


def _knocked(case: Case, rng: np.random.Generator) -> View:
    """The camera is turned about its upright axis, and shows less of the item for it."""
    angle = np.radians(float(rng.uniform(0.8, 2.5))) * rng.choice((-1, 1))
    turn = np.eye(4)
    turn[0, 0] = turn[2, 2] = np.cos(angle)
    turn[0, 2], turn[2, 0] = np.sin(angle), -np.sin(angle)
    eyes = tuple(
        replace(eye, pose=turn @ eye.pose) if eye.name == BEFALLEN else eye
        for eye in case.scene.cameras
    )
    return case.again(BEFALLEN, scene=replace(case.scene, cameras=eyes))


def _pushed(case: Case, before: Case, rng: np.random.Generator) -> Injected:
    """The tray lies up to 35 mm off; the item was put on it after that."""
    tray = case.scene.tray
    texels = tray.base.shape[1] / tray.size[0]
    way, angle = float(rng.uniform(0.012, 0.035)), float(rng.uniform(0, 2 * np.pi))
    shift = (round(way * texels * np.sin(angle)), round(way * texels * np.cos(angle)))
    pushed = replace(tray, base=np.roll(tray.base, shift, axis=(0, 1)))
    return _all(case, before, replace(case.scene, tray=pushed), case.booth.cameras)


def _nothing(case: Case, before: Case, _rng: np.random.Generator) -> Injected:
    return _all(case, before, _empty(case.scene), ("",))


def _empty(scene: Scene) -> Scene:
    return replace(scene, item=None, atlas=None, film=None, clarity=1.0, ghost=None)


def _pair(gap: tuple[float, float]) -> Callable[[Case, Case, np.random.Generator], Injected]:
    """Two of a product side by side, so many metres apart."""

    def make(case: Case, before: Case, rng: np.random.Generator) -> Injected:
        where = lying(case.product, case.seed)
        other = replace(where, yaw=where.yaw + float(rng.normal(0, 4)) + 180 * rng.integers(2))
        assembly = assemble(case.product)
        spans = [_span(assembly.outline, one) for one in (where, other)]
        sizes = [high - low for low, high in spans]
        axis = int(sum(sizes)[0] > sum(sizes)[1])  # the shorter way
        free = float(rng.uniform(*gap))
        first, second = np.zeros(2), np.zeros(2)
        first[axis] = -free / 2 - spans[0][1][axis]
        second[axis] = free / 2 - spans[1][0][axis]
        aside = 1 - axis
        first[aside] = -spans[0][0][aside] - sizes[0][aside] / 2
        second[aside] = -spans[1][0][aside] - sizes[1][aside] / 2
        both = [
            (assembly, replace(one, at=(float(at[0]), float(at[1]))))
            for one, at in ((where, first), (other, second))
        ]
        return _all(case, before, put(_empty(case.scene), both), ("",))

    return make


def _span(outline: Floats, where: Placement) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest x and y of an item that lies at the origin."""
    points = moved(outline, where.turn, np.zeros(3))[:, :2]
    return points.min(axis=0), points.max(axis=0)


def _outside(case: Case, before: Case, rng: np.random.Generator) -> Injected:
    """The item lies so near the rim of the tray that a camera sees only part of it."""
    assembly = assemble(case.product)
    where = lying(case.product, case.seed)
    angle = float(rng.uniform(0, 2 * np.pi))
    for way in np.arange(0.16, 0.5, 0.02):
        at = (float(way * np.cos(angle)), float(way * np.sin(angle)))
        scene = put(_empty(case.scene), [(assembly, replace(where, at=at))])
        cut = [eye.name for eye in scene.cameras if _share_of_border(truth(scene, eye).item) > 0.03]
        if cut:
            break
    return _all(case, before, scene, tuple(cut))


def _share_of_border(mask: np.ndarray) -> float:
    return float(np.concatenate([mask[0], mask[-1], mask[1:-1, 0], mask[1:-1, -1]]).mean())


def _all(case: Case, before: Case, scene: Scene, cameras: tuple[str, ...]) -> Injected:
    """All cameras see another scene."""
    views = [case.again(name, scene=scene) for name in case.booth.cameras]
    return Injected(case.of(views), cameras, before.capture, case.booth.calibration)


def _uncalibrated(case: Case, before: Case, _rng: np.random.Generator) -> Injected:
    calibration = case.booth.calibration
    assert calibration is not None
    others = {name: one for name, one in calibration.cameras.items() if name != BEFALLEN}
    lacking = replace(calibration, cameras=others)
    return Injected(case.capture, (BEFALLEN,), before.capture, lacking)


def _dimmed(least: float, most: float) -> Callable[[Floats, np.random.Generator], Floats]:
    """So many times the light."""
    return lambda light, rng: light * np.float32(rng.uniform(least, most))


def _no_depth(case: Case, _rng: np.random.Generator) -> View:
    return replace(_view(case), depth=None)


def _holed(case: Case, rng: np.random.Generator) -> View:
    view = _view(case)
    assert view.depth is not None
    kept = rng.random(view.depth.shape) > rng.uniform(0.75, 1.0)
    return replace(view, depth=np.where(kept, view.depth, np.float32(0)))


INJECTIONS = (
    _left("a cable is pulled", Reason.CAMERA_MISSING, lambda _case, _rng: None),
    Injection("the picture before is sent again", Reason.FROZEN, _frozen),
    _left("the view answers the trigger before", Reason.OTHER_TRIGGER, _late_trigger),
    _left("the shutter opens 0.15 to 1 s late", Reason.NOT_SYNCHRONOUS, _slow),
    _left("half or three quarters of the resolution", Reason.WRONG_SIZE, _other_size),
    _light("lens cap: 1 to 3 thousandths of the light", Reason.BLACK, _dimmed(0.001, 0.003)),
    _light(
        "a fifth to half of the light",
        Reason.UNDER_EXPOSED,
        _dimmed(0.2, 0.5),
    ),
    _light(
        "1.8 to 3 times the light",
        Reason.OVER_EXPOSED,
        _dimmed(1.8, 3.0),
    ),
    _light(
        "4 to 10 times the light",
        Reason.OVER_EXPOSED,
        _dimmed(4.0, 10.0),
    ),
    _light("out of focus: σ of 0.6 to 1.25 % of the picture", Reason.BLURRED, _unfocused),
    _light("motion over 2.5 to 5 % of the picture", Reason.BLURRED, _moving),
    _light("red and blue 1.2 to 1.5 times apart from green", Reason.COLOUR_CAST, _tinted),
    _left("the camera is turned by 0.8 to 2.5°", Reason.TRAY_MOVED, _knocked),
    Injection("the tray is pushed by 12 to 35 mm", Reason.TRAY_MOVED, _pushed),
    Injection("nothing lies on the tray", Reason.TRAY_EMPTY, _nothing),
    _left(
        "the item is gone before this camera looks",
        Reason.ITEM_UNSEEN,
        lambda case, _rng: case.again(BEFALLEN, scene=_empty(case.scene)),
    ),
    Injection("two of a product, 40 to 80 mm apart", Reason.TWO_ITEMS, _pair((0.04, 0.08))),
    Injection("two of a product that touch", Reason.TWO_ITEMS, _pair((0.0, 0.001))),
    Injection("the item lies over the rim of a picture", Reason.ITEM_CUT_OFF, _outside),
    _left("no depth comes", Reason.DEPTH_MISSING, _no_depth),
    _left("75 to 100 % of the depth is lost", Reason.DEPTH_HOLES, _holed),
    Injection("the camera was never calibrated", Reason.NOT_CALIBRATED, _uncalibrated),
)
