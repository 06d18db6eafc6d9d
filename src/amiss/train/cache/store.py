"""The feature cache on disk: shards of products, each with everything that shows them.

A shard is one uncompressed .npz: a JSON document that says what is where, and one array of bytes.
It is written under another name and renamed, so that a run that was killed goes on at the next one.
"""

import json
import os
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import DatasetError
from amiss.train.cache.sight import Grid, Parts, Sight, from_parts
from amiss.train.cache.squeeze import Squeezer

SETTINGS = "cache.json"
SQUEEZERS = "squeezers.npz"


@dataclass(frozen=True, slots=True)
class Kept:
    """A view in the cache.

    fine, coarse: its grids, as in `amiss.train.cache.sight.Sight`.
    pixels: how many show each damage type, in the picture as stored; None where no mask is known,
    or it does not tell the types.
    parts: by name where its bytes begin and end in the shard.
    outlined: whether it is known which cells show the item; else its share of item says nothing.
    any, major, words: what other people's labels say of this picture: whether it shows damage,
    whether major damage, and Kaputt's words for it; None where nobody has looked.
    """

    id: str
    camera: str
    design: str | None
    fine: Grid
    coarse: Grid
    pixels: tuple[int, ...] | None
    parts: dict[str, tuple[int, int]]
    outlined: bool = True
    any: bool | None = None
    major: bool | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptItem:
    """An item in the cache, with its views. taken_for: product whose references it is held against.

    damages: (type, severity or None, locus or None) of each; None where nobody told in our words.
    """

    id: str
    split: str
    taken_for: str
    product: str | None
    design: str | None
    material: str | None
    tags: tuple[str, ...]
    damages: tuple[tuple[str, str | None, str | None], ...] | None
    views: tuple[Kept, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shard:
    """Some products: their items and references. data: bytes of all views."""

    items: tuple[KeptItem, ...]
    references: dict[str, tuple[Kept, ...]]
    data: NDArray[np.uint8]

    def parts(self, view: Kept) -> Parts:
        """The bytes of a view."""
        return {name: self.data[a:b].tobytes() for name, (a, b) in view.parts.items()}

    def sight(self, view: Kept, squeezers: dict[str, Squeezer]) -> Sight:
        """A view again; DatasetError where its bytes are broken."""
        return from_parts(self.parts(view), squeezers, view.fine, view.coarse)


class ShardWriter:
    """Collects views, and writes them as one shard."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._size = 0
        self._items: list[KeptItem] = []
        self._references: dict[str, list[Kept]] = {}

    def place(self, parts: Parts) -> dict[str, tuple[int, int]]:
        """Takes the bytes of a view, and says where they lie."""
        spans = {}
        for name, chunk in parts.items():
            spans[name] = (self._size, self._size + len(chunk))
            self._chunks.append(chunk)
            self._size += len(chunk)
        return spans

    def add_item(self, item: KeptItem) -> None:
        """An item whose views were placed."""
        self._items.append(item)

    def add_reference(self, product: str, view: Kept) -> None:
        """A reference whose view was placed."""
        self._references.setdefault(product, []).append(view)

    def write(self, path: Path) -> None:
        """Writes all of it, whole or not at all."""
        document = {
            "items": [asdict(item) for item in self._items],
            "references": {
                product: [asdict(view) for view in views]
                for product, views in self._references.items()
            },
        }
        text = np.frombuffer(json.dumps(document).encode(), np.uint8)
        data = np.frombuffer(b"".join(self._chunks), np.uint8)
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            np.savez(file, text=text, data=data)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)


def read_shard(path: Path) -> Shard:
    """Reads a shard.

    Raises:
        DatasetError: it is broken.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            document, data = json.loads(stored["text"].tobytes()), stored["data"]
        return Shard(
            items=tuple(_item(one) for one in document["items"]),
            references={
                product: tuple(_kept(view) for view in views)
                for product, views in document["references"].items()
            },
            data=data,
        )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise DatasetError(
            f"{path} of the feature cache is broken; delete it and make it anew."
        ) from error


def shards(root: Path) -> Iterator[Path]:
    """All shards of a cache, in order."""
    return iter(sorted(root.glob("shard-*.npz")))


def write_squeezers(root: Path, squeezers: dict[str, Squeezer]) -> None:
    """How features are squeezed, for all shards of a cache."""
    arrays: dict[str, Any] = {}
    for name, one in squeezers.items():
        for part in ("mean", "into", "back"):
            arrays[f"{name}:{part}"] = getattr(one, part)
    draft = root / f"{SQUEEZERS}.draft"
    with draft.open("wb") as file:
        np.savez(file, **arrays)
    draft.rename(root / SQUEEZERS)


def read_squeezers(root: Path) -> dict[str, Squeezer]:
    """How features were squeezed.

    Raises:
        DatasetError: the file is missing or broken.
    """
    try:
        with (root / SQUEEZERS).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            names = dict.fromkeys(key.split(":")[0] for key in stored.files)
            return {
                name: Squeezer(
                    stored[f"{name}:mean"], stored[f"{name}:into"], stored[f"{name}:back"]
                )
                for name in names
            }
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DatasetError(
            f"{root / SQUEEZERS} cannot be read; delete the cache and make it anew."
        ) from error


def _item(stored: dict[str, Any]) -> KeptItem:
    damages = stored["damages"]
    return KeptItem(
        **{
            **stored,
            "tags": tuple(stored["tags"]),
            "damages": None if damages is None else tuple(tuple(one) for one in damages),
            "views": tuple(_kept(view) for view in stored["views"]),
        }
    )


def _kept(stored: dict[str, Any]) -> Kept:
    pixels: Sequence[int] | None = stored["pixels"]
    rows, columns = stored["fine"]
    down, right = stored["coarse"]
    return Kept(
        **{
            **stored,
            "fine": (rows, columns),
            "coarse": (down, right),
            "words": tuple(stored.get("words", ())),
            "pixels": None if pixels is None else tuple(pixels),
            "parts": {name: (a, b) for name, (a, b) in stored["parts"].items()},
        }
    )
