"""Options that several benchmarks have: which bundle, and which threshold."""

from pathlib import Path
from typing import Annotated

import typer

BundlePath = Annotated[
    Path | None, typer.Option(metavar="B", help="The bundle's folder; by default Amiss's own.")
]
PointPath = Annotated[Path | None, typer.Option(metavar="JSON", help="Of that bundle.")]
