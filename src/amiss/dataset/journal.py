"""What was written since the manifests were last made: one line per capture or reference.

Parquet files can only be made as a whole. So each capture first becomes a line here, once its
pictures are in place; from all lines the manifests are made, and then the journal goes.
"""

import json
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from amiss.dataset.cells import to_json
from amiss.dataset.disk import append, disk_errors
from amiss.dataset.words import SplitName
from amiss.domain.errors import DatasetError

Kind = Literal["query", "reference"]
JOURNAL = "journal.jsonl"


@dataclass(frozen=True, slots=True)
class Entry:
    """All rows of one capture, or the row of one reference, as dictionaries."""

    kind: Kind
    split: SplitName
    rows: list[dict[str, Any]]


class Journal:
    """The journal of a data set; end: bytes of it that are whole lines."""

    def __init__(self, root: Path) -> None:
        self.path = root / JOURNAL
        self.end = 0

    def read(self) -> Iterator[Entry]:
        """All entries; one that was cut short at the end never happened.

        Raises:
            DatasetError: a line is not as it was written.
        """
        self.end = 0
        if not self.path.exists():
            return
        with disk_errors(self.path.parent):
            *lines, _ = self.path.read_bytes().split(b"\n")
        if lines and b"\0" in lines[-1]:  # a power cut may leave zeros in the last one
            lines.pop()
        for number, line in enumerate(lines, 1):
            try:
                entry = from_line(line)
            except ValueError as error:
                raise DatasetError(
                    f"Line {number} of {self.path} is corrupt; restore it, or delete it and all "
                    "lines after it to write their captures again."
                ) from error
            self.end += len(line) + 1
            yield entry

    def append(self, entry: Entry) -> None:
        """Writes an entry; it stands once this returns. `read` must have been exhausted before."""
        line = to_line(entry)
        append(self.path, self.end, line)
        self.end += len(line)

    def delete(self) -> None:
        """Ends the journal; its entries stand in the manifests."""
        self.path.unlink(missing_ok=True)
        self.end = 0


def to_line(entry: Entry) -> bytes:
    """The CRC-32 of what follows, in eight hex digits, and the entry as JSON."""
    body = to_json(asdict(entry)).encode()
    return b"%08x %s\n" % (zlib.crc32(body), body)


def from_line(line: bytes) -> Entry:
    """The entry of a line without its line end.

    Raises:
        ValueError: the line is not as it was written.
    """
    check, _, body = line.partition(b" ")
    if check != b"%08x" % zlib.crc32(body):
        raise ValueError("wrong checksum")
    return Entry(**json.loads(body))
