"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

CONTEXT = {"help_option_names": ["-h", "--help"]}

# The same names as in `amiss.vision.engine.choose`, whose import would slow down every `--help`.
EngineName = Literal["auto", "onnxruntime", "openvino"]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
BundleFolder = Annotated[
    Path | None,
    typer.Option("--bundle", metavar="DIR", help="Folder of the bundle; by default the packaged."),
]
OperatingPointFile = Annotated[
    Path | None,
    typer.Option(
        "--operating-point",
        metavar="FILE",
        help="File with the threshold to decide by; by default the packaged.",
    ),
]
Engine = Annotated[EngineName, typer.Option("--engine", help="What runs the encoder.")]
SiteFolder = Annotated[Path, typer.Argument(metavar="SITE", help="Folder of the site.")]
SiteOption = Annotated[Path, typer.Option("--site", metavar="SITE", help="Folder of the site.")]
GalleryFolder = Annotated[
    Path, typer.Option("--gallery", metavar="DIR", help="Folder of the gallery.")
]
