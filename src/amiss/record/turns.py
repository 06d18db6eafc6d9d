"""Several threads that write at once share one transaction, and so one wait for the disk.

Who comes first does the work of all that wait by then, each inside a savepoint of its own: what one
of them raises takes back nothing of the others. (Group commit: DeWitt et al., "Implementation
techniques for main memory database systems", SIGMOD 1984.)
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from amiss.domain.errors import RecordError
from amiss.record.database import Database

T = TypeVar("T")
MOST = 64
"""Jobs of one transaction: none waits long for others."""


@dataclass(slots=True, eq=False)
class _Job(Generic[T]):
    """What a thread wants done. result: one value once it is committed."""

    work: Callable[[Connection], T]
    result: list[T] = field(default_factory=list)
    error: Exception | None = None

    @property
    def is_done(self) -> bool:
        return bool(self.result) or self.error is not None


@dataclass(slots=True, eq=False)
class Turns:
    """The threads of one process that write to one database."""

    database: Database
    _waiting: list[_Job[object]] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def run(self, work: Callable[[Connection], T]) -> T:
        """Runs work in a transaction, and returns once it is committed.

        Raises:
            Exception: whatever the work raises; then nothing of it is written.
            RecordError: the database cannot be written.
        """
        job = _Job(work)
        with self._guard:
            self._waiting.append(job)  # type: ignore[arg-type]  # each is of its own type
        try:
            with self._turn:
                while not job.is_done:
                    self._run_some()
        finally:  # where this thread is interrupted, nobody waits for its work any more
            with self._guard:
                self._waiting = [one for one in self._waiting if one is not job]
        if job.error is not None:
            raise job.error
        return job.result[0]

    def _run_some(self) -> None:
        with self._guard:
            jobs, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            if len(jobs) > 1 and self._run(jobs) is None:
                return
            for job in jobs:  # each with its own error
                job.error = self._run([job]) or job.error
        finally:  # an interrupted thread leaves the others their work
            with self._guard:
                self._waiting = [job for job in jobs if not job.is_done] + self._waiting

    def _run(self, jobs: list[_Job[object]]) -> RecordError | None:
        """Does all in one transaction; where the database fails, none, and says why."""
        found: list[tuple[_Job[object], object, Exception | None]] = []
        try:
            with self.database.writing() as connection:
                for job in jobs:
                    try:
                        with connection.begin_nested():
                            found.append((job, job.work(connection), None))
                    except DBAPIError:
                        raise  # which takes back everything
                    except Exception as error:  # noqa: BLE001 - raised where the work comes from
                        found.append((job, None, error))
        except RecordError as error:
            return error
        for job, result, failed in found:
            job.error = failed
            if failed is None:
                job.result.append(result)
        return None
