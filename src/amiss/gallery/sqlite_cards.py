"""Cards of products in the gallery's database: all there ever were, and what codes say now."""

from amiss.gallery.card import Card
from amiss.gallery.database import Database


class Cards:
    """Read and changed inside of the database's `reading` or `changing`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, product: str) -> Card | None:
        """The newest card of a product."""
        found = self._database.all(
            "SELECT card FROM cards WHERE product = ? ORDER BY since DESC LIMIT 1", product
        )
        return Card.from_bytes(found[0][0]) if found else None

    def coded(self, code: str) -> tuple[str, ...]:
        """The products that have a code now."""
        found = self._database.all(
            "SELECT product FROM codes WHERE code = ? ORDER BY product", code
        )
        return tuple(product for (product,) in found)

    def put(self, card: Card, since: int) -> None:
        """Adds a card, which counts from this revision on."""
        self._database.do(
            "INSERT INTO cards VALUES (?, ?, ?)", card.product, since, card.to_bytes()
        )
        self._database.do("DELETE FROM codes WHERE product = ?", card.product)
        for code in card.codes:
            self._database.do("INSERT INTO codes VALUES (?, ?)", code, card.product)
