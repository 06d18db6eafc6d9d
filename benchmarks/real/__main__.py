"""The one command: python -m benchmarks.real --data DIR."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from benchmarks.real.amiss_side import METHOD as AMISS
from benchmarks.real.compare import compare
from benchmarks.real.protocol import Half, draw_runs, turn_runs
from benchmarks.real.runs import Run, write_runs
from benchmarks.real.table import markdown
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
PEERS = "patchcore,anomalydino,anomalydino-rotated"
# Two threads each. Threads that sleep while they wait cost little on a quiet machine; threads that
# spin make torch many times slower on a busy one, which would flatter Amiss.
THREADS = {"OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "PASSIVE"}
# Hints of the surroundings that make NumPy compute with kernels made for other processors.
HINTS = "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"
QUIET_LOAD = 1.0
CONSOLE = Console(stderr=True)


def _side(label: str, module: str, python: Path, options: list[str], steps: int) -> None:
    """Run one half in its environment and show a bar; each line it prints is one step done."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    command = [python, "-m", module, *options]
    with Progress(*columns, TimeElapsedColumn(), console=CONSOLE) as progress:
        task = progress.add_task(label, total=steps)
        environment = {k: v for k, v in os.environ.items() if k not in HINTS} | THREADS
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        ) as half:
            for line in half.stdout or ():
                progress.update(task, advance=1, description=f"{label}: {line.strip()}")
    if half.returncode:
        raise SystemExit(f"The half '{label}' stopped with an error; see above.")


def _warn_if_busy() -> None:
    load = os.getloadavg()[0]
    if load > QUIET_LOAD:
        CONSOLE.print(f"The machine is busy (load {load:.1f}): the time ratios will not hold.")


def _write_protocol(
    data: Path, work: Path, runs: list[Run], rotate: bool
) -> tuple[Path, list[Run]]:
    """Write which images are used; returns their folder and the runs as both halves see them."""
    folder = data
    if rotate:
        folder = work / "turned"
        runs = turn_runs(runs, data, folder)
    write_runs(work / "protocol.json", folder, runs)
    return folder, runs


def main(
    data: Annotated[Path, typer.Option(envvar="AMISS_REAL_DATA", help="Folder with the sets.")],
    sets: str = "aliens,cookies,pill",
    references: Annotated[str, typer.Option(help="Numbers of references.")] = "1,8",
    seeds: str = "0,1,2,3,4",
    half: Annotated[Half, typer.Option(help="Which half of the pictures to test.")] = "report",
    rotate: Annotated[bool, typer.Option(help="Turn every query by its own angle.")] = False,
    peers: Annotated[str, typer.Option(help="Which peers.")] = PEERS,
    sizes: Annotated[str, typer.Option(help="Input sizes of the peers, pixels.")] = "224,448",
    peers_only: Annotated[bool, typer.Option(help="Leave Amiss out.")] = False,
    reuse: Annotated[
        bool, typer.Option(help="Keep the peers' scores of an earlier call with the same options.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure Amiss beside its peers on the same images with the same encoder."""
    counts = [int(count) for count in references.split(",")]
    drawn = draw_runs(
        data.resolve(), sets.split(","), counts, [int(seed) for seed in seeds.split(",")], half
    )
    work = ROOT / "runs" / "benchmarks-real" / (half + ("-rotate" if rotate else ""))
    if not reuse:
        shutil.rmtree(work / "scores", ignore_errors=True)
    folder, runs = _write_protocol(data.resolve(), work, drawn, rotate)
    methods = [f"{peer}-{size}" for peer in peers.split(",") for size in sizes.split(",")]

    subprocess.run([HERE / "setup.sh"], check=True, stdout=sys.stderr)
    _warn_if_busy()
    shared = ["--protocol", str(work / "protocol.json"), "--work", str(work)]
    encoder = ROOT / "src" / "amiss" / "bundles" / "default" / "encoder.onnx"
    theirs = [*shared, "--encoder", str(encoder), "--methods", ",".join(methods)]
    _side("peers", "benchmarks.real.peers", PEERS_PYTHON, theirs, len(runs) * len(methods))
    if not peers_only:
        _side("Amiss", "benchmarks.real.amiss_side", Path(sys.executable), shared, len(runs))

    rows = compare(work, folder, runs, methods if peers_only else [AMISS, *methods])
    print(json.dumps([row.export() for row in rows], indent=1) if as_json else markdown(rows))


if __name__ == "__main__":
    typer.run(main)
