"""One file of COCO annotations, read and checked."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from amiss.dataset.others.words import is_damage, plain
from amiss.domain.errors import DatasetError
from amiss.domain.words import DamageType, Severity

_PROBE = 20
"""How many pictures are looked for in each folder where they may lie."""

_MAX_PIXELS = 100_000_000  # as for pictures


@dataclass(frozen=True, slots=True)
class Instance:
    """One damage of a picture; word: plain; segmentation: None where only a box is told."""

    word: str
    segmentation: Any
    severity: Severity | None


@dataclass(frozen=True, slots=True)
class CocoImage:
    """One picture, its file there or not; size: (height, width)."""

    name: str
    path: Path
    size: tuple[int, int]
    product: str | None
    reference: bool
    instances: tuple[Instance, ...]


@dataclass(frozen=True, slots=True)
class CocoFile:
    """All pictures that a file tells of."""

    images: tuple[CocoImage, ...]

    @classmethod
    def read(cls, path: Path, root: Path) -> "CocoFile":
        """Reads a file.

        Args:
            path: the file.
            root: the data set's folder, for pictures that do not lie beside it.

        Raises:
            DatasetError: it is no such file, or its parts do not fit together.
        """
        try:
            document = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            raise DatasetError(f"The annotations {path} cannot be read; restore them.") from error
        try:
            return cls(tuple(_images(document, path, root)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DatasetError(
                f"The annotations {path} are not COCO's ({type(error).__name__}: {error}); "
                "give images, annotations and categories."
            ) from error


def _images(document: Mapping[str, Any], path: Path, root: Path) -> Iterable[CocoImage]:
    words = {entry["id"]: plain(str(entry["name"])) for entry in document["categories"]}
    instances = _instances(document["annotations"], words, path)
    entries = document["images"]
    known = {entry["id"] for entry in entries}
    if len(known) < len(entries):
        raise ValueError(f"{len(entries) - len(known)} images have an id that others have")
    lost = sum(len(found) for image, found in instances.items() if image not in known)
    if lost:
        raise ValueError(f"{lost} annotations are of images that are not listed")
    names = [str(entry["file_name"]) for entry in entries]
    if len(set(names)) < len(names):
        raise ValueError(f"{len(names) - len(set(names))} pictures are listed more than once")
    folder = _folder(names, path, root)
    for entry, name in zip(entries, names, strict=True):
        product = entry.get("item", entry.get("item_identifier"))
        reference = entry.get("reference", False)
        if not isinstance(reference, bool):
            raise TypeError(f"`reference` of {name} is neither true nor false")
        found = tuple(instances.get(entry["id"], ()))
        if reference and (found or product is None):
            raise ValueError(f"the reference {name} must have an item, and no damage")
        yield CocoImage(
            name=name,
            path=folder / name,
            size=_size(entry, name),
            product=None if product is None else str(product),
            reference=reference,
            instances=found,
        )


def _instances(
    annotations: Iterable[Mapping[str, Any]], words: Mapping[Any, str], path: Path
) -> dict[Any, list[Instance]]:
    found: dict[Any, list[Instance]] = {}
    unknown: Counter[str] = Counter()
    for entry in annotations:
        word = words[entry["category_id"]]
        if not is_damage(word):
            unknown[word] += 1
        severity = entry.get("severity", (entry.get("attributes") or {}).get("severity"))
        one = Instance(
            word, entry.get("segmentation") or None, Severity(severity) if severity else None
        )
        found.setdefault(entry["image_id"], []).append(one)
    if unknown:
        raise DatasetError(
            f"The annotations {path} have categories that name no damage: "
            f"{', '.join(f'{word} ({count})' for word, count in sorted(unknown.items()))}; name "
            f"them {', '.join(DamageType)} or as Kaputt does, or leave them out."
        )
    return found


def _size(entry: Mapping[str, Any], name: str) -> tuple[int, int]:
    height, width = int(entry["height"]), int(entry["width"])
    if min(height, width) < 1 or height * width > _MAX_PIXELS:
        raise ValueError(f"{name} cannot be {width}×{height} pixels")
    return height, width


def _folder(names: list[str], path: Path, root: Path) -> Path:
    """Where the pictures lie: where most of the first ones are found."""
    for name in names:
        inside = PurePosixPath(name)
        if inside.is_absolute() or ".." in inside.parts or "\\" in name or not inside.parts:
            raise ValueError(f"the picture {name!r} leads out of the data set")
    part = path.stem.rsplit("_", maxsplit=1)[-1]  # instances_train2017: train2017
    plain_part = part.rstrip("0123456789")
    folders = [root / "images" / part, root / part, root / "images" / plain_part]
    folders += [root / plain_part, root / "images", root, path.parent]
    probe = names[:: max(1, len(names) // _PROBE)][: 2 * _PROBE]
    return max(folders, key=lambda folder: sum((folder / name).is_file() for name in probe))
