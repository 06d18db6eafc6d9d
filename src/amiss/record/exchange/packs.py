"""What lies in a data set of any layout, as rows of our own format and the files as they are."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from amiss.dataset.cells import words_of
from amiss.dataset.collection import Split
from amiss.dataset.labels import UNTYPED, Labels, Masks
from amiss.dataset.layout import Layout
from amiss.dataset.manifest_reader import ManifestSplit
from amiss.dataset.pack import pack_capture, pack_reference
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.pixels import PictureFormat
from amiss.dataset.records import CaptureRecord, ReferenceRecord, ViewRecord
from amiss.dataset.schema import QueryRow, ReferenceRow
from amiss.dataset.words import SplitName
from amiss.domain.errors import DatasetError
from amiss.record.canonical import digest_of
from amiss.vision.decode import decode

PATHS = {
    "image": "rgb",
    "crop": "crop",
    "mask": "mask",
    "depth": "depth",
    "empty_tray": "empty_tray",
}
"""Columns of files, without `query_` or `reference_`, and the kind of picture that each names."""
Row = QueryRow | ReferenceRow
PNG_MAGIC = b"\x89PNG"


@dataclass(frozen=True, slots=True)
class Held:
    """A capture or a reference. pictures: of each view the files by kind; paths: their names.

    name: its own in the data set. rows: cells that are not empty.
    """

    name: str
    product: str
    split: SplitName
    rows: tuple[dict[str, Any], ...]
    pictures: tuple[dict[str, bytes], ...]
    paths: tuple[dict[str, str], ...]


def captures_in(split: Split) -> Iterator[Held]:
    """All captures of a split.

    Raises:
        DatasetError: one cannot be read.
        ImageError: a picture cannot be decoded, of layouts that are not ours.
    """
    for place in range(len(split)):
        if isinstance(split, ManifestSplit):
            yield _held(split.name, split.rows(place), split.layout)
        else:
            yield _converted(split.name, split[place])


def references_in(split: Split) -> Iterator[Held]:
    """All references of a split; errors as `captures_in`."""
    if isinstance(split, ManifestSplit):
        for number, row in enumerate(split.reference_rows()):
            yield _held_reference(split.name, row, number, split.layout)
        return
    for item in split.items:
        for reference in split.references(item):
            yield _converted_reference(split.name, reference)


def _held(split: SplitName, rows: Sequence[QueryRow], layout: Layout) -> Held:
    found = [_files(row, "query", layout) for row in rows]
    return Held(
        rows[0].capture or rows[0].capture_id,
        rows[0].product or rows[0].item_identifier,
        split,
        tuple(cells(row) for row in rows),
        tuple(pictures for some in found for pictures, _ in some[:1]),
        tuple(paths for some in found for _, paths in some[:1]),
    )


def _held_reference(split: SplitName, row: ReferenceRow, number: int, layout: Layout) -> Held:
    found = _files(row, "reference", layout)
    return Held(
        row.reference_id or f"{row.item_identifier}-{number}",
        row.item_identifier,
        split,
        (cells(row),),
        tuple(pictures for pictures, _ in found),
        tuple(paths for _, paths in found),
    )


def cells(row: Row) -> dict[str, Any]:
    """Cells that are not empty, as plain JSON values."""
    return {
        name: str(value) if isinstance(value, str) else value
        for name, value in asdict(row).items()
        if value is not None
    }


def _files(row: Row, kind: str, layout: Layout) -> list[tuple[dict[str, bytes], dict[str, str]]]:
    """Files that are there; several where a cell is a list, as in some of Kaputt's references."""
    names = {item.name for item in fields(row)}
    lists: dict[str, tuple[str, ...]] = {}
    for column, picture in PATHS.items():
        cell = getattr(row, column if column in names else f"{kind}_{column}")
        lists[picture] = words_of(cell)
    found = []
    for place in range(max(1, *map(len, lists.values()))):
        paths = {picture: some[place] for picture, some in lists.items() if place < len(some)}
        there = {picture: layout.resolve(path) for picture, path in paths.items()}
        read = {picture: _bytes(path) for picture, path in there.items() if path is not None}
        if read.get("crop") is not None and paths.get("crop") == paths.get("rgb"):
            del read["crop"]
        found.append(
            (
                {picture: data for picture, data in read.items() if data is not None},
                paths,
            )
        )
    return found


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DatasetError(f"{path} cannot be read ({error.strerror}); restore it.") from error


def _converted(split: SplitName, record: CaptureRecord) -> Held:
    """A capture of another layout: packed as ours, its pictures as they are."""
    capture = record.load(decode)
    name = _stem(record.id)
    labels = record.labels or Labels(product=record.product)
    masks = [_masks(view) for view in record.views]
    raw = [_raw(view) for view in record.views]
    packed = pack_capture(
        replace(capture, id=name, product=capture.product or record.item),
        labels,
        masks,
        split,
        Encoding(_form(raw), crops=False),
    )
    return _unpacked(name, record.item, split, packed.rows, packed.files, raw)


def _converted_reference(split: SplitName, record: ReferenceRecord) -> Held:
    view = record.view.load(decode)
    name = _stem(record.view.id)
    raw = [_raw(record.view)]
    labels = Labels(product=record.item, design=record.design)
    packed = pack_reference(
        name, view, record.view.load_item_mask(), labels, split, Encoding(_form(raw), crops=False)
    )
    return _unpacked(name, record.item, split, packed.rows, packed.files, raw)


def _unpacked(
    name: str,
    product: str,
    split: SplitName,
    rows: Sequence[Row],
    files: dict[str, bytes],
    raw: Sequence[bytes | None],
) -> Held:
    pictures, paths = [], []
    for row, data in zip(rows, raw, strict=True):
        told = cells(row)
        of = {
            picture: path
            for column, picture in PATHS.items()
            for path in (
                told.get(column),
                told.get(f"query_{column}"),
                told.get(f"reference_{column}"),
            )
            if path is not None
        }
        stored = {picture: files[path] for picture, path in of.items() if picture != "crop"}
        pictures.append(stored | ({} if data is None else {"rgb": data}))
        paths.append(of)
    told_rows = tuple(cells(row) for row in rows)
    return Held(name, product, split, told_rows, tuple(pictures), tuple(paths))


def _raw(view: ViewRecord) -> bytes | None:
    """The picture's own file; None of a frame of a video."""
    return None if view.frame is not None else _bytes(view.picture())


def _form(raw: Sequence[bytes | None]) -> PictureFormat:
    """How the pictures are stored already; frames of videos lose nothing."""
    return "jpeg" if all(data and not data.startswith(PNG_MAGIC) for data in raw) else "png"


def _masks(view: ViewRecord) -> Masks:
    damage = view.load_damage_mask()
    untold = damage is None or bool((damage == UNTYPED).any())
    return Masks(view.load_item_mask(), None if untold else damage)


def _stem(name: str) -> str:
    """A name that can be part of a file name."""
    plain = "".join(
        sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "_" for sign in name
    )
    tidy = plain.strip("._-")[:80] or "capture"
    return tidy if tidy == name else f"{tidy}-{digest_of(name)[:8]}"
