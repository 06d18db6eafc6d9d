"""Miniature data sets of captures, and an inspector whose every answer is known."""

from dataclasses import dataclass, field

import numpy as np

from amiss.dataset.labels import Damage, Labels, Masks
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.words import Material
from amiss.dataset.writer import writing
from amiss.domain.capture import Capture, View
from amiss.domain.words import DamageType, Decision, Locus, ProcessStep, Severity

SIZE = (24, 32)
CAMERAS = ("top", "left")
TEAR = 1 + list(DamageType).index(DamageType.TEAR)


def view(level, camera="top", size=SIZE):
    """Grey of one level; its level is what it scores, in hundredths."""
    return View(rgb=np.full((*size, 3), level, np.uint8), source="made up", camera=camera)


def write_dataset(root, items, references=(), split="test"):
    """items: dictionaries, see `add`. references: (product, name, camera, level)."""
    with writing(root, Encoding(form="png")) as writer:
        for product, name, camera, level in references:
            writer.add_reference(
                name, view(level, camera), Labels(product=product, design="a"), split=split
            )
        for number, item in enumerate(items):
            add(writer, number, split, **item)
    return root


def add(
    writer,
    number,
    split,
    *,
    levels=(10, 10),
    damages=(),
    product="p",
    true_product=None,
    tags=(),
    material=Material.CARDBOARD,
    masked=True,
    labelled=True,
):
    """One capture; damages: (type, severity) pairs, the first shown in its first view."""
    found = tuple(Damage(kind, severity, Locus.PRODUCT) for kind, severity in damages)
    masks = []
    if masked and labelled:
        for place, _ in enumerate(levels):
            damage = np.zeros(SIZE, np.uint8)
            if found and place == 0:
                damage[4:9, 4:9] = 1 + list(DamageType).index(found[0].type)
            masks.append(Masks(damage=damage))
    capture = Capture(
        views=tuple(view(level, CAMERAS[place]) for place, level in enumerate(levels)),
        product=product,
        step=ProcessStep.PACK,
        id=f"c{number:03d}",
    )
    labels = Labels(
        damages=found if labelled else None,
        product=true_product or product or "p",
        design="a",
        material=material,
        tags=tags,
        story="<b>once</b>" if tags else "",
        simulated=True,
    )
    writer.add(capture, labels, masks, split=split)


def break_picture(root, name):
    (path,) = root.rglob(f"image/{name}.*")
    path.write_bytes(path.read_bytes()[:40])


@dataclass
class Answer:
    score: float | None
    decision: str
    heatmaps: list
    view_scores: list
    coverages: list


@dataclass
class LevelMeansDamaged:
    """A view scores its grey level in hundredths, an item as its worst view.

    Without references it scores a tenth of that; silent: levels on which it has no opinion.
    """

    silent: tuple = ()
    prepared: list = field(default_factory=list)
    asked: list = field(default_factory=list)

    def prepare(self, references):
        self.prepared.append([int(one.rgb[0, 0, 0]) for one in references])
        return self.prepared[-1]

    def __call__(self, item, references):
        self.asked.append((item, references))
        levels = [int(one.rgb[0, 0, 0]) for one in item.views]
        scale = 100 if references else 1000
        seen = [None if level in self.silent else level / scale for level in levels]
        known = [score for score in seen if score is not None]
        score = max(known) if known else None
        decision = (
            Decision.NOT_INSPECTED
            if score is None
            else Decision.SIDELINE
            if score > 0.5
            else Decision.PASS
        )
        heat = np.zeros(SIZE, np.float32)
        heat[4:9, 4:9] = 1
        heatmaps = [None if one is None else heat for one in seen]
        return Answer(score, decision, heatmaps, seen, [0.6 if references else 0.0] * len(seen))


CRUSH, TORN = (DamageType.CRUSH, Severity.MINOR), (DamageType.TEAR, Severity.MAJOR)

REFERENCES = [
    ("p", "p-1-top", "top", 1),
    ("p", "p-2-top", "top", 2),
    ("p", "p-1-left", "left", 3),
    ("p", "p-2-left", "left", 4),
    ("q", "q-1-top", "top", 5),
]
ITEMS = [
    {"levels": (10, 20)},
    {"levels": (30, 10), "product": "q", "tags": ("dirty_tray",), "material": Material.PAPER},
    {"levels": (60, 10)},  # a false alarm
    {"levels": (70, 10), "damages": [TORN]},
    {"levels": (25, 10), "damages": [CRUSH], "product": "q"},  # missed
    {"levels": (80, 10), "damages": [CRUSH, TORN], "tags": ("dirty_tray",)},
]
SCORES = [0.2, 0.3, 0.6, 0.7, 0.25, 0.8]
LABELS = [0, 0, 0, 1, 1, 1]
