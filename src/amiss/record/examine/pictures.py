"""Examines the store of pictures: each as its key says, and none that a row names missing."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from amiss.domain.errors import RecordError
from amiss.record.examine.report import Report, Tell
from amiss.record.images import Images
from amiss.record.sweep import GRACE
from amiss.record.tables import IMAGES, PICTURES


def examine_pictures(
    connection: Connection, images: Images, report: Report, tell: Tell, grace: timedelta = GRACE
) -> None:
    """Reads every picture.

    Raises:
        RecordError: the store cannot be listed.
    """
    known = {row.image: row.bytes for row in connection.execute(select(IMAGES))}
    there = {one.image: one for one in images.all()}
    for done, (image, size) in enumerate(sorted(known.items()), start=1):
        report.saw("stored pictures")
        try:
            if len(images.get(image)) != size:
                report.wrong(f"picture {image}", f"Its row says {size} bytes.")
        except RecordError as error:
            report.wrong(f"picture {image}", str(error))
        tell("stored pictures", done, len(known))
    old = datetime.now(UTC) - grace
    report.orphans = sum(one.put < old for image, one in there.items() if image not in known)
    _refuse_unknown(connection, set(known), report)


def _refuse_unknown(connection: Connection, known: set[str], report: Report) -> None:
    for row in connection.execute(select(PICTURES)):
        if row.image not in known:
            where = f"pictures {row.owner} {row.place} {row.kind}"
            report.wrong(where, f"It names picture {row.image}, which is not recorded.")
