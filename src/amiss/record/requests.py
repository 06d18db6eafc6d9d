"""Idempotency keys: who asks twice under one key gets one answer, and what is done is done once."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from amiss.domain.errors import ConflictError, RecordError
from amiss.record.canonical import digest_of
from amiss.record.facts import Fact
from amiss.record.tables import REQUESTS
from amiss.record.times import now

_LONGEST = 255
LASTING = "import "
"""Keys that begin so are kept for ever: a data set may be brought in again years later."""
OF_THE_ATTEMPT = frozenset({"id", "at", "recorded"})
"""Columns that differ each time the same is recorded."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. key: chosen by who asks. body: the digest of all that is asked."""

    key: str
    body: str

    def __post_init__(self) -> None:
        """Checks the key.

        Raises:
            RecordError: it is empty or too long.
        """
        if not 0 < len(self.key) <= _LONGEST:
            raise RecordError(f"An idempotency key has 1 to {_LONGEST} characters; shorten it.")

    def answered(self, connection: Connection) -> str | None:
        """What was answered before; None if it was not asked before.

        Raises:
            ConflictError: the key was used for something else.
        """
        found = connection.execute(select(REQUESTS).where(REQUESTS.c.key == self.key)).first()
        if found is None:
            return None
        if found.body != self.body:
            raise ConflictError(
                f"The idempotency key {self.key!r} was used for something else; take a new one."
            )
        return str(found.answer)

    def fact(self, answer: str) -> Fact:
        """To be added with what is done."""
        values = {"key": self.key, "at": now(), "body": self.body, "answer": answer}
        return Fact(REQUESTS, values)


def asked(key: str | Request | None, facts: Sequence[Fact]) -> Request | None:
    """A request for these facts; None without a key. What only this attempt says is left out."""
    if key is None or isinstance(key, Request):
        return key
    said = [
        {name: value for name, value in fact.values.items() if name not in OF_THE_ATTEMPT}
        for fact in facts
    ]
    return Request(key, digest_of([[fact.table.name for fact in facts], said]))
