"""The database of a site: SQLite in a folder, or PostgreSQL by its URL."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionError

from amiss.domain.errors import RecordError

WAITS_SECONDS = 30.0
"""A change takes milliseconds; who waits longer waits for something stuck."""
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "cache_size = -65536",
)
"""Readers do not wait for a writer, and a power cut takes back nothing that was confirmed."""
CONNECTIONS = 20
"""Kept open, of one process; ten more at a rush."""
_WRITES = "amiss_writes"
_CHAIN = 0x616D697373
"""Key of the lock that writers hold one after the other in PostgreSQL."""


class Database:
    """Transactions: many that read, one that writes at a time. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Opens it; connects when it is first used.

        Raises:
            RecordError: the URL is of no database that Amiss knows.
        """
        self.engine = _engine(url)
        self.shown = self.engine.url.render_as_string(hide_password=True)
        self._turn = threading.Lock()  # SQLite lets waiting writers sleep; a lock wakes them

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """All that is read inside is of one moment.

        Raises:
            RecordError: the database cannot be read.
        """
        with self._errors(), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One writer at a time; what raises inside leaves nothing behind.

        Raises:
            RecordError: the database cannot be written, or has such a row already.
        """
        with self._errors(), self._turn, self.engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                if not self.is_sqlite:  # each statement sees what the writer before committed
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_CHAIN})"))
                yield connection

    def close(self) -> None:
        """Lets go of all connections."""
        self.engine.dispose()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError as error:
            raise RecordError(f"This is recorded already ({_said(error)}).") from error
        except UnicodeEncodeError as error:
            raise RecordError(f"What was asked holds what is no text ({error.reason}).") from error
        except NoConnectionError as error:
            raise RecordError(f"Too many read {self.shown} at once; try again.") from error
        except UnicodeError as error:  # of a name in a damaged schema
            raise RecordError(
                f"{self.shown} is damaged ({error}); restore it from a copy."
            ) from error
        except DBAPIError as error:
            self.engine.dispose()  # what is open may be of a disk that failed and came back
            raise RecordError(self._sentence(error)) from error

    def _sentence(self, error: DBAPIError) -> str:
        name = getattr(error.orig, "sqlite_errorname", "") or type(error.orig).__name__
        said = _said(error)
        if name in {"SQLITE_FULL", "DiskFull"}:
            return f"The disk of {self.shown} is full; make room. Nothing was recorded."
        if name.startswith("SQLITE_READONLY") or name == "ReadOnlySqlTransaction":
            return f"{self.shown} is read-only; let it be written to. Nothing was recorded."
        if name.startswith("SQLITE_BUSY"):
            return (
                f"Another process has held {self.shown} for {WAITS_SECONDS:.0f} s; end it or try "
                "again. Nothing was recorded."
            )
        if name in {"SQLITE_CORRUPT", "SQLITE_NOTADB"}:
            return f"{self.shown} is damaged ({said}); restore it from a copy."
        return f"{self.shown} failed ({said}); check that it runs and can be reached."


def _engine(url: str) -> Engine:
    try:
        made = make_url(url)
        if made.get_backend_name() == "postgresql" and made.drivername == "postgresql":
            made = made.set(drivername="postgresql+psycopg")
        if made.get_backend_name() not in {"sqlite", "postgresql"}:
            raise RecordError(
                f"Amiss knows no database {made.get_backend_name()}; give sqlite or postgresql."
            )
        sqlite = made.get_backend_name() == "sqlite"
        engine = create_engine(
            made,
            connect_args={"timeout": WAITS_SECONDS} if sqlite else {},
            pool_pre_ping=not sqlite,
            pool_size=CONNECTIONS,
        )
    except (ArgumentError, NoSuchModuleError, ValueError):
        # The URL may hold a password, and so may what is said of it.
        raise RecordError(
            "The database's setting is not the URL of a database; correct it."
        ) from None
    except ModuleNotFoundError as error:
        raise RecordError("PostgreSQL needs the extra hub: pip install 'amiss[hub]'.") from error
    if sqlite:
        event.listen(engine, "connect", _connected)
        event.listen(engine, "begin", _begin)
    return engine


def _said(error: DBAPIError) -> str:
    return (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]


def _connected(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says where a transaction begins
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
