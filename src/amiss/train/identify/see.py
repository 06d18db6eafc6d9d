"""What identification reads of a data set, seen once and kept: it takes most of the time.

One file for each product, written whole or not at all, so that a run that was cut off goes on.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amiss.bundle.manifest import canonical, sha256
from amiss.bundle.read import Bundle
from amiss.dataset.collection import Dataset, Split
from amiss.dataset.records import CaptureRecord
from amiss.domain.capture import View
from amiss.gallery.identify.seen import Unnamed
from amiss.inspector import Inspector
from amiss.vision.decode import decode
from amiss.vision.marks import MOST_POINTS, Marks
from amiss.vision.marks import SIZE as MARKS_SIZE
from amiss.vision.measure import Sides, measure

_ITEM, _REFERENCES = "item ", "references"

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Views of one thing. embeddings: V×E. marks: of each view, as bytes. size: if it is known."""

    embeddings: NDArray[np.float32]
    marks: tuple[bytes, ...]
    size: Sides | None

    def unnamed(self) -> Unnamed:
        """The same as identification takes it; its pictures are not kept."""
        found = Unnamed((), self.embeddings)
        # What it would look for in the pictures is known already.
        vars(found).update(
            codes=(), size=self.size, marks=tuple(map(Marks.from_bytes, self.marks)), lines=()
        )
        return found


@dataclass(frozen=True, slots=True, eq=False)
class SeenProduct:
    """A product. references: all in one. items: by id; damaged: which of them are."""

    product: str
    references: Shown
    items: dict[str, Shown]
    damaged: frozenset[str]


def eyes(bundle: Bundle) -> str:
    """What sees here, as 12 hex digits: another one sees other things, however it weighs them."""
    manifest, damage = bundle.manifest, bundle.manifest.damage
    graphs = [manifest.encoder.file] + ([] if damage is None else [damage.view, damage.describe])
    facts = {graph: manifest.files[graph] for graph in graphs}
    return sha256(canonical({**facts, "marks": [MARKS_SIZE, MOST_POINTS]}))[:12]


def see_products(
    data: Dataset,
    folder: Path,
    inspector: Inspector,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Iterator[SeenProduct]:
    """All products of a data set that have references, in order of their names.

    folder: where it is kept.

    Raises:
        DatasetError: a picture is not there.
        EngineError: the engine failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    of = _captures(data)
    for done, (product, (split, places)) in enumerate(sorted(of.items()), start=1):
        path = folder / f"{product}.npz"
        if not path.is_file():
            seen = _see(product, split, [split[place] for place in places], inspector)
            if seen is not None:
                _keep(path, seen)
        if path.is_file():
            yield _kept(path, product)
        progress(done, len(of))


def _captures(data: Dataset) -> dict[str, tuple[Split, list[int]]]:
    of: dict[str, tuple[Split, list[int]]] = {}
    for split in data:
        for product in split.items:
            of[product] = split, []
        for place in range(len(split)):
            labels = split[place].labels
            if labels is not None and labels.product in of:
                of[labels.product][1].append(place)
    return of


def _see(
    product: str, split: Split, records: Sequence[CaptureRecord], inspector: Inspector
) -> SeenProduct | None:
    shown = [(one.view.id, one.view.load(decode)) for one in split.references(product)]
    if not shown:
        return None
    references = replace(_shown(inspector, [view for _, view in shown]), size=_size(shown))
    return SeenProduct(
        product,
        references,
        {one.id: _shown(inspector, one.load(decode).views) for one in records},
        frozenset(one.id for one in records if one.labels is not None and one.labels.damages),
    )


def _shown(inspector: Inspector, views: Sequence[View]) -> Shown:
    seen = inspector.unnamed(views)
    return Shown(seen.embeddings, tuple(one.to_bytes() for one in seen.marks), seen.size)


def _size(shown: Sequence[tuple[str, View]]) -> Sides | None:
    """As references show it: the middle of what their captures say, `<capture>-<view>` by name."""
    of: dict[str, list[View]] = {}
    for name, view in shown:
        of.setdefault(name.rpartition("-")[0], []).append(view)
    found = [sides for views in of.values() if (sides := measure(views)) is not None]
    if not found:
        return None
    longest, middle, shortest = np.median(found, axis=0).tolist()
    return longest, middle, shortest


def _keep(path: Path, seen: SeenProduct) -> None:
    arrays: dict[str, NDArray[np.generic]] = {}
    things = {f"{_ITEM}{id_}": one for id_, one in seen.items.items()}
    things[_REFERENCES] = seen.references
    for name, one in things.items():
        damaged = name.removeprefix(_ITEM) in seen.damaged
        arrays[f"{name}/embeddings"] = one.embeddings
        arrays[f"{name}/lengths"] = np.array([len(part) for part in one.marks])
        arrays[f"{name}/marks"] = np.frombuffer(b"".join(one.marks), np.uint8)
        arrays[f"{name}/size"] = np.array(one.size or (), np.float64)
        arrays[f"{name}/damaged"] = np.array(damaged)
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    draft.replace(path)


def _kept(path: Path, product: str) -> SeenProduct:
    with np.load(path, allow_pickle=False) as file:
        names = sorted({name.rsplit("/", 1)[0] for name in file.files})
        things = {name: _read(file, name) for name in names}
        damaged = {name for name in names if bool(file[f"{name}/damaged"])}
    references = things.pop(_REFERENCES)
    items = {name.removeprefix(_ITEM): one for name, one in things.items()}
    hurt = frozenset(name.removeprefix(_ITEM) for name in damaged)
    return SeenProduct(product, references, items, hurt)


def _read(file: np.lib.npyio.NpzFile, name: str) -> Shown:
    ends = np.cumsum([0, *file[f"{name}/lengths"]])
    marks: Bytes = file[f"{name}/marks"]
    parts = tuple(marks[start:end].tobytes() for start, end in pairwise(ends))
    size = tuple(float(side) for side in file[f"{name}/size"])
    known = (size[0], size[1], size[2]) if len(size) == 3 else None
    return Shown(file[f"{name}/embeddings"], parts, known)
