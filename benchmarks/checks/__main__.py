"""The one command: python -m benchmarks.checks."""

import json
from collections.abc import Callable
from dataclasses import asdict
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

import typer
from benchmarks.checks.count import GROUPS, Alarms, Caught, Plan, caught, false_alarms
from benchmarks.checks.faults import INJECTIONS

from amiss.cli.output import progress
from amiss.simulate.render.backend import Backend


class Renderer(StrEnum):
    """Which renderer."""

    FAST = "fast"
    PATH = "path"


class Frame(StrEnum):
    """How much of a camera's picture a view is."""

    FIELD = "field"
    WINDOW = "window"


def main(
    captures: Annotated[int, typer.Option(min=0, help="Good captures of sound items.")] = 300,
    others: Annotated[int, typer.Option(min=0, help="Good captures of each other group.")] = 60,
    faults: Annotated[int, typer.Option(min=0, help="Captures that each fault is put into.")] = 30,
    booths: Annotated[int, typer.Option(min=1, help="Booths that captures are spread over.")] = 10,
    views: Annotated[int, typer.Option(min=2, max=5, help="Cameras.")] = 3,
    size: Annotated[int, typer.Option(min=64, help="Pixels of a side.")] = 640,
    backend: Annotated[Renderer, typer.Option(help="The renderer.")] = Renderer.FAST,
    framing: Annotated[
        Frame, typer.Option(help="Whole pictures, or windows around the item.")
    ] = Frame.FIELD,
    seed: Annotated[int, typer.Option(min=0, help="Of the first product and booth.")] = 700_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Count which faults the capture checks call by name, and how often they cry for nothing.

    Faults are injected into whole pictures of calibrated booths only.
    """
    plan = Plan(captures, others, faults, booths, views, size, framing.value, seed)
    renderer = _open(backend)
    good = {}
    for group in GROUPS:
        with progress(group) as moved:
            total = plan.count(group)
            good[group] = false_alarms(plan, renderer, group, partial(_move, moved, total))
    table: dict[str, Caught] = {}
    if faults and framing is Frame.FIELD:
        with progress("faults") as moved:
            table = caught(plan, renderer, partial(_move, moved, faults + booths))
    document = {
        "plan": asdict(plan),
        "backend": renderer.name,
        "faults": {words: asdict(row) for words, row in table.items()},
        "good": {group: asdict(alarms) for group, alarms in good.items()},
    }
    print(json.dumps(document, indent=1) if as_json else _markdown(document, good, table))


def _move(moved: Callable[[int, int], None], total: int, done: int) -> None:
    moved(done, total)


def _open(backend: Renderer) -> Backend:
    if backend is Renderer.FAST:
        from amiss.simulate.render.fast import FastBackend

        return FastBackend()
    from amiss.simulate.render.path import PathBackend

    return PathBackend()


def _markdown(document: dict[str, Any], good: dict[str, Alarms], table: dict[str, Caught]) -> str:
    plan = document["plan"]
    what = f"{document['backend']}, {plan['views']} views of {plan['size']} px, {plan['framing']}"
    lines = [f"{what}; {plan['booths']} booths, seeds from {plan['seed']}", ""]
    if table:
        lines += [
            "| injected | name | n | caught by name | size unknown | other names |",
            "|---|---|---:|---:|---:|---|",
        ]
        for injection in INJECTIONS:
            row = table[injection.words]
            others = ", ".join(f"`{name}` {count}" for name, count in sorted(row.others.items()))
            lines.append(
                f"| {injection.words} | `{injection.reason}` | {row.injected} | {row.caught} | "
                f"{row.without_size} | "
                f"{others or '–'} |"
            )
        lines.append("")
    lines += [
        "| good captures | n | with a fault | names | left out: the item is truly cut off |",
        "|---|---:|---:|---|---:|",
    ]
    for group, alarms in good.items():
        names = sorted({fault.reason for faults in alarms.alarmed.values() for fault in faults})
        lines.append(
            f"| {group} | {alarms.captures} | {len(alarms.alarmed)} | {', '.join(names) or '–'} "
            f"| {alarms.cut_off} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    typer.run(main)
