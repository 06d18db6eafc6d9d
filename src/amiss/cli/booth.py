"""`amiss booth`: plan a booth, calibrate it, accept it."""

import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amiss.cli.options import CONTEXT, AsJson
from amiss.cli.output import console, print_json, say, table
from amiss.domain.errors import CameraError, InputError

if TYPE_CHECKING:
    from amiss.booth.accept.tasks import Stagehand
    from amiss.booth.config import OpenBooth
    from amiss.booth.drift import Change

UNITS = {"mm": 1e-3, "cm": 1e-2, "m": 1.0}
NUMBER = r"\s*(\d+(?:\.\d+)?)\s*"
LENGTH = re.compile(rf"{NUMBER}(mm|cm|m)\s*")
SIZE = re.compile(rf"{NUMBER}[x×]{NUMBER}[x×]{NUMBER}(mm|cm|m)\s*")

app = typer.Typer(
    help="Plan, calibrate and accept a booth.", rich_markup_mode=None, context_settings=CONTEXT
)

Config = Annotated[Path, typer.Argument(metavar="CONFIG", help="File that describes the booth.")]
Yes = Annotated[
    bool, typer.Option("--yes", help="Wait for nobody: what is asked for is already there.")
]


@app.command()
def design(
    item_max: Annotated[
        str, typer.Option(metavar="LxWxH", help="The largest item, such as 600x400x400mm.")
    ],
    smallest_damage: Annotated[
        str, typer.Option(metavar="LENGTH", help="The smallest damage to be seen, such as 5mm.")
    ],
    cameras: Annotated[
        int, typer.Option(min=1, max=5, help="One straight above, the others at the sides.")
    ] = 3,
    speed: Annotated[
        float, typer.Option(min=0, help="Of the item when the shutter opens, metres per second.")
    ] = 0.0,
    drawing: Annotated[
        Path | None, typer.Option(metavar="OUT.svg", help="Draw the booth to scale.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compute the cameras, lenses and lights of a booth."""
    from amiss.booth.design import design as plan_booth
    from amiss.booth.drawing import draw

    plan = plan_booth(_size(item_max), _length(smallest_damage), views=cameras, speed=speed)
    if drawing is not None:
        write(drawing, draw(plan.drawing()))
    if as_json:
        print_json({**plan.export(), "drawing": None if drawing is None else str(drawing)})
        return
    rows = plan.rows()
    shown = table("", *(row["camera"] for row in rows))
    for key in list(rows[0])[1:]:
        shown.add_row(key.replace("_", " "), *(str(row[key]) for row in rows))
    to = console()
    to.print(shown)
    to.print(plan.light)
    if drawing is not None:
        to.print(f"Drawing: {drawing}")


@app.command()
def recalibrate(
    config: Config,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the calibrations, in place of CONFIG's."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only compare with the calibration in force.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Take the empty tray as the new calibration, and say how the booth has drifted."""
    from amiss.booth.accept.tasks import empty_tray
    from amiss.booth.calibration import load, store, versions
    from amiss.booth.config import read_booth
    from amiss.booth.drift import DriftLimits, between
    from amiss.booth.recalibrate import take_empty

    described = read_booth(config)
    folder = described.calibrations if out is None else out
    if check and not versions(folder):
        raise InputError(f"There is no calibration in {folder} to compare with; store one first.")
    before = None
    try:
        before = load(folder) if versions(folder) else None
    except CameraError as error:
        if check:
            raise
        say(str(error))  # which is what is being done
    with described.open(calibrated=False) as opened:
        stagehand(opened, yes=yes).do(empty_tray())
        now = take_empty(
            opened.booth, exposures_us=described.exposures_us, limits=described.recipe.limits
        )
    if not check:
        now = store(folder, now)
    drifted = () if before is None else between(before, now)
    faults = [fault for change in drifted for fault in change.faults(DriftLimits())]
    document = {
        "folder": str(folder),
        "version": now.version or None,
        "compared_with": None if before is None else before.version,
        "cameras": list(now.cameras),
        "drift": [asdict(change) for change in drifted],
        "due": bool(faults),
        "reasons": [fault.sentence for fault in faults],
    }
    if as_json:
        print_json(document)
    else:
        _show(document, drifted)


def stagehand(opened: "OpenBooth", *, yes: bool) -> "Stagehand":
    """Who lays things on this booth's tray."""
    from amiss.booth.accept.people import Person, Unattended

    if opened.tray is not None:
        return opened.tray
    return Unattended(say) if yes else Person(ask)


def ask(sentence: str) -> str:
    """Asks on stderr; the answer is a line of stdin.

    Raises:
        InputError: nobody answers any more.
    """
    sys.stderr.write(sentence)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise InputError("Nobody answers; work at a terminal, hand in a file, or add --yes.")
    return line.rstrip("\n")


def write(path: Path, text: str) -> None:
    """Writes a document for people.

    Raises:
        InputError: it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be written ({error.strerror or error}).") from error


def _show(document: dict[str, Any], drifted: "tuple[Change, ...]") -> None:
    to = console()
    if document["version"] is not None:
        to.print(f"Calibration {document['version']} is in force, in {document['folder']}.")
    if document["compared_with"] is None:
        return
    shown = table("camera", ">light", ">colour", ">tray moved", ">edges", ">grain")
    for change in drifted:
        shown.add_row(
            change.camera,
            _times(change.light),
            _share(change.cast),
            _share(change.moved),
            _times(change.softer),
            _times(change.grain),
        )
    to.print(f"Since calibration {document['compared_with']}:")
    to.print(shown)
    for reason in document["reasons"]:
        to.print(reason)
    if not document["reasons"]:
        to.print("The booth has not drifted.")


def _times(value: float | None) -> str:
    return "–" if value is None else f"× {value:.2f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _length(text: str) -> float:
    """Metres.

    Raises:
        InputError: it is no length with a unit.
    """
    match = LENGTH.fullmatch(text)
    if match is None:
        raise InputError(f"{text!r} is no length; write it as 5mm.")
    return float(match[1]) * UNITS[match[2]]


def _size(text: str) -> tuple[float, float, float]:
    """Length, width, height; metres.

    Raises:
        InputError: it is not three lengths with a unit.
    """
    match = SIZE.fullmatch(text)
    if match is None:
        raise InputError(f"{text!r} is no size; write it as 600x400x400mm.")
    length, width, height = (float(match[place]) * UNITS[match[4]] for place in (1, 2, 3))
    return length, width, height
