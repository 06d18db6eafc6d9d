"""The log of a gallery: one JSON line per change, each with a checksum; only ever appended to."""

import logging
import zlib
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from amiss.domain.errors import GalleryError
from amiss.gallery.disk import write_end
from amiss.gallery.ledger import Change

log = logging.getLogger(__name__)
_JSON = TypeAdapter(Change)


class Log:
    """A log file, and how far it has been read.

    end: bytes read so far, all of them whole lines. lines: how many.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.end = 0
        self.lines = 0

    def read_on(self) -> Iterator[Change]:
        """The changes that were written since the last call.

        Raises:
            GalleryError: a line is corrupt, or lines that were there are gone.
        """
        for line in _whole_lines(self._rest()):
            change = self._parse(line)
            yield change
            self.end += len(line) + 1
            self.lines += 1

    def warn_of_torn_line(self) -> None:
        """Says so where something is left of a change that was cut short; to call after reading."""
        torn = self.path.stat().st_size - self.end
        if torn > 0:
            log.warning("%s ends in %d bytes of an unfinished change: ignored", self.path, torn)

    def append(self, change: Change) -> None:
        """Writes a change behind the last one read; it stands, or does not, once this returns."""
        self.warn_of_torn_line()
        write_end(self.path, self.end, to_line(change))

    def _rest(self) -> bytes:
        size = self.path.stat().st_size
        if size < self.end:
            raise GalleryError(f"{self.path} has lost lines since it was read; open it again.")
        if size == self.end:
            return b""
        with self.path.open("rb") as file:
            file.seek(self.end)
            return file.read()

    def _parse(self, line: bytes) -> Change:
        try:
            return from_line(line)
        except ValueError as error:
            raise GalleryError(
                f"Line {self.lines + 1} of {self.path} is corrupt; restore the gallery from a copy."
            ) from error


def _whole_lines(data: bytes) -> list[bytes]:
    """The lines that were written to their end.

    Only the last one can be torn: a kill leaves it without its end, a power cut may leave zeros in
    it. It was never confirmed, so it is as if it had not been written.
    """
    *lines, _ = data.split(b"\n")
    if lines and b"\0" in lines[-1]:
        lines.pop()
    return lines


def to_line(change: Change) -> bytes:
    """The line of a change; its last key is the CRC-32 of all bytes before that key's comma."""
    body = _JSON.dump_json(change, exclude_none=True)[:-1]
    return body + b',"crc32":"%08x"}\n' % zlib.crc32(body)


def from_line(line: bytes) -> Change:
    """The change in a line without its line end.

    Raises:
        ValueError: the line is not as it was written.
    """
    body, _, check = line.rpartition(b',"crc32":')
    if check != b'"%08x"}' % zlib.crc32(body):
        raise ValueError("wrong checksum")
    try:
        return _JSON.validate_json(body + b"}")
    except ValidationError as error:
        raise ValueError("not a change") from error
