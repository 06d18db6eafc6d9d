"""Runs the inspector over everything that is made of the photographs, product by product."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.familiarity import familiarity_of
from benchmarks.journal import Document, add, begin, code
from benchmarks.photographs.alike import look_alikes
from benchmarks.photographs.shop import PLAN, Kind, Made, Shop, made_of, other_than
from benchmarks.place import on_place

from amiss.gallery.reference import Reference
from amiss.inspector import Inspector

OWN, ALONE, ALIKE, OTHER = ARMS = ("own", "alone", "alike", "other")
"""With the product's own references, with none, with those of its look-alike, of some other."""
SHOWN: dict[Kind, tuple[str, ...]] = {
    "sound": ARMS,
    "damaged": ARMS,
    "pasted": (OWN, ALONE),
    "aside": (OWN,),
}

Progress = Callable[[int, int], None]


def header(inspector: Inspector, shop: Shop) -> Document:
    """What a file of scores is made with."""
    photographs = [one for product in sorted(shop.queries) for one in shop.queries[product]]
    return {
        "bundle": inspector.bundle.id,
        "operating_point": inspector.point.hash,
        "code": code(),
        **PLAN.settings(photographs),
    }


def score(
    shop: Shop,
    inspector: Inspector,
    out: Path,
    *,
    progress: Progress = lambda *_: None,
) -> list[Document]:
    """A line for each product; those that stand in `out` already are not made again.

    Raises:
        DatasetError: `out` was made with another bundle, code or photographs.
    """
    lines = {line["product"]: line for line in begin(out, header(inspector, shop))}
    total = sum(map(len, shop.queries.values()))
    seen = Seen(shop, inspector)
    done = 0
    for product in sorted(shop.queries):
        if product not in lines:
            start = done
            lines[product] = _product(seen, product, lambda at, of=start: progress(of + at, total))
            add(out, lines[product])
        done += len(shop.queries[product])
        progress(done, total)
    return [lines[product] for product in sorted(shop.queries)]


class Seen:
    """The references of all products, each looked at once, and who looks like whom."""

    def __init__(self, shop: Shop, inspector: Inspector) -> None:
        self.shop, self.inspector = shop, inspector
        self._kept: dict[str, list[Reference]] = {}
        self._alike: dict[str, str] = {}

    def of(self, product: str) -> list[Reference]:
        """The references of a product, its catalogue picture first."""
        if product not in self._kept:
            self._kept[product] = [
                self.inspector.see(one.path, one.name) for one in self.shop.references[product]
            ]
        return self._kept[product]

    def alike(self, product: str) -> str:
        """The product that looks most like it."""
        if not self._alike:
            self._alike = look_alikes({one: self.of(one)[0].look for one in self.shop.references})
        return self._alike[product]

    def arms(self, product: str) -> Mapping[str, Sequence[Reference]]:
        """What each arm is shown beside a picture of a product."""
        return {
            OWN: self.of(product),
            ALONE: (),
            ALIKE: self.of(self.alike(product)),
            OTHER: self.of(self.other(product)),
        }

    def other(self, product: str) -> str:
        """Some other product."""
        return other_than(product, sorted(self.shop.references), but=self.alike(product))


def _product(seen: Seen, product: str, progress: Callable[[int], None]) -> Document:
    arms = seen.arms(product)
    items = []
    for number, photograph in enumerate(seen.shop.queries[product], start=1):
        items += [
            _item(seen.inspector, made, photograph.name, arms) for made in made_of(photograph)
        ]
        progress(number)
    return {
        "product": product,
        "alike": seen.alike(product),
        "other": seen.other(product),
        "items": items,
    }


def _item(
    inspector: Inspector, made: Made, photograph: str, arms: Mapping[str, Sequence[Reference]]
) -> Document:
    painted = made.painted
    said: Document = {}
    familiarity = None
    for arm in SHOWN[made.kind]:
        result = inspector.inspect(painted.picture, references=list(arms[arm]))
        familiarity = familiarity_of(result)
        heat = result.heatmaps[0]
        said[arm] = {
            "score": result.score,
            "decision": str(result.decision),
            "finding": result.findings[0].kind if result.findings else None,
        }
        if painted.damage is not None:
            said[arm]["on_place"] = heat is not None and on_place(heat, painted.mask)
    return {
        "id": made.id,
        "photograph": photograph,
        "kind": made.kind,
        "type": painted.damage and painted.damage.value,
        "severity": painted.severity and painted.severity.value,
        "recipe": painted.recipe,
        "area_share": painted.numbers.get("area_share"),
        "familiarity": familiarity,
        "arms": said,
    }
