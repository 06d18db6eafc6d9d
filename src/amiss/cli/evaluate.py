"""`amiss evaluate`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from amiss.cli.options import AsJson, BundleFolder, Engine, OperatingPointFile
from amiss.cli.output import console, number, print_json, progress, table
from amiss.domain.errors import InputError

if TYPE_CHECKING:
    from amiss.domain.evidence import ScoreMap
    from amiss.evaluate.folder import Picture
    from amiss.gallery.reference import Reference
    from amiss.inspector import Inspector

FIGURES = {
    "auroc": "AUROC",
    "ap": "average precision",
    "recall_at_fpr_1pct": "recall at 1 % false positives",
    "pixel_auroc": "pixel AUROC",
    "aupro": "AUPRO",
}


def evaluate(
    dataset: Annotated[Path, typer.Argument(help="Folder of the data set.")],
    layout: Annotated[
        str, typer.Option(help="How the data set is laid out; this version evaluates folder.")
    ] = "folder",
    references: Annotated[
        int, typer.Option(metavar="K", help="How many references to draw; 0 inspects without.")
    ] = 1,
    half: Annotated[
        Literal["choose", "report", "all"],
        typer.Option(help="Which half of the pictures: settings are chosen on one only."),
    ] = "all",
    seed: Annotated[int, typer.Option(min=0, help="Which references are drawn.")] = 0,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Turn every query by an angle of its own.")
    ] = False,
    details: Annotated[
        bool, typer.Option("--details", help="Also report on each picture.")
    ] = False,
    bundle: BundleFolder = None,
    operating_point: OperatingPointFile = None,
    engine: Engine = "auto",
    as_json: AsJson = False,
) -> None:
    """Measure how good Amiss is on labelled pictures."""
    if layout != "folder":
        raise InputError(f"This version evaluates the layout folder only, not {layout!r}.")

    from amiss.dataset.folder import FolderDataset
    from amiss.evaluate.folder import evaluate_folder
    from amiss.inspector import Inspector

    pictures = FolderDataset.open(dataset)
    inspector = Inspector.load(bundle, operating_point=operating_point, engine=engine)
    with progress("Inspecting") as moved:
        report = evaluate_folder(
            _UnderTest(inspector),
            pictures,
            references=references,
            half=half,
            seed=seed,
            rotate=rotate,
            progress=moved,
        )
    document = {
        **report.export(details=details),
        "layout": layout,
        "bundle": inspector.bundle.id,
        "operating_point": inspector.point.hash,
        "engine": inspector.eye.engine.name,
    }
    if as_json:
        print_json(document)
    else:
        _show(document)


@dataclass(frozen=True, slots=True)
class _Opinion:
    """What evaluation reads of a result."""

    score: float | None
    decision: str
    heatmaps: "list[ScoreMap]"


class _UnderTest:
    """The inspector as evaluation calls it: references are looked at once."""

    def __init__(self, inspector: "Inspector") -> None:
        self._inspector = inspector

    def prepare(self, references: "Sequence[Picture]") -> "list[Reference]":
        return [self._inspector.see(picture) for picture in references]

    def __call__(self, query: "Picture", references: "list[Reference] | None") -> _Opinion:
        result = self._inspector.inspect(query, references=references or [])
        seen = [heat for heat in result.heatmaps if heat is not None]
        return _Opinion(result.score, result.decision.value, seen)


def _show(document: dict[str, Any]) -> None:
    """The figures for people; no picture is left out without a word."""
    turned = ", turned" if document["rotate"] else ""
    half = "all pictures" if document["half"] == "all" else f"the half to {document['half']}"
    title = f"{half}{turned}, {document['references']} references, seed {document['seed']}"
    figures = table("figure", ">value", title=title)
    for key, name in FIGURES.items():
        if key in document:
            figures.add_row(name, number(document[key]))
    figures.add_row("ms per picture", number(document["ms_per_image"], 0))
    for key in ("n_good", "n_damaged", "n_no_opinion", "n_unmasked", "n_ignored_files"):
        if key in document:
            figures.add_row(key.replace("_", " "), str(document[key]))
    for label, share in document["not_inspected"].items():
        figures.add_row(f"{label} not inspected", f"{share:.1%}")
    to = console()
    to.print(figures)
    if document["by_type"]:
        to.print(_by_type(document["by_type"]))
    for image in document.get("images", ()):
        to.print(f"{number(image['score'])}  {image['decision']:13}  {image['name']}")
    to.print(f"{document['bundle']}, {document['engine']}")


def _by_type(figures: dict[str, dict[str, Any]]) -> Any:  # noqa: ANN401 - rich is imported late
    types = table("type", ">n", ">AUROC", ">recall at 1 %")
    for name, own in figures.items():
        types.add_row(name, str(own["n"]), number(own["auroc"]), number(own["recall_at_fpr_1pct"]))
    return types
