"""A site's record: one object through which everything is written down and looked up.

    with Site.open("site") as site:
        receipt = site.record(Inspected(result.export(), views), key="order 17, item 2")

What returns is on the disk.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import select

from amiss.domain.errors import RecordError
from amiss.record.canonical import canonical
from amiss.record.database import Database
from amiss.record.facts import Act, Fact, add
from amiss.record.images import Images
from amiss.record.inspections import Inspected, inspection
from amiss.record.migrate import check, migrate, version
from amiss.record.outbox import Message, Outbox
from amiss.record.people import Annotation, Review, annotation, review
from amiss.record.references import Pristine, reference
from amiss.record.requests import Request, asked
from amiss.record.settings import Settings, read_settings
from amiss.record.tables import DOCUMENTS
from amiss.record.times import new_id, now
from amiss.record.turns import Turns
from amiss.record.write import Receipt, Writer


@dataclass(frozen=True, slots=True)
class Site:
    """The record of one site. Safe to share between threads; many processes may open it."""

    settings: Settings
    turns: Turns
    images: Images

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """Opens the record of the site in a folder; see `amiss.record.settings`.

        Raises:
            RecordError: there is none, it is of another version of Amiss, or cannot be reached.
        """
        site = cls._of(folder)
        with site._closed_if_refused():
            check(site.database)
        return site

    @classmethod
    def create(cls, folder: str | Path) -> Self:
        """Makes the record of a site, and the folder if need be; a record that is there is refused.

        Raises:
            RecordError: there is one already, or it cannot be made.
        """
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RecordError(f"{folder} cannot be made ({error.strerror}).") from error
        site = cls._of(folder)
        with site._closed_if_refused():
            if version(site.database) is not None:
                raise RecordError(f"{site.database.shown} holds a record already; open that.")
            migrate(site.database)
            site.note("site", new_id(), {"name": site.settings.name}, actor="amiss site create")
        return site

    @classmethod
    def _of(cls, folder: str | Path) -> Self:
        settings = read_settings(Path(folder))
        return cls(settings, Turns(Database(settings.database)), Images(settings.images))

    @contextmanager
    def _closed_if_refused(self) -> Iterator[None]:
        try:
            yield
        except RecordError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the database."""
        self.database.close()

    @property
    def database(self) -> Database:
        """Where facts are; read it through `amiss.record.queries`."""
        return self.turns.database

    @property
    def outbox(self) -> Outbox:
        """What is to leave the process."""
        return Outbox(self.database)

    @property
    def _writer(self) -> Writer:
        return Writer(self.turns, self.images)

    def record(
        self, one: Inspected, *, key: str | Request | None = None, messages: Sequence[Message] = ()
    ) -> Receipt:
        """Records an inspection with its pictures.

        Args:
            one: what was seen and decided.
            key: an idempotency key; what is recorded again under it is recorded once. A Request
                brings the digest of what was asked along, where that is not what is recorded.
            messages: what is to leave the process because of it.

        Raises:
            ConflictError: the key was used for something else.
            RecordError: it cannot be recorded; then nothing of it is.
        """
        what = inspection(one, messages)
        return self._writer.write(what, asked(key, what.facts))

    def review(self, one: Review, *, key: str | Request | None = None) -> Receipt:
        """Records what a person said of an inspection.

        Raises:
            ConflictError: the key was used for something else.
            RecordError: there is no such inspection, or it cannot be recorded.
        """
        what = review(one)
        return self._writer.write(what, asked(key, what.facts))

    def annotate(self, one: Annotation, *, key: str | Request | None = None) -> Receipt:
        """Records what a person marked on an inspection's views.

        Raises:
            ConflictError: the key was used for something else.
            RecordError: there is no such inspection, or it cannot be recorded.
        """
        what = annotation(one)
        return self._writer.write(what, asked(key, what.facts))

    def refer(self, one: Pristine, *, actor: str, key: str | Request | None = None) -> Receipt:
        """Keeps a reference that came with a data set.

        Raises:
            ConflictError: the key was used for something else.
            RecordError: there is one of this name, or it cannot be recorded.
        """
        what = reference(one, actor)
        return self._writer.write(what, asked(key, what.facts))

    def note(self, kind: str, name: str, document: Any, *, actor: str) -> None:  # noqa: ANN401
        """Keeps a document that decisions name: a bundle's manifest, an operating point, a policy.

        What is there already stays as it is.

        Raises:
            RecordError: the same name stands for another document, or it cannot be recorded.
        """
        text = canonical(document)
        same = select(DOCUMENTS).where(DOCUMENTS.c.kind == kind, DOCUMENTS.c.name == name)
        with self.database.writing() as connection:
            found = connection.execute(same).first()
            if found is None:
                values = {"kind": kind, "name": name, "at": now(), "document": text}
                add(connection, [Fact(DOCUMENTS, values)], Act(actor, f"note {kind}"))
            elif found.document != text:
                raise RecordError(f"The {kind} {name} is recorded with other contents; rename it.")
