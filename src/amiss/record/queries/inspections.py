"""Inspections, page by page, and what is known of one item."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, and_, exists, or_, select, tuple_

from amiss.domain.errors import RecordError
from amiss.domain.words import Decision, ProcessStep
from amiss.record.database import Database
from amiss.record.tables import ANNOTATIONS, FINDINGS, INSPECTIONS, ITEMS, OUTCOMES, REVIEWS
from amiss.record.times import micros, moment

MOST = 1000


@dataclass(frozen=True, slots=True)
class Recorded:
    """An inspection as it was recorded. document: result, views with pictures, capture.

    decision, bundle, operating_point: None of a capture that was collected, not judged.
    """

    id: str
    at: datetime
    recorded: datetime
    station: str
    step: str | None
    item: str | None
    order_id: str | None
    lot: str | None
    product: str | None
    design: str | None
    decision: Decision | None
    score: float | None
    bundle: str | None
    operating_point: str | None
    document: Mapping[str, Any]

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        told = {name: getattr(self, name) for name in self.__slots__}
        times = {"at": self.at.isoformat(), "recorded": self.recorded.isoformat()}
        return {**told, **times, "document": dict(self.document)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which inspections. What is left out does not matter. until: excluded. kind: of a finding."""

    since: datetime | None = None
    until: datetime | None = None
    decision: Decision | None = None
    product: str | None = None
    item: str | None = None
    order_id: str | None = None
    step: ProcessStep | None = None
    kind: str | None = None
    reviewed: bool | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some inspections, the newest first. after: where the next page begins; None at the end."""

    inspections: tuple[Recorded, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class History:
    """All that is known of one item, in order of time; each entry with its `what` and `at`."""

    item: str
    entries: tuple[Mapping[str, Any], ...]


def page(database: Database, wanted: Wanted, after: str | None = None, limit: int = 50) -> Page:
    """A page of inspections.

    Args:
        database: of the site.
        wanted: which.
        after: the `after` of the page before.
        limit: at most so many, up to 1,000.

    Raises:
        RecordError: `after` is of no page, or the record cannot be read.
    """
    limit = max(1, min(limit, MOST))
    conditions = [*_conditions(wanted), *([] if after is None else [_behind(after)])]
    statement = (
        select(INSPECTIONS)
        .select_from(_source(wanted))
        .where(and_(True, *conditions))
        .order_by(INSPECTIONS.c.at.desc(), INSPECTIONS.c.id.desc())
        .limit(limit + 1)
    )
    with database.reading() as connection:
        rows = connection.execute(statement).all()
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    cursor = None if last is None else _cursor(last.at, last.id)
    return Page(tuple(map(recorded, rows[:limit])), cursor)


def one(database: Database, key: str) -> Recorded:
    """One inspection.

    Raises:
        RecordError: there is none of this id.
    """
    with database.reading() as connection:
        found = connection.execute(select(INSPECTIONS).where(INSPECTIONS.c.id == key)).first()
    if found is None:
        raise RecordError(f"There is no inspection {key}; name one that is recorded.")
    return recorded(found)


def history(database: Database, item: str) -> History:
    """All that was seen, said and heard of an item."""
    with database.reading() as connection:
        seen = connection.execute(select(INSPECTIONS).where(INSPECTIONS.c.item == item)).all()
        ids = [row.id for row in seen]
        orders = {row.order_id for row in seen if row.order_id}
        entries = [("inspection", row.at, recorded(row).export()) for row in seen]
        for what, table in (("review", REVIEWS), ("annotation", ANNOTATIONS)):
            said = connection.execute(select(table).where(table.c.inspection.in_(ids)))
            entries += [(what, row.at, _plain(row)) for row in said]
        known = connection.execute(select(ITEMS).where(ITEMS.c.item == item)).all()
        orders |= {row.order_id for row in known if row.order_id}
        entries += [("item", row.at, _plain(row)) for row in known]
        mine = or_(
            OUTCOMES.c.item == item,
            and_(OUTCOMES.c.item.is_(None), OUTCOMES.c.order_id.in_(sorted(orders))),
        )
        heard = connection.execute(select(OUTCOMES).where(mine))
        entries += [("outcome", row.at, _plain(row)) for row in heard]
    ordered = sorted(entries, key=lambda entry: entry[1])
    return History(
        item,
        tuple({**said, "what": what, "at": moment(at).isoformat()} for what, at, said in ordered),
    )


def recorded(row: Row[Any]) -> Recorded:
    """A row as it is handed out."""
    values = {name: row._mapping[name] for name in Recorded.__slots__}
    return Recorded(
        **{
            **values,
            "at": moment(row.at),
            "recorded": moment(row.recorded),
            "decision": None if row.decision is None else Decision(row.decision),
            "document": json.loads(row.document),
        }
    )


def _source(wanted: Wanted) -> FromClause:
    """What pages are read from: findings are few, and lead to their inspections."""
    if wanted.kind is None:
        return INSPECTIONS
    of_kind = select(FINDINGS.c.inspection).where(FINDINGS.c.kind == wanted.kind)
    found = of_kind.distinct().subquery()
    return INSPECTIONS.join(found, found.c.inspection == INSPECTIONS.c.id)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = INSPECTIONS.c
    found = [
        getattr(columns, name) == value
        for name in ("decision", "product", "item", "order_id", "step")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.since is not None:
        found.append(columns.at >= micros(wanted.since))
    if wanted.until is not None:
        found.append(columns.at < micros(wanted.until))
    if wanted.reviewed is not None:
        said = exists().where(REVIEWS.c.inspection == columns.id)
        found.append(said if wanted.reviewed else ~said)
    return found


def _behind(after: str) -> ColumnElement[bool]:
    try:
        at, key = json.loads(base64.urlsafe_b64decode(after.encode()))
        place = micros(moment(int(at))), str(key)
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        raise RecordError(f"{after[:40]!r} is not where a page ends; begin anew.") from error
    return tuple_(INSPECTIONS.c.at, INSPECTIONS.c.id) < place


def _cursor(at: int, key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([at, key]).encode()).decode()


def _plain(row: Row[Any]) -> dict[str, Any]:
    values = row._asdict()
    told = {name: value for name, value in values.items() if name not in {"entry", "digest", "at"}}
    if "document" in told:
        told["document"] = json.loads(told["document"])
    return told
