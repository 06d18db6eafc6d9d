"""Kills writers at random moments, and looks whether anything acknowledged was lost.

python -m benchmarks.record.kill --kills 200 [--database URL]
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from amiss.record.examine.site import examine
from amiss.record.queries.inspections import one
from amiss.record.site import Site
from amiss.record.sweep import sweep
from amiss.record.tables import INSPECTIONS, OUTBOX, REQUESTS

WRITERS = 4


@dataclass(slots=True)
class Outcome:
    """lost, doubled: of what was acknowledged. orphans: pictures left after sweeping."""

    kills: int
    acknowledged: int = 0
    again: int = 0
    lost: int = 0
    doubled: int = 0
    unequal: int = 0
    swept: int = 0
    orphans: int = 0
    problems: list[str] = field(default_factory=list)
    recovery_s_max: float = 0.0


@dataclass(slots=True)
class _Writer:
    name: str
    acknowledged: Path
    process: subprocess.Popen[bytes]


def kill_writers(site: Path, kills: int, seed: int = 0) -> Outcome:
    """Lets four writers record, and kills one after the other."""
    chance = random.Random(seed)
    writers = [_started(site, f"w{n}", 0) for n in range(WRITERS)]
    outcome = Outcome(kills)
    try:
        for _ in range(kills):
            time.sleep(chance.uniform(0.0, 0.4))
            place = chance.randrange(WRITERS)
            old = writers[place]
            old.process.kill()
            old.process.wait()
            began = time.time()
            writers[place] = _started(site, old.name, _next(old.acknowledged))
            outcome.recovery_s_max = max(
                outcome.recovery_s_max, _recovered(writers[place].acknowledged, began)
            )
    finally:
        for writer in writers:
            writer.process.kill()
            writer.process.wait()
    _judge(site, writers, outcome)
    return outcome


def _started(site: Path, name: str, first: int) -> _Writer:
    acknowledged = site.parent / f"{name}.jsonl"
    command = [sys.executable, "-m", "benchmarks.record.writer"]
    process = subprocess.Popen([*command, str(site), name, str(first), str(acknowledged)])
    return _Writer(name, acknowledged, process)


def _said(acknowledged: Path) -> list[dict[str, object]]:
    if not acknowledged.exists():
        return []
    lines = acknowledged.read_bytes().split(b"\n")[:-1]
    return [json.loads(line) for line in lines]


def _next(acknowledged: Path) -> int:
    return max((int(str(one["number"])) + 1 for one in _said(acknowledged)), default=0)


def _recovered(acknowledged: Path, began: float) -> float:
    """Seconds from the start of a process to its first acknowledgement."""
    while time.time() - began < 60:
        times = [float(str(one["at"])) for one in _said(acknowledged)]
        if times and times[-1] > began:
            return next(at for at in times if at > began) - began
        time.sleep(0.01)
    return time.time() - began


def _judge(folder: Path, writers: list[_Writer], outcome: Outcome) -> None:
    from benchmarks.record.writer import what

    said = [one for writer in writers for one in _said(writer.acknowledged)]
    outcome.acknowledged = len(said)
    outcome.again = sum(bool(one["again"]) for one in said)
    with Site.open(folder) as site:
        for receipt in said:
            name, number = str(receipt["key"]).split()
            found = one(site.database, str(receipt["id"]))
            stored = [site.images.get(view["pictures"]["rgb"]) for view in found.document["views"]]
            asked = what(name, int(number))
            outcome.unequal += stored != [view.rgb for view in asked.views]
        with site.database.reading() as connection:
            items = Counter(connection.execute(select(INSPECTIONS.c.item)).scalars())
            requests, messages = (
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (REQUESTS, OUTBOX)
            )
        outcome.lost = sum(str(receipt["key"]) not in items for receipt in said)
        outcome.doubled = sum(n > 1 for n in items.values())
        if not sum(items.values()) == requests == messages:
            outcome.problems.append(f"{sum(items.values())} {requests} {messages}")
        outcome.swept = sweep(site.database, site.images, timedelta(0)).pictures
        report = examine(site)
        outcome.orphans = report.orphans
        outcome.problems += [f"{problem.where}: {problem.says}" for problem in report.problems]


def main() -> None:
    """Prints what came of it."""
    parser = argparse.ArgumentParser(description="Kills writers of a record.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--database", help="of PostgreSQL, empty; else SQLite")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "site"
        folder.mkdir()
        if asked.database:
            (folder / "site.toml").write_text(f'database = "{asked.database}"\n')
        Site.create(folder).close()
        print(json.dumps(asdict(kill_writers(folder, asked.kills, asked.seed)), indent=2))


if __name__ == "__main__":
    main()
