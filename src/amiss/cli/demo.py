"""`amiss demo`: the main job on the recorded booth that comes with the package."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amiss.cli.demo_pictures import Album
from amiss.cli.options import AsJson, BundleFolder, Engine, OperatingPointFile
from amiss.cli.output import COLOURS, console, number, print_json, progress, table

if TYPE_CHECKING:
    from amiss.cli.demo_rows import Row
    from amiss.inspector import Inspector


def demo(
    leave: Annotated[
        bool, typer.Option("--exit", help="Return when done; this version always does.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write pictures of what is amiss there.")
    ] = None,
    bundle: BundleFolder = None,
    operating_point: OperatingPointFile = None,
    engine: Engine = "auto",
    as_json: AsJson = False,
) -> None:
    """Inspect the recorded booth from end to end, and compare with the truth."""
    del leave  # for when the demo serves pages
    from amiss.cli.demo_rows import summary
    from amiss.inspector import Inspector

    album = None if out is None else Album.make(out)
    inspector = Inspector.load(bundle, operating_point=operating_point, engine=engine)
    rows = _inspect(inspector, album)
    document = {
        **summary(rows),
        "bundle": inspector.bundle.id,
        "operating_point": inspector.point.hash,
        "pictures": [] if album is None else album.finish(),
        "items": [row.export() for row in rows],
    }
    if as_json:
        print_json(document)
    else:
        _show(document, rows)


def _inspect(inspector: "Inspector", album: Album | None) -> list["Row"]:
    """Every item of the recording; the references of each product are looked at once."""
    from amiss.booth.judge import Judge
    from amiss.cli.demo_rows import row_of
    from amiss.cli.recorded import Pristine, cameras_in, replay
    from amiss.dataset.reader import open_dataset
    from amiss.recordings import BOOTH

    split = open_dataset(BOOTH).split("test")
    records = list(split)
    judge = Judge(inspector, cameras_in(records))
    rows = []
    with progress("Inspecting") as moved:
        for record, result in replay(records, judge, Pristine(split, inspector)):
            rows.append(row_of(record, result))
            if album is not None:
                album.add(rows[-1], result)
            moved(len(rows), len(records))
    return rows


def _show(document: dict[str, Any], rows: list["Row"]) -> None:
    from rich.text import Text

    shown = table(
        "item", "decision", ">score", "what was amiss", "truth", ">ms",
        title="The recorded booth (simulated)",
    )  # fmt: skip
    for row in rows:
        decision = Text(row.decision.value, style=COLOURS[row.decision])
        shown.add_row(row.item, decision, number(row.score), row.what, row.truth, f"{row.ms:.0f}")
    to = console()
    to.print(shown)
    for title, by in (("truth", "by_type"), ("story", "by_story")):
        counts = table(title, ">items", ">sidelined", ">passed", ">not inspected")
        for word, counted in document[by].items():
            counts.add_row(word.replace("_", " "), *map(str, counted.values()))
        to.print(counts)
    to.print(
        f"{document['items_total']} simulated items, {document['amiss_total']} of them amiss: "
        f"{document['sidelined']} sidelined, {document['true_sidelined']} of them rightly; "
        f"{document['missed']} passed that should not; "
        f"{document['not_inspected']} not inspected; "
        f"{document['ms_per_item_p50']:.0f} ms per item (median)."
    )
    if document["pictures"]:
        to.print(f"Overview: {document['pictures'][0]}")
