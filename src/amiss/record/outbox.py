"""What leaves the process: written with the fact that it tells of, delivered until it is taken.

At least once, and in order within what a message is about. A message is not lost by a crash between
the fact and its delivery, nor is one sent of a fact that was not recorded.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, exists, func, insert, select, update

from amiss.domain.errors import RecordError
from amiss.record.canonical import canonical
from amiss.record.database import Database
from amiss.record.facts import Fact, head, sealed
from amiss.record.tables import DELIVERIES, OUTBOX
from amiss.record.times import SECOND, now

LEASE_SECONDS = 60
"""How long a message is left to who took it; then it is given out again."""
LONGEST_WAIT_SECONDS = 3600
MOST = 1000
"""Messages about one thing."""


class State(StrEnum):
    """Of a message."""

    WAITING = "waiting"
    DONE = "done"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Message:
    """To be delivered. number: its own; who gets it twice knows it by that."""

    channel: str
    subject: str
    payload: Mapping[str, Any]
    number: int = 0
    attempts: int = 0


def outgoing(connection: Connection, messages: Sequence[Message], at: int) -> list[Fact]:
    """Facts of messages, numbered; their deliveries are written at once."""
    if not messages:
        return []
    if len(messages) > MOST:
        raise RecordError(f"{len(messages)} messages are too many at once; send at most {MOST}.")
    # By the entry that they will be in, so that no number is ever used again.
    first = (head(connection)[0] + 1) * MOST
    facts, deliveries = [], []
    for number, one in enumerate(messages, start=first):
        about = {"channel": one.channel, "subject": one.subject}
        payload = canonical(dict(one.payload))
        facts.append(Fact(OUTBOX, {"id": number, "at": at, **about, "payload": payload}))
        state = {"state": State.WAITING.value, "attempts": 0, "due": at}
        deliveries.append(sealed(DELIVERIES, {"message": number, **about, **state}))
    connection.execute(insert(DELIVERIES), deliveries)
    return facts


@dataclass(frozen=True, slots=True)
class Outbox:
    """Gives messages out, and notes how it went."""

    database: Database

    def take(self, channel: str, limit: int = 100) -> list[Message]:
        """Messages that are due, the oldest of each subject; nobody else gets them for a while."""
        with self.database.writing() as connection:
            found = list(self._due(connection, channel, limit))
            leased = now() + LEASE_SECONDS * SECOND
            for one in found:
                self._set(connection, one.number, {"due": leased, "attempts": one.attempts + 1})
        return found

    def done(self, number: int) -> None:
        """A message was taken by who it is for."""
        with self.database.writing() as connection:
            self._set(connection, number, {"state": State.DONE.value, "error": None})

    def failed(self, number: int, error: str, most: int | None = None) -> None:
        """A message was not taken: it is tried again, each time after twice as long.

        most: attempts after which it is given up, so that those behind it can go; None never does.
        """
        with self.database.writing() as connection:
            row = self._row(connection, number)
            wait = min(2 ** min(row["attempts"], 30), LONGEST_WAIT_SECONDS)
            over = most is not None and row["attempts"] >= most
            change = {"due": now() + wait * SECOND, "error": error.replace("\x00", "")}
            state = State.GIVEN_UP if over else State.WAITING
            self._set(connection, number, {**change, "state": state.value})

    def waiting(self, channel: str | None = None) -> int:
        """How many are not delivered yet."""
        wanted = DELIVERIES.c.state == State.WAITING.value
        if channel is not None:
            wanted = and_(wanted, DELIVERIES.c.channel == channel)
        with self.database.reading() as connection:
            return connection.execute(
                select(func.count()).select_from(DELIVERIES).where(wanted)
            ).scalar_one()

    def _due(self, connection: Connection, channel: str, limit: int) -> Iterator[Message]:
        before = DELIVERIES.alias("before")
        earlier = exists().where(
            before.c.channel == DELIVERIES.c.channel,
            before.c.subject == DELIVERIES.c.subject,
            before.c.state == State.WAITING.value,
            before.c.message < DELIVERIES.c.message,
        )
        wanted = (
            select(OUTBOX, DELIVERIES.c.attempts)
            .join(DELIVERIES, DELIVERIES.c.message == OUTBOX.c.id)
            .where(
                DELIVERIES.c.state == State.WAITING.value,
                DELIVERIES.c.due <= now(),
                DELIVERIES.c.channel == channel,
                ~earlier,
            )
            .order_by(DELIVERIES.c.message)
            .limit(limit)
        )
        for row in connection.execute(wanted):
            yield Message(row.channel, row.subject, json.loads(row.payload), row.id, row.attempts)

    def _row(self, connection: Connection, number: int) -> dict[str, Any]:
        wanted = select(DELIVERIES).where(DELIVERIES.c.message == number)
        found = connection.execute(wanted).first()
        if found is None:
            raise RecordError(f"There is no message {number}; take messages from the outbox.")
        return dict(found._mapping)

    def _set(self, connection: Connection, number: int, change: Mapping[str, Any]) -> None:
        row = {**self._row(connection, number), **change}
        row.pop("digest")
        connection.execute(
            update(DELIVERIES)
            .where(DELIVERIES.c.message == number)
            .values(**sealed(DELIVERIES, row))
        )
