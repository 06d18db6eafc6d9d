"""What is learnt of items from elsewhere: their product, lot and order, and when they shipped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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

        Raises:
            RecordError: it cannot be recorded.
        """
        at = now()
        facts = [
            Fact(
                ITEMS,
                {
                    "id": new_id(),
                    "at": at,
                    "item": one.item,
                    "product": one.product,
                    "lot": one.lot,
                    "order_id": one.order_id,
                    "shipped": None if one.shipped is None else micros(one.shipped),
                },
            )
            for one in items
        ]
        if facts:
            with self.database.writing() as connection:
                add(connection, facts, Act(actor, "items"))
