"""Writing to disk such that a kill at any point leaves the old state or the new one."""

import io
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from amiss.domain.errors import GalleryError

TEMPORARY = ".tmp"
LOCK_SECONDS = 10.0
"""A change takes milliseconds; who waits longer waits for something stuck."""


def write_file(path: Path, data: bytes) -> None:
    """Writes a whole file; whoever opens `path` finds all of the old bytes or all of the new."""
    temporary = path.with_name(path.name + TEMPORARY)
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Makes a folder, where there is none, inside one that exists."""
    if not path.is_dir():
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Makes names that were given or taken in a folder outlast a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_end(path: Path, end: int, data: bytes) -> None:
    """Puts bytes at offset `end` of a file, in place of whatever stood there and after it."""
    with path.open("r+b", buffering=0) as file:
        file.truncate(end)
        file.seek(end)
        try:
            _write_all(file, data)
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                file.truncate(end)
            raise


def _write_all(file: io.FileIO, data: bytes) -> None:
    if file.write(data) < len(data):
        raise OSError("the disk is full")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds a lock file against all other writers: threads and processes of this machine.

    Raises:
        GalleryError: someone else holds it for more than LOCK_SECONDS.
    """
    import fcntl  # not on every system; reading a gallery does without

    deadline = time.monotonic() + LOCK_SECONDS
    with path.open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise GalleryError(
                        f"Another process has held {path} for {LOCK_SECONDS:.0f} s; "
                        "end it or try again."
                    ) from error
                time.sleep(0.005)
        yield  # closing the file lets go of the lock


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Raises what the disk refuses as a GalleryError."""
    try:
        yield
    except OSError as error:
        raise GalleryError(
            f"The gallery in {folder} cannot be read or written ({error.strerror or error}); "
            "check its disk and who owns it."
        ) from error
