"""A SQLite file that many threads and processes share: transactions, and what the disk refuses."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from amiss.domain.errors import GalleryError

FILE = "gallery.sqlite"
WAITS_SECONDS = 10.0
"""A change takes milliseconds; who waits longer waits for something stuck."""


PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
"""Readers do not wait for a writer, and a power cut takes back nothing that was confirmed."""


class Database:
    """The file in a folder of a gallery."""

    def __init__(self, folder: Path) -> None:
        """Opens it, and makes it where there is none.

        Raises:
            GalleryError: it cannot be opened, or is no database.
        """
        self.folder = folder
        self._lock = RLock()  # one connection serves all threads
        with errors(folder):
            self._connection = sqlite3.connect(
                folder / FILE, timeout=WAITS_SECONDS, isolation_level=None, check_same_thread=False
            )
            for pragma in PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}")

    def close(self) -> None:
        """Lets go of the file."""
        self._connection.close()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All that is read inside is of one moment."""
        with self._lock, errors(self.folder):
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("COMMIT")

    @contextmanager
    def changing(self) -> Iterator[None]:
        """One writer at a time; what raises inside leaves nothing behind."""
        with self._lock, errors(self.folder), self._connection:  # which commits, or rolls back
            self._connection.execute("BEGIN IMMEDIATE")
            yield

    def do(self, statement: str, *values: Any) -> sqlite3.Cursor:  # noqa: ANN401 - what SQLite stores
        """Runs one statement, inside of `reading` or `changing`."""
        return self._connection.execute(statement, values)

    def all(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401
        """All rows."""
        return self.do(statement, *values).fetchall()

    def one(self, statement: str, *values: Any) -> tuple[Any, ...]:  # noqa: ANN401
        """The first of at least one row."""
        found: tuple[Any, ...] = self.do(statement, *values).fetchone()
        return found

    def tidy(self) -> None:
        """Gives room that is no longer used back to the disk."""
        with self._lock, errors(self.folder):
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def errors(folder: Path) -> Iterator[None]:
    """Raises what the disk or the database refuses as a GalleryError."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise GalleryError(
                f"Another process has held the gallery in {folder} for {WAITS_SECONDS:.0f} s; end "
                "it or try again."
            ) from error
        raise _refused(folder, str(error)) from error
    except sqlite3.DatabaseError as error:
        raise GalleryError(
            f"The gallery in {folder} is damaged ({error}); restore {FILE} from a copy."
        ) from error
    except OSError as error:
        raise _refused(folder, error.strerror or str(error)) from error


def _refused(folder: Path, reason: str) -> GalleryError:
    return GalleryError(
        f"The gallery in {folder} cannot be read or written ({reason}); check its disk and who "
        "owns it."
    )
