"""What is learnt of items from elsewhere: their product, lot and order, and when they shipped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from amiss.domain.errors import RecordError
from amiss.record.database import Database
from amiss.record.facts import Act, Fact, add
from amiss.record.tables import ITEMS
from amiss.record.times import micros, new_id, now


@dataclass(frozen=True, slots=True)
class Item:
    """One item. What is not known is left out; what was said of it before stays."""

    item: str
    product: str | None = None
    lot: str | None = None
    order_id: str | None = None
    shipped: datetime | None = None

    def __post_init__(self) -> None:
        """Checks it.

        Raises:
            RecordError: it has no name.
        """
        if not self.item:
            raise RecordError("An item needs a name; give its id.")


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a site."""

    database: Database

    def add(self, items: Sequence[Item], *, actor: str) -> None:
        """Notes what is known of items; neither needs to have been seen, nor its product known.

        What says nothing new is not noted again.

        Raises:
            RecordError: it cannot be recorded.
        """
        told = {one.item: _row(one) for one in items}  # of an item that is named twice the last
        if not told:
            return
        with self.database.writing() as connection:
            known = _known(connection, list(told))
            news = [row for name, row in told.items() if _says_more(row, known.get(name, {}))]
            at = now()
            facts = [Fact(ITEMS, {"id": new_id(), "at": at, **row}) for row in news]
            if facts:
                add(connection, facts, Act(actor, "items"))


def _row(one: Item) -> dict[str, Any]:
    return {
        "item": one.item,
        "product": one.product,
        "lot": one.lot,
        "order_id": one.order_id,
        "shipped": None if one.shipped is None else micros(one.shipped),
    }


def _known(connection: Connection, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What was said of items, the later words over the earlier."""
    found: dict[str, dict[str, Any]] = {}
    wanted = select(ITEMS).where(ITEMS.c.item.in_(names)).order_by(ITEMS.c.entry)
    for row in connection.execute(wanted):
        said = {name: value for name, value in row._asdict().items() if value is not None}
        found.setdefault(row.item, {}).update(said)
    return found


def _says_more(row: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    return not known or any(
        value is not None and known.get(name) != value for name, value in row.items()
    )
