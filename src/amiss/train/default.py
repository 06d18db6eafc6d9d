"""Makes the default bundle's damage model from nothing but this repository and some photographs.

    python -m amiss.train.default WORK --photographs DIR… --date YYYY-MM-DD

Exports the published encoder, simulates the training sets, paints damage onto the photographs,
trains, and puts the bundle and its operating point in place of the packaged ones. Everything in
WORK is kept: repeated after it was cut off, it goes on. On two cores it takes some five hours, of
which training takes one.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from amiss.bundle.manifest import Source
from amiss.bundle.operating_point import default_operating_point_path, write_operating_point
from amiss.bundle.read import default_bundle_path
from amiss.train.damage.make import Naming, make_bundle
from amiss.train.damage.run import Options
from amiss.train.export import DEFAULT_NAME, export_bundle, put_in_place
from amiss.vision.engine.threads import default_threads

VERSION = "3"
OPTIONS = Options(epochs=2, on=("train", "test"))
"""Their test split is learnt from, too: what is tested on was simulated from other seeds."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """One simulated data set; seeds from 700 to 899 belong to training."""

    name: str
    seed: int
    items: int
    backend: str
    views: int = 2
    kinds: str = ""
    damaged: float = 0.5
    per_product: int = 4
    twins: bool = False
    siblings: float = 0.0
    references: int = 2

    def command(self, out: Path, processes: int) -> list[str]:
        """What makes it, or goes on with it."""
        return [
            "simulate",
            str(out),
            *("--items", str(self.items), "--seed", str(self.seed), "--backend", self.backend),
            *("--views", str(self.views), "--size", "448", "--references", str(self.references)),
            *("--even", "--no-crops", "--kinds", self.kinds, "--damaged", str(self.damaged)),
            *("--per-product", str(self.per_product), *(("--twins",) if self.twins else ())),
            *("--siblings", str(self.siblings)),
            *("--processes", str(processes)),
        ]


SIMULATED = (
    Simulated("fast-0", 700, 1000, "fast", views=3),
    *(Simulated(f"fast-{number}", 700 + number, 1000, "fast") for number in range(1, 8)),
    *(Simulated(f"sets-{n}", 720 + n, 1000, "fast", kinds="blister,multipack") for n in range(2)),
    Simulated("pairs-0", 740, 500, "fast", damaged=1.0, per_product=2, twins=True),
    Simulated("path-0", 800, 40, "path"),
)
"""Rendering takes most of the time, and another item teaches more than another view of one; some
items are seen by the third camera, too. Only two kinds of product have units that can be missing,
so they have data sets of their own. In pairs, nothing but damage differs."""
SOUND = Simulated("sound", 730, 600, "fast", views=3, damaged=0.0)
"""Says where sound ends."""
PAINTED = ("--seed", "1", "--copies", "8", "--families", "0,2", "--split", "train")
"""The families 1 are left for tests."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Makes all of it."""
    parser = argparse.ArgumentParser(
        prog="python -m amiss.train.default", description="Makes the default bundle anew."
    )
    parser.add_argument("work", type=Path, metavar="WORK")
    parser.add_argument("--photographs", type=Path, nargs="+", required=True, metavar="DIR")
    parser.add_argument("--date", required=True, metavar="YYYY-MM-DD")
    parser.add_argument("--what", default="photographs of the user's own")
    parser.add_argument("--licence", default="not stated")
    parser.add_argument("--where", default="not stated")
    asked = parser.parse_args(arguments)
    asked.work.mkdir(parents=True, exist_ok=True)
    sources = (
        Source(
            what="Pictures of products that do not exist, rendered by `amiss simulate`",
            licence="Apache-2.0",
            where="this repository",
        ),
        Source(
            what=f"{asked.what}, some with damage painted on by `amiss paint`",
            licence=asked.licence,
            where=asked.where,
        ),
    )
    made = make_bundle(
        list(_data(asked.work, asked.photographs)),
        asked.work / "bundle",
        asked.work / "training",
        export_bundle(asked.work / "encoder"),
        OPTIONS,
        Naming(DEFAULT_NAME, VERSION, asked.date, sources),
        lambda stage, figures: print(stage, figures, flush=True),  # noqa: T201
        calibration=simulated(asked.work, SOUND),
    )
    # Only now, so that what is packaged stays whole however often the run is cut off.
    put_in_place(
        default_bundle_path(), {file.name: file.read_bytes() for file in made.bundle.path.iterdir()}
    )
    write_operating_point(default_operating_point_path(), made.point)
    print(made.bundle.id, made.figures)  # noqa: T201


def _data(work: Path, photographs: Sequence[Path]) -> Iterator[Path]:
    for one in SIMULATED:
        yield simulated(work, one)
    painted = work / "painted"
    _run(["paint", *map(str, photographs), "--out", str(painted), *PAINTED])
    yield painted


def simulated(work: Path, one: Simulated) -> Path:
    """Makes a data set, or what is missing of it; returns where it lies."""
    _run(one.command(work / one.name, default_threads()))
    return work / one.name


def _run(command: Sequence[str]) -> None:
    """In a process of its own: the renderer keeps what it took."""
    subprocess.run([sys.executable, "-m", "amiss.cli", *command], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
