"""Adds facts: rows that never change, each listed by its digest in one entry of the audit log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, Double, Integer, Table, insert, select

from amiss.domain.errors import RecordError
from amiss.record.canonical import canonical, digest_of
from amiss.record.tables import AUDIT
from amiss.record.times import now

START = "0" * 64
"""What the first entry follows."""


_HEAD = select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Fact:
    """A row to be added; columns that are left out are empty."""

    table: Table
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """Who does what. actor: a station, a person, or a command."""

    actor: str
    action: str


def add(connection: Connection, facts: Sequence[Fact], act: Act) -> int:
    """Adds facts and their entry, inside of `Database.writing`; returns the entry's number.

    Raises:
        RecordError: a value cannot be recorded.
    """
    seq, previous = head(connection)
    seq += 1
    rows: dict[str, list[dict[str, Any]]] = {}
    listed = []
    for fact in facts:
        row = sealed(fact.table, {**fact.values, "entry": seq})
        rows.setdefault(fact.table.name, []).append(row)
        listed.append([fact.table.name, key_of(fact.table, row), row["digest"]])
    for table in {fact.table.name: fact.table for fact in facts}.values():
        connection.execute(insert(table), rows[table.name])
    entry = {
        "seq": seq,
        "at": now(),
        "actor": _checked("actor", act.actor),
        "action": act.action,
        "facts": canonical(listed),
        "previous": previous,
    }
    connection.execute(insert(AUDIT), {**entry, "hash": digest_of(entry)})
    return seq


def head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the newest entry; (0, START) of an empty log."""
    found = connection.execute(_HEAD).first()
    return (0, START) if found is None else (found.seq, found.hash)


def sealed(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """A whole row of plain values, with the digest of all its other columns.

    Raises:
        RecordError: a value is not of its column, or the table has no such column.
    """
    if unknown := set(values) - set(table.c.keys()):
        raise RecordError(f"{table.name} has no {', '.join(sorted(unknown))}; correct the names.")
    row = {
        column.name: _plain(column.name, column.type, values.get(column.name))
        for column in table.c
        if column.name != "digest"
    }
    return {**row, "digest": digest_of(row)}


def is_whole(table: Table, row: Mapping[str, Any]) -> bool:
    """Whether a row is what its digest says."""
    values = {name: value for name, value in row.items() if name != "digest"}
    try:
        return bool(sealed(table, values)["digest"] == row["digest"])
    except RecordError:
        return False


def key_of(table: Table, row: Mapping[str, Any]) -> str:
    """A row's primary key as text."""
    parts = [row[column.name] for column in table.primary_key]
    return str(parts[0]) if len(parts) == 1 else canonical(parts)


def _plain(name: str, kind: object, value: Any) -> Any:  # noqa: ANN401 - of any column
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(kind, Double) and is_number:
        return float(value) + 0.0  # which leaves no negative zero: databases do not keep it
    if isinstance(kind, BigInteger | Integer) and isinstance(value, int) and is_number:
        return value
    if isinstance(kind, Double | BigInteger | Integer):
        raise RecordError(f"The {name} {value!r} cannot be recorded; give a number.")
    return _checked(name, value)


def _checked(name: str, value: object) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise RecordError(f"The {name} {value!r} cannot be recorded; give text.")
    return str(value)
