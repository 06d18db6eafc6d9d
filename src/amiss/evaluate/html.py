"""Pieces of a page: its style, tables and numbers."""

from collections.abc import Iterable, Sequence
from html import escape

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem;
       color: #1c1917; background: #fff; }
h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
p.what { color: #57534e; margin-top: .2rem; }
table { border-collapse: collapse; margin: .6rem 0; } th { text-align: left; font-weight: 600; }
td, th { padding: .15rem .9rem .15rem 0; border-bottom: 1px solid #e7e5e4; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
svg { width: 100%; } .pair { display: flex; flex-wrap: wrap; gap: 1rem; }
svg text { font-size: 12px; fill: #44403c; }
svg .grid { stroke: #e7e5e4; } svg .mark { stroke: #0369a1; stroke-dasharray: 4 4; }
figure { margin: 1rem 0; padding-bottom: .8rem; border-bottom: 1px solid #e7e5e4; }
figure img { width: 190px; margin: 0 4px 4px 0; } figure .ref img { width: 110px; opacity: .9; }
figcaption { color: #44403c; }
"""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; columns of numbers begin with `>`."""
    right = [name.startswith(">") for name in head]
    lines = [_row("th", [name.removeprefix(">") for name in head], right)]
    lines += [_row("td", row, right) for row in rows]
    return f"<table>{''.join(lines)}</table>"


def _row(cell: str, values: Sequence[str], right: Sequence[bool]) -> str:
    cells = [
        f"<{cell}{' class=n' if number else ''}>{escape(value)}</{cell}>"
        for value, number in zip(values, right, strict=True)
    ]
    return f"<tr>{''.join(cells)}</tr>"


def number(value: float | None) -> str:
    """A figure; a dash where there is none."""
    return "–" if value is None else f"{value:.3f}"


def span(ends: Sequence[float] | None) -> str:
    """An interval; nothing where there is none."""
    return "" if ends is None else f"{ends[0]:.3f} to {ends[1]:.3f}"
