"""Evaluates identification: how often the product that an item is comes first, or among five.

Every query counts. One whose product has no reference cannot be right, as in Amazon's ARMBench
(Mitash et al., ICRA 2023), whose `id_retrieval_rate` is the share that comes first, in per cent.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amiss.dataset.ids import IdsDataset, Query
from amiss.evaluate.calibration import reliability
from amiss.evaluate.intervals import Figures, Key, intervals, measured
from amiss.gallery.card import Card
from amiss.gallery.identify.identify import Identifier
from amiss.gallery.index import ProductIndex
from amiss.gallery.memory import MemoryCatalogue
from amiss.inspector import Inspector
from amiss.vision.decode import decode

FIRST, AMONG = 1, 5
COVERAGES = (0.25, 0.5, 0.75, 0.9, 0.95, 1.0)

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class IdsRow:
    """One query. rank: places before the right product, None where it is no candidate.

    probability: of the first candidate. named: what Amiss says it is, None if it asks a person.
    """

    id: str
    product: str
    rank: int | None
    first: str | None
    probability: float
    named: str | None
    ms: float

    def within(self, count: int) -> bool:
        """Whether the right product is among the first `count`."""
        return self.rank is not None and self.rank < count


@dataclass(frozen=True, slots=True)
class IdsReport:
    """All queries. references: of each product, at most. n_products: in the gallery."""

    rows: tuple[IdsRow, ...]
    references: int
    n_products: int
    n_without_reference: int
    expected: bool

    def export(self, *, details: bool = False) -> dict[str, Any]:
        """Plain JSON values; details: each query, too."""
        products = [row.product for row in self.rows]
        figures = measured(self._measure, len(self.rows))
        spans = intervals(products, self._measure)
        named = [row for row in self.rows if row.named is not None]
        document: dict[str, Any] = {
            **{key[0]: value for key, value in figures.items()},
            "intervals": {key[0]: span for key, span in spans.items()},
            "id_retrieval_rate": 100 * float(figures["recall_at_1",] or 0.0),
            "named": len(named) / len(self.rows),
            "named_rightly": (
                sum(row.named == row.product for row in named) / len(named) if named else None
            ),
            "coverage_accuracy": self._curve(),
            "ece": reliability(
                [row.within(FIRST) for row in self.rows], [row.probability for row in self.rows]
            ).error,
            "n_queries": len(self.rows),
            "n_products": self.n_products,
            "n_without_reference": self.n_without_reference,
            "references": self.references,
            "expected": self.expected,
            "ms_per_query": float(np.median([row.ms for row in self.rows])),
        }
        if details:
            document["queries"] = [
                {
                    "id": row.id,
                    "product": row.product,
                    "first": row.first,
                    "rank": row.rank,
                    "probability": row.probability,
                    "named": row.named,
                }
                for row in self.rows
            ]
        return document

    def _measure(self, times: Array) -> Figures:
        found: dict[Key, Array] = {}
        for count in (FIRST, AMONG):
            right = np.array([float(row.within(count)) for row in self.rows])
            found[f"recall_at_{count}",] = times @ right / times.sum(axis=1)
        return found

    def _curve(self) -> list[dict[str, float]]:
        """Share of right ones among the surest; probability: of the last of them."""
        ordered = sorted(self.rows, key=lambda row: -row.probability)
        points = []
        for share in COVERAGES:
            some = ordered[: max(1, round(share * len(ordered)))]
            right = sum(row.within(FIRST) for row in some) / len(some)
            points.append(
                {"coverage": share, "accuracy": right, "probability": some[-1].probability}
            )
        return points


def evaluate_ids(
    inspector: Inspector,
    data: IdsDataset,
    *,
    references: int,
    titles: Mapping[str, str] | None = None,
    expected: bool = False,
    reads: bool = False,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> IdsReport:
    """Identifies every query among the products of a data set.

    Args:
        inspector: with a bundle that identifies.
        data: products and queries.
        references: of each product, drawn; all of them where there are fewer.
        titles: by product; None takes those of the data set.
        expected: whether what a query should be one of is used.
        reads: whether printed text is read, which needs the extra `ocr`.
        seed: of the drawn references.
        progress: is told how many pictures and queries of how many are done.

    Raises:
        DatasetError: a picture is not there.
        BundleError: the bundle does not identify.
        ImageError: a reference cannot be read.
    """
    rng = np.random.default_rng(seed)
    drawn = {
        product: [paths[place] for place in sorted(rng.permutation(len(paths))[:references])]
        for product, paths in sorted(data.references.items())
    }
    total = sum(map(len, drawn.values())) + len(data.queries)
    store = MemoryCatalogue()
    for product, title in (data.titles if titles is None else titles).items():
        store.describe(Card(product, title))
    done = 0
    for product, path in ((product, path) for product, some in drawn.items() for path in some):
        shown = inspector.unnamed([decode(path)])
        store.add(product, shown.embeddings[0], shown.marks[0])
        done += 1
        progress(done, total)
    with TemporaryDirectory() as folder:
        identifier = inspector.identifier(store, ProductIndex(store, Path(folder)))
        rows = []
        for query in data.queries:
            rows.append(_row(inspector, identifier, query, expected=expected, reads=reads))
            done += 1
            progress(done, total)
    return IdsReport(
        rows=tuple(rows),
        references=references,
        n_products=len(drawn),
        n_without_reference=sum(query.product not in drawn for query in data.queries),
        expected=expected,
    )


def _row(
    inspector: Inspector, identifier: Identifier, query: Query, *, expected: bool, reads: bool
) -> IdsRow:
    started = time.perf_counter()
    wanted: Sequence[str] = query.expected if expected else ()
    views = [decode(path) for path in query.views]
    found = identifier.identify(inspector.unnamed(views, reads=reads), wanted)
    ms = 1000 * (time.perf_counter() - started)
    order = [one.product for one in found.candidates]
    first = found.candidates[0] if order else None
    return IdsRow(
        id=query.id,
        product=query.product,
        rank=order.index(query.product) if query.product in order else None,
        first=None if first is None else first.product,
        probability=0.0 if first is None else first.probability,
        named=found.product,
        ms=ms,
    )
