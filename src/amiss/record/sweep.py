"""Takes away pictures that nothing names: of writers that were killed, and of what was deleted.

A writer that is just recording such a picture notices inside its own transaction, and puts it back.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from sqlalchemy import select

from amiss.record.database import Database
from amiss.record.images import Images
from amiss.record.tables import IMAGES

GRACE = timedelta(hours=1)
"""No writer takes so long between a picture and its row."""
TOGETHER = 100
"""Pictures that are taken away while writers wait."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many pictures were taken away, their bytes, and files that were never finished."""

    pictures: int
    bytes: int
    unfinished: int


def sweep(
    database: Database, images: Images, grace: timedelta = GRACE, *, dry: bool = False
) -> Swept:
    """Takes away what nothing names and what is older than `grace`. dry: only counts.

    Raises:
        RecordError: the database or the store cannot be reached.
    """
    old = datetime.now(UTC) - grace
    stale = (one for one in images.all() if one.put < old)
    taken = size = 0
    while some := {one.image: one.bytes for one in islice(stale, TOGETHER)}:
        gone = _take_some(database, images, list(some), old, dry=dry)
        taken += len(gone)
        size += sum(some[image] for image in gone)
    return Swept(taken, size, _unfinished(images, grace, dry=dry))


def take(database: Database, images: Images, some: Sequence[str], old: datetime) -> None:
    """Takes away those of these pictures that nothing names and that were put before `old`.

    Raises:
        RecordError: the database or the store cannot be reached.
    """
    for first in range(0, len(some), TOGETHER):
        _take_some(database, images, some[first : first + TOGETHER], old, dry=False)


def _take_some(
    database: Database, images: Images, some: Sequence[str], old: datetime, *, dry: bool
) -> list[str]:
    wanted = select(IMAGES.c.image).where(IMAGES.c.image.in_(some))
    with database.reading() as connection:
        if set(connection.execute(wanted).scalars()) >= set(some):
            return []  # the usual case keeps no writer waiting
    with database.writing() as connection:
        known = set(connection.execute(wanted).scalars())
        # Whoever is about to record one of these has put it again just now.
        free = [one for one in some if one not in known and images.is_older(one, old)]
        if not dry:
            for image in free:
                images.delete(image)
    return free


def _unfinished(images: Images, grace: timedelta, *, dry: bool) -> int:
    old = time.time() - grace.total_seconds()
    found = 0
    for path in images.unfinished():
        with suppress(FileNotFoundError):  # just finished
            if path.stat().st_mtime < old:
                found += 1
                if not dry:
                    path.unlink()
    return found
