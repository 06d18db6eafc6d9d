"""The one command: python -m benchmarks.photographs PHOTOS --bundle B --operating-point P."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from benchmarks.options import BundlePath, PointPath
from benchmarks.photographs.figures import Pictures, figures
from benchmarks.photographs.score import Seen, score
from benchmarks.photographs.sheet import draw, worst
from benchmarks.photographs.shop import Shop
from benchmarks.photographs.show import markdown

from amiss.cli.output import progress, say, write_picture
from amiss.domain.errors import AmissError
from amiss.inspector import Inspector

WORK = Path("runs") / "benchmarks-photographs"


def main(
    photos: Annotated[
        Path, typer.Argument(metavar="PHOTOS", help="The folder with query, iconic and gallery.")
    ],
    bundle: BundlePath = None,
    operating_point: PointPath = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Photographs of each product, at most.")
    ] = None,
    work: Annotated[Path, typer.Option(metavar="DIR", help="Where scores are kept.")] = WORK,
    sheet: Annotated[
        Path | None, typer.Option(metavar="PNG", help="Draw the worst mistakes, outside of here.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="Misses on the sheet, and alarms.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Inspect real photographs, untouched, painted on and seamed, with and without references."""
    shop = Shop.open(photos, limit)
    inspector = Inspector.load(bundle, operating_point=operating_point)
    name = f"{inspector.bundle.id}-{inspector.point.hash[:12]}-{limit or 'all'}.jsonl"
    with progress("Inspecting photographs") as moved:
        lines = score(shop, inspector, work / name, progress=moved)
    document = {
        "bundle": inspector.bundle.id,
        "operating_point": inspector.point.hash,
        **figures(lines),
    }
    if sheet is not None:
        pictures = Pictures.of(lines)
        misses, alarms = worst(pictures, count)
        write_picture(sheet, draw(Seen(shop, inspector), pictures, [*misses, *alarms]))
        say(f"{sheet}: {len(misses)} misses, then {len(alarms)} alarms.")
    if as_json:
        print(json.dumps(document, indent=1))
    else:
        print(f"{inspector.bundle.id}\n\n{markdown(document)}")


if __name__ == "__main__":
    try:
        typer.run(main)
    except AmissError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)
