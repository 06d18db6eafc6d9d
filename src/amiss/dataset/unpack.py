"""Rows of a manifest as captures and references; the other direction of `pack`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from amiss.dataset.cells import damages_of, intrinsics_of, pose_of, time_of, words_of
from amiss.dataset.labels import Defects, Labels
from amiss.dataset.layout import Layout
from amiss.dataset.records import CaptureRecord, ReferenceRecord, ViewRecord
from amiss.dataset.schema import QueryRow, ReferenceRow
from amiss.dataset.words import DefectType, Material
from amiss.domain.errors import DatasetError
from amiss.domain.words import ProcessStep

_OF_THE_ITEM = (
    "item_identifier", "item_material", "sequence", "taken", "process_step", "barcode", "product",
    "true_product", "design", "damage_types", "severity", "locus", "damage_details", "simulated",
    "seed", "twin", "item_pose", "tags", "story",
)  # fmt: skip
"""Columns in which all rows of a capture agree."""


def unpack_capture(rows: Sequence[QueryRow], layout: Layout) -> CaptureRecord:
    """The capture whose views stand in `rows`, in any order.

    Raises:
        DatasetError: a cell cannot be read, or the rows do not agree.
    """
    first, *others = rows = sorted(rows, key=lambda row: row.view or 0)
    name = first.capture or first.capture_id
    for row in others:
        for column in _OF_THE_ITEM:
            if getattr(row, column) != getattr(first, column):
                raise DatasetError(
                    f"The views of capture {name} in {layout.manifests} do not agree on {column}; "
                    "give each item its own capture."
                )
    views = tuple(_view(row, layout) for row in rows)
    with _cells(layout.manifests, name):
        labels = _labels(first) if first.capture else None
        seen = [view.defects for view in views if view.defects is not None]
        defects = Defects.union(seen) if seen else None
        if labels is not None and labels.damages is not None:
            defects = Defects.of(labels.damages)
        return CaptureRecord(
            id=name,
            item=first.item_identifier,
            views=views,
            labels=labels,
            defects=defects,
            product=first.product if first.capture else first.item_identifier or None,
            step=ProcessStep(first.process_step) if first.process_step else None,
            taken=time_of(first.taken),
            sequence=first.sequence,
            barcode=first.barcode,
            material=first.item_material or None,
        )


def unpack_references(row: ReferenceRow, layout: Layout, number: int) -> list[ReferenceRecord]:
    """The references of a row: one, or several where its paths are lists with commas.

    number: of the row in its manifest; names references that have no name.

    Raises:
        DatasetError: a cell cannot be read, or its lists differ in length.
    """
    name = row.reference_id or f"reference-{number}"
    lists = [
        words_of(cell) for cell in (row.reference_image, row.reference_crop, row.reference_mask)
    ]
    count = max(map(len, lists))
    if any(len(paths) not in {0, count} for paths in lists):
        raise DatasetError(
            f"{name} of {row.item_identifier} in {layout.manifests} lists {len(lists[0])} images, "
            f"{len(lists[1])} crops and {len(lists[2])} masks; give as many of each."
        )
    records = []
    for index in range(count):
        image, crop, mask = (paths[index] if paths else None for paths in lists)
        with _cells(layout.manifests, name):
            view = ViewRecord(
                id=name if count == 1 else f"{name}-{index}",
                image=_file(layout, image),
                crop=_file(layout, crop),
                item_mask=_file(layout, mask),
                **_camera(row, layout),
            )
        records.append(
            ReferenceRecord(
                item=row.item_identifier,
                view=view,
                design=row.design,
                simulated=bool(row.simulated),
                seed=row.seed,
                lies=pose_of(row.item_pose),
            )
        )
    return records


def _view(row: QueryRow, layout: Layout) -> ViewRecord:
    with _cells(layout.manifests, row.capture_id):
        return ViewRecord(
            id=row.capture_id,
            image=_file(layout, row.query_image),
            crop=_file(layout, row.query_crop),
            item_mask=_file(layout, row.query_mask),
            defects=_defects(row),
            damage_runs=row.damage_mask,
            damage_pixels=row.damage_pixels,
            **_camera(row, layout),
        )


def _file(layout: Layout, cell: str | None) -> Path | None:
    return layout.resolve(cell.strip() if cell else None)


def _camera(row: QueryRow | ReferenceRow, layout: Layout) -> dict[str, Any]:
    return {
        "depth": layout.resolve(row.depth),
        "empty_tray": layout.resolve(row.empty_tray),
        "camera": row.camera or "",
        "intrinsics": intrinsics_of(row.intrinsics),
        "pose": pose_of(row.pose),
        "taken": time_of(row.view_taken),
        "trigger": row.trigger,
    }


def _defects(row: QueryRow) -> Defects | None:
    """Kaputt's label columns; null in `defect` means that nobody has looked."""
    if row.defect is None:
        return None
    words = sorted({DefectType(word) for word in words_of(row.defect_types)})
    return Defects(any=row.defect, major=bool(row.major_defect), types=tuple(words))


def _labels(row: QueryRow) -> Labels:
    return Labels(
        damages=damages_of(row.damage_types, row.severity, row.locus, row.damage_details),
        product=row.true_product,
        design=row.design,
        material=Material(row.item_material) if row.item_material else None,
        tags=words_of(row.tags),
        story=row.story or "",
        simulated=bool(row.simulated),
        seed=row.seed,
        twin=row.twin,
        lies=pose_of(row.item_pose),
    )


@contextmanager
def _cells(manifests: Path, name: str) -> Iterator[None]:
    """Says where a cell cannot be read."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DatasetError(
            f"A cell of {name} in the manifests of {manifests} cannot be read ({error}); "
            "correct it."
        ) from error
