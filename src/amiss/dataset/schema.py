"""Rows of the manifests: Kaputt's columns first, with its names, types and order; then ours.

docs/dataset-format.md says what each column means. Kaputt's own manifests have no others, so that
all of ours may be missing or null.
"""

import types
from dataclasses import dataclass, fields
from typing import Any, get_args, get_type_hints

import polars as pl


@dataclass(frozen=True, slots=True)
class QueryRow:
    """One row of `query-<split>.parquet`: one view of one item."""

    # Kaputt's. Label columns are null where nobody has looked, and missing in Kaputt 2.
    capture_id: str
    item_identifier: str
    defect: bool | None = None
    major_defect: bool | None = None
    defect_types: str | None = None
    item_material: str | None = None
    query_image: str | None = None
    query_crop: str | None = None
    query_mask: str | None = None
    # The capture, and this view of it.
    capture: str | None = None
    sequence: int | None = None
    taken: str | None = None
    process_step: str | None = None
    barcode: str | None = None
    product: str | None = None
    view: int | None = None
    camera: str | None = None
    trigger: int | None = None
    view_taken: str | None = None
    intrinsics: str | None = None
    pose: str | None = None
    depth: str | None = None
    empty_tray: str | None = None
    # What is true of the item, and what of it this view shows.
    true_product: str | None = None
    design: str | None = None
    damage_types: str | None = None
    severity: str | None = None
    locus: str | None = None
    damage_details: str | None = None
    damage_mask: str | None = None
    damage_pixels: int | None = None
    # Where it comes from.
    simulated: bool | None = None
    seed: int | None = None
    twin: str | None = None
    item_pose: str | None = None
    tags: str | None = None
    story: str | None = None


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One row of `reference-<split>.parquet`: one pristine view of a product."""

    # Kaputt's.
    item_identifier: str
    reference_image: str | None = None
    reference_crop: str | None = None
    reference_mask: str | None = None
    # Ours, as in QueryRow.
    reference_id: str | None = None
    design: str | None = None
    camera: str | None = None
    trigger: int | None = None
    view_taken: str | None = None
    intrinsics: str | None = None
    pose: str | None = None
    depth: str | None = None
    empty_tray: str | None = None
    simulated: bool | None = None
    seed: int | None = None
    item_pose: str | None = None


KAPUTT_QUERY = 9
KAPUTT_REFERENCE = 4
"""How many columns, counted from the first, are Kaputt's."""

_DTYPES: dict[type, type[pl.DataType]] = {str: pl.String, bool: pl.Boolean, int: pl.Int64}


def columns(row: type[QueryRow] | type[ReferenceRow]) -> dict[str, type[pl.DataType]]:
    """The columns of a manifest in their order, with their types in Parquet."""
    hints: dict[str, Any] = get_type_hints(row)
    return {item.name: _DTYPES[_plain(hints[item.name])] for item in fields(row)}


def _plain(hint: Any) -> type:  # noqa: ANN401
    """The type without its `| None`."""
    plain: type = get_args(hint)[0] if isinstance(hint, types.UnionType) else hint
    return plain
