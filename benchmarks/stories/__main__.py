"""The one command: python -m benchmarks.stories --bundle B --operating-point P."""

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from benchmarks.options import BundlePath, PointPath
from benchmarks.stories.judge import judge
from benchmarks.stories.sets import MOST_TELLINGS, render_further, tell
from benchmarks.stories.show import figures, markdown

from amiss.cli.output import progress
from amiss.domain.errors import AmissError
from amiss.inspector import Inspector
from amiss.recordings import BOOTH
from amiss.simulate.record import AS_RECORDED
from amiss.simulate.render.choose import open_backend

WORK = Path("runs") / "benchmarks-stories"


def main(
    bundle: BundlePath = None,
    operating_point: PointPath = None,
    seeds: Annotated[
        int, typer.Option(min=0, max=MOST_TELLINGS, help="How often the stories are told anew.")
    ] = 10,
    further: Annotated[int, typer.Option(min=0, max=1000, help="Further sound items.")] = 42,
    backend: Annotated[
        Literal["path", "fast"], typer.Option(help="Renders the further sound items.")
    ] = "path",
    work: Annotated[Path, typer.Option(metavar="DIR", help="Where what is rendered lies.")] = WORK,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Inspect the recorded booth, further sound items, and its stories told anew."""
    stories = [name for name, _, entry in AS_RECORDED.entries() if entry.tells]
    inspector = Inspector.load(bundle, operating_point=operating_point)
    with progress("The recording") as moved:
        recorded = judge(BOOTH, inspector, moved)
    more = {}
    if further:
        root = work / f"further-{further}-{backend}"
        with progress(f"Rendering {further} further items") as moved:
            render_further(root, further, open_backend(backend), moved)
        with progress("Further items") as moved:
            more = judge(root, inspector, moved, references=BOOTH)
    tellings = []
    for time in range(1, seeds + 1):
        root = work / f"telling-{time}"
        with progress(f"Rendering telling {time} of {seeds}") as moved:
            tell(root, time, open_backend("fast"), moved)
        with progress(f"Telling {time} of {seeds}") as moved:
            tellings.append(judge(root, inspector, moved))
    document = {
        "bundle": inspector.bundle.id,
        "operating_point": inspector.point.hash,
        "provisional": inspector.point.provisional,
        **figures(stories, recorded, more, tellings),
    }
    print(
        json.dumps(document, indent=1)
        if as_json
        else f"{inspector.bundle.id}\n\n{markdown(document)}"
    )


if __name__ == "__main__":
    try:
        typer.run(main)
    except AmissError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)
