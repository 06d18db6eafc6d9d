"""The one command: python -m benchmarks.ablation --data DIR."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean, pstdev
from typing import Annotated

import typer
from benchmarks.ablation.measure import Figures, Half, measure
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from amiss.domain.errors import AmissError

COLUMNS = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
TITLES = {"auroc": "AUROC", "recall_at_fpr_1pct": "Recall at 1 % false positives"}
LEGEND = "Mean ± standard deviation over seeds; the same references and pictures in every row."


def markdown(figures: Sequence[Figures]) -> str:
    """One table per figure: variants down, cases across."""
    cases = list(dict.fromkeys(one.case for one in figures))
    parts = []
    for key, title in TITLES.items():
        lines = [f"| {title} | {' | '.join(cases)} |", "|---" * (len(cases) + 1) + "|"]
        for variant in dict.fromkeys(one.variant for one in figures):
            cells = [_cell(figures, variant, case, key) for case in cases]
            lines.append(f"| {variant} | {' | '.join(cells)} |")
        parts.append("\n".join(lines))
    return "\n\n".join([*parts, LEGEND])


def _cell(figures: Sequence[Figures], variant: str, case: str, key: str) -> str:
    values = [getattr(one, key) for one in figures if (one.variant, one.case) == (variant, case)]
    return f"{fmean(values):.3f} ± {pstdev(values):.3f}"


def main(
    data: Annotated[Path, typer.Option(envvar="AMISS_REAL_DATA", help="Folder with the sets.")],
    sets: Annotated[
        str, typer.Option(help="Sets; with -rotated behind the name every query is turned.")
    ] = "aliens,aliens-rotated,cookies,pill",
    references: Annotated[str, typer.Option(help="Numbers of references.")] = "1,8",
    seeds: str = "0,1,2,3,4",
    half: Annotated[Half, typer.Option(help="Which half of the pictures to test.")] = "report",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure Amiss with one part left out at a time, on the same pictures and references."""
    console = Console(stderr=True)
    with Progress(*COLUMNS, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("loading", total=None)
        try:
            figures = measure(
                data,
                sets.split(","),
                [int(count) for count in references.split(",")],
                [int(seed) for seed in seeds.split(",")],
                half,
                lambda what, done, total: bar.update(
                    task, description=what, completed=done, total=total
                ),
            )
        except AmissError as error:
            raise typer.BadParameter(str(error)) from error
    document = {"half": half, "figures": [asdict(one) for one in figures]}
    print(json.dumps(document, indent=1) if as_json else markdown(figures))


if __name__ == "__main__":
    typer.run(main)
