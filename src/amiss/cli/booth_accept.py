"""`amiss booth accept`: the guided acceptance, with its report."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amiss.booth.accept.plan import Plan, Step
from amiss.cli.booth import Config, Yes, ask, stagehand, write
from amiss.cli.options import AsJson, BundleFolder, Engine, OperatingPointFile
from amiss.cli.output import console, print_json, say, table
from amiss.domain.errors import InputError

if TYPE_CHECKING:
    from amiss.booth.accept.report import Report
    from amiss.booth.accept.scorer import Scorer
    from amiss.booth.accept.tasks import Panel
    from amiss.booth.config import OpenBooth

STUDIES = (Step.REPEATABILITY, Step.AGREEMENT)
USUAL = Plan()
FORMS = (".html", ".md")


def accept(
    config: Config,
    step: Annotated[
        list[Step] | None, typer.Option(help="Take this step only; may be repeated.")
    ] = None,
    items: Annotated[
        int, typer.Option(min=2, help="Items that are laid down again and again.")
    ] = USUAL.items,
    placements: Annotated[int, typer.Option(min=2, help="How often each of them.")] = (
        USUAL.placements
    ),
    judged: Annotated[int, typer.Option(min=2, help="Items that people judge, too.")] = (
        USUAL.judged
    ),
    trials: Annotated[int, typer.Option(min=1, help="How often each is judged.")] = USUAL.trials,
    boards: Annotated[int, typer.Option(min=5, help="Pictures of the chessboard.")] = USUAL.boards,
    appraiser: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Who judges; may be repeated.")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="What the appraisers said, instead of asking."),
    ] = None,
    yes: Yes = False,
    lenses: Annotated[
        Path | None, typer.Option(metavar="OUT.toml", help="Write lens and place of each camera.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="OUT.html|OUT.md", help="Write the report.")
    ] = None,
    bundle: BundleFolder = None,
    operating_point: OperatingPointFile = None,
    engine: Engine = "auto",
    as_json: AsJson = False,
) -> None:
    """Accept a booth: guide people through its tests, and report what it shows."""
    from amiss.booth.accept.demands import Demands
    from amiss.booth.accept.guide import Guide
    from amiss.booth.accept.shoots import Shoots
    from amiss.booth.config import read_booth
    from amiss.booth.lenses import write_lenses

    if report is not None and report.suffix.lower() not in FORMS:
        raise InputError(f"The report is HTML or Markdown: end {report.name!r} in .html or .md.")
    steps = tuple(one for one in Step if step is None or one in step)
    plan = Plan(
        steps, boards=boards, items=items, placements=placements, judged=judged, trials=trials
    )
    described = read_booth(config)
    studies = any(one in STUDIES for one in steps)
    scorer = _scorer(bundle, operating_point, engine) if studies else None
    with described.open(calibrated=False) as opened:
        shoots = Shoots(opened.booth, stagehand(opened, yes=yes), described.recipe, say)
        panel = None
        if Step.AGREEMENT in steps:
            panel = _panel(opened, answers, tuple(appraiser or ("A", "B")), yes=yes)
        guide = Guide(
            shoots,
            plan,
            Demands(),
            scorer=scorer,
            panel=panel,
            moved=_say_step,
        )
        outcome = guide.run()
    if lenses is not None and outcome.lenses:
        write_lenses(lenses, outcome.lenses)
    elif lenses is not None:
        say(f"No lens was measured, so {lenses} is not written.")
    if report is not None:
        html = report.suffix.lower() == ".html"
        write(report, outcome.report.to_html() if html else outcome.report.to_markdown())
    if as_json:
        print_json(outcome.report.export())
    else:
        _show(outcome.report)


def _say_step(step: Step) -> None:
    """Where somebody watches."""
    if sys.stderr.isatty():
        say(f"{step.value.capitalize()} …")


def _scorer(bundle: Path | None, point: Path | None, engine: Engine) -> "Scorer":
    from amiss.booth.accept.scorer import Inspecting
    from amiss.inspector import Inspector

    return Inspecting(Inspector.load(bundle, operating_point=point, engine=engine))


def _panel(
    opened: "OpenBooth", answers: Path | None, appraisers: tuple[str, ...], *, yes: bool
) -> "Panel":
    """Who judges, beside Amiss."""
    from amiss.booth.accept.people import AskedPanel, WrittenPanel
    from amiss.booth.virtual.people import VirtualPanel

    if answers is not None:
        return WrittenPanel(answers)
    if opened.tray is not None:
        return VirtualPanel(opened.tray, appraisers)
    if yes:
        raise InputError("Nobody can be asked to judge: hand in --answers, or name other steps.")
    return AskedPanel(ask, appraisers)


def _show(report: "Report") -> None:
    to = console()
    to.print(f"{report.booth}: {report.verdict}")
    shown = table("what", "camera", ">measured", "demanded", "met")
    for cells in report.cells():
        shown.add_row(*cells)
    to.print(shown)
    for note in report.notes:
        to.print(note)
