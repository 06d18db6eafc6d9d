"""Designs of products: one packaging after the other, by dated versions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from amiss.record.canonical import canonical
from amiss.record.database import Database
from amiss.record.facts import Act, Fact, add
from amiss.record.tables import DESIGNS
from amiss.record.times import now


@dataclass(frozen=True, slots=True)
class Designs:
    """The designs of a site's products."""

    database: Database

    def note(self, product: str, design: str, facts: Mapping[str, Any], *, actor: str) -> None:
        """Notes what is known of a design from now on; what was known before stays.

        Raises:
            RecordError: it cannot be recorded.
        """
        same = select(func.max(DESIGNS.c.since)).where(
            DESIGNS.c.product == product, DESIGNS.c.design == design
        )
        with self.database.writing() as connection:
            before = connection.execute(same).scalar()
            since = max(now(), 0 if before is None else before + 1)
            values = {"product": product, "design": design, "since": since,
                      "document": canonical(dict(facts))}  # fmt: skip
            add(connection, [Fact(DESIGNS, values)], Act(actor, "design"))

    def of(self, product: str) -> dict[str, dict[str, Any]]:
        """The designs of a product by name, each as it is known now, the oldest first.

        Raises:
            RecordError: the record cannot be read.
        """
        wanted = select(DESIGNS).where(DESIGNS.c.product == product).order_by(DESIGNS.c.since)
        with self.database.reading() as connection:
            return {row.design: json.loads(row.document) for row in connection.execute(wanted)}
