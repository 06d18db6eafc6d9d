"""What is recorded, as rows of our data sets and the files that they name."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from PIL import Image

from amiss.dataset.cells import intrinsics_of, pose_of, time_of
from amiss.dataset.labels import Damage, DamageMask, Labels, Masks
from amiss.dataset.pack import Packed, pack_capture
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.pixels import PictureFormat, fit_depth, load_depth
from amiss.dataset.schema import QueryRow, ReferenceRow
from amiss.dataset.split import split_of
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
Shares = Mapping[SplitName, float]


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


def as_people_say(images: Images, one: Recorded, truth: Truth | None, shares: Shares) -> Packed:
    """A capture with what people say of it, its pictures as they are.

    Raises:
        RecordError: a picture is not there.
        ImageError: a picture cannot be decoded.
    """
    document = one.document
    raw = [images.get(view["pictures"]["rgb"]) for view in document["views"]]
    views = [_view(images, told, data) for told, data in zip(document["views"], raw, strict=True)]
    dataset = document["capture"].get("dataset")
    name = document["capture"].get("id") if dataset else one.id
    split = dataset["split"] if dataset else split_of(one.product or one.id, shares)
    capture = Capture(
        tuple(views),
        product=one.product,
        step=None if one.step is None else ProcessStep(one.step),
        id=str(name),
        taken=one.at,
        sequence=document["capture"].get("sequence"),
        barcode=document["capture"].get("barcode"),
    )
    labels = Labels(
        damages=_damages(one, truth),
        product=one.product or one.id,
        design=one.design,
        tags=("people_disagree",) if truth is not None and truth.damaged is None else (),
    )
    masks = [_masks(images, view, n, truth) for n, view in enumerate(views)]
    form: PictureFormat = "png" if any(data.startswith(PNG_MAGIC) for data in raw) else "jpeg"
    packed = pack_capture(capture, labels, masks, split, Encoding(form, crops=False))
    own = {
        row.query_image: data
        for row, data in zip(packed.rows, raw, strict=True)
        if isinstance(row, QueryRow) and row.query_image is not None
    }
    return replace(packed, files=packed.files | own)


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


def _damages(one: Recorded, truth: Truth | None) -> tuple[Damage, ...] | None:
    """Of a truth without marks the types are those that were found, for want of others."""
    if truth is None or truth.damaged is None:
        return None
    if not truth.damaged:
        return ()
    if truth.marks:
        told = dict.fromkeys((mark.type, mark.severity, mark.locus) for mark in truth.marks)
        return tuple(Damage(*some) for some in told)
    found = (one.document["result"] or {}).get("findings", ())
    kinds = [finding["kind"] for finding in found if finding["kind"] in set(DamageType)]
    return tuple(Damage(DamageType(kind)) for kind in dict.fromkeys(kinds)) or None


def _masks(images: Images, view: View, place: int, truth: Truth | None) -> Masks:
    """Drawn marks; without, or where one is only a box, nobody knows which pixels."""
    if truth is None or truth.damaged is None:
        return Masks()
    marks = [mark for mark in truth.marks if mark.view == place]
    if truth.damaged and (not truth.marks or not all(map(_is_drawn, truth.marks))):
        return Masks()
    return Masks(damage=drawn(images, marks, view))


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
