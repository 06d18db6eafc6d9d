"""The one command: python -m benchmarks.learning curve|scarcity|squeezed WORK."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from benchmarks.learning.curve import curve
from benchmarks.learning.scarcity import RARE, scarcity
from benchmarks.learning.show import curve_table, scarcity_table, squeezed_table
from benchmarks.learning.squeezed import squeezed

from amiss.bundle.operating_point import read_operating_point
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
    work: Work,
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", help="One that was trained on.")],
    number: Annotated[int, typer.Argument(metavar="N", help="Of its cache.")],
    bundle: Annotated[Path, typer.Option(metavar="B", help="The bundle that came of it.")],
    operating_point: Annotated[Path, typer.Option(metavar="JSON", help="Of that bundle.")],
    items: Annotated[int, typer.Option(min=1, help="At most.")] = 200,
    epochs: Annotated[int, typer.Option(min=1, help="As it was trained.")] = 4,
    with_test: Annotated[bool, typer.Option("--with-test", help="As it was trained.")] = False,
    as_json: Json = False,
) -> None:
    """Hold what training saw of the validation split against what the bundle sees."""
    opened = open_bundle(bundle)
    options = Options(
        epochs=epochs,
        threads=default_threads(),
        on=("train", "test") if with_test else ("train",),
    )
    with progress("Inspecting") as moved:
        document = squeezed(
            open_dataset(dataset),
            _caches(work, str(number))[0],
            work,
            _caches(work, ""),
            opened,
            read_operating_point(operating_point, opened),
            options,
            items,
            moved,
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
