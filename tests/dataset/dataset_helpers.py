"""Captures to write, and what to compare them by."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image

from amiss.dataset.labels import Damage, Labels, Masks
from amiss.dataset.words import Material
from amiss.domain.capture import Capture, Intrinsics, View
from amiss.domain.words import DamageType, Locus, ProcessStep, Severity

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SIZE = (24, 32)
TYPES = tuple(DamageType)


def index_of(damage):
    return 1 + TYPES.index(damage)


def decode(path):
    """A decoder as plain as can be; `amiss.vision` has the safe one."""
    with Image.open(path) as image:
        return View(rgb=np.array(image.convert("RGB")), source=str(path))


def make_view(number, camera="top", *, depth=True, tray=True, size=SIZE):
    rng = np.random.default_rng(number)
    pose = np.eye(4)
    pose[:3, 3] = rng.normal(size=3)
    return View(
        rgb=rng.integers(0, 256, (*size, 3), np.uint8),
        source="made up",
        depth=rng.integers(0, 1500, size).astype(np.float32) / np.float32(1000) if depth else None,
        empty_tray=np.full((*size, 3), 90 if camera == "top" else 80, np.uint8) if tray else None,
        camera=camera,
        intrinsics=Intrinsics(
            32, 24, 30.1 + number / 7, 30.2, 15.5, 11.5, (0.1, -0.02, 0, 0, 1e-9)
        ),
        pose=pose,
        taken=START + timedelta(seconds=number, microseconds=17),
        trigger=1000 + number,
    )


def make_capture(number, views=2, product="simulated-carton-3", **extras):
    cameras = ("top", "left", "right")[:views]
    return Capture(
        views=tuple(
            make_view(10 * number + i, camera, **extras) for i, camera in enumerate(cameras)
        ),
        product=product,
        step=ProcessStep.PACK,
        id=f"{number:06d}",
        taken=START + timedelta(seconds=number),
        sequence=number,
        barcode="4006381333931",
    )


DAMAGES = (
    Damage(
        DamageType.TEAR,
        Severity.MAJOR,
        Locus.OUTER_PACKAGING,
        {"length_mm": 41.3, "through": 1.0},
        "torn, along an edge",
    ),
    Damage(DamageType.SPILLAGE, Severity.MINOR, Locus.SURROUNDINGS, {"area_cm2": 0.1 + 0.2}),
    Damage(DamageType.CRUSH),
)


def make_labels(number=0, damages=DAMAGES, product="simulated-carton-3"):
    return Labels(
        damages=damages,
        product=product,
        design="1",
        material=Material.CARDBOARD,
        tags=("deceptive_print", "dirty_tray"),
        story='Looks worse than it is, "but" is not; for once.',
        simulated=True,
        seed=7_000_000_000 + number,
        twin="000001",
    )


def make_masks(views=2, size=SIZE):
    """The item in the middle; the first view shows a tear, the second nothing of any damage."""
    item = np.zeros(size, bool)
    item[5:19, 8:24] = True
    torn, sound = np.zeros((2, *size), np.uint8)
    torn[6:9, 10:15] = index_of(DamageType.TEAR)
    return [Masks(item, torn), Masks(item, sound), Masks(item)][:views]


def tree(root):
    """All files below a folder, by their paths."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(Path(root).rglob("*"))
        if path.is_file()
    }


def fields_of(thing, *skipped):
    """A dataclass as a dictionary, arrays as lists."""
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name in thing.__dataclass_fields__
        if name not in skipped
        for value in [getattr(thing, name)]
    }
