"""What became of items: returns, claims and findings that come in from elsewhere, often late.

Each has an id of its own where it comes from, so that it can be brought in again. It names an item
or an order; neither need be known yet: a return may come before its shipment.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import select

from amiss.domain.errors import RecordError
from amiss.domain.words import DamageType, ProcessStep
from amiss.record.canonical import canonical
from amiss.record.database import Database
from amiss.record.facts import Act, Fact, add
from amiss.record.tables import OUTCOMES
from amiss.record.times import micros

TOGETHER = 500


class OutcomeKind(StrEnum):
    """Where it came to light."""

    RETURN = "return"
    CLAIM = "claim"
    FINDING = "finding"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One word from elsewhere.

    id: where it comes from, its own. at: when it happened, with its time zone. damaged: whether
    damage is the reason; None where nobody says. cost: in `currency`. step: where it was found.
    facts: whatever else it says, as plain JSON values.
    """

    id: str
    kind: OutcomeKind
    at: datetime
    item: str | None = None
    order_id: str | None = None
    damaged: bool | None = None
    types: tuple[DamageType, ...] = ()
    cost: float | None = None
    currency: str | None = None
    step: ProcessStep | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Checks it.

        Raises:
            RecordError: it names neither an item nor an order, or its cost is no sum.
        """
        if not self.id or not (self.item or self.order_id):
            raise RecordError(f"The outcome {self.id!r} needs an id, and an item or an order.")
        if self.cost is not None and not 0 <= self.cost < float("inf"):
            raise RecordError(f"The outcome {self.id!r} costs {self.cost}; give a sum.")


@dataclass(slots=True)
class Added:
    """What became of outcomes that were brought in. refused: with reasons, by their ids."""

    added: int = 0
    unchanged: int = 0
    refused: dict[str, str] = field(default_factory=dict)

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"added": self.added, "unchanged": self.unchanged, "refused": self.refused}


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The outcomes of a site."""

    database: Database

    def add(self, outcomes: Iterable[Outcome], *, actor: str) -> Added:
        """Brings outcomes in; those that are there already stay as they are.

        Raises:
            RecordError: the record cannot be written.
        """
        done = Added()
        waiting = iter(outcomes)
        while some := list(islice(waiting, TOGETHER)):
            self._add(some, actor, done)
        return done

    def _add(self, some: Sequence[Outcome], actor: str, done: Added) -> None:
        rows = [_row(one) for one in some]
        with self.database.writing() as connection:
            same = select(OUTCOMES).where(OUTCOMES.c.id.in_([row["id"] for row in rows]))
            there = {row.id: row._asdict() for row in connection.execute(same)}
            fresh: dict[str, dict[str, Any]] = {}
            for row in rows:
                before = there.get(row["id"], fresh.get(row["id"]))
                if before is None:
                    fresh[row["id"]] = row
                elif all(before[name] == value for name, value in row.items()):
                    done.unchanged += 1
                else:
                    done.refused[row["id"]] = "it is recorded with other words; give it a new id"
            if fresh:
                facts = [Fact(OUTCOMES, row) for row in fresh.values()]
                add(connection, facts, Act(actor, "outcomes"))
        done.added += len(fresh)


def _row(one: Outcome) -> dict[str, Any]:
    document = {
        **one.facts,
        "types": [damage.value for damage in one.types],
        "currency": one.currency,
        "step": None if one.step is None else one.step.value,
    }
    return {
        "id": one.id,
        "at": micros(one.at),
        "kind": one.kind.value,
        "item": one.item,
        "order_id": one.order_id,
        "damaged": None if one.damaged is None else int(one.damaged),
        "cost": one.cost,
        "document": canonical(document),
    }
