"""COCO: pictures with instances whose categories are damage, in our words or Kaputt's.

    <root>/annotations/instances_train.json, …    or any <root>/*.json
    <root>/train/_annotations.coco.json, …        one folder per split
    <root>/…                                      pictures, in one of the usual folders

A picture is a capture of one view; without annotations it is pristine. Of a picture's fields `item`
or `item_identifier` names its product: those of one product stay in one split and share references,
which are the pictures with `reference: true`. Without, each picture is an item of its own. An
annotation may have `severity` (minor or major), also among its `attributes`.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from amiss.dataset.collection import Dataset, ListedDataset, ListedSplit
from amiss.dataset.labels import Defects, Labels
from amiss.dataset.others.coco_file import CocoFile, CocoImage
from amiss.dataset.others.coco_masks import draw_damage
from amiss.dataset.others.words import Told, index_of, labels_of
from amiss.dataset.records import CaptureRecord, ReferenceRecord, ViewRecord
from amiss.dataset.split import in_splits
from amiss.dataset.words import SPLITS, SplitName
from amiss.domain.errors import DatasetError

_SPLIT_WORDS: dict[str, SplitName] = {
    "train": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
}
_Part = tuple[list[CaptureRecord], list[ReferenceRecord]]


def is_one(root: Path) -> bool:
    """Whether there may be annotations: JSON files where COCO's lie."""
    return bool(_files(root))


def open_coco(root: Path, shares: Mapping[SplitName, float]) -> Dataset:
    """Reads all annotations; opens no picture.

    Splits are those that files are named for (`instances_val2017.json`, `valid/`); pictures of
    other files are divided by their product.

    Raises:
        DatasetError: there are no annotations, or they are broken.
    """
    files = _files(root)
    if not files:
        raise DatasetError(f"{root} has no annotations of COCO; put them into annotations/.")
    base = root.parent if root.is_file() else root
    told: dict[SplitName, _Part] = {}
    captures: list[CaptureRecord] = []
    references: list[ReferenceRecord] = []
    for path in files:
        found = CocoFile.read(path, base)
        # Of several files names are told apart by their file; of one they stay what they are.
        prefix = f"{path.relative_to(base).with_suffix('').as_posix()}/" if len(files) > 1 else ""
        own, pristine = _records(found, prefix)
        split = _split_of(path)
        before = (captures, references) if split is None else told.setdefault(split, ([], []))
        before[0].extend(own)
        before[1].extend(pristine)
    for split, members in in_splits(captures, shares).items():
        told.setdefault(split, ([], []))[0].extend(members)
    for split, pictures in in_splits(references, shares).items():
        told.setdefault(split, ([], []))[1].extend(pictures)
    return ListedDataset(
        base, {name: partial(ListedSplit, name, *told[name]) for name in SPLITS if name in told}
    )


def _files(root: Path) -> list[Path]:
    if root.is_file():
        return [root] if root.suffix.lower() == ".json" else []
    patterns = ("annotations/*.json", "*/_annotations.coco.json", "*.json")
    return next((found for p in patterns if (found := sorted(root.glob(p)))), [])


def _split_of(path: Path) -> SplitName | None:
    """The split that a file, or the folder of its own, is named for."""
    name = path.parent.name if path.name == "_annotations.coco.json" else path.stem
    words = re.findall(r"[a-z]+", name.lower())
    return next((_SPLIT_WORDS[word] for word in words if word in _SPLIT_WORDS), None)


def _records(found: CocoFile, prefix: str) -> _Part:
    captures: list[CaptureRecord] = []
    references: list[ReferenceRecord] = []
    for image in found.images:
        view, labels, defects = _view(image, prefix)
        if image.reference:
            references.append(ReferenceRecord(_item(image, view), view))
        else:
            captures.append(
                CaptureRecord(view.id, _item(image, view), (view,), labels, defects, image.product)
            )
    return captures, references


def _item(image: CocoImage, view: ViewRecord) -> str:
    return view.id if image.product is None else image.product


def _view(image: CocoImage, prefix: str) -> tuple[ViewRecord, Labels, Defects]:
    told: Sequence[Told] = [Told(one.word, one.severity) for one in image.instances]
    labels, defects = labels_of(told, image.product)
    # A box alone says where to look, not which pixels show damage.
    drawn = all(one.segmentation for one in image.instances)
    regions = tuple((index_of(one.word), one.segmentation) for one in image.instances)
    view = ViewRecord(
        id=f"{prefix}{image.name}",
        image=image.path,
        crop=None,
        item_mask=None,
        defects=defects,
        damage_pixels=None if image.instances else 0,
        damage_from=partial(draw_damage, image.size, regions, image.name) if drawn else None,
    )
    return view, labels, defects
