"""`amiss evaluate`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast, get_args

import typer

from amiss.cli.evaluate_ids import AskedIds, identified, show_ids
from amiss.cli.options import AsJson, BundleFolder, Engine, EngineName, OperatingPointFile
from amiss.cli.output import print_json, progress
from amiss.domain.errors import InputError

if TYPE_CHECKING:
    from amiss.dataset.words import SplitName
    from amiss.inspector import Inspector

Half = Literal["choose", "report", "all"]
Split = Literal["train", "validation", "test"]  # as in `amiss.dataset.words`, which imports slowly
Gallery = Literal["iconic", "gallery"]
Layout = Literal["folder", "booth", "kaputt", "coco", "armbench-defects"]
Ids = Literal["ids", "armbench-ids"]
IDS: tuple[Ids, ...] = get_args(Ids)
LAYOUTS: tuple[str, ...] = (*get_args(Layout), *IDS)


def evaluate(
    dataset: Annotated[Path, typer.Argument(help="Folder of the data set.")],
    layout: Annotated[
        str, typer.Option(help=f"How the data set is laid out: {', '.join(LAYOUTS)}.")
    ] = "folder",
    references: Annotated[
        int,
        typer.Option(
            metavar="K", help="How many references, of captures per camera; 0 inspects without."
        ),
    ] = 1,
    half: Annotated[
        Half, typer.Option(help="folder: which half of the pictures; settings are chosen on one.")
    ] = "all",
    rotate: Annotated[
        bool, typer.Option("--rotate", help="folder: turn every query by an angle of its own.")
    ] = False,
    split: Annotated[Split, typer.Option(help="Not of folders: which split to test on.")] = "test",
    report: Annotated[
        Path | None,
        typer.Option(metavar="OUT.html", help="Not of folders: also write a page with pictures."),
    ] = None,
    manifests: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="kaputt: where its manifests lie, if elsewhere, as kaputt-rare's."
        ),
    ] = None,
    gallery: Annotated[
        Gallery, typer.Option(help="ids: which pictures are references: catalogue ones, or others.")
    ] = "gallery",
    titles: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="ids: what products are called; reads text on items."),
    ] = None,
    expected: Annotated[
        bool, typer.Option("--expected", help="armbench-ids: only what the container holds.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Which references are drawn.")] = 0,
    details: Annotated[
        bool, typer.Option("--details", help="Also report on each picture or item.")
    ] = False,
    bundle: BundleFolder = None,
    operating_point: OperatingPointFile = None,
    engine: Engine = "auto",
    as_json: AsJson = False,
) -> None:
    """Measure how good Amiss is on labelled pictures and captures."""
    _refuse(layout, half, report, rotate=rotate, split=split)
    if manifests is not None and layout != "kaputt":
        raise InputError(f"The layout {layout} takes no --manifests; leave it out.")
    load = _Load(bundle, operating_point, engine)
    if layout in IDS:
        asked = AskedIds(dataset, layout, gallery, split, titles, expected)
        document = identified(asked, load, references, seed, details=details)
    elif layout == "folder":
        document = _pictures(dataset, load, references, half, seed, rotate, details)
    else:
        data = _Data(dataset, cast("Layout", layout), split, manifests)
        document = _captures(data, load, references, seed, report, details)
    if as_json:
        print_json(document)
        return
    if layout in IDS:
        show_ids(document)
        return
    from amiss.cli.evaluate_tables import show

    show(document)


@dataclass(frozen=True, slots=True)
class _Data:
    """Which captures to test on."""

    path: Path
    layout: Layout
    split: "SplitName"
    manifests: Path | None


@dataclass(frozen=True, slots=True)
class _Load:
    """Which inspector to load, once the data set has been found."""

    bundle: Path | None
    operating_point: Path | None
    engine: EngineName

    def __call__(self) -> "Inspector":
        from amiss.inspector import Inspector

        return Inspector.load(self.bundle, operating_point=self.operating_point, engine=self.engine)


def _refuse(layout: str, half: Half, report: Path | None, *, rotate: bool, split: Split) -> None:
    """Refuses what this version cannot do, and options that would be ignored."""
    if layout not in LAYOUTS:
        raise InputError(f"There is no layout {layout!r}; choose from {_list(LAYOUTS)}.")
    if layout in IDS and report is not None:
        raise InputError(f"The layout {layout} takes no --report; leave it out.")
    if layout == "folder" and (report is not None or split != "test"):
        raise InputError("The layout folder takes no --report and no --split; leave them out.")
    if layout != "folder" and (rotate or half != "all"):
        raise InputError(f"The layout {layout} takes no --rotate and no --half; leave them out.")
    if report is not None:
        _check_page(report)


def _check_page(path: Path) -> None:
    """Before any work is done."""
    if path.suffix.lower() not in {".html", ".htm"}:
        raise InputError(f"The report is a page, not {path.name!r}; end its name in .html.")
    if not path.parent.is_dir():
        raise InputError(f"There is no folder {str(path.parent)!r} for the report; make it.")


def _pictures(
    dataset: Path,
    load: Callable[[], "Inspector"],
    references: int,
    half: Half,
    seed: int,
    rotate: bool,
    details: bool,
) -> dict[str, Any]:
    from amiss.dataset.folder import FolderDataset
    from amiss.evaluate.folder import evaluate_folder
    from amiss.evaluate.under_test import PicturesUnderTest

    pictures = FolderDataset.open(dataset)
    inspector = load()
    with progress("Inspecting") as moved:
        found = evaluate_folder(
            PicturesUnderTest(inspector),
            pictures,
            references=references,
            half=half,
            seed=seed,
            rotate=rotate,
            progress=moved,
        )
    return {**found.export(details=details), "layout": "folder", **_what(inspector)}


def _captures(
    data: _Data,
    load: Callable[[], "Inspector"],
    references: int,
    seed: int,
    page: Path | None,
    details: bool,
) -> dict[str, Any]:
    from amiss.dataset.others import armbench_images
    from amiss.dataset.reader import open_dataset
    from amiss.evaluate.armbench import class_figures
    from amiss.evaluate.captures import evaluate_captures
    from amiss.evaluate.page import write_page
    from amiss.evaluate.under_test import CapturesUnderTest

    tested = open_dataset(data.path, data.manifests, layout=data.layout).split(data.split)
    inspector = load()
    under_test = CapturesUnderTest(inspector)
    with progress("Inspecting") as moved:
        found = evaluate_captures(
            under_test,
            tested,
            references=references,
            picture="crop" if data.layout == "kaputt" else "image",
            seed=seed,
            progress=moved,
        )
    document = {**found.export(details=details), "layout": data.layout, **_what(inspector)}
    if data.layout == "armbench-defects" and armbench_images.is_one(data.path):
        document |= class_figures(found)
    if page is not None:
        write_page(page, found, document, tested, under_test)
        document["report"] = str(page)
    return document


def _what(inspector: "Inspector") -> dict[str, str]:
    return {
        "bundle": inspector.bundle.id,
        "operating_point": inspector.point.hash,
        "engine": inspector.eye.engine.name,
    }


def _list(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"
