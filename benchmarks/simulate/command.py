"""Times `amiss simulate` from end to end: python -m benchmarks.simulate.command.

Everything counts: starting, looking for LLVM, compiling, empty trays, references, writing. From
that follows what a large data set costs.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from benchmarks.speed.machine import describe

from amiss.simulate.plan import Plan

AMISS = Path(sys.executable).with_name("amiss")
LARGE, VIEWS, REFERENCES, CORES = 100_000, 3, 2, 16
"""The data set that is planned: items, cameras, references of each product; and for how many cores
its cost is estimated."""


@dataclass(frozen=True, slots=True)
class Run:
    """One call. seconds: from start to end. cpu: of all processes and cores together.

    frames: pictures of items and references. megabytes: of all files.
    """

    options: str
    renderer: str
    frames: int
    seconds: float
    cpu: float
    megabytes: float


def main(
    items: Annotated[int, typer.Option(min=1, help="Items of each call.")] = 20,
    only: Annotated[str, typer.Option(help="path or fast; both where left out.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure seconds per frame and bytes on the disk."""
    shared = f"--items {items} --seed 7 --views {VIEWS} --references {REFERENCES}"
    calls = [
        f"{shared} --size 640 --backend path",
        f"{shared} --size 448 --backend fast",
        f"{shared} --size 448 --backend fast --processes 2",
    ]
    machine = describe()
    runs = [_timed(call) for call in calls if only in call]
    if as_json:
        print(json.dumps({"machine": machine, "runs": [asdict(run) for run in runs]}, indent=1))
    else:
        print("\n".join([f"{machine}", "", *_measured(runs), "", *_planned(runs)]))


def _timed(options: str) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        started, used = time.perf_counter(), _children()
        done = subprocess.run(
            [AMISS, "simulate", out, *options.split(), "--json"],
            check=True,
            stdout=subprocess.PIPE,
        )
        seconds, cpu = time.perf_counter() - started, _children() - used
        said = json.loads(done.stdout)
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return Run(options, said["backend"], said["frames"], seconds, cpu, size / 1e6)


def _children() -> float:
    """CPU seconds of all processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _measured(runs: list[Run]) -> Iterator[str]:
    yield "| amiss simulate OUT … | renderer | frames | s a frame | frames a s | CPU s a frame |"
    yield "|---|---|---:|---:|---:|---:|"
    for run in runs:
        yield (
            f"| `{run.options}` | {run.renderer} | {run.frames} "
            f"| {run.seconds / run.frames:.2f} | {run.frames / run.seconds:.2f} "
            f"| {run.cpu / run.frames:.2f} |"
        )


def _planned(runs: list[Run]) -> Iterator[str]:
    """Extrapolated: the frames of a large data set at what a frame took and weighed here."""
    frames = VIEWS * (LARGE + LARGE // Plan(0).per_product * REFERENCES)
    yield f"{LARGE:,} items are {frames:,} frames:"
    yield ""
    yield (
        f"| as | hours on this machine | CPU hours | hours on {CORES} cores (estimated: CPU hours "
        f"/ {CORES}) | GB |"
    )
    yield "|---|---:|---:|---:|---:|"
    for run in runs:
        hours, cpu = (frames * each / run.frames / 3600 for each in (run.seconds, run.cpu))
        yield (
            f"| `{run.options[run.options.index('--size') :]}` | {hours:.0f} | {cpu:.0f} "
            f"| {cpu / CORES:.0f} | {frames * run.megabytes / run.frames / 1000:.0f} |"
        )


if __name__ == "__main__":
    typer.run(main)
