"""`amiss inspect`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amiss.cli.options import AsJson, BundleFolder, Engine, OperatingPointFile
from amiss.cli.output import (
    COLOURS,
    check_picture_file,
    console,
    number,
    print_json,
    say,
    table,
    write_picture,
)
from amiss.domain.errors import InputError
from amiss.domain.words import ProcessStep

if TYPE_CHECKING:
    from rich.table import Table

    from amiss.domain.result import Result

LISTS = ("--reference", "--depth", "--empty-tray")
FLAGS = ("--json", "--help", "-h")


def spread(arguments: Sequence[str]) -> list[str]:
    """Repeats an option before each of the files that follow it: `--reference A B`.

    Only once a query was named: `inspect --reference A QUERY` keeps its query.
    """
    if list(arguments[:1]) != ["inspect"]:
        return list(arguments)
    spread_out: list[str] = []
    queries, current, is_value = 0, "", False
    for place, argument in enumerate(arguments[1:], start=1):
        if argument == "--":
            return ["inspect", *spread_out, *arguments[place:]]
        if is_value:
            is_value = False
        elif argument.startswith("-"):
            name, assigned, _ = argument.partition("=")
            current = name if name in LISTS else ""
            is_value = not assigned and argument not in FLAGS
        elif current and queries:
            spread_out.append(current)
        else:
            queries += 1
        spread_out.append(argument)
    return ["inspect", *spread_out]


def inspect(
    queries: Annotated[list[Path], typer.Argument(metavar="QUERY", help="The views of one item.")],
    reference: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="IMG...", help="Pristine views of the product: all files that follow."
        ),
    ] = None,
    product: Annotated[
        str | None, typer.Option(metavar="SKU", help="What the item is, to find its references.")
    ] = None,
    gallery: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The gallery to find the product in.")
    ] = None,
    depth: Annotated[
        list[Path] | None,
        typer.Option(metavar="IMG...", help="Depth of each view: 16-bit PNG, in millimetres."),
    ] = None,
    empty_tray: Annotated[
        list[Path] | None,
        typer.Option(metavar="IMG...", help="The empty tray as each view's camera sees it."),
    ] = None,
    step: Annotated[
        ProcessStep | None, typer.Option(help="Where in the process the item was captured.")
    ] = None,
    heatmap: Annotated[
        Path | None, typer.Option(metavar="OUT.png", help="Write a picture of what is amiss.")
    ] = None,
    bundle: BundleFolder = None,
    operating_point: OperatingPointFile = None,
    engine: Engine = "auto",
    as_json: AsJson = False,
) -> None:
    """Inspect one item: decide whether it is damaged, and show where."""
    if gallery is not None and product is None and not reference:
        raise InputError("A gallery needs the product to look up; name it with --product.")
    if heatmap is not None:
        others = [*(reference or []), *(depth or []), *(empty_tray or [])]
        check_picture_file(heatmap, [*queries, *others])

    from amiss.cli.depth import read_depth
    from amiss.inspector import Inspector

    inspector = Inspector.load(
        bundle, operating_point=operating_point, gallery=gallery, engine=engine
    )
    result = inspector.inspect(
        queries,
        references=reference or None,
        depth=[read_depth(path) for path in depth] if depth else None,
        empty_tray=empty_tray or None,
        product=product,
        step=step,
    )
    files = [] if heatmap is None else _write_heatmap(heatmap, result)
    if as_json:
        print_json(result.export(files))
    else:
        _show(result, files)


def _write_heatmap(path: Path, result: "Result") -> list[str]:
    """Where the heat map was written; a picture without heat would look like a pass."""
    if all(heat is None for heat in result.heatmaps):
        say("No heat map is written, since no view could be judged.")
        return []
    write_picture(path, result.picture())
    return [str(path)]


def _show(result: "Result", files: list[str]) -> None:
    """The result for people."""
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    colour = COLOURS[result.decision]
    headline = Text.assemble(
        (result.decision.value.replace("_", " ").upper(), f"bold {colour}"),
        f"  score {number(result.score)}, threshold {number(result.threshold)}",
    )
    parts: list[Text | Table] = [headline, *(Text(f"· {reason}") for reason in result.reasons)]
    if result.findings:
        parts.append(_findings(result))
    parts.append(_evidence(result))
    point = result.operating_point[:12]
    parts.append(Text(f"{result.elapsed_ms:.0f} ms, {result.bundle}, operating point {point}"))
    parts += [Text(f"Heat map: {file}") for file in files]
    console().print(Panel(Group(*parts), border_style=colour, title=Text(result.product or "item")))


def _findings(result: "Result") -> "Table":
    found = table("finding", ">view", ">x", ">y", ">width", ">height", ">score", "against")
    for finding in result.findings:
        box = [str(value) for value in finding.box]
        against = Path(finding.reference or "–").name
        found.add_row(finding.kind, str(finding.view), *box, number(finding.score), against)
    return found


def _evidence(result: "Result") -> "Table":
    said = table("evidence", ">view", ">discrepancy", ">coverage", "against")
    for one in result.evidence:
        against = Path(one.reference or "–").name if one.available else "could not see"
        said.add_row(
            one.detector, str(one.view), number(one.score), number(one.coverage, 2), against
        )
    return said
