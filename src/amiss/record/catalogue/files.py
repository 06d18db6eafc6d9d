"""Products from CSV and Parquet files: one row each, whatever cannot be used with its reason."""

import csv
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from amiss.domain.errors import RecordError

LISTS = {"gtins", "classes"}
"""Columns that hold several values, apart by spaces."""
SIZE = ("length_m", "width_m", "height_m")
RENAMED = {"weight_kg": "weight"}
_LARGEST_FIELD = 1 << 16

FileRow = tuple[int, dict[str, Any] | str]
"""Number of a row, and its values; or why it cannot be read."""


def read_rows(path: Path) -> Iterator[FileRow]:
    """The rows of a file, the first having number 1.

    Raises:
        RecordError: the file cannot be read at all.
    """
    reader = _parquet if path.suffix.lower() in {".parquet", ".pq"} else _csv
    for number, values in reader(path):
        yield number, values if isinstance(values, str) else _tidied(values)


def _csv(path: Path) -> Iterator[FileRow]:
    # A field that never ends would otherwise take all memory.
    before = csv.field_size_limit(_LARGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            for number in count(1):
                try:
                    row = next(rows)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield number, str(error)
                    continue
                yield number, "it has more values than there are columns" if None in row else row
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"{path} cannot be read ({error}); give a CSV file in UTF-8.") from error
    finally:
        csv.field_size_limit(before)


def _parquet(path: Path) -> Iterator[FileRow]:
    import polars as pl

    try:
        yield from enumerate(pl.read_parquet(path).iter_rows(named=True), start=1)
    except (OSError, pl.exceptions.PolarsError) as error:
        said = str(error).splitlines()[0]
        raise RecordError(f"{path} cannot be read ({said}); give a Parquet file.") from error


def _tidied(row: dict[str, Any]) -> dict[str, Any] | str:
    """Values as `Product.read` takes them; what is empty is not known."""
    told = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in row.items()
        if value is not None and value != ""
    }
    told = {RENAMED.get(name, name): value for name, value in told.items() if value != ""}
    sides = [told.pop(name) for name in SIZE if name in told]
    if len(sides) not in {0, len(SIZE)}:
        return f"it has {len(sides)} sides; give length, width and height"
    if sides:
        told["size"] = sides
    for name in LISTS & set(told):
        told[name] = told[name] if isinstance(told[name], list) else str(told[name]).split()
    return told
