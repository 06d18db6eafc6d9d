"""Deletes by policy what need not be kept, with a dry run and a proof of what went.

Every fact that goes leaves its digest behind, so that an examination tells what a policy deleted
from what somebody took away. Counts outlive the inspections that they counted.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    true,
)

from amiss.domain.errors import RecordError
from amiss.domain.words import Decision
from amiss.record.counts import KEYS, Cell, cells
from amiss.record.facts import Act, Fact, add, head, key_of
from amiss.record.outbox import State
from amiss.record.requests import LASTING
from amiss.record.site import Site
from amiss.record.sweep import take
from amiss.record.tables import (
    ANNOTATIONS,
    DELETED,
    DELIVERIES,
    FINDINGS,
    IMAGES,
    INSPECTIONS,
    OUTBOX,
    PICTURES,
    REQUESTS,
    REVIEWS,
    TALLIES,
)
from amiss.record.times import micros, now

MOST_DAYS = 36_500
TOGETHER = 200
"""Inspections of one transaction."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How many days are kept of what; None keeps it for ever.

    passed: inspections that passed and that nobody reviewed or marked. others: all other
    inspections and captures, with what people said of them. requests: idempotency keys, after
    which the same key would be new; those of imports stay. messages: those that were delivered
    or given up.
    """

    passed: int | None = None
    others: int | None = None
    requests: int | None = 30
    messages: int | None = 30

    def __post_init__(self) -> None:
        """Checks it.

        Raises:
            RecordError: a number of days is none.
        """
        for name, days in asdict(self).items():
            if days is not None and not 1 <= days <= MOST_DAYS:
                raise RecordError(
                    f"The policy keeps {name} for {days} days; give 1 to {MOST_DAYS}."
                )


@dataclass(frozen=True, slots=True)
class Deletion:
    """What went, or what would go. facts: by table; bytes: of pictures.

    entries: of the audit log that prove it. until: nothing newer was looked at. head: number and
    hash of the newest entry after it.
    """

    dry: bool
    policy: Policy
    until: datetime
    facts: Mapping[str, int]
    bytes: int
    entries: tuple[int, ...] = ()
    head: tuple[int, str] = (0, "")

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "dry": self.dry,
            "policy": asdict(self.policy),
            "until": self.until.isoformat(),
            "facts": dict(self.facts),
            "bytes": self.bytes,
            "entries": list(self.entries),
            "head": {"seq": self.head[0], "hash": self.head[1]},
        }


Condemned = Iterator[tuple[Table, ColumnElement[bool]]]
Facts = list[tuple[Table, Row[Any]]]


def retain(
    site: Site, policy: Policy, *, actor: str, dry: bool = True, at: datetime | None = None
) -> Deletion:
    """Deletes what the policy does not keep.

    Args:
        site: the site; it may be in use.
        policy: what is kept.
        actor: who deletes.
        dry: only counts.
        at: as if it were then; None is now.

    Raises:
        RecordError: the record cannot be written; what was deleted until then stays proven.
    """
    moment = at or datetime.now(UTC)
    gone: Counter[str] = Counter()
    entries: list[int] = []
    freed: dict[str, int] = {}
    uses: Counter[str] = Counter()
    for table, condemned in _condemned(policy, moment):
        last = ""
        while True:
            with site.database.reading() if dry else site.database.writing() as connection:
                some = _batch(connection, table, condemned, last)
                facts = list(_with_them(connection, table, some))
                gone.update(one.name for one, _ in facts)
                if not dry and facts:
                    entry, images = _delete(connection, facts, actor)
                    entries.append(entry)
                    freed |= images
                elif dry:
                    uses.update(_used(connection, facts))
            if len(some) < TOGETHER:
                break
            last = str(some[-1]._mapping[_first_key(table)])
    if dry:
        freed = _would_free(site, uses)
    elif freed:
        take(site.database, site.images, sorted(freed), datetime.now(UTC))
    with site.database.reading() as connection:
        newest = head(connection)
    counted = {**gone, **({IMAGES.name: len(freed)} if freed else {})}
    return Deletion(
        dry,
        policy,
        moment,
        dict(sorted(counted.items())),
        sum(freed.values()),
        tuple(entries),
        newest,
    )


def _condemned(policy: Policy, at: datetime) -> Condemned:
    """Which rows go, table by table."""
    said = or_(
        exists().where(REVIEWS.c.inspection == INSPECTIONS.c.id),
        exists().where(ANNOTATIONS.c.inspection == INSPECTIONS.c.id),
    )
    # Spelled out, since nothing is equal to no decision, and nothing is not equal to it either.
    passed = func.coalesce(INSPECTIONS.c.decision, "") == Decision.PASS.value
    plain = and_(passed, ~said)
    if policy.passed is not None:
        yield INSPECTIONS, and_(INSPECTIONS.c.at < _before(at, policy.passed), plain)
    if policy.others is not None:
        yield INSPECTIONS, and_(INSPECTIONS.c.at < _before(at, policy.others), ~plain)
    if policy.requests is not None:
        short = ~REQUESTS.c.key.startswith(LASTING)
        yield REQUESTS, and_(REQUESTS.c.at < _before(at, policy.requests), short)
    if policy.messages is not None:
        waits = exists().where(
            DELIVERIES.c.message == OUTBOX.c.id, DELIVERIES.c.state == State.WAITING.value
        )
        yield OUTBOX, and_(OUTBOX.c.at < _before(at, policy.messages), ~waits)


def _before(at: datetime, days: int) -> int:
    return micros(at - timedelta(days=days))


def _first_key(table: Table) -> str:
    return next(iter(table.primary_key)).name


def _batch(
    connection: Connection, table: Table, condemned: ColumnElement[bool], last: str
) -> Sequence[Row[Any]]:
    key = table.c[_first_key(table)]
    behind = key > (int(last) if last and table is OUTBOX else last) if last else true()
    wanted = select(table).where(condemned, behind).order_by(key).limit(TOGETHER)
    return connection.execute(wanted).all()


def _with_them(
    connection: Connection, table: Table, some: Sequence[Row[Any]]
) -> Iterator[tuple[Table, Row[Any]]]:
    """These rows, and what people said of them."""
    yield from ((table, row) for row in some)
    if table is INSPECTIONS:
        ids = [row.id for row in some]
        for said in (REVIEWS, ANNOTATIONS):
            rows = connection.execute(select(said).where(said.c.inspection.in_(ids)))
            yield from ((said, row) for row in rows)


def _owners(facts: Facts) -> list[str]:
    return [row.id for table, row in facts if table in {INSPECTIONS, ANNOTATIONS}]


def _used(connection: Connection, facts: Facts) -> list[str]:
    """Pictures that these facts use, each as often as they do."""
    wanted = select(PICTURES.c.image).where(PICTURES.c.owner.in_(_owners(facts)))
    return list(connection.execute(wanted).scalars())


def _would_free(site: Site, uses: Mapping[str, int]) -> dict[str, int]:
    """Sizes of pictures that nothing else uses."""
    free: dict[str, int] = {}
    images = sorted(uses)
    with site.database.reading() as connection:
        for first in range(0, len(images), TOGETHER):
            some = images[first : first + TOGETHER]
            total = Counter(
                connection.execute(
                    select(PICTURES.c.image).where(PICTURES.c.image.in_(some))
                ).scalars()
            )
            sizes = connection.execute(select(IMAGES).where(IMAGES.c.image.in_(some)))
            free |= {row.image: row.bytes for row in sizes if total[row.image] == uses[row.image]}
    return free


def _delete(connection: Connection, facts: Facts, actor: str) -> tuple[int, dict[str, int]]:
    """Deletes facts and all that is derived from them, with the pictures that this frees."""
    used = set(_used(connection, facts))
    counted = _counted(connection, facts)
    owners = _owners(facts)
    connection.execute(delete(PICTURES).where(PICTURES.c.owner.in_(owners)))
    connection.execute(delete(FINDINGS).where(FINDINGS.c.inspection.in_(owners)))
    messages = [row.id for table, row in facts if table is OUTBOX]
    connection.execute(delete(DELIVERIES).where(DELIVERIES.c.message.in_(messages)))
    freed = _unused(connection, used)
    facts = [*facts, *((IMAGES, row) for row in freed)]
    at = now()
    left = [Fact(DELETED, _trace(table, row, at)) for table, row in facts]
    number = head(connection)[0] + 1
    tallies = [
        Fact(TALLIES, {"deleting": number, **dict(zip(KEYS, cell, strict=True)), "n": n})
        for cell, n in sorted(counted.items())
    ]
    entry = add(connection, [*left, *tallies], Act(actor, "delete"))
    for table in {table.name: table for table, _ in facts}.values():
        key = table.c[_first_key(table)]
        gone = [row._mapping[key.name] for of, row in facts if of is table]
        connection.execute(delete(table).where(key.in_(gone)))
    return entry, {row.image: row.bytes for row in freed}


def _trace(table: Table, row: Row[Any], at: int) -> dict[str, Any]:
    """What stays of a fact."""
    key = key_of(table, row._asdict())
    return {"fact_table": table.name, "fact_key": key, "fact_digest": row.digest, "at": at}


def _counted(connection: Connection, facts: Facts) -> Counter[Cell]:
    """What these inspections count in."""
    rows = [row for table, row in facts if table is INSPECTIONS]
    found: dict[str, list[Mapping[str, Any]]] = {row.id: [] for row in rows}
    wanted = select(FINDINGS).where(FINDINGS.c.inspection.in_(list(found)))
    for finding in connection.execute(wanted):
        found[finding.inspection].append(finding._asdict())
    judged = [row for row in rows if row.decision is not None]
    return Counter(cell for row in judged for cell in cells(row._asdict(), found[row.id]))


def _unused(connection: Connection, images: set[str]) -> list[Row[Any]]:
    still = exists().where(PICTURES.c.image == IMAGES.c.image)
    found: list[Row[Any]] = []
    names = sorted(images)
    for first in range(0, len(names), TOGETHER):
        some = names[first : first + TOGETHER]
        found += connection.execute(select(IMAGES).where(IMAGES.c.image.in_(some), ~still))
    return found
