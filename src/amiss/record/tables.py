"""The tables.

A *fact* never changes: its row holds the number of the audit entry that added it and a digest of
all its columns, which that entry lists. What is *derived* can be made anew from the facts. The rest
is *state*, which carries a digest that is brought up to date with each change.

Moments are microseconds since 1970 in UTC; documents are canonical JSON.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

METADATA = MetaData()


def _fact(name: str, *columns: Column[Any] | Index) -> Table:
    stamps = (Column("entry", BigInteger, nullable=False), Column("digest", Text, nullable=False))
    return Table(name, METADATA, *columns, *stamps, Index(f"{name}_entry", "entry"))


def _key(name: str = "id") -> Column[Any]:
    return Column(name, Text, primary_key=True)


def _text(name: str, *, needed: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=not needed)


def _at(name: str = "at") -> Column[Any]:
    return Column(name, BigInteger, nullable=False)


AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _at(),
    _text("actor", needed=True),
    _text("action", needed=True),
    _text("facts", needed=True),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
"""The chain. facts: a list of [table, key, digest]; hash: over the entry and the one before."""

IMAGES = _fact("images", _key("image"), Column("bytes", BigInteger, nullable=False), _at())
"""Every picture that the store holds: it is put there before, and taken away after its row."""

INSPECTIONS = _fact(
    "inspections",
    _key(),
    _at(),
    _at("recorded"),
    _text("station", needed=True),
    _text("step"),
    _text("item"),
    _text("order_id"),
    _text("lot"),
    _text("product"),
    _text("design"),
    _text("decision"),
    Column("score", Double),
    _text("bundle"),
    _text("operating_point"),
    _text("document", needed=True),
    Index("inspections_at", "at", "id"),
    Index("inspections_decision", "decision", "at", "id"),
    Index("inspections_product", "product", "at", "id"),
    Index("inspections_item", "item", "at"),
    Index("inspections_order", "order_id", "at"),
    Index("inspections_score", "step", "at", "score"),
)
"""document: the whole result, the views with their pictures, and what the capture said.

decision, bundle and operating_point are empty of captures that were collected, not judged.
"""

PICTURES = Table(
    "pictures",
    METADATA,
    Column("owner", Text, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("image", Text, nullable=False),
    Index("pictures_image", "image"),
)
"""Derived: which pictures an inspection, an annotation or a reference holds."""

FINDINGS = Table(
    "findings",
    METADATA,
    Column("inspection", Text, primary_key=True),
    Column("place", Integer, primary_key=True),
    _text("kind", needed=True),
    _text("severity"),
    _text("locus"),
    _at(),
    Index("findings_kind", "kind", "at", "inspection"),
)
"""Derived: what an inspection found, to look for."""

REVIEWS = _fact(
    "reviews",
    _key(),
    _at(),
    _text("inspection", needed=True),
    _text("reviewer", needed=True),
    _text("answer", needed=True),
    _text("disposition"),
    _text("document", needed=True),
    Index("reviews_inspection", "inspection", "at"),
    Index("reviews_at", "at"),
)

ANNOTATIONS = _fact(
    "annotations",
    _key(),
    _at(),
    _text("inspection", needed=True),
    _text("author", needed=True),
    _text("document", needed=True),
    Index("annotations_inspection", "inspection", "at"),
)
"""document: whether it is damaged, and the marks on each view. The newest of an author counts."""

REFERENCES = _fact(
    "pristine",
    _key("name"),
    _at(),
    _text("product", needed=True),
    _text("design"),
    _text("document", needed=True),
    Index("pristine_product", "product"),
)
"""References that came with data sets; what a site compares with is its gallery."""

DOCUMENTS = _fact(
    "documents",
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    _at(),
    _text("document", needed=True),
)
"""Bundles, operating points, gallery revisions, policies: whatever a decision names."""

PRODUCTS = _fact(
    "products",
    Column("product", Text, primary_key=True),
    Column("since", BigInteger, primary_key=True, autoincrement=False),
    _text("document", needed=True),
)
"""The catalogue, by versions; of those that have begun the newest counts."""

CATALOGUE = Table(
    "catalogue",
    METADATA,
    _key("product"),
    _at("since"),
    _text("title", needed=True),
    _text("vendor"),
    _text("packaging"),
    _text("material"),
    Index("catalogue_vendor", "vendor"),
)
"""Derived: each product's newest version, as reports read it."""

CODES = Table("codes", METADATA, _key("code"), _text("product", needed=True))
"""Derived: which product has a GTIN."""

DESIGNS = _fact(
    "designs",
    Column("product", Text, primary_key=True),
    Column("design", Text, primary_key=True),
    Column("since", BigInteger, primary_key=True, autoincrement=False),
    _text("document", needed=True),
)

ITEMS = _fact(
    "items",
    _key(),
    _at(),
    _text("item", needed=True),
    _text("product"),
    _text("lot"),
    _text("order_id"),
    Column("shipped", BigInteger),
    Index("items_item", "item", "at"),
    Index("items_order", "order_id"),
    Index("items_shipped", "shipped"),
)
"""What is learnt of an item from elsewhere; later words add to earlier ones."""

OUTCOMES = _fact(
    "outcomes",
    _key(),
    _at(),
    _text("kind", needed=True),
    _text("item"),
    _text("order_id"),
    Column("damaged", Integer),  # 0 or 1: of SQLite's truth values any number would do
    Column("cost", Double),
    _text("document", needed=True),
    Index("outcomes_at", "at"),
    Index("outcomes_item", "item"),
    Index("outcomes_order", "order_id"),
)

REQUESTS = _fact(
    "requests",
    _key("key"),
    _at(),
    Column("body", Text, nullable=False),
    _text("answer", needed=True),
)
"""What was asked under an idempotency key, and what was answered."""

OUTBOX = _fact(
    "outbox",
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    _at(),
    _text("channel", needed=True),
    _text("subject", needed=True),
    _text("payload", needed=True),
)
"""What leaves the process: subject is what it is about, whose messages keep their order."""

DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("message", BigInteger, primary_key=True, autoincrement=False),
    _text("channel", needed=True),
    _text("subject", needed=True),
    _text("state", needed=True),
    Column("attempts", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),
    _text("error"),
    Column("digest", Text, nullable=False),
    Index("deliveries_due", "state", "due", "message"),
    Index("deliveries_subject", "channel", "subject", "state", "message"),
)
"""State: how far each message is."""

DELETED = _fact(
    "deleted",
    Column("fact_table", Text, primary_key=True),
    Column("fact_key", Text, primary_key=True),
    Column("fact_digest", Text, primary_key=True),
    _at(),
)
"""Facts that were deleted by policy, each by its digest: a key may be used and deleted again."""


def _counted() -> tuple[Column[Any], ...]:
    keys = (Column(name, Text, primary_key=True) for name in ("grain", "period", "step", "product"))
    return (*keys, Column("what", Text, primary_key=True), Column("n", BigInteger, nullable=False))


COUNTS = Table("counts", METADATA, *_counted())
"""Derived: how many inspections came to what: by day and step, and by month and product.

grain: day or month. step, product: empty where they are not told apart. what: a decision, or
`kind:severity` of a finding.
"""

TALLIES = _fact(
    "tallies", Column("deleting", BigInteger, primary_key=True, autoincrement=False), *_counted()
)
"""What deleted inspections had counted: counts outlive them."""

FACTS = tuple(table for table in METADATA.sorted_tables if "entry" in table.c)
