"""The one command: python -m benchmarks.paint --data DIR."""

from pathlib import Path
from typing import Annotated

import typer
from benchmarks.paint import identity, sheets, sizes
from benchmarks.paint.pictures import load
from benchmarks.realism.show import counting, show


def main(
    data: Annotated[Path, typer.Option(envvar="AMISS_REAL_DATA", help="Real photographs.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for contact sheets; none are drawn without.")
    ] = None,
    count: Annotated[int, typer.Option("--pictures", min=10, help="Photographs.")] = 300,
    draws: Annotated[int, typer.Option(min=1, help="Damages and pastes on each.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Paint damage onto photographs: draw sheets, print sizes, try to tell seams."""
    pictures, without = load(data, count, seed=0)
    drawn = [] if out is None else sheets.draw(pictures, out)
    document: dict[str, object] = {"photographs_without_item": without, "sheets": len(drawn)}
    with counting("sizes", len(pictures)) as progress:
        document["sizes"] = sizes.measure(pictures, draws, progress)
    with counting("identity", len(pictures)) as progress:
        document["identity"] = identity.measure(pictures, draws, progress)
    show(document, as_json)


if __name__ == "__main__":
    typer.run(main)
