"""Examines what is derived from facts, and the state of deliveries."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, and_, exists, func, select, true

from amiss.record.catalogue.product import Product
from amiss.record.catalogue.upsert import listed
from amiss.record.counts import KEYS, Cell, recounted
from amiss.record.examine.read import rows
from amiss.record.examine.report import Report, Tell
from amiss.record.facts import is_whole
from amiss.record.inspections import findings_of, pictures_of
from amiss.record.people import masks_of
from amiss.record.tables import (
    ANNOTATIONS,
    CATALOGUE,
    CODES,
    COUNTS,
    DELIVERIES,
    FINDINGS,
    INSPECTIONS,
    OUTBOX,
    PICTURES,
    PRODUCTS,
    REFERENCES,
    TALLIES,
)

TOGETHER = 500
DELIVERY = tuple(column.name for column in DELIVERIES.c)
Derive = Callable[[Mapping[str, Any], Mapping[str, Any]], list[dict[str, Any]]]
"""Makes rows from a fact's row and its document."""


def examine_derived(connection: Connection, report: Report, tell: Tell) -> None:
    """Makes everything derived anew, in parts, and compares."""
    for source, derived, owner, derive in (
        (INSPECTIONS, PICTURES, PICTURES.c.owner, _pictures),
        (INSPECTIONS, FINDINGS, FINDINGS.c.inspection, _findings),
        (ANNOTATIONS, PICTURES, PICTURES.c.owner, _masks),
        (REFERENCES, PICTURES, PICTURES.c.owner, _reference),
    ):
        done = 0
        for some in _pages(connection, source, report):
            _compare(connection, derived, owner, some, derive, report)
            done += len(some)
            tell(f"{derived.name} of {source.name}", done, done)
    owners = (INSPECTIONS.c.id, ANNOTATIONS.c.id, REFERENCES.c.name)
    _refuse_strays(connection, PICTURES, PICTURES.c.owner, owners, report)
    _refuse_strays(connection, FINDINGS, FINDINGS.c.inspection, (INSPECTIONS.c.id,), report)
    _examine_catalogue(connection, report)
    _examine_counts(connection, report)
    _examine_deliveries(connection, report)


def _pages(connection: Connection, table: Table, report: Report) -> Iterator[Sequence[Row[Any]]]:
    key = _key(table)
    ids = connection.execute(select(key).order_by(key)).scalars().all()
    for first in range(0, len(ids), TOGETHER):
        span = key.between(ids[first], ids[min(first + TOGETHER, len(ids)) - 1])
        yield rows(connection, table, span, report)


def _compare(
    connection: Connection,
    derived: Table,
    owner: Column[Any],
    sources: Sequence[Row[Any]],
    derive: Derive,
    report: Report,
) -> None:
    should: set[tuple[Any, ...]] = set()
    for row in sources:
        should |= {_ordered(derived, one) for one in _derived(row, derive)}
    owners = [row[0] for row in sources]  # the key comes first
    found = rows(connection, derived, owner.in_(owners), report)
    there = {_ordered(derived, row._asdict()) for row in found}
    report.saw(derived.name, len(found))
    for one in sorted(map(str, should ^ there)):
        report.wrong(f"{derived.name} {one}", "The row is not what its fact says.")


def _derived(row: Row[Any], derive: Derive) -> list[dict[str, Any]]:
    try:
        return derive(row._asdict(), json.loads(row.document))
    except (ValueError, KeyError, TypeError, AttributeError):
        return []  # an altered fact, which is named already


def _ordered(table: Table, values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values[column.name] for column in table.c)


def _pictures(row: Mapping[str, Any], document: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(pictures_of(row["id"], document["views"]))


def _findings(row: Mapping[str, Any], document: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(findings_of(row, document))


def _key(table: Table) -> Column[Any]:
    (key,) = table.primary_key
    return key


def _reference(row: Mapping[str, Any], document: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(pictures_of(row["name"], document["views"]))


def _masks(row: Mapping[str, Any], document: Mapping[str, Any]) -> list[dict[str, Any]]:
    return masks_of(row["id"], document["marks"])


def _refuse_strays(
    connection: Connection,
    derived: Table,
    owner: Column[Any],
    sources: Sequence[Column[Any]],
    report: Report,
) -> None:
    stray = and_(*(~exists().where(source == owner) for source in sources))
    for row in rows(connection, derived, stray, report):
        where = f"{derived.name} {_ordered(derived, row._asdict())}"
        report.wrong(where, "The row belongs to nothing that is recorded.")


def _examine_catalogue(connection: Connection, report: Report) -> None:
    """The newest version of each product, and its GTINs."""
    should: dict[Table, set[tuple[Any, ...]]] = {CATALOGUE: set(), CODES: set()}
    newest = select(PRODUCTS.c.product, func.max(PRODUCTS.c.since).label("since"))
    last = newest.group_by(PRODUCTS.c.product).subquery()
    same = and_(PRODUCTS.c.product == last.c.product, PRODUCTS.c.since == last.c.since)
    for row in connection.execute(select(PRODUCTS).join(last, same)):
        try:
            one = Product.model_validate_json(row.document)
        except ValueError:
            continue  # an altered fact, which is named already
        should[CATALOGUE].add(_ordered(CATALOGUE, listed(one, row.since)))
        should[CODES] |= {(code, one.product) for code in one.gtins}
    for table, rows_of in should.items():
        there = {_ordered(table, row._asdict()) for row in rows(connection, table, true(), report)}
        report.saw(table.name, len(there))
        for one_row in sorted(map(str, rows_of ^ there)):
            report.wrong(f"{table.name} {one_row}", "The row is not what its product says.")


def _examine_counts(connection: Connection, report: Report) -> None:
    should: Counter[Cell] = Counter()
    for counted in recounted(connection):
        for row in connection.execute(counted):
            should[_cell(row)] += row.n
    for row in connection.execute(select(TALLIES)):
        should[_cell(row)] += row.n
    there = {_cell(row): row.n for row in connection.execute(select(COUNTS))}
    report.saw(COUNTS.name, len(there))
    for cell in sorted(should.keys() | there.keys()):
        if should[cell] != there.get(cell, 0):
            where = f"{COUNTS.name} {' '.join(cell)}"
            report.wrong(where, f"It says {there.get(cell, 0)}; there are {should[cell]}.")


def _cell(row: Row[Any]) -> Cell:
    grain, period, step, product, what = (row._mapping[name] for name in KEYS)
    return grain, period, step, product, what


def _examine_deliveries(connection: Connection, report: Report) -> None:
    joined = DELIVERIES.outerjoin(OUTBOX, DELIVERIES.c.message == OUTBOX.c.id)
    sent = select(DELIVERIES, OUTBOX.c.id.label("sent")).select_from(joined)
    messages = set()
    for row in connection.execute(sent):
        values = {name: row._mapping[name] for name in DELIVERY}
        messages.add(row.message)
        if row.sent is None:
            report.wrong(f"deliveries {row.message}", "There is no such message.")
        elif not is_whole(DELIVERIES, values):
            report.wrong(f"deliveries {row.message}", "The row was altered.")
    report.saw(DELIVERIES.name, len(messages))
    for number in connection.execute(select(OUTBOX.c.id)).scalars():
        if number not in messages:
            report.wrong(f"deliveries {number}", "The delivery of this message is gone.")
