"""The one command: python -m benchmarks.damage simulate|score|table|sheet DIR."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import cv2
import typer
from benchmarks.damage.items import Items, read_items
from benchmarks.damage.look import open_inspector
from benchmarks.damage.score import Job, score
from benchmarks.damage.sets import (
    CALIBRATION,
    DECEPTIVE,
    PER_PRODUCT,
    REFERENCES,
    SETS,
    SIZE,
    VIEWS,
    planned,
)
from benchmarks.damage.sheet import draw, worst
from benchmarks.damage.show import markdown
from benchmarks.damage.table import short, table

from amiss.bundle.read import Bundle, open_bundle
from amiss.cli.output import progress
from amiss.domain.errors import AmissError

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Where the data sets and scores are.")]
BundlePath = Annotated[Path, typer.Option("--bundle", metavar="B", help="The bundle's folder.")]
Point = Annotated[
    Path | None,
    typer.Option("--operating-point", metavar="JSON", help="By default the one beside the bundle."),
]
Only = Annotated[
    Literal["fast", "path", "calibration"] | None, typer.Option(help="One of the sets.")
]
Processes = Annotated[int, typer.Option(min=1, metavar="P", help="How many processes work.")]
TESTS = tuple(name for name in SETS if name != CALIBRATION)


@app.command("simulate")
def simulate_(
    folder: Folder,
    scale: Annotated[float, typer.Option(min=0, max=1, help="Share of the items.")] = 1.0,
    only: Only = None,
    processes: Processes = 1,
) -> None:
    """Make the data sets, or go on with them."""
    from amiss.cli.simulate import simulate

    for one in SETS.values():
        if only not in (None, one.name):
            continue
        items = one.scaled(scale)
        with progress(f"Counting {one.name}") as moved:
            counts = planned(one.plan(), items, moved)
        print(f"{one.name}, seed {one.seed}, {one.what}: {_words(counts)}", flush=True)
        simulate(
            out=folder / one.name,
            items=items,
            seed=one.seed,
            views=VIEWS,
            size=SIZE,
            backend=one.backend,
            damaged=one.damaged,
            references=REFERENCES,
            even=True,
            deceptive=DECEPTIVE,
            per_product=PER_PRODUCT,
            no_crops=True,
            processes=processes,
        )


@app.command("score")
def score_(
    folder: Folder,
    bundle: BundlePath,
    point: Point = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Items of each set, at most.")
    ] = None,
    only: Only = None,
    processes: Processes = 1,
) -> None:
    """Inspect every item in every arm, or what is missing."""
    opened = open_bundle(bundle)
    for one in SETS.values():
        if only not in (None, one.name) or not (folder / one.name).exists():
            continue
        job = Job(folder / one.name, bundle, _point(bundle, point))
        out = _scores(folder, opened, one.name)
        with progress(f"Scoring {one.name}") as moved:
            count = score(job, out, limit=limit, processes=processes, progress=moved)
        print(f"{one.name}: {count} items stand in {out}", flush=True)


@app.command("table")
def table_(
    folder: Folder,
    bundle: BundlePath,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Print all figures, set by set."""
    opened = open_bundle(bundle)
    calibration = _items(folder, opened, CALIBRATION)
    found: dict[str, Any] = {}
    for name in TESTS:
        if _scores(folder, opened, name).exists():
            found[name] = table(_items(folder, opened, name), calibration)
            if name == "fast":
                found[name]["short"] = short(found[name]["counts"])
    if as_json:
        print(json.dumps({"bundle": opened.id, **found}, indent=1))
        return
    print(f"{opened.id}\n")
    for name, document in found.items():
        print(markdown(name, SETS[name].what, document) + "\n")


@app.command("sheet")
def sheet_(
    folder: Folder,
    bundle: BundlePath,
    out: Annotated[Path, typer.Option(metavar="PNG", help="The picture.")],
    point: Point = None,
    of: Annotated[Literal["fast", "path"], typer.Option("--set", help="Which test set.")] = "fast",
    arm: Annotated[
        Literal["all", "depth"], typer.Option(help="With references, or without.")
    ] = "all",
    count: Annotated[int, typer.Option(min=1, help="Misses, and false alarms.")] = 10,
) -> None:
    """Draw the worst misses of major damage, and below them the worst false alarms."""
    opened = open_bundle(bundle)
    items = _items(folder, opened, of)
    misses, alarms = worst(items, arm, count)
    inspector = open_inspector(bundle, _point(bundle, point))
    picture = draw(folder / of, items, [*misses, *alarms], inspector, arm)
    if not cv2.imwrite(str(out), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)):
        raise typer.BadParameter(f"{out} cannot be written; name a PNG in a folder that is there.")
    print(f"{out}: {len(misses)} misses, then {len(alarms)} alarms")


def _point(bundle: Path, point: Path | None) -> Path:
    """The operating point's file: as named, or where training puts it, beside the bundle."""
    return bundle.with_name(f"{bundle.name}.operating_point.json") if point is None else point


def _scores(folder: Path, bundle: Bundle, name: str) -> Path:
    return folder / "scores" / bundle.id / f"{name}.jsonl"


def _items(folder: Path, bundle: Bundle, name: str) -> Items:
    return read_items(_scores(folder, bundle, name))


def _words(counts: dict[str, int]) -> str:
    return (
        f"{counts['products']} products, {counts['pristine']} pristine items ({counts['deceptive']}"
        f" with deceptive prints, {counts['on_trays']} on dirty or coloured trays), "
        f"{counts['damaged']} damaged ones"
    )


if __name__ == "__main__":
    try:
        app()
    except AmissError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)
