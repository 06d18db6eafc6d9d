"""How much is damaged, by what: read from counts, so that a year takes no longer than a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from scipy.stats import beta
from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from amiss.domain.errors import RecordError
from amiss.domain.words import Decision
from amiss.record.counts import worst_findings
from amiss.record.database import Database
from amiss.record.tables import CATALOGUE, COUNTS, INSPECTIONS
from amiss.record.times import micros_of

CONFIDENCE = 0.95


class By(StrEnum):
    """What rates are told apart by."""

    DAY = "day"
    MONTH = "month"
    STEP = "step"
    PRODUCT = "product"
    VENDOR = "vendor"
    PACKAGING = "packaging"
    MATERIAL = "material"
    LOT = "lot"


@dataclass(frozen=True, slots=True)
class Rate:
    """Of one group. kinds: how many inspections found each kind, by `kind:severity`.

    inspected: all that were to be inspected, those that could not be included.

    low, high: of the share that is sidelined, 95 % (Clopper and Pearson, 1934).
    """

    of: str | None
    inspected: int
    sidelined: int
    not_inspected: int
    kinds: dict[str, int]

    @property
    def low(self) -> float:
        """Lower limit of the share that is sidelined."""
        n, k = self.inspected, self.sidelined
        return float(beta.ppf((1 - CONFIDENCE) / 2, k, n - k + 1)) if k else 0.0

    @property
    def high(self) -> float:
        """Upper limit of the share that is sidelined."""
        n, k = self.inspected, self.sidelined
        return float(beta.ppf((1 + CONFIDENCE) / 2, k + 1, n - k)) if k < n else 1.0

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        share = self.sidelined / self.inspected if self.inspected else None
        told = {name: getattr(self, name) for name in self.__slots__}
        return {**told, "share": share, "low": self.low, "high": self.high}


def rates(
    database: Database, by: By, since: date, until: date, product: str | None = None
) -> list[Rate]:
    """How many inspections came to what, in groups.

    Args:
        database: of the site.
        by: what they are told apart by.
        since: the first day, in UTC.
        until: the day after the last; by product, vendor, packaging and material whole months are
            counted, all that these days touch.
        product: of which lots are told apart. Unlike other counts these are of what is still
            there: inspections that a policy deleted are missing.

    Raises:
        RecordError: a product is named without lots, or lots without one; there is no such day; or
            the record cannot be read.
    """
    if (by is By.LOT) != (product is not None):
        raise RecordError("Lots, and nothing else, are told apart by product; name one for them.")
    if since >= until:
        raise RecordError(f"There is no day from {since} to before {until}; turn them round.")
    lots = () if product is None else _lots(product, since, until)
    statements = lots or (_counted(by, since, until),)
    with database.reading() as connection:
        return _grouped(connection, statements)


def _grouped(connection: Connection, statements: Sequence[Select[tuple[Any, ...]]]) -> list[Rate]:
    found: dict[str | None, dict[str, int]] = {}
    for row in (row for statement in statements for row in connection.execute(statement)):
        group = found.setdefault(row.group or None, {})
        group[row.what] = group.get(row.what, 0) + int(row.n)
    return [_rate(of, said) for of, said in sorted(found.items(), key=lambda one: one[0] or "")]


def _rate(of: str | None, said: dict[str, int]) -> Rate:
    decided = {word: said.get(word.value, 0) for word in Decision}
    kinds = {what: n for what, n in sorted(said.items()) if ":" in what}
    return Rate(
        of,
        sum(decided.values()),
        decided[Decision.SIDELINE],
        decided[Decision.NOT_INSPECTED],
        kinds,
    )


def _counted(by: By, since: date, until: date) -> Select[tuple[Any, ...]]:
    columns = COUNTS.c
    grain = "day" if by in {By.DAY, By.STEP} else "month"
    length = len("2026-12-01") if grain == "day" else len("2026-12")
    last = date.fromordinal(until.toordinal() - 1).isoformat()
    span = and_(
        columns.grain == grain,
        columns.period >= since.isoformat()[:length],
        columns.period <= last[:length],
    )
    group: ColumnElement[Any] = columns.period
    source: Any = COUNTS
    if by in {By.STEP, By.PRODUCT}:
        group = columns[by.value]
    elif by in {By.VENDOR, By.PACKAGING, By.MATERIAL}:
        group = CATALOGUE.c[by.value]
        source = COUNTS.outerjoin(CATALOGUE, CATALOGUE.c.product == columns.product)
    return (
        select(group.label("group"), columns.what, func.sum(columns.n).label("n"))
        .select_from(source)
        .where(span)
        .group_by(group, columns.what)
    )


def _lots(product: str, since: date, until: date) -> tuple[Select[tuple[Any, ...]], ...]:
    """Counted from the inspections themselves: lots are too many to be kept count of."""
    columns = INSPECTIONS.c
    which = and_(
        columns.product == product,
        columns.at >= micros_of(since),
        columns.at < micros_of(until),
        columns.decision.is_not(None),
    )
    decided = select(
        columns.lot.label("group"), columns.decision.label("what"), func.count().label("n")
    )
    found = worst_findings()
    kinds = select(columns.lot.label("group"), found.c.what, func.count().label("n"))
    return (
        decided.where(which).group_by(columns.lot, columns.decision),
        kinds.join_from(INSPECTIONS, found, found.c.inspection == columns.id)
        .where(which)
        .group_by(columns.lot, found.c.what),
    )
