"""Moments and names in the record: microseconds since 1970 in UTC, and ids in order of time."""

import secrets
import time
import uuid
from datetime import UTC, date, datetime, timedelta

from amiss.domain.errors import RecordError

SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = (datetime(9000, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
MOST_AHEAD = timedelta(days=1)
"""A clock that is further ahead is wrong: what it says is kept beside, and not believed."""


def now() -> int:
    """This moment."""
    return time.time_ns() // 1000


def micros(moment: datetime) -> int:
    """A moment as it is recorded.

    Raises:
        RecordError: it has no time zone, or is no moment of a warehouse.
    """
    if moment.tzinfo is None:
        raise RecordError(f"{moment} has no time zone; give it one.")
    found = (moment - _EPOCH) // timedelta(microseconds=1)
    if not 0 <= found < _LATEST:
        raise RecordError(f"{moment} is before 1970 or after 9000; correct it.")
    return found


def moment(recorded: int) -> datetime:
    """A recorded moment, in UTC."""
    return _EPOCH + timedelta(microseconds=recorded)


def day_of(recorded: int) -> date:
    """The day in UTC."""
    return moment(recorded).date()


def micros_of(day: date) -> int:
    """The moment that a day begins in UTC."""
    return micros(datetime(day.year, day.month, day.day, tzinfo=UTC))


def believed(claimed: datetime | None, recorded: int) -> int:
    """When something happened: as it is claimed, unless that is far ahead of our own clock."""
    if claimed is None:
        return recorded
    said = micros(claimed)
    return said if said - recorded <= MOST_AHEAD // timedelta(microseconds=1) else recorded


def new_id() -> str:
    """A UUID of version 7 (RFC 9562): ids made later sort later, to the millisecond."""
    stamp = (time.time_ns() // 1_000_000) & ((1 << 48) - 1)
    value = stamp << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))
