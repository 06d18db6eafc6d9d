"""What each view of the record shows, mark by mark, for formats that know pictures only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.dataset.labels import DamageMask
from amiss.dataset.runs import decode_mask
from amiss.domain.errors import DatasetError, ImageError, RecordError
from amiss.domain.words import DamageType, Locus, Severity
from amiss.record.exchange.give import with_truths
from amiss.record.exchange.packed import drawn
from amiss.record.exchange.packs import PNG_MAGIC
from amiss.record.exchange.truth import Told, Truth
from amiss.record.queries.inspections import Recorded, Wanted
from amiss.record.site import Site
from amiss.vision.decode import decode

Box = tuple[float, float, float, float]
_TYPES = tuple(DamageType)


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """One mark. box: (x, y, width, height), mask: H×W bool, polygon: corners; all in pixels.

    mask: None where only a box is known.
    """

    type: DamageType
    box: Box
    severity: Severity | None = None
    locus: Locus | None = None
    polygon: tuple[tuple[float, float], ...] = ()
    mask: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One view. image: the key of its picture; file: its name where it is written to.

    size: (width, height). damaged: of the whole item; None where nobody knows.
    """

    capture: str
    view: int
    product: str | None
    image: str
    file: str
    data: bytes
    size: tuple[int, int]
    damaged: bool | None
    marks: tuple[Marked, ...]


def shown(
    site: Site,
    wanted: Wanted,
    left_out: dict[str, str] | None = None,
    *,
    everything: bool = False,
) -> Iterator[Shown]:
    """All views of captures of which is known whether they are damaged, or of all.

    left_out: takes captures whose pictures cannot be read, with the reason.

    Raises:
        RecordError: the record cannot be read.
    """
    for one, truth in with_truths(site, wanted):
        try:
            yield from _views(site, one, truth, everything=everything)
        except (RecordError, ImageError, DatasetError) as error:
            if left_out is not None:
                left_out[one.id] = str(error)


def _views(site: Site, one: Recorded, truth: Truth | None, *, everything: bool) -> list[Shown]:
    rows = (one.document["capture"].get("dataset") or {}).get("rows", ())
    damaged = _is_damaged(truth, rows)
    if damaged is None and not everything:
        return []
    found = []
    for place, view in enumerate(one.document["views"]):
        if "rgb" not in view["pictures"]:
            continue
        image = view["pictures"]["rgb"]
        data = site.images.get(image)
        seen = decode(data)
        marks: list[Marked] = []
        if truth is not None and truth.marks:
            marks = [_marked(site, mark, seen) for mark in truth.marks if mark.view == place]
        elif damaged and place < len(rows):
            marks = list(_of_row(rows[place], seen.size))
        found.append(_shown(one, place, image, data, seen.size, damaged, marks))
    return found


def _shown(
    one: Recorded,
    place: int,
    image: str,
    data: bytes,
    size: tuple[int, int],
    damaged: bool | None,
    marks: Sequence[Marked],
) -> Shown:
    name = f"{one.id}-{place}{'.png' if data.startswith(PNG_MAGIC) else '.jpg'}"
    return Shown(one.id, place, one.product, image, name, data, size, damaged, tuple(marks))


def _is_damaged(truth: Truth | None, rows: Sequence[Mapping[str, Any]]) -> bool | None:
    if truth is not None:
        return truth.damaged
    said = [row["defect"] for row in rows if row.get("defect") is not None]
    hidden = any(row.get("damage_types") for row in rows)
    return (any(said) or hidden) if said or hidden else None


def _marked(site: Site, mark: Told, seen: Any) -> Marked:  # noqa: ANN401 - a View
    mask = None
    if mark.mask is not None:
        mask = _whole(drawn(site.images, [mark], seen), seen.size) > 0
    return Marked(mark.type, mark.box, mark.severity, mark.locus, mark.polygon, mask)


def _whole(mask: DamageMask, size: tuple[int, int]) -> DamageMask:
    """Large pictures are decoded at a reduced size; marks are given in whole pixels."""
    if (mask.shape[1], mask.shape[0]) == size:
        return mask
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _of_row(row: Mapping[str, Any], size: tuple[int, int]) -> Iterator[Marked]:
    """The damage mask of a data set's row, place by place."""
    if not row.get("damage_mask"):
        return
    mask = _whole(decode_mask(row["damage_mask"]), size)
    severities = dict(
        zip(_words(row.get("damage_types")), _words(row.get("severity")), strict=False)
    )
    for value in np.unique(mask[mask > 0]).tolist():
        damage = _TYPES[value - 1]
        said = severities.get(damage.value)
        severity = Severity(said) if said in set(Severity) else None
        yield from (Marked(damage, box, severity, mask=part) for box, part in parts(mask, value))


def _words(cell: str | None) -> list[str]:
    return [] if not cell else [word.strip() for word in cell.split(",")]


def parts(mask: DamageMask, value: int) -> Iterator[tuple[Box, NDArray[np.bool_]]]:
    """The connected places of one type, each with its box."""
    _, labelled, stats, _ = cv2.connectedComponentsWithStats(
        (mask == value).astype(np.uint8), connectivity=8
    )
    for number, (x, y, width, height, _) in enumerate(stats.tolist()):
        if number:  # the first is what is not of this type
            yield (float(x), float(y), float(width), float(height)), labelled == number
