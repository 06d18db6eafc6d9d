"""The one command: python -m benchmarks.index."""

import json
import subprocess
import sys
from typing import Annotated, Any

import typer
from benchmarks.speed.machine import describe

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    references: Annotated[list[int] | None, typer.Option(help="Sizes of gallery.")] = None,
    queries: Annotated[int, typer.Option(min=10)] = 2000,
    seed: Annotated[int, typer.Option()] = 0,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Build, restart, find, remove, bring back and add, on one core."""
    machine = describe()
    found = [_measured(size, queries, seed) for size in references or [100_000, 1_000_000]]
    document = {"machine": machine, "queries": queries, "galleries": found}
    print(json.dumps(document, indent=1) if as_json else _markdown(document))


def _measured(references: int, queries: int, seed: int) -> dict[str, Any]:
    """In a process of its own, whose memory is that of one gallery."""
    command = [sys.executable, "-m", "benchmarks.index.measure"]
    told = subprocess.run(
        [*command, str(references), str(queries), str(seed)], check=True, capture_output=True
    )
    found: dict[str, Any] = json.loads(told.stdout)
    return found


HEAD = """
| references | build, s | restart, s | recall@1 of exact search; p50 / p99, ms | 10 % removed \
| brought back | added and found, ms | resident of its own / mapped, MiB | before it was opened |
|---|---|---|---|---|---|---|---|---|
"""


def _markdown(document: dict[str, Any]) -> str:
    head = f"{document['machine']['processor']}, one core, {document['queries']} queries\n"
    return head + HEAD + "\n".join(_row(one) for one in document["galleries"])


def _row(one: dict[str, Any]) -> str:
    return (
        f"| {one['references']:,} | {one['build_s']:.1f} | {one['restart_s']:.3f} | {_told(one)} | "
        f"{_told(one['removed'])} | {_told(one['brought_back'])} | {one['add_to_found_ms']:.2f} | "
        f"{one['own_mib']:.0f} / {one['mapped_mib']:.0f} | "
        f"{one['own_before_mib']:.0f} / {one['mapped_before_mib']:.0f} |"
    )


def _told(one: dict[str, float]) -> str:
    return f"{one['recall_at_1']:.4f}; {one['p50_ms']:.2f} / {one['p99_ms']:.2f}"


if __name__ == "__main__":
    app()
