"""What is recorded, as rows of our data sets and the files that they name."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from PIL import Image

from amiss.dataset.cells import (
    damage_cells,
    intrinsics_of,
    join,
    pose_of,
    time_of,
    words_of,
)
from amiss.dataset.labels import Damage, DamageMask, Defects, Labels, Masks
from amiss.dataset.pack import Packed, pack_capture
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.pixels import PictureFormat, fit_depth, load_depth
from amiss.dataset.runs import encode_mask, types_in
from amiss.dataset.schema import QueryRow, ReferenceRow
from amiss.dataset.words import SplitName
from amiss.domain.capture import Capture, View
from amiss.domain.errors import RecordError
from amiss.domain.words import DamageType, ProcessStep
from amiss.record.exchange.packs import PNG_MAGIC
from amiss.record.exchange.truth import Told, Truth
from amiss.record.images import Images
from amiss.record.queries.inspections import Recorded
from amiss.vision.decode import decode

_TYPES = tuple(DamageType)
DISAGREE = "people_disagree"
"""Tag of captures of which as many people say one thing as the other."""


def as_it_came(
    images: Images,
    dataset: Mapping[str, Any],
    views: Sequence[Mapping[str, Any]],
    row: type[QueryRow] | type[ReferenceRow],
) -> Packed:
    """What came with a data set, byte for byte.

    Raises:
        RecordError: a picture is not there.
    """
    files = {
        path: images.get(view["pictures"][kind])
        for paths, view in zip(dataset["paths"], views, strict=True)
        for kind, path in paths.items()
        if kind in view["pictures"]
    }
    # Rows of Kaputt's have no such column; ours need it.
    own = "capture" if row is QueryRow else "reference_id"
    rows = [row(**{own: dataset["held"], **cells}) for cells in dataset["rows"]]
    return Packed(dataset["split"], rows, files)  # type: ignore[arg-type]  # of one kind or the other


def as_people_say(images: Images, one: Recorded, truth: Truth | None, split: SplitName) -> Packed:
    """A capture with what people say of it, its pictures as they are.

    Raises:
        RecordError: a picture is not there.
        DatasetError: something does not fit the format.
        ImageError: a picture cannot be decoded.
    """
    dataset = one.document["capture"].get("dataset")
    if dataset is None:
        return _packed(images, one, truth, split)
    packed = as_it_came(images, dataset, one.document["views"], QueryRow)
    if truth is None or _said_already(packed, truth):
        return packed
    shown = [_decoded(images, view) for view in one.document["views"]]
    told = {**_nothing_said(), **damage_cells(_damages(one, truth))}
    rows = [
        replace(row, **(told | _of_view(images, truth, view, place)), tags=_tags(row.tags, truth))
        for place, (row, view) in enumerate(zip(packed.rows, shown, strict=True))
        if isinstance(row, QueryRow)
    ]
    return replace(packed, rows=rows)


def _said_already(packed: Packed, truth: Truth) -> bool:
    """Whether the data set says so itself, and in more detail than people who drew nothing."""
    if truth.damaged is None or truth.marks:
        return False
    said = [row.defect for row in packed.rows if isinstance(row, QueryRow)]
    types = any(row.damage_types for row in packed.rows if isinstance(row, QueryRow))
    known = [word for word in said if word is not None]
    return bool(known or types) and (any(known) or types) == truth.damaged


def _nothing_said() -> dict[str, Any]:
    names = ("damage_mask", "damage_pixels", "defect", "major_defect", "defect_types")
    return dict.fromkeys(names)


def _of_view(images: Images, truth: Truth, view: View | None, place: int) -> dict[str, Any]:
    """Columns that say what one view shows."""
    mask = None if view is None else _mask(images, view, place, truth)
    if mask is not None:
        seen = set(types_in(mask))
        visible = [mark for mark in truth.marks if mark.type in seen]
        pixels = {"damage_mask": encode_mask(mask), "damage_pixels": int(np.count_nonzero(mask))}
        return {**pixels, **_defects(visible)}
    if truth.damaged is None:
        return {}
    return _defects(truth.marks) | {"defect": truth.damaged}


def _defects(marks: Sequence[Told]) -> dict[str, Any]:
    found = Defects.of(Damage(mark.type, mark.severity) for mark in marks)
    return {
        "defect": found.any,
        "major_defect": found.major,
        "defect_types": join(found.types),
    }


def _tags(before: str | None, truth: Truth) -> str | None:
    words = words_of(before)
    return join((*words, DISAGREE)) if truth.damaged is None else before


def _packed(images: Images, one: Recorded, truth: Truth | None, split: SplitName) -> Packed:
    """A capture that was inspected or collected here."""
    document = one.document
    raw = [images.get(view["pictures"]["rgb"]) for view in document["views"]]
    views = [_view(images, told, data) for told, data in zip(document["views"], raw, strict=True)]
    capture = Capture(
        tuple(views),
        product=one.product,
        step=None if one.step is None else ProcessStep(one.step),
        id=one.id,
        taken=one.at,
        sequence=document["capture"].get("sequence"),
        barcode=document["capture"].get("barcode"),
    )
    damages = None if truth is None else _damages(one, truth)
    labels = Labels(
        damages=damages,
        product=one.product or one.id,
        design=one.design,
        tags=(DISAGREE,) if truth is not None and truth.damaged is None else (),
    )
    masks = [
        Masks(damage=None if truth is None else _mask(images, view, place, truth))
        for place, view in enumerate(views)
    ]
    form: PictureFormat = "png" if any(data.startswith(PNG_MAGIC) for data in raw) else "jpeg"
    packed = pack_capture(capture, labels, masks, split, Encoding(form, crops=False))
    rows = [row for row in packed.rows if isinstance(row, QueryRow)]
    own = {
        row.query_image: data
        for row, data in zip(rows, raw, strict=True)
        if row.query_image is not None
    }
    if truth is not None and truth.damaged and damages is None:  # and nobody says of which type
        rows = [replace(row, defect=True, major_defect=False, defect_types="") for row in rows]
    return replace(packed, rows=rows, files=packed.files | own)


def _decoded(images: Images, told: Mapping[str, Any]) -> View | None:
    key = told["pictures"].get("rgb")
    return None if key is None else decode(images.get(key))


def _view(images: Images, told: Mapping[str, Any], raw: bytes) -> View:
    seen = decode(raw)
    kept = told["pictures"]
    depth = None
    if "depth" in kept:
        whole = load_depth(io.BytesIO(images.get(kept["depth"])))
        depth = fit_depth(whole, (seen.rgb.shape[0], seen.rgb.shape[1]))
    tray = decode(images.get(kept["empty_tray"])).rgb if "empty_tray" in kept else None
    return replace(
        seen,
        depth=depth,
        empty_tray=tray,
        camera=told.get("camera", ""),
        intrinsics=intrinsics_of(told.get("intrinsics")),
        pose=pose_of(told.get("pose")),
        taken=time_of(told.get("taken")),
        trigger=told.get("trigger"),
    )


def _damages(one: Recorded, truth: Truth) -> tuple[Damage, ...] | None:
    """Of a truth without marks the types are those that were found; None if nobody says which."""
    if truth.damaged is None:
        return None
    if not truth.damaged:
        return ()
    if truth.marks:
        told = dict.fromkeys((mark.type, mark.severity, mark.locus) for mark in truth.marks)
        return tuple(Damage(*some) for some in told)
    found = (one.document["result"] or {}).get("findings", ())
    kinds = [finding["kind"] for finding in found if finding["kind"] in set(DamageType)]
    return tuple(Damage(DamageType(kind)) for kind in dict.fromkeys(kinds)) or None


def _mask(images: Images, view: View, place: int, truth: Truth) -> DamageMask | None:
    """Drawn marks; without, or where one is only a box, nobody knows which pixels."""
    if truth.damaged is None:
        return None
    if truth.damaged and (not truth.marks or not all(map(_is_drawn, truth.marks))):
        return None
    return drawn(images, [mark for mark in truth.marks if mark.view == place], view)


def _is_drawn(mark: Told) -> bool:
    return bool(mark.polygon) or mark.mask is not None


def drawn(images: Images, marks: Sequence[Told], view: View) -> DamageMask:
    """H×W uint8 of a view's marks, the later on top of the earlier, at the decoded size.

    Raises:
        RecordError: a painted mask is not there, or is no picture.
    """
    height, width = view.rgb.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    scale = np.array([width / view.size[0], height / view.size[1]])
    for mark in marks:
        value = 1 + _TYPES.index(mark.type)
        if mark.mask is not None:
            mask[_painted(images, mark.mask, (width, height))] = value
        else:
            corners = np.round(np.array(mark.polygon) * scale).astype(np.int32)
            cv2.fillPoly(mask, [corners], value)
    return mask


def _painted(images: Images, key: str, size: tuple[int, int]) -> Any:  # noqa: ANN401 - H×W bool
    try:
        with Image.open(io.BytesIO(images.get(key))) as picture:
            grey = picture.convert("L").resize(size, Image.Resampling.NEAREST)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise RecordError(f"The painted mask {key} is no picture ({error}); mark anew.") from error
    return np.asarray(grey) > 127
