"""Data sets to identify products in: references and queries by product.

`ids`            <root>/gallery/<product>/*, <root>/iconic/<product>.jpg, <root>/query/<product>/*
`armbench-ids`   <root>/Picks/<pick>/{PickRGB,ToteWallRGB,OnArmLowRGB,FarTrayRGB}.jpg with
                 container.json and annotation.json, <root>/Reference_Images/<product>/<n>.jpg,
                 <root>/train-test-split.json

Amazon publishes ARMBench's split as a pickle, which may run anything when it is read: it is read
here once it was written as JSON.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from amiss.domain.errors import DatasetError

Source = Literal["gallery", "iconic"]
PICTURES = {".jpg", ".jpeg", ".png"}
ARMBENCH_VIEWS = ("PickRGB.jpg", "ToteWallRGB.jpg", "OnArmLowRGB.jpg", "FarTrayRGB.jpg")
_SPLIT = "train-test-split.json"


@dataclass(frozen=True, slots=True)
class Query:
    """An item. product: what it is. views: its pictures. expected: what it should be one of."""

    id: str
    product: str
    views: tuple[Path, ...]
    expected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IdsDataset:
    """Products, and items to be identified.

    references: pictures by product. titles: by product, where they are known.
    """

    root: Path
    references: Mapping[str, tuple[Path, ...]]
    queries: tuple[Query, ...]
    titles: Mapping[str, str] = field(default_factory=dict)


def open_ids(root: Path, source: Source = "gallery") -> IdsDataset:
    """A data set of the layout `ids`.

    source: which folder the references come from.

    Raises:
        DatasetError: there is no query or no reference.
    """
    queries = tuple(
        Query(f"{product}/{path.name}", product, (path,))
        for product, paths in _by_folder(root / "query")
        for path in paths
    )
    if source == "iconic":
        folder = root / "iconic"
        found: dict[str, tuple[Path, ...]] = {path.stem: (path,) for path in _pictures(folder)}
    else:
        folder = root / "gallery"
        found = dict(_by_folder(folder))
    if not queries or not found:
        lacking = root / "query" if not queries else folder
        raise DatasetError(f"{lacking} holds no picture; the layout ids needs some there.")
    return IdsDataset(root, found, queries)


def open_armbench_ids(root: Path, split: Literal["train", "test"] = "test") -> IdsDataset:
    """A data set as Amazon's ARMBench has it (Mitash et al., ICRA 2023).

    The picks of one half; all of them where no split is named. A product without a reference stays
    among the queries: it counts as not found.

    Raises:
        DatasetError: a file is missing or cannot be read.
    """
    picks = _picks(root, split)
    queries, titles = [], {}
    for name in picks:
        folder = root / "Picks" / name
        held, truth = _read(folder / "container.json"), _read(folder / "annotation.json")
        product = _true_product(truth, folder)
        views = tuple(folder / view for view in ARMBENCH_VIEWS if (folder / view).is_file())
        if not views:
            raise DatasetError(f"The pick {folder} has no picture; leave it out, or add one.")
        queries.append(Query(name, product, views, tuple(sorted(held))))
        titles.update({one: str(facts.get("text", "")) for one, facts in held.items()})
    references = dict(_by_folder(root / "Reference_Images"))
    if not queries or not references:
        raise DatasetError(f"{root} holds no pick or no reference; the layout needs both.")
    return IdsDataset(root, references, tuple(queries), titles)


def _picks(root: Path, split: str) -> list[str]:
    there = sorted(path.name for path in _folders(root / "Picks"))
    if not (root / _SPLIT).is_file():
        if (root / "train-test-split.pickle").is_file():
            raise DatasetError(
                f"{root} has its split as a pickle, which is not read since it may run anything; "
                f"write its lists into {_SPLIT}."
            )
        return there
    named = _read(root / _SPLIT).get(f"{split}set")
    if not isinstance(named, list):
        raise DatasetError(f"{root / _SPLIT} has no list {split}set; add it.")
    missing = sorted(set(map(str, named)) - set(there))
    if missing:
        raise DatasetError(
            f"{len(missing)} picks of {split}set are not there, such as {missing[0]}; unpack them."
        )
    return sorted(map(str, named))


def _true_product(truth: Mapping[str, object], folder: Path) -> str:
    found = truth.get("GT_ID")
    if not isinstance(found, str) or not found:
        raise DatasetError(f"{folder / 'annotation.json'} names no GT_ID; correct it.")
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        found: Any = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read as JSON ({error}); restore it.") from error
    if not isinstance(found, dict):
        raise DatasetError(f"{path} holds no object; restore it.")
    return found


def _by_folder(folder: Path) -> Iterator[tuple[str, tuple[Path, ...]]]:
    for one in _folders(folder):
        pictures = tuple(_pictures(one))
        if pictures:
            yield one.name, pictures


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def _pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)
