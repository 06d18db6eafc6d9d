"""Brings the catalogue up to date: what is new or changed becomes a version, the rest stays."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from amiss.domain.errors import RecordError
from amiss.record.canonical import canonical
from amiss.record.catalogue.files import FileRow, read_rows
from amiss.record.catalogue.product import Product
from amiss.record.database import Database
from amiss.record.facts import Act, Fact, add
from amiss.record.tables import CATALOGUE, CODES, PRODUCTS
from amiss.record.times import now

TOGETHER = 500
"""Products of one transaction; what was committed before a kill is not done again."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken. row: its number in the file."""

    row: int
    product: str
    reason: str

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"row": self.row, "product": self.product, "reason": self.reason}


@dataclass(slots=True)
class Upserted:
    """What became of the rows of a file."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": [one.export() for one in self.refused],
        }


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The products of a site."""

    database: Database

    def read(self, path: Path, *, actor: str) -> Upserted:
        """Brings in a CSV or Parquet file; what it does not name stays as it is.

        Raises:
            RecordError: the file cannot be read at all, or the record cannot be written.
        """
        return self.upsert(read_rows(path), actor=actor)

    def upsert(self, rows: Iterable[FileRow], *, actor: str) -> Upserted:
        """Brings in rows of plain values, as `Product.read` takes them.

        Raises:
            RecordError: the record cannot be written.
        """
        done = Upserted()
        waiting = _once(_readable(rows, done), done)
        while some := list(islice(waiting, TOGETHER)):
            with self.database.writing() as connection:
                _write(connection, some, actor, done)
        return done

    def product(self, name: str, at: int | None = None) -> Product | None:
        """A product as it was at a moment, in microseconds; None if it is not known.

        at: None takes the newest version.
        """
        wanted = select(PRODUCTS.c.document).where(PRODUCTS.c.product == name)
        if at is not None:
            wanted = wanted.where(PRODUCTS.c.since <= at)
        wanted = wanted.order_by(PRODUCTS.c.since.desc()).limit(1)
        with self.database.reading() as connection:
            found = connection.execute(wanted).scalar()
        return None if found is None else Product.model_validate_json(found)

    def named_by(self, code: str) -> str | None:
        """The product with a GTIN of 14 digits; None if there is none."""
        with self.database.reading() as connection:
            found = connection.execute(select(CODES.c.product).where(CODES.c.code == code))
            return found.scalar()


def _once(rows: Iterable[tuple[int, Product]], done: Upserted) -> Iterator[tuple[int, Product]]:
    """Each product once: a file that says two things of one is wrong in the second."""
    seen = set()
    for number, one in rows:
        if one.product in seen:
            done.refused.append(Refused(number, one.product, "it stands in the file twice"))
        else:
            seen.add(one.product)
            yield number, one


def _readable(rows: Iterable[FileRow], done: Upserted) -> Iterator[tuple[int, Product]]:
    for number, values in rows:
        if isinstance(values, str):
            done.refused.append(Refused(number, "", values))
            continue
        try:
            yield number, Product.read(values)
        except RecordError as error:
            done.refused.append(Refused(number, str(values.get("product", ""))[:80], str(error)))


def _write(
    connection: Connection, rows: Sequence[tuple[int, Product]], actor: str, done: Upserted
) -> None:
    newest = _newest(connection, [one.product for _, one in rows])
    owners = _owners(connection, [code for _, one in rows for code in one.gtins])
    # A clock that was set back must not make a new version older than the one before.
    since = max(now(), *(before.since + 1 for before in newest.values()), 0)
    facts: dict[str, Fact] = {}
    current: dict[str, Product] = {}
    for number, one in rows:
        if reason := _refusal(one, owners):
            done.refused.append(Refused(number, one.product, reason))
            continue
        text = canonical(one.model_dump(mode="json", exclude_defaults=True))
        if one.product in newest and newest[one.product].document == text:
            done.unchanged += 1
            continue
        done.added += one.product not in newest
        done.changed += one.product in newest
        owners |= dict.fromkeys(one.gtins, one.product)
        current[one.product] = one
        values = {"product": one.product, "since": since, "document": text}
        facts[one.product] = Fact(PRODUCTS, values)
    if facts:
        add(connection, list(facts.values()), Act(actor, "catalogue"))
        _derive(connection, list(current.values()), since)


def _refusal(one: Product, owners: Mapping[str, str]) -> str:
    for code in one.gtins:
        if owners.get(code, one.product) != one.product:
            return f"GTIN {code} is of {owners[code]}"
    return ""


def _newest(connection: Connection, names: Sequence[str]) -> dict[str, Any]:
    """The newest row of each product."""
    wanted = (
        select(PRODUCTS.c.product, PRODUCTS.c.since, PRODUCTS.c.document)
        .join(
            CATALOGUE,
            (CATALOGUE.c.product == PRODUCTS.c.product) & (CATALOGUE.c.since == PRODUCTS.c.since),
        )
        .where(PRODUCTS.c.product.in_(names))
    )
    return {row.product: row for row in connection.execute(wanted).all()}


def _owners(connection: Connection, codes: Sequence[str]) -> dict[str, str]:
    wanted = select(CODES).where(CODES.c.code.in_(codes))
    return {row.code: row.product for row in connection.execute(wanted)}


def _derive(connection: Connection, products: Sequence[Product], since: int) -> None:
    """Brings what is derived from the newest versions up to date."""
    names = [one.product for one in products]
    connection.execute(delete(CATALOGUE).where(CATALOGUE.c.product.in_(names)))
    connection.execute(delete(CODES).where(CODES.c.product.in_(names)))
    connection.execute(insert(CATALOGUE), [listed(one, since) for one in products])
    codes = [{"code": code, "product": one.product} for one in products for code in one.gtins]
    if codes:
        connection.execute(insert(CODES), codes)


def listed(one: Product, since: int) -> dict[str, Any]:
    """A product's row of `catalogue`."""
    return {
        "product": one.product,
        "since": since,
        "title": one.title,
        "vendor": one.vendor,
        "packaging": one.packaging,
        "material": None if one.material is None else one.material.value,
    }
