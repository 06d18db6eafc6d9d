"""How many inspections came to what: kept up with each, so that reports need not count again.

By day and step, and by month and product. What deletion takes away stays counted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    case,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from amiss.record.tables import COUNTS, FINDINGS, INSPECTIONS
from amiss.record.times import SECOND, day_of

Cell = tuple[str, str, str, str, str]
"""grain, period, step, product, what."""
KEYS = ("grain", "period", "step", "product", "what")
GRADES = ("", "minor", "major")
"""Severities, the worst last."""


def cells(row: Mapping[str, Any], findings: Iterable[Mapping[str, Any]]) -> Iterator[Cell]:
    """What one inspection counts in: its decision, and each kind of finding once, at its worst."""
    day = day_of(row["at"]).isoformat()
    worst: dict[str, str] = {}
    for one in findings:
        kind, severity = str(one["kind"]), one["severity"]
        known = severity if severity in GRADES else ""
        worst[kind] = max(worst.get(kind, ""), known, key=GRADES.index)
    for what in (str(row["decision"]), *(f"{kind}:{worst[kind]}" for kind in sorted(worst))):
        yield "day", day, row["step"] or "", "", what
        yield "month", day[:7], "", row["product"] or "", what


def count(
    connection: Connection, row: Mapping[str, Any], findings: Iterable[Mapping[str, Any]]
) -> None:
    """Counts one inspection."""
    add_counts(connection, Counter(cells(row, findings)))


def add_counts(connection: Connection, some: Mapping[Cell, int]) -> None:
    """Adds to the counts."""
    rows = [{**dict(zip(KEYS, cell, strict=True)), "n": n} for cell, n in sorted(some.items())]
    if not rows:
        return
    connection.execute(_upsert(connection.dialect.name), rows)


@cache
def _upsert(dialect: str) -> Any:  # noqa: ANN401 - of either dialect
    statement = (sqlite if dialect == "sqlite" else postgresql).insert(COUNTS)
    more = {"n": COUNTS.c.n + statement.excluded.n}
    return statement.on_conflict_do_update(index_elements=list(COUNTS.primary_key), set_=more)


def recount(connection: Connection) -> None:
    """Counts all inspections that are there, into an empty table."""
    for counted in recounted(connection):
        connection.execute(insert(COUNTS).from_select([*KEYS, "n"], counted))


def recounted(connection: Connection) -> Iterator[Select[tuple[Any, ...]]]:
    """Selects what `cells` says of all inspections that are there, as rows of `counts`."""
    day = _date(connection, "%Y-%m-%d", "YYYY-MM-DD")
    month = _date(connection, "%Y-%m", "YYYY-MM")
    step = func.coalesce(INSPECTIONS.c.step, "")
    product = func.coalesce(INSPECTIONS.c.product, "")
    found = worst_findings()
    joined = INSPECTIONS.join(found, found.c.inspection == INSPECTIONS.c.id)
    for what, source in ((INSPECTIONS.c.decision, INSPECTIONS), (found.c.what, joined)):
        for keys in (
            (literal("day"), day, step, literal("")),
            (literal("month"), month, literal(""), product),
        ):
            of = [column.label(name) for column, name in zip((*keys, what), KEYS, strict=True)]
            grouped = [column for column in (*keys[1:], what) if not _is_literal(column)]
            counted = select(*of, func.count().label("n")).select_from(source)
            yield counted.where(INSPECTIONS.c.decision.is_not(None)).group_by(*grouped)


def worst_findings() -> Subquery:
    """Selects `inspection` and `what`: each kind of finding once, at its worst severity."""
    grade = case(
        *((FINDINGS.c.severity == name, place) for place, name in enumerate(GRADES) if name),
        else_=0,
    )
    worst = func.max(grade)
    named = case(*((worst == place, name) for place, name in enumerate(GRADES)))
    what = FINDINGS.c.kind + ":" + named
    return (
        select(FINDINGS.c.inspection, what.label("what"))
        .group_by(FINDINGS.c.inspection, FINDINGS.c.kind)
        .subquery()
    )


def _is_literal(column: ColumnElement[Any]) -> bool:
    return hasattr(column, "value")


def _date(connection: Connection, for_sqlite: str, for_postgres: str) -> ColumnElement[Any]:
    """The day or month of an inspection in UTC, as text."""
    seconds = INSPECTIONS.c.at // SECOND
    if connection.dialect.name == "sqlite":
        return func.strftime(for_sqlite, seconds, "unixepoch")
    return func.to_char(func.timezone("UTC", func.to_timestamp(seconds)), for_postgres)
