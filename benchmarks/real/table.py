"""The figures as a Markdown table, one per set and number of references."""

from collections.abc import Sequence
from itertools import groupby

from benchmarks.real.compare import Row

HEAD = (
    "| method | AUROC | recall at 1 % FPR | pixel AUROC | AUPRO | time ÷ Amiss (ms) "
    "| AUROC: Amiss − method |\n|---|---|---|---|---|---|---|"
)
LEGEND = (
    "Mean ± standard deviation over seeds. `*`: the better input size of that method on this set. "
    "Time: reading and encoding + matching, median per image. "
    "Last column: 95 % interval over pictures; above zero, Amiss is better."
)


def markdown(rows: Sequence[Row]) -> str:
    """Lay out all rows."""
    parts = []
    for (set_name, k), group in groupby(rows, key=lambda row: (row.set, row.k)):
        members = list(group)
        first = members[0]
        pose = ", every query turned" if first.rotate else ""
        parts.append(
            f"### {set_name}, K = {k}{pose} ({first.n_good} good, {first.n_damaged} damaged, "
            f"{first.seeds} seeds)\n\n{HEAD}\n" + "\n".join(_line(row) for row in members)
        )
    return "\n\n".join([*parts, LEGEND])


def _line(row: Row) -> str:
    cells = [
        row.method + (" *" if row.better else ""),
        *(_figure(row, name) for name in ("auroc", "recall_at_fpr_1pct", "pixel_auroc", "aupro")),
        _time(row),
        _gain(row),
    ]
    return f"| {' | '.join(cells)} |"


def _figure(row: Row, name: str) -> str:
    if name not in row.figures:
        return "–"
    return f"{row.figures[name]:.3f} ± {row.spread[name]:.3f}"


def _time(row: Row) -> str:
    split = f"{row.prepare_ms:.0f} + {row.match_ms:.0f}" if row.prepare_ms else f"{row.ms:.0f}"
    return split if row.ms_ratio is None else f"{row.ms_ratio:.2f} ({split})"


def _gain(row: Row) -> str:
    if row.gain is None:
        return "–"
    difference, low, high = row.gain["auroc"]
    return f"{difference:+.3f} [{low:+.3f}, {high:+.3f}]"
