"""How a part's figures are printed: one JSON document, or a table of two columns."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

COLUMNS = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr; yields what is to be called with how many are done."""
    with Progress(*COLUMNS, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def show(document: dict[str, object], as_json: bool) -> None:
    """Prints the figures of a part."""
    if as_json:
        typer.echo(json.dumps(document, indent=1))
        return
    lines = ["| figure | value |", "|---|---:|"]
    lines += [f"| {name} | {value} |" for name, value in _flat("", document)]
    typer.echo("\n".join(lines))


def _flat(prefix: str, values: dict[str, object]) -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        name = f"{prefix}{key}".replace("_", " ")
        if isinstance(value, dict):
            yield from _flat(f"{name}: ", value)
        elif isinstance(value, float):
            yield name, f"{value:.4g}"
        else:
            yield name, str(value)
