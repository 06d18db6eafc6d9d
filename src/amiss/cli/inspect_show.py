"""How `amiss inspect` shows a result."""

from pathlib import Path
from typing import TYPE_CHECKING

from amiss.cli.output import COLOURS, console, number, say, table, write_picture

if TYPE_CHECKING:
    from rich.table import Table

    from amiss.domain.result import Result


def write_heatmap(path: Path, result: "Result") -> list[str]:
    """Where the heat map was written; a picture without heat would look like a pass."""
    if all(heat is None for heat in result.heatmaps):
        say("No heat map is written, since no view could be judged.")
        return []
    write_picture(path, result.picture())
    return [str(path)]


def show_result(result: "Result", files: list[str], name: str = "item") -> None:
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
    console().print(Panel(Group(*parts), border_style=colour, title=Text(result.product or name)))


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
