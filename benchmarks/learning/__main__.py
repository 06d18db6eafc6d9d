"""The one command: python -m benchmarks.learning curve|pace|scarcity|squeezed."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from benchmarks.learning.curve import curve
from benchmarks.learning.pace import pace
from benchmarks.learning.scarcity import RARE, scarcity
from benchmarks.learning.show import curve_table, scarcity_table, squeezed_table
from benchmarks.learning.squeezed import squeezed

from amiss.bundle.read import open_bundle
from amiss.cli.output import progress, say
from amiss.dataset.reader import open_dataset
from amiss.domain.errors import AmissError
from amiss.train.damage.run import Options
from amiss.vision.engine.threads import default_threads

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
Work = Annotated[
    Path, typer.Argument(metavar="WORK", help="Where `amiss train` keeps its feature caches.")
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the runs are kept.")]
Caches = Annotated[
    str, typer.Option(metavar="N,N…", help="Numbers of the caches; by default all of them.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command("curve")
def curve_(
    work: Work,
    out: Out,
    runs: Annotated[
        str, typer.Option(metavar="NxE,…", help="Items that are learnt from, and epochs.")
    ] = "1000x12,3000x4,10000x4",
    caches: Caches = "",
    seed: Annotated[int, typer.Option(min=0)] = 0,
    as_json: Json = False,
) -> None:
    """Train on fewer items and on more."""
    asked = [
        (int(items), int(epochs)) for items, epochs in (run.split("x") for run in runs.split(","))
    ]
    options = Options(seed=seed, threads=default_threads())
    lines = curve(out, _caches(work, caches), asked, options, _tell)
    print(json.dumps(lines, indent=1) if as_json else curve_table(lines))


@app.command("pace")
def pace_(
    work: Work,
    steps: Annotated[int, typer.Option(min=1, help="That are timed.")] = 60,
) -> None:
    """Time some steps of a finished run, on an idle machine; prints one JSON document."""
    from amiss.train.default import OPTIONS

    options = replace(OPTIONS, threads=default_threads())
    print(json.dumps(pace(work, _caches(work, ""), options, steps), indent=1))


@app.command("scarcity")
def scarcity_(
    work: Work,
    out: Out,
    seeds: Annotated[str, typer.Option(metavar="S,S…")] = "0,1,2",
    epochs: Annotated[int, typer.Option(min=1)] = 4,
    share: Annotated[float, typer.Option(min=0, max=1, help="Of the products.")] = 1.0,
    caches: Caches = "",
    as_json: Json = False,
) -> None:
    """Train with one damaged item in a hundred, without references and with them."""
    options = Options(epochs=epochs, damaged=RARE, share=share, threads=default_threads())
    numbers = [int(seed) for seed in seeds.split(",")]
    document = scarcity(out, _caches(work, caches), options, numbers, _tell)
    print(json.dumps(document, indent=1) if as_json else scarcity_table(document))


@app.command("squeezed")
def squeezed_(
    datasets: Annotated[list[Path], typer.Argument(metavar="DATASET…", help="What is trained on.")],
    out: Out,
    epochs: Annotated[int, typer.Option(min=1)] = 4,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    as_json: Json = False,
) -> None:
    """Train on squeezed features, and on whole maps."""
    options = Options(epochs=epochs, seed=seed, threads=default_threads(), on=("train", "test"))
    with progress("Looking") as moved:
        document = squeezed(
            [open_dataset(path) for path in datasets], out, open_bundle(), options, _tell, moved
        )
    print(json.dumps(document, indent=1) if as_json else squeezed_table(document))


def _caches(work: Path, numbers: str) -> list[Path]:
    if numbers:
        return [work / f"cache-{int(number):03d}" for number in numbers.split(",")]
    found = sorted(work.glob("cache-*"))
    if not found:
        raise typer.BadParameter(f"{work} holds no feature caches; run `amiss train` first.")
    return found


def _tell(stage: str, figures: dict[str, float]) -> None:
    if "epoch" in figures:
        say(f"{stage}: {json.dumps(figures)}")


if __name__ == "__main__":
    try:
        app()
    except AmissError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)
