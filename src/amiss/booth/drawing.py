"""Draws a booth as SVG, from above and from the front, to scale: what to build where."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Triple = tuple[float, float, float]
Place = Callable[[Point], Point]

WIDTH = 560  # pixels of one of the two drawings
MARGIN, GAP, CAPTION, FOOT = 20, 40, 56, 56
INK, CAMERA, LIGHT, TABLE, FIELD = "#333333", "#14507a", "#f6c945", "#e3e6e8", "#5b93b8"
ITEM, PALE = "#cfa877", "#8a8f94"
DASHES = ' stroke-dasharray="6 4"'


@dataclass(frozen=True, slots=True)
class Standing:
    """A camera: its place and what it looks at, metres; angles: across and down, degrees."""

    name: str
    position: Triple
    target: Triple
    angles: Point


@dataclass(frozen=True, slots=True)
class Hanging:
    """A light strip, horizontal: its middle, and its lengths along x and y; metres."""

    centre: Triple
    size: Point


@dataclass(frozen=True, slots=True)
class Plan:
    """What is drawn; metres, origin in the middle of the tray, z up.

    tray: length and width. item: the largest one. square: side of the square that is marked on the
    tray; 0: none.
    """

    cameras: Sequence[Standing]
    lights: Sequence[Hanging]
    tray: Point
    item: Triple
    square: float = 0.0


def draw(plan: Plan) -> str:
    """The drawing, as one SVG document."""
    half, top = _extent(plan)
    scale = WIDTH / (2 * half)
    height = CAPTION + max(WIDTH, int(top * scale)) + FOOT
    width = 2 * MARGIN + 2 * WIDTH + GAP
    above = _frame(MARGIN + WIDTH / 2, CAPTION + WIDTH / 2, scale)
    floor = CAPTION + WIDTH / 2 + top * scale / 2
    front = _frame(MARGIN + 1.5 * WIDTH + GAP, floor, scale)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'font-family="sans-serif" font-size="13" fill="{INK}">'
        ),
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
        _title(MARGIN, "From above: x, y in metres from the tray's middle"),
        _title(MARGIN + WIDTH + GAP, "From the front: heights in metres above the tray"),
        *_from_above(plan, above, scale),
        *_from_front(plan, front, scale),
        *_legend(plan, height - 18),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _extent(plan: Plan) -> tuple[float, float]:
    """Half the width, and the height, that both drawings have to show."""
    reach = [plan.tray[0] / 2, plan.tray[1] / 2]
    reach += [max(abs(camera.position[0]), abs(camera.position[1])) for camera in plan.cameras]
    heights = [light.centre[2] for light in plan.lights]
    heights += [camera.position[2] for camera in plan.cameras]
    return max(reach) + 0.25 * max(heights), max(heights) * 1.12


def _frame(x: float, y: float, scale: float) -> Place:
    """From metres (right, up) to pixels (right, down), the origin at (x, y)."""
    return lambda point: (x + point[0] * scale, y - point[1] * scale)


def _title(x: float, text: str) -> str:
    return f'<text x="{x:.0f}" y="30" font-size="16" font-weight="bold">{text}</text>'


def _from_above(plan: Plan, place: Place, scale: float) -> Iterator[str]:
    yield _box(place, (0, 0), plan.tray, scale, TABLE)
    yield _label(place((-plan.tray[0] / 2, -plan.tray[1] / 2)), "tray", "start", (6, -6), PALE)
    for light in plan.lights:
        yield _box(place, light.centre[:2], light.size, scale, LIGHT)
    for camera in plan.cameras:
        if _straight_down(camera):
            yield _box(place, camera.position[:2], _ground(camera), scale, "none", FIELD, DASHES)
    if plan.square:
        yield _box(place, (0, 0), (plan.square,) * 2, scale, "none", INK, ' stroke-dasharray="2 3"')
    yield _box(place, (0, 0), plan.item[:2], scale, ITEM)
    for camera in plan.cameras:
        yield from _seen(place, camera, camera.position[:2], camera.target[:2])
    for camera in plan.cameras:
        x, y, _ = camera.position
        where = f"{camera.name} ({_figure(x)}, {_figure(y)})"
        yield from _named(place, (x, y), where, below=y <= 0)
    yield _label(place((0, -plan.tray[1] / 2)), "operator stands here", "middle", (0, 40), INK)


def _from_front(plan: Plan, place: Place, scale: float) -> Iterator[str]:
    thick = 12 / scale
    yield _box(place, (0, -thick / 2), (plan.tray[0], thick), scale, TABLE)
    for light in plan.lights:
        x, _, z = light.centre
        yield _box(place, (x, z), (light.size[0], thick), scale, LIGHT)
    heights = sorted({light.centre[2] for light in plan.lights})
    for z in heights:
        yield _label(place((0, z)), f"lights {_figure(z)}", "middle", (0, -12), INK)
    yield _box(place, (0, plan.item[2] / 2), (plan.item[0], plan.item[2]), scale, ITEM)
    for camera in plan.cameras:
        if _straight_down(camera) or abs(camera.position[0]) > abs(camera.position[1]):
            yield from _field(place, camera, _extent(plan)[0])
    named: dict[Point, list[str]] = {}
    for camera in plan.cameras:
        x, _, z = camera.position
        yield from _seen(place, camera, (x, z), (camera.target[0], camera.target[2]))
        named.setdefault((x, z), []).append(camera.name)
    for (x, z), names in named.items():
        yield from _named(place, (x, z), f"{', '.join(names)} {_figure(z)}", below=True)


def _ground(camera: Standing) -> Point:
    """What a camera that looks straight down sees of the tray's plane."""
    across, down = (
        2 * camera.position[2] * math.tan(math.radians(angle) / 2) for angle in camera.angles
    )
    return across, down


def _straight_down(camera: Standing) -> bool:
    return math.dist(camera.position[:2], camera.target[:2]) < 1e-9


def _field(place: Place, camera: Standing, half: float) -> Iterator[str]:
    """What a camera sees of the drawing's plane: two rays to the tray, or to the drawing's end."""
    x, _, z = camera.position
    middle = math.atan2(camera.target[2] - z, camera.target[0] - x)
    for side in (-1, 1):
        angle = middle + side * math.radians(camera.angles[0]) / 2
        right, up = math.cos(angle), math.sin(angle)
        reach = -z / up if up < 0 else math.inf
        if right:
            reach = min(reach, (math.copysign(half, right) - x) / right)
        yield _line(place((x, z)), place((x + reach * right, z + reach * up)), FIELD, DASHES)


def _seen(place: Place, camera: Standing, at: Point, aim: Point) -> Iterator[str]:
    """A camera and the line along which it looks."""
    if math.dist(at, aim) > 0:
        yield _line(place(at), place(aim), CAMERA)
    x, y = place(at)
    yield (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" fill="{CAMERA}" stroke="#fff" '
        f'stroke-width="2"><title>{camera.name}</title></circle>'
    )


def _named(place: Place, at: Point, text: str, *, below: bool) -> Iterator[str]:
    """A label over or under a camera, where no line of sight runs."""
    yield _label(place(at), text, "middle", (0, 26 if below else -14), CAMERA)


def _label(at: Point, text: str, anchor: str, shift: Point, colour: str) -> str:
    """Text with a pale rim, so that lines behind it do not matter."""
    place = f'x="{at[0] + shift[0]:.1f}" y="{at[1] + shift[1]:.1f}" text-anchor="{anchor}"'
    # Twice, since not every viewer knows paint-order.
    rim = f'<text {place} stroke="#fff" stroke-width="4" stroke-linejoin="round">{text}</text>'
    return f'{rim}<text {place} fill="{colour}">{text}</text>'


def _legend(plan: Plan, y: float) -> Iterator[str]:
    """One line under both drawings."""
    length, width, height = (f"{side * 1000:.0f}" for side in plan.item)
    entries = [(CAMERA, "camera, with its line of sight"), (LIGHT, "light strip")]
    entries.append((ITEM, f"item of {length} × {width} × {height} mm"))
    x = MARGIN
    for colour, text in entries:
        yield f'<rect x="{x}" y="{y - 11:.0f}" width="14" height="14" fill="{colour}"/>'
        yield f'<text x="{x + 20}" y="{y:.0f}">{text}</text>'
        x += 44 + int(7.2 * len(text))
    yield _line((x, y - 4), (x + 34, y - 4), FIELD, DASHES)
    yield f'<text x="{x + 42}" y="{y:.0f}">field of view</text>'
    if plan.square:
        x += 160
        yield _line((x, y - 4), (x + 34, y - 4), INK, ' stroke-dasharray="2 3"')
        yield f'<text x="{x + 42}" y="{y:.0f}">marked square, {plan.square:g} m</text>'


def _figure(value: float) -> str:
    return f"{round(value, 2):g}".replace("-", "−")


def _box(
    place: Place,
    middle: Point,
    size: Point,
    scale: float,
    fill: str,
    stroke: str = INK,
    dashes: str = "",
) -> str:
    x, y = place((middle[0] - size[0] / 2, middle[1] + size[1] / 2))
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{size[0] * scale:.1f}" '
        f'height="{size[1] * scale:.1f}" fill="{fill}" stroke="{stroke}"{dashes}/>'
    )


def _line(one: Point, other: Point, stroke: str, dashes: str = "") -> str:
    (x1, y1), (x2, y2) = one, other
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}"{dashes}/>'
    )
