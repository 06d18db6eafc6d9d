"""Unpacks archives that come from elsewhere, and nothing outside of their folder."""

import lzma
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from amiss.domain.errors import RecordError

_BROKEN = (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError,
           NotImplementedError, RuntimeError)  # fmt: skip
MOST_BYTES = 200 << 30
MOST_TIMES = 200
"""An archive that grows more than so many times is made to fill disks."""


def unzip(archive: Path, into: Path) -> None:
    """Unpacks a ZIP file.

    Raises:
        RecordError: it is none, is damaged, or holds what leads out of its folder, a link, or far
            more than its size; then nothing was unpacked of what is refused.
    """
    try:
        with zipfile.ZipFile(archive) as file:
            entries = file.infolist()
            for entry in entries:
                _refuse_harm(archive, entry)
            size = sum(entry.file_size for entry in entries)
            if size > min(MOST_BYTES, MOST_TIMES * max(1, archive.stat().st_size)):
                raise RecordError(
                    f"{archive} unpacks to {size >> 20} MiB; unpack it yourself if that is right."
                )
            file.extractall(into)
    except _BROKEN as error:
        raise RecordError(f"{archive} cannot be unpacked ({error}); restore it.") from error


def _refuse_harm(archive: Path, entry: zipfile.ZipInfo) -> None:
    name = PurePosixPath(entry.filename.replace("\\", "/"))
    is_drive = ":" in name.parts[0] if name.parts else False
    if name.is_absolute() or ".." in name.parts or is_drive:
        raise RecordError(f"{archive} holds {entry.filename!r}, which leads out of its folder.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise RecordError(f"{archive} holds the link {entry.filename!r}; pack files only.")
