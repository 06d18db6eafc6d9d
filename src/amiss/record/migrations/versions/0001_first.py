"""The first tables.

Revision: 1
"""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Double, Integer, PrimaryKeyConstraint, Text

revision = "1"
down_revision = None
branch_labels = None
depends_on = None

NAMES = (
    "audit",
    "images",
    "inspections",
    "pictures",
    "findings",
    "reviews",
    "annotations",
    "pristine",
    "documents",
    "products",
    "catalogue",
    "codes",
    "designs",
    "items",
    "outcomes",
    "requests",
    "outbox",
    "deliveries",
    "deleted",
)


def upgrade() -> None:
    """Makes them."""
    _table(
        "audit",
        ["seq"],
        _column("seq", BigInteger),
        _column("at", BigInteger),
        _column("actor", Text),
        _column("action", Text),
        _column("facts", Text),
        _column("previous", Text),
        _column("hash", Text),
    )
    _fact(
        "images",
        ["image"],
        _column("image", Text),
        _column("bytes", BigInteger),
        _column("at", BigInteger),
    )
    _fact(
        "inspections",
        ["id"],
        _column("id", Text),
        _column("at", BigInteger),
        _column("recorded", BigInteger),
        _column("station", Text),
        _column("step", Text, empty=True),
        _column("item", Text, empty=True),
        _column("order_id", Text, empty=True),
        _column("lot", Text, empty=True),
        _column("product", Text, empty=True),
        _column("design", Text, empty=True),
        _column("decision", Text, empty=True),
        _column("score", Double, empty=True),
        _column("bundle", Text, empty=True),
        _column("operating_point", Text, empty=True),
        _column("document", Text),
    )
    op.create_index("inspections_at", "inspections", ["at", "id"])
    op.create_index("inspections_decision", "inspections", ["decision", "at", "id"])
    op.create_index("inspections_item", "inspections", ["item", "at"])
    op.create_index("inspections_order", "inspections", ["order_id", "at"])
    op.create_index("inspections_product", "inspections", ["product", "at", "id"])
    op.create_index("inspections_score", "inspections", ["step", "at", "score"])
    _table(
        "pictures",
        ["owner", "place", "kind"],
        _column("owner", Text),
        _column("place", Integer),
        _column("kind", Text),
        _column("image", Text),
    )
    op.create_index("pictures_image", "pictures", ["image"])
    _table(
        "findings",
        ["inspection", "place"],
        _column("inspection", Text),
        _column("place", Integer),
        _column("kind", Text),
        _column("severity", Text, empty=True),
        _column("locus", Text, empty=True),
        _column("at", BigInteger),
    )
    op.create_index("findings_kind", "findings", ["kind", "at", "inspection"])
    _fact(
        "reviews",
        ["id"],
        _column("id", Text),
        _column("at", BigInteger),
        _column("inspection", Text),
        _column("reviewer", Text),
        _column("answer", Text),
        _column("disposition", Text, empty=True),
        _column("document", Text),
    )
    op.create_index("reviews_at", "reviews", ["at"])
    op.create_index("reviews_inspection", "reviews", ["inspection", "at"])
    _fact(
        "annotations",
        ["id"],
        _column("id", Text),
        _column("at", BigInteger),
        _column("inspection", Text),
        _column("author", Text),
        _column("document", Text),
    )
    op.create_index("annotations_inspection", "annotations", ["inspection", "at"])
    _fact(
        "pristine",
        ["name"],
        _column("name", Text),
        _column("at", BigInteger),
        _column("product", Text),
        _column("design", Text, empty=True),
        _column("document", Text),
    )
    op.create_index("pristine_product", "pristine", ["product"])
    _fact(
        "documents",
        ["kind", "name"],
        _column("kind", Text),
        _column("name", Text),
        _column("at", BigInteger),
        _column("document", Text),
    )
    _fact(
        "products",
        ["product", "since"],
        _column("product", Text),
        _column("since", BigInteger),
        _column("document", Text),
    )
    _table(
        "catalogue",
        ["product"],
        _column("product", Text),
        _column("since", BigInteger),
        _column("title", Text),
        _column("vendor", Text, empty=True),
        _column("packaging", Text, empty=True),
        _column("material", Text, empty=True),
    )
    op.create_index("catalogue_vendor", "catalogue", ["vendor"])
    _table("codes", ["code"], _column("code", Text), _column("product", Text))
    _fact(
        "designs",
        ["product", "design", "since"],
        _column("product", Text),
        _column("design", Text),
        _column("since", BigInteger),
        _column("document", Text),
    )
    _fact(
        "items",
        ["id"],
        _column("id", Text),
        _column("at", BigInteger),
        _column("item", Text),
        _column("product", Text, empty=True),
        _column("lot", Text, empty=True),
        _column("order_id", Text, empty=True),
        _column("shipped", BigInteger, empty=True),
    )
    op.create_index("items_item", "items", ["item", "at"])
    op.create_index("items_order", "items", ["order_id"])
    op.create_index("items_shipped", "items", ["shipped"])
    _fact(
        "outcomes",
        ["id"],
        _column("id", Text),
        _column("at", BigInteger),
        _column("kind", Text),
        _column("item", Text, empty=True),
        _column("order_id", Text, empty=True),
        _column("damaged", Integer, empty=True),
        _column("cost", Double, empty=True),
        _column("document", Text),
    )
    op.create_index("outcomes_at", "outcomes", ["at"])
    op.create_index("outcomes_item", "outcomes", ["item"])
    op.create_index("outcomes_order", "outcomes", ["order_id"])
    _fact(
        "requests",
        ["key"],
        _column("key", Text),
        _column("at", BigInteger),
        _column("body", Text),
        _column("answer", Text),
    )
    _fact(
        "outbox",
        ["id"],
        _column("id", BigInteger),
        _column("at", BigInteger),
        _column("channel", Text),
        _column("subject", Text),
        _column("payload", Text),
    )
    _table(
        "deliveries",
        ["message"],
        _column("message", BigInteger),
        _column("channel", Text),
        _column("subject", Text),
        _column("state", Text),
        _column("attempts", Integer),
        _column("due", BigInteger),
        _column("error", Text, empty=True),
        _column("digest", Text),
    )
    op.create_index("deliveries_due", "deliveries", ["state", "due", "message"])
    op.create_index("deliveries_subject", "deliveries", ["channel", "subject", "state", "message"])
    _fact(
        "deleted",
        ["fact_table", "fact_key", "fact_digest"],
        _column("fact_table", Text),
        _column("fact_key", Text),
        _column("fact_digest", Text),
        _column("at", BigInteger),
    )


def downgrade() -> None:
    """Takes them away, with what is in them."""
    for name in reversed(NAMES):
        op.drop_table(name)


def _column(name: str, kind: type, *, empty: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=empty, autoincrement=False)


def _table(name: str, key: list[str], *columns: Column[Any]) -> None:
    op.create_table(name, *columns, PrimaryKeyConstraint(*key))


def _fact(name: str, key: list[str], *columns: Column[Any]) -> None:
    _table(name, key, *columns, _column("entry", BigInteger), _column("digest", Text))
    op.create_index(f"{name}_entry", name, ["entry"])
