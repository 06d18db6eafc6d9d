"""Writing to disk such that a kill or a power cut at any point loses only what was unfinished."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from amiss.domain.errors import DatasetError

STAGING = ".unfinished"
"""Folder of files that are being written; whatever is left in it is waste."""


def place_files(root: Path, files: Mapping[str, bytes]) -> None:
    """Writes files, by their paths below `root`: each is there whole, or as it was before.

    They are on the disk once this returns.
    """
    staging = root / STAGING
    staging.mkdir(exist_ok=True)
    for number, data in enumerate(files.values()):
        with (staging / str(number)).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    for number, name in enumerate(files):
        _make_folder(root, (root / name).parent)
        (staging / str(number)).replace(root / name)
    for folder in sorted({(root / name).parent for name in files}):
        sync_folder(folder)


def clear_staging(root: Path) -> None:
    """Deletes what a kill has left unfinished, and the folder for it."""
    staging = root / STAGING
    if staging.is_dir():
        for path in staging.iterdir():
            path.unlink()
        staging.rmdir()


def sync_folder(path: Path) -> None:
    """Makes names that were given or taken in a folder, or a whole file, outlast a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append(path: Path, end: int, data: bytes) -> None:
    """Puts bytes at offset `end` of a file, in place of what a kill has left after it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    with os.fdopen(handle, "r+b", buffering=0) as file:
        file.truncate(end)
        file.seek(end)
        if file.write(data) < len(data):
            with suppress(OSError):
                file.truncate(end)
            raise OSError("the disk is full")
        os.fsync(handle)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds a folder against other writers on this machine.

    Raises:
        DatasetError: someone else holds it.
    """
    import fcntl  # not on every system; reading a data set does without

    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DatasetError(
                f"Another process is writing to {folder}; end it or write to another folder."
            ) from error
        yield
    finally:
        os.close(handle)


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Raises what the disk refuses as a DatasetError."""
    try:
        yield
    except OSError as error:
        raise DatasetError(
            f"The data set in {folder} cannot be written ({error.strerror or error}); "
            "check its disk and who owns it."
        ) from error


def _make_folder(root: Path, folder: Path) -> None:
    """Makes a folder below `root` and those above it, where they are missing."""
    if folder == root or folder.is_dir():
        return
    _make_folder(root, folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)
