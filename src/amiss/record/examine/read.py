"""Reads rows that may be damaged: what cannot be read together is read one by one."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, select
from sqlalchemy.exc import DBAPIError

from amiss.record.examine.report import Report
from amiss.record.facts import key_of


def rows(
    connection: Connection, table: Table, which: ColumnElement[bool], report: Report
) -> Sequence[Row[Any]]:
    """All rows that can be read; the others are named in the report."""
    wanted = select(table).where(which).order_by(*table.primary_key)
    try:
        return connection.execute(wanted).all()
    except (DBAPIError, UnicodeError, ValueError) as error:
        before = report.found
        found = list(_one_by_one(connection, table, which, report))
        if report.found == before:  # no row is to blame
            report.wrong(table.name, f"The table cannot be read ({_said(error)}).")
        return found


def _one_by_one(
    connection: Connection, table: Table, which: ColumnElement[bool], report: Report
) -> Iterator[Row[Any]]:
    try:
        keys = connection.execute(select(*table.primary_key).where(which)).all()
    except (DBAPIError, UnicodeError, ValueError) as error:
        report.wrong(table.name, f"Rows of {table.name} cannot be read ({_said(error)}).")
        return
    for key in keys:
        named = dict(zip((column.name for column in table.primary_key), key, strict=True))
        same = [table.c[name] == value for name, value in named.items()]
        try:
            yield from connection.execute(select(table).where(*same)).all()
        except (DBAPIError, UnicodeError, ValueError) as error:
            where = f"{table.name} {key_of(table, named)}"
            report.wrong(where, f"It cannot be read ({_said(error)}).")


def _said(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).splitlines()[0] if str(cause) else type(cause).__name__
