"""What is known of a product in words and numbers: its card in the catalogue."""

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from amiss.domain.errors import GalleryError
from amiss.gallery.identify.gs1 import parse
from amiss.gallery.names import check_product_name

COLUMNS = ("product", "title", "codes", "length_m", "width_m", "height_m", "weight_kg")
"""Of a CSV file of cards; only the first is needed, and what is empty is not known."""
_LARGEST_METRES, _HEAVIEST_KG = 100.0, 100_000.0

Size = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Card:
    """One product.

    title: as it is printed or sold. codes: what its barcodes say; a GTIN is kept with 14 digits.
    size: length, width and height in metres, in any order. weight: kilograms.
    """

    product: str
    title: str = ""
    codes: tuple[str, ...] = ()
    size: Size | None = None
    weight: float | None = None

    def __post_init__(self) -> None:
        """Checks it, and writes codes in one way.

        Raises:
            GalleryError: the name is not usable, or a size or weight is impossible.
        """
        check_product_name(self.product)
        for value, most in (
            *((side, _LARGEST_METRES) for side in self.size or ()),
            *(() if self.weight is None else ((self.weight, _HEAVIEST_KG),)),
        ):
            if not 0 < value <= most:
                raise GalleryError(
                    f"The card of {self.product!r} has a size or weight of {value}; give metres "
                    "and kilograms, or leave it out."
                )
        codes = tuple(dict.fromkeys(map(normal, self.codes)))
        object.__setattr__(self, "codes", codes)

    def to_bytes(self) -> bytes:
        """As JSON that is written in one way only."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Card":
        """The card that was written."""
        found = json.loads(data)
        size = found["size"] and tuple(found["size"])
        return cls(found["product"], found["title"], tuple(found["codes"]), size, found["weight"])


def normal(code: str) -> str:
    """A code as cards keep it: 14 digits if it names a product, else its text."""
    read = parse(code.strip())
    return read.gtin or read.text


def read_cards(path: Path) -> Iterator[Card]:
    """The cards in a CSV file with a header; several codes stand apart by spaces.

    Raises:
        GalleryError: the file cannot be read, or a line of it is not a card.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            header = rows.fieldnames or []
            if "product" not in header or not set(header) <= set(COLUMNS):
                raise GalleryError(
                    f"{path} has the columns {', '.join(header) or 'none'}; give product and any "
                    f"of {', '.join(COLUMNS[1:])}."
                )
            for row in rows:
                yield _card(row, f"{path}, line {rows.line_num}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GalleryError(f"{path} cannot be read ({error}); give a CSV file.") from error


def _card(row: dict[str | None, str | None], where: str) -> Card:
    if None in row:
        raise GalleryError(f"{where} has more values than there are columns; correct it.")
    told = {name: (value or "").strip() for name, value in row.items()}
    try:
        sides = [float(told[name]) for name in COLUMNS[3:6] if told.get(name)]
        weight = float(told["weight_kg"]) if told.get("weight_kg") else None
    except ValueError as error:
        raise GalleryError(f"{where}: {error}; give a number.") from error
    if len(sides) not in {0, 3}:
        raise GalleryError(f"{where} has {len(sides)} sides; give length, width and height.")
    size = (sides[0], sides[1], sides[2]) if sides else None
    try:
        codes = tuple(told.get("codes", "").split())
        return Card(told["product"], told.get("title", ""), codes, size, weight)
    except GalleryError as error:
        raise GalleryError(f"{where}: {error}") from error
