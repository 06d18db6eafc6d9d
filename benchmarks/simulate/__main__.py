"""The one command: python -m benchmarks.simulate."""

import json
from enum import StrEnum
from typing import Annotated

import typer
from benchmarks.simulate.stages import Timing, measure
from benchmarks.speed.machine import describe

from amiss.simulate.render.choose import open_backend


class Name(StrEnum):
    """Which renderer."""

    FAST = "fast"
    PATH = "path"


def main(
    items: Annotated[int, typer.Option(min=1, help="Captures, one of each kind in turn.")] = 10,
    views: Annotated[int, typer.Option(min=1, max=5, help="Cameras.")] = 3,
    size: Annotated[int, typer.Option(min=16, help="Pixels of a side.")] = 448,
    backend: Annotated[Name, typer.Option(help="The renderer.")] = Name.FAST,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure frames per second, with everything, and where the time goes."""
    renderer = open_backend(backend.value)
    timings = measure(renderer, items, views, size)
    document = {
        "machine": describe(),
        "backend": renderer.name,
        "items": items,
        "views": views,
        "size": size,
        "stages": {
            name: {"ms": timing.wall * 1e3, "cpu_ms": timing.cpu * 1e3}
            for name, timing in timings.items()
        },
        "frames_per_second": 1 / timings["all"].wall,
        "frames_per_cpu_second": 1 / timings["all"].cpu,
    }
    print(json.dumps(document, indent=1) if as_json else _markdown(document, timings))


def _markdown(document: dict[str, object], timings: dict[str, Timing]) -> str:
    rate = f"{document['frames_per_second']:.1f} frames per second"
    alone = f"{document['frames_per_cpu_second']:.1f} per second of one processor"
    what = f"{document['items']} captures of {document['views']} views at {document['size']} px"
    return "\n".join(
        [
            f"{document['backend']}, {what}; {document['machine']}",
            "",
            "| per frame | ms | CPU ms |",
            "|---|---:|---:|",
            *(
                f"| {name} | {t.wall * 1e3:.0f} | {t.cpu * 1e3:.0f} |"
                for name, t in timings.items()
            ),
            "",
            f"{rate}; {alone}.",
        ]
    )


if __name__ == "__main__":
    typer.run(main)
