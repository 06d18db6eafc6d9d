"""The `folder` layout: pristine and damaged pictures of one product, in folders.

    good/               pristine pictures (sub-folders allowed)
    damaged/            damaged pictures; the first sub-folder names the damage type
    reference/          optional: references are drawn from here, and all of good/ is tested
    masks/              optional: mirrors damaged/; `<stem>_mask.*` or `<stem>.*`

Pictures are JPEG or PNG files. Hidden files are skipped; other files, and masks without a picture,
are skipped and counted. Everything is sorted by name, so the same folder reads the same anywhere.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from amiss.domain.errors import DatasetError

PICTURES = frozenset({".jpeg", ".jpg", ".png"})
Half = Literal["choose", "report"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled picture.

    name: posix path relative to the data set. type: damage type as the folder names it, None for
    good pictures and where there are no sub-folders. mask: file of the damaged region, if any.
    """

    path: Path
    name: str
    damaged: bool
    type: str | None = None
    mask: Path | None = None


@dataclass(frozen=True, slots=True)
class FolderDataset:
    """A data set of the `folder` layout; ignored: how many files had no place in it."""

    root: Path
    good: tuple[Sample, ...]
    damaged: tuple[Sample, ...]
    references: tuple[Sample, ...]
    ignored: int

    @classmethod
    def open(cls, path: str | Path) -> "FolderDataset":
        """Lists the pictures under `path`; opens none of them.

        A missing or empty damaged/ is fine here: calibration needs good pictures only.

        Raises:
            DatasetError: the folder or its good/ is missing, or good/ has no picture.
        """
        root = Path(path)
        if not root.is_dir():
            raise DatasetError(f"There is no folder {root}.")
        masks = _masks(root / "masks")
        good = tuple(_samples(root, "good"))
        if not good:
            raise DatasetError(
                f"{root} needs a folder good/ with a pristine picture (JPEG or PNG)."
            )
        damaged = tuple(_samples(root, "damaged", masks))
        references = tuple(_samples(root, "reference"))
        used = len(good) + len(damaged) + len(references) + len({s.mask for s in damaged} - {None})
        return cls(root, good, damaged, references, ignored=len(list(visible_files(root))) - used)


def draw_references(
    dataset: FolderDataset, k: int, seed: int
) -> tuple[tuple[Sample, ...], tuple[Sample, ...]]:
    """Draws k references; returns them and the pictures left to test.

    They come from reference/ where there is one, else from good/, whose other pictures are
    tested. With one seed, fewer references are always a part of more.

    Raises:
        DatasetError: k is negative, or there are not enough pictures to draw from.
    """
    pool = dataset.references or dataset.good
    if not 0 <= k <= len(pool):
        raise DatasetError(
            f"Cannot draw {k} references from {len(pool)} pictures in {dataset.root}."
        )
    drawn = np.random.default_rng(seed).permutation(len(pool))[:k]
    references = tuple(pool[index] for index in drawn)
    good = tuple(sample for sample in dataset.good if sample not in references)
    return references, good + dataset.damaged


def half(name: str) -> Half:
    """The half a picture belongs to: settings are chosen on one, figures reported on the other.

    Decided by the SHA-1 of the file name without its folders, even = choose, odd = report; so it
    holds for ever, whatever else is in the folder.
    """
    file_name = name.rsplit("/", maxsplit=1)[-1]
    digest = hashlib.sha1(file_name.encode("utf-8", "surrogateescape"), usedforsecurity=False)
    return "report" if int(digest.hexdigest(), 16) % 2 else "choose"


def visible_files(folder: Path) -> Iterator[Path]:
    """All files below `folder`, sorted, without hidden ones and those in hidden folders."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file():
            yield path


def _pictures(folder: Path) -> Iterator[Path]:
    return (path for path in visible_files(folder) if path.suffix.lower() in PICTURES)


def _samples(root: Path, part: str, masks: dict[str, Path] | None = None) -> Iterator[Sample]:
    folder = root / part
    damaged = part == "damaged"
    for path in _pictures(folder):
        inside = path.relative_to(folder)
        yield Sample(
            path=path,
            name=path.relative_to(root).as_posix(),
            damaged=damaged,
            type=inside.parts[0] if damaged and len(inside.parts) > 1 else None,
            mask=(masks or {}).get(inside.with_suffix("").as_posix()),
        )


def _masks(folder: Path) -> dict[str, Path]:
    """Mask files by the picture they are for: its path below damaged/ without the extension."""
    masks: dict[str, Path] = {}
    for path in _pictures(folder):
        inside = path.relative_to(folder)
        key = inside.with_name(inside.stem.removesuffix("_mask")).as_posix()
        if key in masks:
            raise DatasetError(f"{masks[key]} and {path} are masks for the same picture.")
        masks[key] = path
    return masks
