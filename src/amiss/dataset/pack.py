"""A capture, or a reference, as rows of a manifest and the files that they name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from amiss.dataset.cells import damage_cells, join, pose_cell, time_cell
from amiss.dataset.labels import Damage, Defects, ItemMask, Labels, Masks
from amiss.dataset.pack_picture import Encoding, PictureFiles, check_stem
from amiss.dataset.runs import encode_mask, types_in
from amiss.dataset.schema import QueryRow, ReferenceRow
from amiss.dataset.words import SplitName
from amiss.domain.capture import Capture, View
from amiss.domain.errors import DatasetError

NO_MASKS = Masks()


@dataclass(frozen=True, slots=True)
class Packed:
    """Plain data, so that it can be made in another process than the one that writes.

    split: where it belongs. rows: to be written into a manifest. files: what they name, by paths
    below the data set.
    """

    split: SplitName
    rows: list[QueryRow] | list[ReferenceRow]
    files: dict[str, bytes]


def pack_capture(
    capture: Capture, labels: Labels, masks: Sequence[Masks], split: SplitName, encoding: Encoding
) -> Packed:
    """Rows and files of a capture.

    masks: one per view, or none at all.

    Raises:
        DatasetError: the capture has no view, or something in it does not fit the format.
    """
    check_stem(capture.id, "capture")
    if not capture.views or len(masks) not in {0, len(capture.views)}:
        raise DatasetError(
            f"Capture {capture.id} has {len(capture.views)} views and {len(masks)} masks; "
            "give one or more views, and masks for each of them or for none."
        )
    item = _item_columns(capture, labels)
    rows: list[QueryRow] = []
    files: dict[str, bytes] = {}
    for index, view in enumerate(capture.views):
        seen = masks[index] if masks else NO_MASKS
        stem = f"{capture.id}-{index}"
        picture = PictureFiles(f"data/{split}/query-data", stem, encoding).pack(view, seen)
        files |= picture.files
        row = QueryRow(
            capture_id=stem,
            view=index,
            query_image=picture.columns.pop("image"),
            query_crop=picture.columns.pop("crop"),
            query_mask=picture.columns.pop("mask"),
            **_defect_columns(labels.damages, seen, stem),
            **item,
            **picture.columns,
        )
        rows.append(row)
    return Packed(split, rows, files)


def pack_reference(
    name: str,
    view: View,
    mask: ItemMask | None,
    labels: Labels,
    split: SplitName,
    encoding: Encoding,
) -> Packed:
    """Row and files of one reference; labels: its product and design.

    Raises:
        DatasetError: it has no product, or something in it does not fit the format.
    """
    check_stem(name, "reference")
    if not labels.product:
        raise DatasetError(f"Reference {name} has no product; say in its labels which it shows.")
    picture = PictureFiles(f"data/{split}/reference-data", name, encoding).pack(
        view, Masks(item=mask)
    )
    row = ReferenceRow(
        item_identifier=labels.product,
        reference_image=picture.columns.pop("image"),
        reference_crop=picture.columns.pop("crop"),
        reference_mask=picture.columns.pop("mask"),
        reference_id=name,
        design=labels.design,
        simulated=labels.simulated,
        seed=labels.seed,
        item_pose=pose_cell(labels.lies),
        **picture.columns,
    )
    return Packed(split, [row], picture.files)


def _item_columns(capture: Capture, labels: Labels) -> dict[str, Any]:
    """What all views of a capture share."""
    return {
        "item_identifier": capture.product or labels.product or "",
        "item_material": labels.material,
        "capture": capture.id,
        "sequence": capture.sequence,
        "taken": time_cell(capture.taken),
        "process_step": capture.step,
        "barcode": capture.barcode,
        "product": capture.product,
        "true_product": labels.product,
        "design": labels.design,
        **damage_cells(labels.damages),
        "simulated": labels.simulated,
        "seed": labels.seed,
        "twin": labels.twin,
        "item_pose": pose_cell(labels.lies),
        "tags": join(labels.tags),
        "story": labels.story,
    }


def _defect_columns(damages: tuple[Damage, ...] | None, masks: Masks, stem: str) -> dict[str, Any]:
    """Kaputt's label columns, which say what this picture shows, and the mask they rest on."""
    columns: dict[str, Any] = {}
    visible = damages
    if masks.damage is not None:
        shown = types_in(masks.damage)
        if damages is None or not {damage.type for damage in damages}.issuperset(shown):
            raise DatasetError(
                f"The labels of {stem} lack what its damage mask shows "
                f"({', '.join(shown) or 'that it is sound'}); name every damage in the labels."
            )
        visible = tuple(damage for damage in damages if damage.type in shown)
        columns["damage_mask"] = encode_mask(masks.damage)
        columns["damage_pixels"] = int(np.count_nonzero(masks.damage))
    if visible is not None:
        defects = Defects.of(visible)
        columns["defect"], columns["major_defect"] = defects.any, defects.major
        columns["defect_types"] = join(defects.types)
    return columns
