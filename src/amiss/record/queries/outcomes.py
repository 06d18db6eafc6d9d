"""What slipped through, what it cost, and how many shipped items come back damaged."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Subquery, and_, exists, func, select

from amiss.domain.words import Decision, ProcessStep
from amiss.record.database import Database
from amiss.record.outcomes import OutcomeKind
from amiss.record.tables import INSPECTIONS, ITEMS, OUTCOMES
from amiss.record.times import day_of, micros_of, moment

PER = 100_000


@dataclass(frozen=True, slots=True)
class Miss:
    """A damaged item that had passed. inspection: the last one before it came to light."""

    outcome: str
    kind: OutcomeKind
    at: datetime
    inspection: str
    product: str | None
    score: float | None
    cost: float | None


@dataclass(frozen=True, slots=True)
class Returned:
    """Of one month of shipping: items shipped, and of these the ones returned as damaged."""

    month: str
    shipped: int
    damaged: int

    @property
    def per_100_000(self) -> float | None:
        """Returns due to damage per 100,000 shipped; None where nothing was."""
        return PER * self.damaged / self.shipped if self.shipped else None

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "month": self.month,
            "shipped": self.shipped,
            "damaged": self.damaged,
            "per_100_000": self.per_100_000,
        }


def misses(database: Database, since: date, until: date) -> list[Miss]:
    """Outcomes of damage, of these days, whose items had passed the last inspection before.

    An outcome that names an order only is one of its items' where the order has just one.
    """
    wanted = (
        select(OUTCOMES)
        .where(
            OUTCOMES.c.damaged == 1,
            OUTCOMES.c.at >= micros_of(since),
            OUTCOMES.c.at < micros_of(until),
        )
        .order_by(OUTCOMES.c.at)
    )
    found = []
    with database.reading() as connection:
        for row in connection.execute(wanted).all():
            seen = last_seen(connection, row)
            if seen is not None and seen.decision == Decision.PASS.value:
                found.append(
                    Miss(
                        row.id,
                        OutcomeKind(row.kind),
                        moment(row.at),
                        seen.id,
                        seen.product,
                        seen.score,
                        row.cost,
                    )
                )
    return found


def unmatched(database: Database, since: date, until: date) -> list[str]:
    """Ids of outcomes, of these days, whose item was never inspected, as far as is known."""
    wanted = select(OUTCOMES).where(
        OUTCOMES.c.at >= micros_of(since), OUTCOMES.c.at < micros_of(until)
    )
    with database.reading() as connection:
        rows = connection.execute(wanted.order_by(OUTCOMES.c.at)).all()
        return [row.id for row in rows if last_seen(connection, row) is None]


def last_seen(connection: Connection, outcome: Row[Any]) -> Row[Any] | None:
    """The last inspection of an outcome's item before it, and before it came back.

    None where there is none, or where it may be of several items.
    """
    item = outcome.item or _only_item(connection, outcome.order_id)
    if item is None:
        return None
    wanted = (
        select(INSPECTIONS)
        .where(
            INSPECTIONS.c.item == item,
            INSPECTIONS.c.at <= outcome.at,
            INSPECTIONS.c.decision.is_not(None),
            func.coalesce(INSPECTIONS.c.step, "") != ProcessStep.RETURN.value,
        )
        .order_by(INSPECTIONS.c.at.desc(), INSPECTIONS.c.id.desc())
        .limit(1)
    )
    return connection.execute(wanted).first()


def returns(database: Database, since: date, until: date) -> list[Returned]:
    """By month of shipping, how many items were shipped and came back damaged, each once.

    What was said last of when an item shipped counts. Returns that name an order only are of its
    other items, of as many as there are.
    """
    shipped = _shipped(micros_of(since), micros_of(until))
    damaged = and_(OUTCOMES.c.kind == OutcomeKind.RETURN.value, OUTCOMES.c.damaged == 1)
    counted: Counter[str] = Counter()
    back: Counter[str] = Counter()
    orders: dict[str | None, set[str]] = {}
    with database.reading() as connection:
        for row in connection.execute(select(shipped.c.shipped)):
            counted[_month(row.shipped)] += 1
        by_item = select(shipped.c.item, shipped.c.order_id, shipped.c.shipped).where(
            exists().where(OUTCOMES.c.item == shipped.c.item, damaged)
        )
        for row in connection.execute(by_item):
            back[_month(row.shipped)] += 1
            orders.setdefault(row.order_id, set()).add(row.item)
        told = select(OUTCOMES.c.order_id, func.count().label("n")).where(
            damaged, OUTCOMES.c.item.is_(None)
        )
        for row in connection.execute(told.group_by(OUTCOMES.c.order_id)):
            mine = select(shipped.c.item, shipped.c.shipped).where(
                shipped.c.order_id == row.order_id
            )
            known = orders.get(row.order_id, set())
            others = [one for one in connection.execute(mine) if one.item not in known]
            for one in others[: row.n]:
                back[_month(one.shipped)] += 1
    return [Returned(month, counted[month], back[month]) for month in sorted(counted)]


def _shipped(since: int, until: int) -> Subquery:
    """Each item that shipped in a span, by what was said of it last."""
    last = (
        select(ITEMS.c.item, func.max(ITEMS.c.entry).label("entry"))
        .where(ITEMS.c.shipped.is_not(None))
        .group_by(ITEMS.c.item)
        .subquery()
    )
    same = and_(ITEMS.c.item == last.c.item, ITEMS.c.entry == last.c.entry)
    return (
        select(ITEMS.c.item, ITEMS.c.order_id, ITEMS.c.shipped)
        .join(last, same)
        .where(ITEMS.c.shipped >= since, ITEMS.c.shipped < until)
        .subquery()
    )


def _month(shipped: int) -> str:
    return day_of(shipped).isoformat()[:7]


def _only_item(connection: Connection, order: str | None) -> str | None:
    if order is None:
        return None
    known = select(ITEMS.c.item).where(ITEMS.c.order_id == order)
    seen = select(INSPECTIONS.c.item).where(
        INSPECTIONS.c.order_id == order, INSPECTIONS.c.item.is_not(None)
    )
    found = set(connection.execute(known.union(seen)).scalars())
    return found.pop() if len(found) == 1 else None
