"""CSV for spreadsheets, which take text that begins like a formula for one."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

HARMFUL = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What text must not begin with (OWASP, "CSV injection")."""


def harmless(value: Any) -> Any:  # noqa: ANN401 - of any cell
    """A cell as spreadsheets show it, and do not run it: text gets a quote before."""
    return f"'{value}" if isinstance(value, str) and value.startswith(HARMFUL) else value


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """A table with a header; columns that a row lacks stay empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless(row.get(column)) for column in columns])
    return out.getvalue()
