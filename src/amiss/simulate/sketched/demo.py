"""The fixed pictures of the demo, and the pristine ones that the threshold is calibrated with.

Both are sketched until the recorded booth exists. No product is in both sets.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

from amiss.domain.capture import RgbArray
from amiss.domain.words import DamageType
from amiss.simulate.sketched.camera import Pose
from amiss.simulate.sketched.sketch import sketch

# The one place that says which products belong to whom; a test holds them apart.
DEMO_SEEDS = range(1_000)
CALIBRATION_SEEDS = range(1_000, 2_000)

REFERENCES = 2
# What is inspected of each product, by its seed; None is pristine. The seeds take the kinds in
# turn, so all are here; the last one is the carton with damage printed on it.
QUERIES: dict[int, tuple[DamageType | None, ...]] = {
    0: (None, None, DamageType.CRUSH, DamageType.TEAR),
    1: (None, None, DamageType.MISSING_UNIT, DamageType.HOLE),
    2: (None, None, DamageType.TEAR, DamageType.SPILLAGE),
    3: (None, None, DamageType.SPILLAGE, DamageType.OPENED),
    4: (None, None, None, DamageType.DECONSTRUCTION),
    5: (None, None, DamageType.CRUSH, DamageType.SUPERFICIAL),
    6: (None, None, None, DamageType.HOLE),
}


@dataclass(frozen=True, slots=True)
class DemoQuery:
    """One picture to inspect; file and references are posix paths relative to the demo's folder."""

    file: str
    product: str
    references: tuple[str, ...]
    damage: DamageType | None


@dataclass(frozen=True, slots=True)
class DemoSet:
    """The demo's pictures as written, with the truth about each."""

    root: Path
    queries: tuple[DemoQuery, ...]


def write_demo(folder: Path) -> DemoSet:
    """Writes references/<product>/<n>.jpg, queries/<name>.jpg and truth.json into a folder.

    The same release of OpenCV and Pillow writes the same bytes.
    """
    queries: list[DemoQuery] = []
    for seed, damages in QUERIES.items():
        references: list[str] = []
        for capture in range(REFERENCES):
            view = sketch(seed, capture, pose="upright")
            references.append(f"references/{view.product}/{capture}.jpg")
            _write(folder / references[-1], view.rgb)
        for capture, damage in enumerate(damages, start=REFERENCES):
            view = sketch(seed, capture, damage=damage)
            file = f"queries/{view.product}-{capture}-{damage or 'pristine'}.jpg"
            _write(folder / file, view.rgb)
            queries.append(DemoQuery(file, view.product, tuple(references), damage))
    truth = {"simulated": True, "queries": [asdict(query) for query in queries]}
    (folder / "truth.json").write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")
    return DemoSet(folder, tuple(queries))


def calibration_pairs(
    n: int, *, references: int = REFERENCES, pose: Pose = "any"
) -> Iterator[tuple[list[RgbArray], RgbArray]]:
    """Yields n times the references of a product and a pristine query of it, H×W×3 uint8 each.

    Each pair is of another product; after as many pairs as there are calibration products they
    come again in other captures.
    """
    for index in range(n):
        around, place = divmod(index, len(CALIBRATION_SEEDS))
        seed, first = CALIBRATION_SEEDS[place], around * (references + 1)
        views = [sketch(seed, first + capture, pose="upright").rgb for capture in range(references)]
        yield views, sketch(seed, first + references, pose=pose).rgb


def _write(path: Path, rgb: RgbArray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(rgb).save(path, quality=92)
