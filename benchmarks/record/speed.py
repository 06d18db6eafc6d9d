"""How fast a record takes inspections, and answers what pages and reports ask.

    python -m benchmarks.record.speed --inspections 1000000 [--database URL] [--site DIR]

First inspections with three pictures of 100 KB that are in the store already, by four threads of
one process; then a year of inspections is filled in, and each query asked many times.
"""

import argparse
import json
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.record.fill import END, PRODUCTS, fill
from sqlalchemy import text

from amiss.domain.words import Decision, ProcessStep
from amiss.record.inspections import Inspected, ViewPictures
from amiss.record.queries.inspections import Wanted, history, page
from amiss.record.queries.outcomes import misses, returns
from amiss.record.queries.rates import By, rates
from amiss.record.queries.scores import scores
from amiss.record.site import Site

PICTURE_BYTES = 100_000
WRITERS = 4
LIMIT_MS = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A query. ms: median and 95th percentile."""

    name: str
    n: int
    p50_ms: float
    p95_ms: float


def rate(site: Site, seconds: float, name: str) -> float:
    """Inspections a second, sustained, of four threads. name: keeps their keys apart."""
    chance = random.Random(0)
    views = [ViewPictures(chance.randbytes(PICTURE_BYTES)) for _ in range(3)]
    result = {"product": "p1", "decision": "pass", "score": 0.1, "bundle": "b",
              "operating_point": "o", "findings": []}  # fmt: skip
    site.record(Inspected(result, views))
    until = time.perf_counter() + seconds
    done = [0] * WRITERS

    def write(place: int) -> None:
        while time.perf_counter() < until:
            site.record(Inspected(result, views), key=f"{name} {place} {done[place]}")
            done[place] += 1

    began = time.perf_counter()
    threads = [threading.Thread(target=write, args=(place,)) for place in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - began)


def queries(site: Site, inspections: int) -> dict[str, Callable[[random.Random], Any]]:
    """What pages and reports ask, each with something else each time."""
    database, end = site.database, END.date()

    def ago(days: int) -> date:
        return end - timedelta(days=days)

    def deep(_: random.Random) -> Any:  # noqa: ANN401
        first = page(database, Wanted(), limit=50)
        return page(database, Wanted(), first.after, limit=50)

    def a_day(chance: random.Random) -> Any:  # noqa: ANN401
        until = END - timedelta(days=chance.randrange(1, 300))
        return scores(database, until - timedelta(days=1), until, ProcessStep.PACK)

    return {
        "newest page": lambda _: page(database, Wanted()),
        "second page": deep,
        "page of a product": lambda c: page(database, Wanted(product=f"p{c.randrange(PRODUCTS)}")),
        "page of a month": lambda c: page(
            database,
            Wanted(until=END - timedelta(days=30 * c.randrange(11)), step=ProcessStep.PACK),
        ),
        "to review": lambda _: page(database, Wanted(decision=Decision.SIDELINE, reviewed=False)),
        "page of a damage": lambda _: page(database, Wanted(kind="tear")),
        "one item": lambda c: history(database, f"i{c.randrange(inspections)}"),
        "days of a quarter": lambda _: rates(database, By.DAY, ago(90), end),
        "steps of a year": lambda _: rates(database, By.STEP, ago(365), end),
        "vendors of a month": lambda _: rates(database, By.VENDOR, ago(30), end),
        "vendors of a year": lambda _: rates(database, By.VENDOR, ago(365), end),
        "packagings of a year": lambda _: rates(database, By.PACKAGING, ago(365), end),
        "lots of a product": lambda c: rates(
            database, By.LOT, ago(365), end, product=f"p{c.randrange(PRODUCTS // 10)}"
        ),
        "misses of a month": lambda c: misses(database, ago(30 * c.randrange(1, 12)), end),
        "returns of a year": lambda _: returns(database, ago(365), end),
        "scores of a day": a_day,
    }


def ask(name: str, query: Callable[[random.Random], Any], n: int) -> Asked:
    """Asks a query n times."""
    chance = random.Random(1)
    taken = []
    for _ in range(n):
        began = time.perf_counter()
        query(chance)
        taken.append(1000 * (time.perf_counter() - began))
    return Asked(name, n, statistics.median(taken), sorted(taken)[int(0.95 * (n - 1))])


def size(site: Site) -> int:
    """Bytes of the database."""
    with site.database.reading() as connection:
        if site.database.is_sqlite:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            return int(pages) * int(connection.execute(text("PRAGMA page_size")).scalar_one())
        return int(
            connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        )


def measure(folder: Path, inspections: int, seconds: float, repeats: int) -> dict[str, Any]:
    """All figures."""
    with Site.create(folder) as site:
        first = rate(site, seconds, "empty")
        before = size(site)
        began = time.perf_counter()
        fill(site, inspections)
        filled = time.perf_counter() - began
        if not site.database.is_sqlite:
            with site.database.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.execute(text("VACUUM ANALYZE"))
        asked = [ask(name, query, repeats) for name, query in queries(site, inspections).items()]
        return {
            "inspections": inspections,
            "per_second": first,
            "per_second_when_full": rate(site, seconds, "full"),
            "bytes_per_inspection": (size(site) - before) / inspections,
            "filled_in_s": filled,
            "queries": [asdict(one) for one in asked],
            "slowest_p95_ms": max(one.p95_ms for one in asked),
        }


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description="Speed of a record.")
    parser.add_argument("--inspections", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each rate")
    parser.add_argument("--repeats", type=int, default=100, help="of each query")
    parser.add_argument("--database", help="of PostgreSQL, empty; else SQLite")
    parser.add_argument("--site", type=Path, help="where; else a folder that is deleted")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.site or Path(scratch) / "site"
        folder.mkdir(parents=True, exist_ok=True)
        if asked.database:
            (folder / "site.toml").write_text(f'database = "{asked.database}"\n')
        print(
            json.dumps(measure(folder, asked.inspections, asked.seconds, asked.repeats), indent=2)
        )


if __name__ == "__main__":
    main()
