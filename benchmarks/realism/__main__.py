"""The one command: python -m benchmarks.realism <part>."""

from typing import Annotated

import typer
from benchmarks.realism import hardness, leak, masks, nuisances, sizes, transfer
from benchmarks.realism.items import open_backend
from benchmarks.realism.show import counting, show

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Name = Annotated[str, typer.Option(help="The renderer: fast or path.")]


@app.command("sizes")
def sizes_(
    items: Annotated[int, typer.Option(min=10, help="Damaged items.")] = 400, as_json: Json = False
) -> None:
    """How large damages are, and how many no camera sees."""
    with counting("sizes", items) as progress:
        show(sizes.measure(items, progress), as_json)


@app.command("leak")
def leak_(
    pairs: Annotated[int, typer.Option(min=10, help="Items with their twins.")] = 200,
    size: Annotated[int, typer.Option(min=256, help="Pixels of a side.")] = 448,
    backend: Name = "fast",
    as_json: Json = False,
) -> None:
    """Whether undamaged regions tell that an item is damaged."""
    with counting("leak", pairs) as progress:
        show(leak.measure(open_backend(backend), pairs, size, progress), as_json)


@app.command("hardness")
def hardness_(
    products: Annotated[int, typer.Option(min=10, help="Products, four items of each.")] = 100,
    backend: Name = "fast",
    as_json: Json = False,
) -> None:
    """How well a plain patch memory with two references does."""
    with counting("hardness", products) as progress:
        show(hardness.measure(open_backend(backend), products, progress), as_json)


@app.command("masks")
def masks_(
    items: Annotated[int, typer.Option(min=8, help="Damaged items, all types in turn.")] = 160,
    as_json: Json = False,
) -> None:
    """Whether masks are where the intact twin differs."""
    with counting("masks", items) as progress:
        show(masks.measure(items, progress), as_json)


@app.command("nuisances")
def nuisances_(
    booths: Annotated[int, typer.Option(min=10, help="Booths.")] = 200, as_json: Json = False
) -> None:
    """How often trays are dirty, scratched or of another colour, and lights aged."""
    with counting("nuisances", booths) as progress:
        show(nuisances.measure(booths, progress), as_json)


@app.command("transfer")
def transfer_(
    train: Annotated[int, typer.Option(min=20, help="Pictures to train on.")] = 300,
    test: Annotated[int, typer.Option(min=20, help="Pictures to test on.")] = 300,
    size: Annotated[int, typer.Option(min=128, help="Pixels of a side.")] = 320,
    as_json: Json = False,
) -> None:
    """What fast pictures are worth for training."""
    with counting("transfer", train + test) as progress:
        show(transfer.measure(train, test, size, progress), as_json)


if __name__ == "__main__":
    app()
