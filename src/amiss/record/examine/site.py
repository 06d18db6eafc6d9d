"""Examines a whole site."""

from amiss.domain.errors import RecordError
from amiss.record.examine.chain import examine_chain
from amiss.record.examine.derived import examine_derived
from amiss.record.examine.pictures import examine_pictures
from amiss.record.examine.report import Report, Tell
from amiss.record.facts import START
from amiss.record.site import Site
from amiss.record.tables import AUDIT

Head = tuple[int, str]


def examine(
    site: Site,
    tell: Tell = lambda _what, _done, _total: None,
    noted: Head | None = None,
    *,
    reads_pictures: bool = True,
) -> Report:
    """Looks at every row and picture of a site's record.

    Args:
        site: the site; it may be in use.
        tell: is told how far it is.
        noted: number and hash of an entry that were noted earlier: shows whether anything was cut
            off the end since, or the log was written anew.
        reads_pictures: False leaves the store out.

    Raises:
        RecordError: the record cannot be read at all.
    """
    report = Report()
    _examine_file(site, report)
    for part in (examine_chain, examine_derived):
        try:
            with site.database.reading() as connection:
                part(connection, report, tell)
        except RecordError as error:
            report.wrong("database", str(error))
    if reads_pictures:
        examine_pictures(site.database, site.images, report, tell)
    if noted is not None:
        _compare_head(site, noted, report)
    return report


def _examine_file(site: Site, report: Report) -> None:
    """SQLite's own check: pages, indexes, free lists."""
    if not site.database.is_sqlite:
        return
    try:
        with site.database.reading() as connection:
            said = connection.exec_driver_sql("PRAGMA integrity_check(100)").scalars().all()
    except RecordError as error:
        report.wrong("database", str(error))
        return
    for line in said if said != ["ok"] else ():
        report.wrong("database", f"SQLite says: {line}.")


def _compare_head(site: Site, noted: Head, report: Report) -> None:
    seq, hashed = noted
    with site.database.reading() as connection:
        found = connection.execute(AUDIT.select().where(AUDIT.c.seq == seq)).first()
    if (START if found is None else found.hash) != hashed:
        report.wrong(f"audit {seq}", "The entry is not the one that was noted.")
