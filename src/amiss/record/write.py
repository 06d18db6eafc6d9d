"""How anything is written down: pictures first, then one transaction.

The transaction writes the facts, what is derived from them, the messages about them, the answer to
the request, and one entry of the audit log. What was killed before its commit left nothing but
pictures that nothing names, which are swept away later.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Connection, bindparam, select

from amiss.domain.errors import ConflictError, RecordError
from amiss.record.facts import Act, Fact, add
from amiss.record.images import Images
from amiss.record.outbox import Message, outgoing
from amiss.record.requests import Request
from amiss.record.tables import IMAGES
from amiss.record.times import now
from amiss.record.turns import Turns

TRIES = 3
"""Pictures that vanish while they are recorded are put back so often."""


_KNOWN = select(IMAGES.c.image).where(IMAGES.c.image.in_(bindparam("images", expanding=True)))


def _nothing(_connection: Connection) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Writing:
    """What is to be written.

    name: of what is recorded, for the receipt: the key of its first fact. files: pictures that its
    facts name, by key. messages: about it. beside: looks whether it may be, and writes what is
    derived from it.
    """

    name: str
    act: Act
    facts: Sequence[Fact]
    files: Mapping[str, bytes] = field(default_factory=dict)
    messages: Sequence[Message] = ()
    beside: Callable[[Connection], None] = _nothing


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was recorded. again: it had been recorded before, under the same idempotency key."""

    id: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes to one site's record."""

    turns: Turns
    images: Images

    def write(self, what: Writing, request: Request | None = None) -> Receipt:
        """Writes it, once for all that ask under one idempotency key.

        Raises:
            ConflictError: the key was used for something else.
            RecordError: it cannot be recorded; then nothing of it is. Where the database cannot
                be reached any more nobody can tell: ask again under the same key.
        """
        for _ in range(TRIES):
            put = self._put(what.files)
            try:
                done = self.turns.run(partial(self._attempt, what=what, request=request, put=put))
            except ConflictError:
                raise
            except RecordError:
                # A connection that broke at its commit does not say whether that was done.
                if self._stands(what):
                    return Receipt(what.name)
                raise
            if done is not None:
                return done
        raise RecordError(
            f"Pictures vanish from {self.images.shown} while they are recorded; see who deletes "
            "there."
        )

    def _attempt(
        self, connection: Connection, what: Writing, request: Request | None, put: set[str]
    ) -> Receipt | None:
        """Writes it; None if a picture is not there any more."""
        answered = None if request is None else request.answered(connection)
        if answered is not None:
            return Receipt(answered, again=True)
        fresh = sorted(set(what.files) - _known(connection, what.files))
        if not all(image in put and self.images.has(image) for image in fresh):
            return None
        at = now()
        images = [
            Fact(IMAGES, {"image": image, "bytes": len(what.files[image]), "at": at})
            for image in fresh
        ]
        asked = [] if request is None else [request.fact(what.name)]
        what.beside(connection)
        sent = outgoing(connection, what.messages, at)
        add(connection, [*images, *what.facts, *asked, *sent], what.act)
        return Receipt(what.name)

    def _stands(self, what: Writing) -> bool:
        """Whether its first fact is recorded, to the last word."""
        fact = what.facts[0]
        (key, *_) = fact.table.primary_key
        try:
            with self.turns.database.reading() as connection:
                found = connection.execute(select(fact.table).where(key == what.name)).first()
        except RecordError:
            return False
        told = {} if found is None else found._asdict()
        return bool(told) and all(told[name] == value for name, value in fact.values.items())

    def _put(self, files: Mapping[str, bytes]) -> set[str]:
        """Puts what is not recorded yet; gives the keys of what was put."""
        if not files:
            return set()
        with self.turns.database.reading() as connection:
            fresh = set(files) - _known(connection, files)
        return {self.images.put(files[image]) for image in sorted(fresh)}


def _known(connection: Connection, files: Mapping[str, bytes]) -> set[str]:
    if not files:
        return set()
    return set(connection.execute(_KNOWN, {"images": list(files)}).scalars())
