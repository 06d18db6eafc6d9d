"""Examines the store of pictures: each as its key says, and none that a row names missing."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, select

from amiss.domain.errors import RecordError
from amiss.record.database import Database
from amiss.record.examine.report import Report, Tell
from amiss.record.images import Images
from amiss.record.sweep import GRACE
from amiss.record.tables import IMAGES, PICTURES

TOGETHER = 500


def examine_pictures(
    database: Database, images: Images, report: Report, tell: Tell, grace: timedelta = GRACE
) -> None:
    """Reads every picture, some at a time, so that no transaction stays open for hours.

    Raises:
        RecordError: the record cannot be read, or the store not be listed.
    """
    known: dict[str, int] = {}
    last = ""
    while some := _page(database, last):
        for image, size in some.items():
            report.saw("stored pictures")
            reason = _fault(images, image, size)
            if reason is not None and image in _page(database, image, including=True, limit=1):
                report.wrong(f"picture {image}", reason)  # and no policy deleted it meanwhile
        known |= some
        last = max(some)
        tell("stored pictures", len(known), len(known))
    old = datetime.now(UTC) - grace
    report.orphans = sum(one.put < old for one in images.all() if one.image not in known)
    with database.reading() as connection:
        named = select(PICTURES).where(~exists().where(IMAGES.c.image == PICTURES.c.image))
        for row in connection.execute(named):
            where = f"pictures {row.owner} {row.place} {row.kind}"
            report.wrong(where, f"It names picture {row.image}, which is not recorded.")


def _page(
    database: Database, after: str, *, including: bool = False, limit: int = TOGETHER
) -> dict[str, int]:
    """Pictures and their sizes, in order of their keys."""
    key = IMAGES.c.image
    behind = key >= after if including else key > after
    wanted = select(key, IMAGES.c.bytes).where(behind).order_by(key).limit(limit)
    with database.reading() as connection:
        return {row.image: row.bytes for row in connection.execute(wanted)}


def _fault(images: Images, image: str, size: int) -> str | None:
    try:
        there = len(images.get(image))
    except RecordError as error:
        return str(error)
    return None if there == size else f"Its row says {size} bytes; there are {there}."
