"""A snapshot of a gallery's embeddings on the disk, mapped into memory.

Up to EXACT references, all of them are compared; beyond, an inverted file over 8-bit vectors
(Jégou et al., product quantization for nearest neighbor search, 2011; FAISS) finds candidates,
whose own vectors decide. A snapshot is written in a folder that gets its name once it is whole: a
kill leaves the snapshots before it.
"""

import json
import os
import shutil
import tempfile
import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from amiss.dataset.disk import sync_folder
from amiss.domain.errors import GalleryError
from amiss.gallery.store import Embedded

EXACT = 100_000
"""References up to which every one of them is compared with."""
PROBED = 32
"""Lists of the inverted file that are searched."""
FORMAT = 1
_FACTS, _VECTORS, _COARSE, _IDS, _WHICH = (
    "facts.json",
    "vectors.f16",
    "coarse.faiss",
    "ids.i64",
    "which.i32",
)
_KEPT = 2  # snapshots: the newest, and the one before it
_ABANDONED_SECONDS = 86_400.0  # age of a draft whose writer was killed
_PER_LIST = 64  # references that a list learns from, at most

Vectors = NDArray[np.float32]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """References at one revision, those of one product together.

    ids: N. which: N, ascending, their places in `products`, which are in order. vectors: N×E, of 16
    bits on the disk, or 32 in memory where every reference is compared. coarse: the inverted file;
    None where there is none.
    """

    revision: int
    ids: NDArray[np.int64]
    which: NDArray[np.int32]
    products: tuple[str, ...]
    vectors: NDArray[np.floating]
    coarse: Any = None

    def __len__(self) -> int:
        """How many references it holds."""
        return len(self.ids)

    def product(self, place: int) -> str:
        """Whose a reference is."""
        return self.products[int(self.which[place])]

    def places(self, product: str) -> Places:
        """The references of a product."""
        number = bisect_left(self.products, product)
        if number == len(self.products) or self.products[number] != product:
            return np.zeros(0, np.int64)
        first, end = np.searchsorted(self.which, [number, number + 1])
        return np.arange(first, end)

    def find(self, product: str, id_: int) -> int | None:
        """Where a reference is; None if it is not in here."""
        places = self.places(product)
        found = places[self.ids[places] == id_]
        return int(found[0]) if len(found) else None

    def rows(self, places: Places) -> Vectors:
        """Vectors of some references."""
        return np.asarray(self.vectors[places], np.float32)

    def nearest(self, query: Vectors, count: int, wider: int = 1) -> tuple[Places, Vectors]:
        """Places of the most alike references, at most `count`, and how alike they are.

        wider: times as many lists of the inverted file are searched as usual.
        """
        if len(self) == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if self.coarse is None:
            likeness = np.asarray(self.vectors @ query, np.float32)
            places = np.argpartition(-likeness, count - 1)[:count]
            return places, likeness[places]
        probed = faiss.SearchParametersIVF()
        probed.nprobe = min(PROBED * wider, self.coarse.nlist)
        _, found = self.coarse.search(query[None], count, params=probed)
        places = np.sort(found[0][found[0] >= 0])  # in the order in which they lie on the disk
        return places, self.rows(places) @ query


def write_snapshot(folder: Path, revision: int, there: Sequence[Embedded]) -> Snapshot:
    """Writes a snapshot of these references, and opens it.

    Raises:
        GalleryError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=folder))
        _write(draft, revision, there)
        final = folder / f"{revision:012d}"
        if not _is_whole(final):
            shutil.rmtree(final, ignore_errors=True)
            draft.rename(final)
            sync_folder(folder)
        else:  # made by another process meanwhile, of the same references
            shutil.rmtree(draft)
        _forget(folder)
        return _opened(final)
    except OSError as error:
        raise GalleryError(
            f"The index in {folder} cannot be written ({error.strerror or error}); check its disk "
            "and who owns it."
        ) from error


def find_snapshot(folder: Path, revision: int) -> Snapshot | None:
    """The newest whole snapshot that is not newer than this revision; None if there is none."""
    for path in sorted(folder.glob("[0-9]*"), reverse=True):
        if int(path.name) <= revision and _is_whole(path):
            return _opened(path)
    return None


def _write(draft: Path, revision: int, there: Sequence[Embedded]) -> None:
    known = [(one.product, one.id, one.vector) for one in there if one.vector is not None]
    known.sort(key=lambda one: one[:2])
    names = sorted({product for product, _, _ in known})
    numbers = {name: number for number, name in enumerate(names)}
    vectors = np.zeros((len(known), len(known[0][2]) if known else 1), np.float32)
    for row, (_, _, vector) in zip(vectors, known, strict=True):
        row[:] = vector
    which = np.array([numbers[product] for product, _, _ in known], "<i4")
    _put(draft / _VECTORS, vectors.astype("<f2").tobytes())
    _put(draft / _IDS, np.array([id_ for _, id_, _ in known], "<i8").tobytes())
    _put(draft / _WHICH, which.tobytes())
    if len(known) > EXACT:
        _put(draft / _COARSE, faiss.serialize_index(_coarse(vectors)).tobytes())
    facts = {
        "format": FORMAT,
        "revision": revision,
        "references": len(known),
        "channels": vectors.shape[1],
        "products": names,
        "bytes": {path.name: path.stat().st_size for path in draft.iterdir()},
    }
    _put(draft / _FACTS, json.dumps(facts).encode())
    sync_folder(draft)


def _is_whole(path: Path) -> bool:
    try:
        facts = json.loads((path / _FACTS).read_text())
        sizes = {name: (path / name).stat().st_size for name in facts["bytes"]}
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return bool(facts["format"] == FORMAT and sizes == facts["bytes"])


def _opened(path: Path) -> Snapshot:
    facts = json.loads((path / _FACTS).read_text())
    rows, channels = facts["references"], facts["channels"]
    vectors: NDArray[np.floating] = _mapped(path / _VECTORS, "<f2", (rows, channels))
    coarse: Any = None
    if rows > EXACT:
        coarse = faiss.read_index(str(path / _COARSE), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
    else:
        vectors = vectors.astype(np.float32)
    ids, which = (_mapped(path / name, kind, (rows,)) for name, kind in _COLUMNS)
    return Snapshot(facts["revision"], ids, which, tuple(facts["products"]), vectors, coarse)


_COLUMNS = ((_IDS, "<i8"), (_WHICH, "<i4"))


def _mapped(path: Path, kind: str, shape: tuple[int, ...]) -> NDArray[Any]:
    return np.memmap(path, kind, "r", shape=shape) if shape[0] else np.zeros(shape, kind)


def _coarse(vectors: Vectors) -> Any:  # noqa: ANN401 - FAISS has no types
    lists = int(4 * np.sqrt(len(vectors)))
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(vectors.shape[1]),
        vectors.shape[1],
        lists,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    index.cp.min_points_per_centroid = 1  # below its own minimum it would warn on stderr
    some = np.random.default_rng(0).permutation(len(vectors))[: lists * _PER_LIST]
    index.train(vectors[np.sort(some)])
    index.add(vectors)
    return index


def _forget(folder: Path) -> None:
    """Older snapshots, and drafts of writers that were killed long ago."""
    old = sorted(folder.glob("[0-9]*"))[:-_KEPT]
    before = time.time() - _ABANDONED_SECONDS
    drafts = [path for path in folder.glob("draft-*") if path.stat().st_mtime < before]
    for path in (*old, *drafts):
        shutil.rmtree(path, ignore_errors=True)


def _put(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
