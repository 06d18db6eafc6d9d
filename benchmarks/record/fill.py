"""Fills a record with many inspections at once, as years of a site would."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from amiss.domain.words import Answer, ProcessStep
from amiss.record.canonical import digest
from amiss.record.catalogue.items import Item, Items
from amiss.record.catalogue.upsert import Catalogue
from amiss.record.counts import Cell, add_counts, cells
from amiss.record.facts import Act, Fact, add
from amiss.record.inspections import Inspected, ViewPictures, findings_of, inspection, pictures_of
from amiss.record.outcomes import Outcome, OutcomeKind, Outcomes
from amiss.record.people import Review, review
from amiss.record.site import Site
from amiss.record.tables import FINDINGS, IMAGES, PICTURES
from amiss.record.times import now

PRODUCTS, VENDORS, LOTS, PICTURE_COUNT = 10_000, 300, 20, 64
TOGETHER = 2000
END = datetime(2026, 11, 30, tzinfo=UTC)
SPAN = timedelta(days=365)
STEPS = tuple(ProcessStep)
KINDS = ("crush", "tear", "hole", "spillage", "opened")


def fill(site: Site, inspections: int, seed: int = 0) -> None:
    """Products, items, outcomes, and so many inspections of a year.

    Pictures are shared, so that the store stays small: three of each inspection.
    """
    chance = random.Random(seed)
    _catalogue(site)
    pictures = [site.images.put(b"%d" % n * 100) for n in range(PICTURE_COUNT)]
    with site.database.writing() as connection:
        facts = [
            Fact(IMAGES, {"image": one, "bytes": len(b"%d" % n * 100), "at": now()})
            for n, one in enumerate(pictures)
        ]
        add(connection, facts, Act("fill", "images"))
    bodies = {digest(b"%d" % n * 100): b"%d" % n * 100 for n in range(PICTURE_COUNT)}
    for first in range(0, inspections, TOGETHER):
        some = [
            _inspected(chance, n, inspections, list(bodies.values()))
            for n in range(first, min(first + TOGETHER, inspections))
        ]
        _write(site, some, chance)
    _outcomes(site, inspections, chance)


def _catalogue(site: Site) -> None:
    rows = (
        (n, {"product": f"p{n}", "title": f"Product {n}", "vendor": f"vendor {n % VENDORS}",
             "packaging": ("carton", "bag", "bottle")[n % 3]})
        for n in range(PRODUCTS)
    )  # fmt: skip
    Catalogue(site.database).upsert(rows, actor="fill")


def _inspected(chance: random.Random, n: int, of: int, bodies: list[bytes]) -> Inspected:
    damaged = chance.random() < 0.01
    kind = {"kind": chance.choice(KINDS), "severity": "major", "locus": "product", "view": 0,
            "box": [10, 20, 30, 40], "score": 0.8, "reference": "r"}  # fmt: skip
    evidence = [{"detector": "damage", "view": view, "available": True, "any": chance.random()}
                for view in range(3)]  # fmt: skip
    result = {
        "product": f"p{min(int(chance.expovariate(1) * PRODUCTS / 5), PRODUCTS - 1)}",
        "decision": "sideline" if damaged else "pass",
        "score": chance.random(),
        "bundle": "amiss-lite0@000000000000",
        "operating_point": "0" * 64,
        "findings": [kind] if damaged else [],
        "evidence": evidence,
        "reasons": ["It looks sound."],
    }
    views = [ViewPictures(chance.choice(bodies), camera=name) for name in ("top", "left", "right")]
    return Inspected(
        result,
        views,
        taken=END - SPAN + SPAN * (n / of),
        station=f"booth {n % 4}",
        step=STEPS[n % len(STEPS)],
        item=f"i{n}",
        order_id=f"o{n // 2}",
        lot=f"l{chance.randrange(LOTS)}",
    )


def _write(site: Site, some: list[Inspected], chance: random.Random) -> None:
    writings = [inspection(one) for one in some]
    rows = [dict(writing.facts[0].values) for writing in writings]
    pictures: list[dict[str, Any]] = []
    findings: list[dict[str, Any]] = []
    counted: Counter[Cell] = Counter()
    reviews: list[Fact] = []
    for row, one, writing in zip(rows, some, writings, strict=True):
        views = [{"pictures": {kind: digest(data) for kind, data in view.files()}}
                 for view in one.views]  # fmt: skip
        pictures += pictures_of(row["id"], views)
        mine = list(findings_of(row, {"result": one.result}))
        findings += mine
        counted.update(cells(row, mine))
        if mine and chance.random() < 0.9:
            reviews += review(Review(row["id"], "anna", Answer.DAMAGED)).facts
        assert writing.facts
    with site.database.writing() as connection:
        for fact_rows in _divided([writing.facts[0] for writing in writings] + reviews, 500):
            add(connection, fact_rows, Act("fill", "inspect"))
        connection.execute(insert(PICTURES), pictures)
        if findings:
            connection.execute(insert(FINDINGS), findings)
        add_counts(connection, counted)


def _divided(facts: list[Fact], size: int) -> Iterator[list[Fact]]:
    for first in range(0, len(facts), size):
        yield facts[first : first + size]


def _outcomes(site: Site, inspections: int, chance: random.Random) -> None:
    """One item in a hundred ships with its date known, one in a thousand of all comes back."""
    numbers = range(0, inspections, 100)
    items = [
        Item(f"i{n}", shipped=END - SPAN + SPAN * (n / inspections) + timedelta(hours=5))
        for n in numbers
    ]
    for first in range(0, len(items), TOGETHER):
        Items(site.database).add(items[first : first + TOGETHER], actor="fill")
    told = (
        Outcome(
            f"r{n}",
            OutcomeKind.RETURN,
            END - SPAN + SPAN * (n / inspections) + timedelta(days=9),
            item=f"i{n}",
            damaged=chance.random() < 0.5,
            cost=20.0,
        )
        for n in range(0, inspections, 1000)
    )
    Outcomes(site.database).add(told, actor="fill")
