"""The one command: python -m benchmarks.identify simulate|see|score|table DIR."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from benchmarks.identify.score import score
from benchmarks.identify.sets import OUTFIT, PER_PRODUCT, PLAN, PRODUCTS
from benchmarks.identify.table import table
from benchmarks.journal import add, begin, code

from amiss.cli.output import progress
from amiss.dataset.collection import Dataset
from amiss.dataset.reader import open_dataset
from amiss.inspector import Inspector
from amiss.simulate.bulk import Bulk
from amiss.simulate.render.choose import open_backend
from amiss.train.identify.see import eyes, see_products

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Where products and scores are.")]
Products = Annotated[int, typer.Option(min=2, metavar="N", help="How many products.")]


@app.command()
def simulate(
    folder: Folder,
    products: Products = PRODUCTS,
    processes: Annotated[int, typer.Option(min=1, metavar="P", help="How many draw.")] = 1,
) -> None:
    """Make the products' references and items, or go on with them."""
    opener = partial(open_backend, "fast", None if processes == 1 else 1)
    bulk = Bulk(folder / "kin", PLAN, OUTFIT, opener(), opener, processes)
    with progress("Simulating") as moved:
        bulk.make(range(products * PER_PRODUCT), progress=moved)


@app.command()
def see(folder: Folder) -> None:
    """Look at all of them; what was seen is kept."""
    inspector = Inspector.load()
    with progress("Looking") as moved:
        for _ in see_products(_data(folder), _kept(folder, inspector), inspector, moved):
            pass


@app.command("score")
def score_(folder: Folder, seed: int = 0) -> None:
    """Identify every item in every way; goes on where it was cut off."""
    inspector = Inspector.load()
    products = list(see_products(_data(folder), _kept(folder, inspector), inspector))
    path = folder / "scores.jsonl"
    header = {"bundle": inspector.bundle.id, "code": code(), "seed": seed}
    done = frozenset(line["id"] for line in begin(path, header))
    with progress("Identifying") as moved:
        for line in score(inspector, products, seed, done, moved):
            add(path, line)


@app.command("table")
def table_(
    folder: Folder, as_json: Annotated[bool, typer.Option("--json", help="One document.")] = False
) -> None:
    """The figures of what was scored."""
    lines = [json.loads(line) for line in (folder / "scores.jsonl").read_text().splitlines()]
    found = table(lines[1:])
    if as_json:
        print(json.dumps({"made_with": lines[0], "figures": found}, indent=2))
        return
    print("| figure | target | value | 95 % | one-sided 95 % | n |\n|---|---|---|---|---|---|")
    for one in found:
        if one["value"] is None:
            continue
        low, high = one["interval"]
        span = f"{low:.4f}–{high:.4f}"
        cells = (one["words"], one["target"], f"{one['value']:.4f}", span, f"{one['upper']:.4f}")
        print(f"| {' | '.join(cells)} | {one['n']} |")


def _data(folder: Path) -> Dataset:
    return open_dataset(folder / "kin")


def _kept(folder: Path, inspector: Inspector) -> Path:
    return folder / "seen" / eyes(inspector.bundle)


if __name__ == "__main__":
    app()
