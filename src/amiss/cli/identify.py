"""`amiss identify`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amiss.cli.options import AsJson, BundleFolder, Engine, GalleryFolder, OperatingPointFile
from amiss.cli.output import console, number, print_json, table

if TYPE_CHECKING:
    from amiss.domain.identity import Identity

SHOWN = 5


def identify(
    views: Annotated[list[Path], typer.Argument(metavar="IMG...", help="The views of one item.")],
    gallery: GalleryFolder,
    expected: Annotated[
        str | None, typer.Option(metavar="SKU,...", help="Products of which it should be one.")
    ] = None,
    product: Annotated[
        str | None, typer.Option(metavar="SKU", help="What it is said to be, to be checked.")
    ] = None,
    weight: Annotated[
        float | None, typer.Option(metavar="KG", min=0.001, help="What it weighs.")
    ] = None,
    ocr: Annotated[
        bool, typer.Option("--ocr", help="Read printed text, too; needs the extra ocr.")
    ] = False,
    bundle: BundleFolder = None,
    operating_point: OperatingPointFile = None,
    engine: Engine = "auto",
    as_json: AsJson = False,
) -> None:
    """Say which product of the gallery an item is, or that nobody can say."""
    from amiss.inspector import Inspector

    inspector = Inspector.load(
        bundle, operating_point=operating_point, gallery=gallery, engine=engine
    )
    named = tuple(word.strip() for word in (expected or "").split(",") if word.strip())
    found = inspector.identify(views, expected=named, product=product, weight=weight, reads=ocr)
    if as_json:
        print_json({**found.export(), "bundle": inspector.bundle.id})
    else:
        _show(found)


def _show(found: "Identity") -> None:
    to = console()
    if found.contradicted:
        to.print(f"It is not {found.claimed}, as it is said to be; ask a person.")
    elif found.product is None:
        to.print("Nobody can say which product it is; ask a person.")
    else:
        to.print(f"It is {found.product}.")
    shown = table("product", ">probability", "because of", "expected")
    for one in found.candidates[:SHOWN]:
        because = sorted(one.says, key=lambda cue: -one.says[cue])
        words = ", ".join(cue.value for cue in because if one.says[cue] > 0)
        shown.add_row(one.product, number(one.probability), words, "yes" if one.expected else "")
    shown.add_row("none of the gallery", number(found.unknown), "", "")
    to.print(shown)
