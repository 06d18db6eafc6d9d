"""Reads manifests: Parquet files with Kaputt's columns, and perhaps ours."""

from pathlib import Path

import polars as pl

from amiss.dataset.schema import QueryRow, ReferenceRow, columns
from amiss.dataset.words import SplitName
from amiss.domain.errors import DatasetError

_NEEDED = {
    QueryRow: ("capture_id", "item_identifier"),
    ReferenceRow: ("item_identifier",),
}
_CORRUPT = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)


def manifest_name(kind: str, split: SplitName) -> str:
    """The file name of a manifest; kind: query or reference."""
    return f"{kind}-{split}.parquet"


def read_manifest(path: Path, row: type[QueryRow] | type[ReferenceRow]) -> pl.DataFrame:
    """All rows of a manifest, with the columns of `row`; null where it has none.

    Columns that nobody knows are left out.

    Raises:
        DatasetError: it cannot be read, or a column is missing or of another type.
    """
    try:
        found = pl.read_parquet(path)
    except _CORRUPT as error:
        raise DatasetError(f"The manifest {path} cannot be read as Parquet; restore it.") from error
    missing = [name for name in _NEEDED[row] if name not in found.columns]
    if missing:
        raise DatasetError(
            f"The manifest {path} has no column {missing[0]}; it must have Kaputt's columns."
        )
    wanted = [
        (pl.col(name).cast(dtype) if name in found.columns else pl.lit(None, dtype)).alias(name)
        for name, dtype in columns(row).items()
    ]
    try:
        frame = found.select(wanted).with_columns(pl.col("item_identifier").fill_null(""))
    except pl.exceptions.PolarsError as error:
        first = str(error).splitlines()[0]
        raise DatasetError(
            f"The manifest {path} has a column of another type than it should have ({first}); "
            "convert it."
        ) from error
    if row is QueryRow and frame["capture_id"].null_count():
        raise DatasetError(
            f"The manifest {path} has a row without capture_id; complete or drop it."
        )
    return frame
