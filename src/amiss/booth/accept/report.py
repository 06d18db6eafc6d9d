"""The report of an acceptance: what was measured, what was demanded, whether it was met."""

import html
import math
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from amiss.domain.errors import InputError

STYLE = (
    "body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;color:#222}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #ccc;padding:.3em .6em;text-align:left}"
    ".no{color:#b00020;font-weight:bold}"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One demand. camera: empty where it is the whole booth's. measured: in `unit`.

    least, most: the limits, either may be None. passed: whether measured is within.
    """

    name: str
    camera: str
    measured: float
    unit: str
    least: float | None = None
    most: float | None = None

    def __post_init__(self) -> None:
        if self.least is None and self.most is None:
            raise InputError(f"The demand {self.name!r} has no limit; give it one.")

    @property
    def passed(self) -> bool:
        """Whether it is met; a figure that is no number meets nothing."""
        return (self.least is None or self.measured >= self.least) and (
            self.most is None or self.measured <= self.most
        )

    @property
    def demand(self) -> str:
        """The limits in words."""
        parts = [] if self.least is None else [f"at least {self.least:g}"]
        parts += [] if self.most is None else [f"at most {self.most:g}"]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Report:
    """booth: its name. made: when, with its time zone. left_out: steps that were not taken.

    notes: sentences about what is not demanded.
    """

    booth: str
    made: datetime
    rows: tuple[Row, ...]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every step was taken and every demand met."""
        return bool(self.rows) and not self.left_out and all(row.passed for row in self.rows)

    def export(self) -> dict[str, Any]:
        """What can be written as JSON; a figure that is no number is null."""
        rows = [{**asdict(row), "passed": row.passed} for row in self.rows]
        for row in rows:
            if not math.isfinite(row["measured"]):
                row["measured"] = None
        return {
            "booth": self.booth,
            "made": self.made.isoformat(),
            "passed": self.passed,
            "rows": rows,
            "left_out": list(self.left_out),
            "notes": list(self.notes),
        }

    def to_markdown(self) -> str:
        """For people, to read in a terminal or to keep beside the booth."""
        lines = [f"# Acceptance of {self.booth}", "", f"{self.verdict} {self.made:%Y-%m-%d %H:%M}"]
        lines += ["", "| what | camera | measured | demanded | met |", "|---|---|---|---|---|"]
        lines += [f"| {' | '.join(cells)} |" for cells in self.cells()]
        lines += ["", *(f"- {note}" for note in self.notes)] if self.notes else []
        return "\n".join(lines) + "\n"

    def to_html(self) -> str:
        """The same as a page that prints."""
        head = "".join(
            f"<th>{title}</th>" for title in ("what", "camera", "measured", "demanded", "met")
        )
        body = "".join(
            "<tr>"
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells[:-1])
            + f'<td class="{cells[-1]}">{cells[-1]}</td></tr>'
            for cells in self.cells()
        )
        name = html.escape(self.booth)
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
            f"<style>{STYLE}</style></head><body><h1>Acceptance of {name}</h1>"
            f"<p>{self.verdict} {self.made:%Y-%m-%d %H:%M}</p>"
            f"<table><tr>{head}</tr>{body}</table>{notes}</body></html>"
        )

    @property
    def verdict(self) -> str:
        """In one sentence."""
        if self.left_out:
            return f"Not accepted, as not taken: {', '.join(self.left_out)}."
        return "Accepted." if self.passed else "Not accepted."

    def cells(self) -> list[tuple[str, ...]]:
        """What, camera, measured, demanded, met: a row each, in words."""
        return [
            (
                row.name,
                row.camera or "all",
                f"{row.measured:.4g} {row.unit}".strip(),
                row.demand,
                "yes" if row.passed else "no",
            )
            for row in self.rows
        ]
