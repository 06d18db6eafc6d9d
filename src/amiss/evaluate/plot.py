"""Lines and dots between two axes, as one SVG element for a page."""

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

LEFT, RIGHT, TOP, BOTTOM = 62, 24, 12, 42
INSIDE = 320
"""Height between the axes; names of lines stand above."""
LINE = 16
WIDE, SQUARE = 640, LEFT + INSIDE + RIGHT
COLOURS = ("#c2410c", "#0f766e", "#7c3aed", "#64748b")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: what is on it, where its ticks are and what is written at them.

    along: where a value lies, 0 at the beginning of the axis and 1 at its end.
    """

    label: str
    ticks: Mapping[float, str]
    along: Callable[[float], float]


def shares(label: str) -> Axis:
    """From 0 to 100 %."""
    return Axis(label, {tick / 4: f"{tick * 25} %" for tick in range(5)}, lambda value: value)


def logarithmic(label: str, least: float) -> Axis:
    """Shares from `least`, a power of ten, to 1; what is less lies at the beginning."""
    decades = round(-math.log10(least))
    ticks = {10.0**-power: f"{10.0**-power * 100:.4g} %" for power in range(decades, -1, -1)}
    return Axis(label, ticks, lambda value: 1 + math.log10(max(value, least)) / decades)


def log_odds(label: str, least: float = 1e-4) -> Axis:
    """Shares stretched towards 0 and 1, from `least` to 1 − `least`."""
    end = math.log(1 / least - 1)

    def along(value: float) -> float:
        inside = min(max(value, least), 1 - least)
        return 0.5 + math.log(inside / (1 - inside)) / (2 * end)

    ticks = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)
    return Axis(label, {tick: f"{tick * 100:g} %" for tick in ticks}, along)


def plot(
    x: Axis,
    y: Axis,
    lines: Mapping[str, Sequence[Point]],
    *,
    width: int = WIDE,
    marks: Sequence[float] = (),
    dots: bool = False,
    diagonal: bool = False,
) -> str:
    """Lines by name as one SVG element.

    marks: values of x at which a dotted line stands. dots: every point is drawn. diagonal: dotted
    from one corner to the other. Colours are a style of their own, since a page's style for text
    goes before an attribute.
    """
    top = TOP + LINE * len(lines)
    floor, wall = top + INSIDE, width - RIGHT
    height = floor + BOTTOM

    def right(value: float) -> float:
        return round(LEFT + x.along(value) * (wall - LEFT), 1)

    def down(value: float) -> float:
        return round(floor - y.along(value) * INSIDE, 1)

    parts = [f'<svg viewBox="0 0 {width} {height}" style="max-width:{width}px" role="img" ']
    parts.append(f'aria-label="{escape(y.label)} against {escape(x.label)}">')
    for tick, words in y.ticks.items():
        parts.append(_line("grid", LEFT, down(tick), wall, down(tick)))
        parts.append(_text(LEFT - 6, down(tick) + 4, words, "end"))
    for tick, words in x.ticks.items():
        parts.append(_line("grid", right(tick), top, right(tick), floor))
        parts.append(_text(right(tick), floor + 16, words, "middle"))
    parts += [_line("mark", right(mark), top, right(mark), floor) for mark in marks]
    if diagonal:
        parts.append(_line("mark", LEFT, floor, wall, top))
    named = list(zip(lines.items(), itertools.cycle(COLOURS), strict=False))
    for (_, points), colour in reversed(named):  # the first lies above the others
        drawn = list(dict.fromkeys((right(at), down(value)) for at, value in points))
        parts.append(_path(drawn, colour))
        parts += [f'<circle cx="{a}" cy="{b}" r="3.5" fill="{colour}"/>' for a, b in drawn if dots]
    for place, ((name, _), colour) in enumerate(named):
        parts.append(_text(LEFT, TOP + LINE * place, name, "start", f' style="fill:{colour}"'))
    parts.append(_text((LEFT + wall) / 2, height - 6, x.label, "middle"))
    middle = (top + floor) / 2
    turned = f' transform="rotate(-90 12 {middle})"'
    return "".join([*parts, _text(12, middle, y.label, "middle", turned), "</svg>"])


def _path(points: Iterable[Point], colour: str) -> str:
    steps = "L".join(f"{a} {b}" for a, b in points)
    return f'<path fill="none" stroke="{colour}" stroke-width="2" d="M{steps}"/>'


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def _text(x: float, y: float, words: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{more}>{escape(words)}</text>'
