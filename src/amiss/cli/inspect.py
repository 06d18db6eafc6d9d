"""`amiss inspect`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from amiss.cli.inspect_captures import Wanted, report_captures
from amiss.cli.inspect_show import show_result, write_heatmap
from amiss.cli.options import AsJson, BundleFolder, Engine, OperatingPointFile
from amiss.cli.output import check_picture_file, print_json
from amiss.domain.errors import InputError
from amiss.domain.words import ProcessStep

LISTS = ("--reference", "--depth", "--empty-tray")
FLAGS = ("--json", "--help", "-h")


def spread(arguments: Sequence[str]) -> list[str]:
    """Repeats an option before each of the files that follow it: `--reference A B`.

    Only once a query or a recording was named: `inspect --reference A QUERY` keeps its query.
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
            queries += name == "--capture"  # which holds the views
            is_value = not assigned and argument not in FLAGS
        elif current and queries:
            spread_out.append(current)
        else:
            queries += 1
        spread_out.append(argument)
    return ["inspect", *spread_out]


def inspect(
    queries: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="QUERY...",
            help="The views of one item; with --capture, which captures (all if none is named).",
            show_default=False,
        ),
    ] = None,
    capture: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Inspect captures of this recording or data set."),
    ] = None,
    reference: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="IMG...", help="Pristine views of the product: all files that follow."
        ),
    ] = None,
    product: Annotated[
        str | None, typer.Option(metavar="SKU", help="What the item is, to find its references.")
    ] = None,
    expected: Annotated[
        str | None,
        typer.Option(metavar="SKU,...", help="Products of which it should be one."),
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
    record: Annotated[
        Path | None, typer.Option(metavar="SITE", help="Record it in this site's folder, too.")
    ] = None,
    item: Annotated[
        str | None, typer.Option(metavar="ID", help="Name of the item, to record it under.")
    ] = None,
    bundle: BundleFolder = None,
    operating_point: OperatingPointFile = None,
    engine: Engine = "auto",
    as_json: AsJson = False,
) -> None:
    """Inspect one item, or captures of a recording: decide whether it is damaged, and where."""
    named = tuple(word.strip() for word in (expected or "").split(",") if word.strip())
    _refuse_misfits(queries or [], capture, depth, empty_tray, step)
    if heatmap is not None:
        others = [*(reference or []), *(depth or []), *(empty_tray or [])]
        check_picture_file(heatmap, [*(queries or []), *others])

    from amiss.cli.inspect_record import recording
    from amiss.inspector import Inspector

    inspector = Inspector.load(
        bundle, operating_point=operating_point, gallery=gallery, engine=engine
    )
    identifies = inspector.bundle.manifest.identification is not None
    named_or_seen = product is not None or bool(reference) or capture is not None or identifies
    if gallery is not None and not named_or_seen:
        raise InputError(
            "The bundle does not identify items, so that a gallery needs the product to look up; "
            "name it with --product."
        )
    if capture is not None:
        names = tuple(str(query) for query in queries or [])
        wanted = Wanted(capture, names, product, tuple(reference or ()), named)
        with recording(record, inspector) as recorder:
            report_captures(inspector, wanted, heatmap, recorder, as_json=as_json)
        return

    from amiss.cli.depth import read_depth

    with recording(record, inspector) as recorder:
        result = inspector.inspect(
            queries or [],
            references=reference or None,
            depth=[read_depth(path) for path in depth] if depth else None,
            empty_tray=empty_tray or None,
            product=product,
            expected=named,
            step=step,
        )
        recorded = recorder.loose(result, queries or [], depth, empty_tray, step, item)
    files = [] if heatmap is None else write_heatmap(heatmap, result)
    if as_json:
        print_json({**result.export(files), **recorded})
    else:
        show_result(result, files)


def _refuse_misfits(
    queries: list[Path],
    capture: Path | None,
    depth: list[Path] | None,
    empty_tray: list[Path] | None,
    step: ProcessStep | None,
) -> None:
    """Says what does not go together."""
    if capture is None and not queries:
        raise InputError(
            "There is no picture to inspect; name one, or a recording (see amiss inspect --help)."
        )
    if capture is not None and (depth or empty_tray or step):
        raise InputError(
            "A capture brings its own depth, empty tray and step; leave out --depth, --empty-tray "
            "and --step."
        )
