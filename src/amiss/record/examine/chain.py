"""Examines the audit log and the facts that it lists."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table, or_, select

from amiss.domain.errors import RecordError
from amiss.record.canonical import digest_of
from amiss.record.examine.read import rows
from amiss.record.examine.report import Report, Tell
from amiss.record.facts import START, head, is_whole, key_of
from amiss.record.tables import AUDIT, DELETED, FACTS

TOGETHER = 2000
"""Entries that are looked at together: memory stays bounded, however long the log."""

Listed = set[tuple[str, str, str]]
"""Table, key and digest: a key may be used again once its fact was deleted."""


def examine_chain(connection: Connection, report: Report, tell: Tell) -> None:
    """Follows the chain from its start, and compares each entry's facts with the tables."""
    last, _ = report.head = head(connection)
    previous = START
    for first in range(1, last + 1, TOGETHER):
        end = min(first + TOGETHER - 1, last)
        listed: Listed = set()
        for number, row in _entries(connection, first, end, report):
            if row is None:
                report.wrong(f"audit {number}", "The entry is gone.")
                continue
            _examine_entry(number, row, previous, report)
            previous = row["hash"]
            listed |= _listed(row, report)
        _examine_facts(connection, first, end, listed, report)
        tell("entries", end, last)
    for table in FACTS:
        _refuse_beyond(connection, table, last, report)


def _entries(
    connection: Connection, first: int, end: int, report: Report
) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
    span = AUDIT.c.seq.between(first, end)
    found = {row.seq: row._asdict() for row in rows(connection, AUDIT, span, report)}
    for number in range(first, end + 1):
        yield number, found.get(number)


def _examine_entry(number: int, row: Mapping[str, Any], previous: str, report: Report) -> None:
    report.saw("entries")
    if row["previous"] != previous:
        report.wrong(f"audit {number}", "The entry does not follow the one before it.")
    if not _is_whole(row):
        report.wrong(f"audit {number}", "The entry was altered.")


def _is_whole(row: Mapping[str, Any]) -> bool:
    try:
        return bool(digest_of({name: row[name] for name in row if name != "hash"}) == row["hash"])
    except RecordError:
        return False


def _listed(row: Mapping[str, Any], report: Report) -> Listed:
    try:
        return {(table, key, digest) for table, key, digest in json.loads(row["facts"])}
    except (ValueError, TypeError):
        report.wrong(f"audit {row['seq']}", "The entry does not say what it added.")
        return set()


def _examine_facts(
    connection: Connection, first: int, end: int, listed: Listed, report: Report
) -> None:
    keys = {(table, key) for table, key, _ in listed}
    there = set()
    for table in FACTS:
        for row in rows(connection, table, table.c.entry.between(first, end), report):
            report.saw(table.name)
            key = key_of(table, row._asdict())
            where = f"{table.name} {key}"
            if not is_whole(table, row._asdict()):
                report.wrong(where, "The row was altered.")
            elif (table.name, key) not in keys:
                report.wrong(where, "No entry of the audit log added this row.")
            elif (table.name, key, row.digest) not in listed:
                report.wrong(where, "The row is not the one that was added.")
            there.add((table.name, key))
    gone = {one for one in listed if one[:2] not in there}
    for name, key, _ in sorted(gone - _deleted(connection, gone)):
        report.wrong(f"{name} {key}", "The row is gone, and no policy deleted it.")


def _deleted(connection: Connection, missing: Listed) -> Listed:
    """Those of the missing facts that were deleted by policy, as they were."""
    found: Listed = set()
    keys = sorted({key for _, key, _ in missing})
    for first in range(0, len(keys), 500):
        wanted = select(DELETED).where(DELETED.c.fact_key.in_(keys[first : first + 500]))
        found |= {
            (row.fact_table, row.fact_key, row.fact_digest) for row in connection.execute(wanted)
        }
    return found


def _refuse_beyond(connection: Connection, table: Table, last: int, report: Report) -> None:
    """Rows that belong to no entry at all."""
    beyond = or_(table.c.entry < 1, table.c.entry > last, table.c.entry.is_(None))
    for row in rows(connection, table, beyond, report):
        where = f"{table.name} {key_of(table, row._asdict())}"
        report.wrong(where, "No entry of the audit log added this row.")
