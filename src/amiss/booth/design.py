"""Computes a booth: cameras, lenses, distances, exposure and light, from what it has to see.

All lengths in metres, times in seconds. How many pixels a damage needs is the one figure that no
formula gives: five across is what detectors of small objects are commonly asked for; measure it on
your own items.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from amiss.booth import optics
from amiss.booth.drawing import Hanging, Plan, Standing
from amiss.domain.errors import InputError


@dataclass(frozen=True, slots=True)
class Sensor:
    """A common sensor format. pitch: metres from pixel to pixel."""

    name: str
    width_px: int
    height_px: int
    pitch: float

    @property
    def width(self) -> float:
        """Metres."""
        return self.width_px * self.pitch

    @property
    def height(self) -> float:
        """Metres."""
        return self.height_px * self.pitch


SENSORS = (
    Sensor("1.6 MP, 1/2.9 inch", 1440, 1080, 3.45e-6),
    Sensor("3.2 MP, 1/1.8 inch", 2048, 1536, 3.45e-6),
    Sensor("5 MP, 2/3 inch", 2448, 2048, 3.45e-6),
    Sensor("12 MP, 1.1 inch", 4096, 3000, 3.45e-6),
    Sensor("20 MP, 1 inch", 5472, 3648, 2.4e-6),
)
"""From cheap to dear; the first that sees enough is taken."""
FOCALS = (0.006, 0.008, 0.012, 0.016, 0.025, 0.035)
"""Of the usual fixed lenses with a C mount."""
F_NUMBERS = (2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0)
WIDEST_ANGLE = 75.0  # degrees: beyond it, perspective hides what lies behind near edges
OBLIQUE_ELEVATION = 45.0  # degrees above the tray that side cameras look down at
STRAIGHT_DOWN = 90.0
SIDES = {"left": -150.0, "right": -30.0, "back": 90.0, "front": -90.0}
"""Side cameras in the order in which they are bought, and where they stand; as in the simulator."""
LIGHTS_ABOVE, LIGHTS_BESIDE = 0.15, 0.1  # metres over the highest camera, and beside the field
LIGHTS_APART = 0.4  # metres from the middle, at least, so that strips do not cross
STRIP_SIZE = (0.6, 0.14)
DIFFRACTION_PX = 2.5  # Airy discs larger than this cost visible sharpness
MOTION_PX = 0.5  # a motion blur that nobody notices
RESTING_EXPOSURE = 0.020  # what vibration of a table allows, and flicker of mains light asks for
SENSITIVITY = 200.0  # ISO-like, of machine-vision sensors without gain
STRIP_LUMENS = 1500.0  # of an LED strip of 60 cm behind a diffuser
UTILISATION = 0.35  # share of a strip's light that reaches the tray


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """One camera: what to buy and where to put it.

    distance: from the lens to the tray (top), or to the middle of the largest item (side).
    elevation: degrees above the tray. azimuth: degrees about the upright axis, from x towards y.
    aim: height of the point over the tray's middle that it looks at. field: (width, height) of the
    scene at the nearest plane that has to fit. pixel_near, pixel_far: metres per pixel. sharp_near,
    sharp_far: depth of field at `f_number`, focused at `focus`. exposure: longest shutter time.
    """

    name: str
    sensor: Sensor
    focal: float
    distance: float
    elevation: float
    azimuth: float
    aim: float
    field: tuple[float, float]
    angle: float
    pixel_near: float
    pixel_far: float
    f_number: float
    focus: float
    sharp_near: float
    sharp_far: float
    hyperfocal: float
    exposure: float
    remarks: tuple[str, ...]

    @property
    def position(self) -> tuple[float, float, float]:
        """Of the lens: x along the tray, y away from the operator, z up, from the tray's middle."""
        up, about = math.radians(self.elevation), math.radians(self.azimuth)
        flat = self.distance * math.cos(up) if self.elevation < STRAIGHT_DOWN else 0.0
        return (
            flat * math.cos(about),
            flat * math.sin(about),
            self.aim + self.distance * math.sin(up),
        )


@dataclass(frozen=True, slots=True)
class Design:
    """A booth. lux: needed on the tray. lights: strips of STRIP_LUMENS."""

    item_max: tuple[float, float, float]
    smallest_damage: float
    cameras: tuple[CameraPlan, ...]
    lux: float
    lights: int

    def rows(self) -> list[dict[str, Any]]:
        """One row per camera, in the units in which such parts are sold."""
        return [
            {
                "camera": plan.name,
                "sensor": plan.sensor.name,
                "resolution": f"{plan.sensor.width_px} × {plan.sensor.height_px}",
                "lens_mm": round(plan.focal * 1e3, 1),
                "angle_degrees": round(plan.angle, 1),
                "distance_mm": round(plan.distance * 1e3),
                "elevation_degrees": round(plan.elevation),
                "position_mm": ", ".join(f"{round(side * 1e3) + 0}" for side in plan.position),
                "field_mm": f"{plan.field[0] * 1e3:.0f} × {plan.field[1] * 1e3:.0f}",
                "mm_per_pixel": f"{plan.pixel_near * 1e3:.2f}-{plan.pixel_far * 1e3:.2f}",
                "f_number": plan.f_number,
                "focus_mm": round(plan.focus * 1e3),
                "sharp_mm": f"{plan.sharp_near * 1e3:.0f}-{_millimetres(plan.sharp_far)}",
                "hyperfocal_mm": round(plan.hyperfocal * 1e3),
                "exposure_ms": round(plan.exposure * 1e3, 3),
                "remarks": " ".join(plan.remarks),
            }
            for plan in self.cameras
        ]

    def to_markdown(self) -> str:
        """The table for people, cameras as columns."""
        rows = self.rows()
        lines = ["| | " + " | ".join(str(row["camera"]) for row in rows) + " |"]
        lines.append("|---" * (len(rows) + 1) + "|")
        for key in list(rows[0])[1:]:
            label = key.replace("_", " ")
            lines.append(f"| {label} | " + " | ".join(str(row[key]) for row in rows) + " |")
        return "\n".join([*lines, "", self.light]) + "\n"

    @property
    def light(self) -> str:
        """What lights it needs, in one sentence."""
        return (
            f"Light on the tray: {self.lux:.0f} lux; {self.lights} strips of "
            f"{STRIP_LUMENS:.0f} lumens."
        )

    def export(self) -> dict[str, Any]:
        """All figures in SI units, to write as JSON; an unlimited depth of field is null."""
        document = asdict(self)
        for row, plan in zip(document["cameras"], self.cameras, strict=True):
            row["position"] = plan.position
            if math.isinf(plan.sharp_far):
                row["sharp_far"] = None
        return document

    def drawing(self) -> Plan:
        """What to draw; the lights hang in four groups around the field, above all cameras."""
        high = max(plan.position[2] for plan in self.cameras) + LIGHTS_ABOVE
        away = [max(LIGHTS_APART, side / 2 + LIGHTS_BESIDE) for side in self.cameras[0].field]
        places = [(0.0, away[1]), (0.0, -away[1]), (-away[0], 0.0), (away[0], 0.0)]
        lights = [
            Hanging((x, y, high), STRIP_SIZE if x == 0 else STRIP_SIZE[::-1]) for x, y in places
        ]
        cameras = [
            Standing(
                plan.name,
                plan.position,
                (0.0, 0.0, plan.aim),
                (plan.angle, optics.angle(plan.sensor.height, plan.focal)),
            )
            for plan in self.cameras
        ]
        far = self.cameras[0].pixel_far / self.cameras[0].pixel_near
        tray = (self.cameras[0].field[0] * far, self.cameras[0].field[1] * far)
        return Plan(cameras, lights, tray, self.item_max)


def _millimetres(metres: float) -> str:
    return "∞" if math.isinf(metres) else f"{metres * 1e3:.0f}"


def design(
    item_max: tuple[float, float, float],
    smallest_damage: float,
    *,
    views: int = 3,
    pixels_across: float = 5.0,
    margin: float = 0.15,
    farthest: float = 1.7,
    speed: float = 0.0,
    sensors: Sequence[Sensor] = SENSORS,
) -> Design:
    """Plans a booth.

    Args:
        item_max: length, width, height of the largest item.
        smallest_damage: the smallest extent of a damage that has to be seen.
        views: cameras, 1 to 5; the first looks straight down, the others obliquely from the sides.
        pixels_across: that the smallest damage shall cover on its farthest surface.
        margin: share of the field left free on each side, for items laid down askew.
        farthest: from any lens to what it looks at; ceilings and aisles end somewhere.
        speed: of the item when the shutter opens, metres per second.
        sensors: to choose from, cheap ones first.

    Raises:
        InputError: a figure makes no sense, or no sensor and lens do it; the sentence says which
            demand to lower.
    """
    figures = (*item_max, smallest_damage, pixels_across, farthest)
    if min(figures) <= 0 or speed < 0 or not 0 <= margin < 1:
        raise InputError("Sizes of a booth must be positive; correct them.")
    if not 1 <= views <= 1 + len(SIDES):
        raise InputError(f"A booth has 1 to {1 + len(SIDES)} cameras, not {views}; ask for fewer.")
    length, width = sorted(item_max[:2], reverse=True)
    # An item may lie turned: its diagonal has to fit across the field only in the worst case,
    # people lay it along the tray.
    field = (length * (1 + 2 * margin), width * (1 + 2 * margin))
    pixel = smallest_damage / pixels_across
    top = _camera(
        "top", field, item_max[2], pixel, farthest, speed, sensors, elevation=STRAIGHT_DOWN
    )
    plans = [top]
    if views > 1:
        half = math.hypot(*item_max) / 2
        around = (2 * half * (1 + margin), 2 * half * (1 + margin))
        side = _camera(
            "side", around, 2 * half, pixel, farthest, speed, sensors, elevation=OBLIQUE_ELEVATION
        )
        middle = item_max[2] / 2
        plans += [
            replace(side, name=name, azimuth=azimuth, aim=middle)
            for name, azimuth in list(SIDES.items())[: views - 1]
        ]
    exposure = min(plan.exposure for plan in plans)
    lux = optics.illuminance_for(max(plan.f_number for plan in plans), exposure, SENSITIVITY)
    area = field[0] * field[1]
    lights = max(4, math.ceil(lux * area / (STRIP_LUMENS * UTILISATION)))
    return Design(item_max, smallest_damage, tuple(plans), lux, lights)


def _camera(
    name: str,
    field: tuple[float, float],
    deep: float,
    pixel: float,
    farthest: float,
    speed: float,
    sensors: Sequence[Sensor],
    *,
    elevation: float,
) -> CameraPlan:
    """The cheapest sensor, with the longest lens, that does it.

    field: has to fit at the nearest plane of the item. deep: from there to the farthest, which has
    to be resolved. Longer lenses stand farther off and look around corners less obliquely.
    """
    for sensor in sensors:
        for focal in sorted(FOCALS, reverse=True):
            near = max(
                optics.distance_for(side, chip, focal)
                for side, chip in zip(field, (sensor.width, sensor.height), strict=True)
            )
            far = near + deep
            # Down to the tray; from the side, to the item's middle.
            distance = far if elevation == STRAIGHT_DOWN else near + deep / 2
            too_wide = optics.angle(sensor.width, focal) > WIDEST_ANGLE
            too_coarse = optics.per_pixel(sensor.pitch, focal, far) > pixel
            if distance > farthest or too_wide or too_coarse:
                continue
            return _plan(name, sensor, focal, (near, far), distance, elevation, speed)
    raise InputError(
        f"No usual sensor and lens shows {pixel * 1e3:.2f} mm per pixel over a field of "
        f"{field[0] * 1e3:.0f} × {field[1] * 1e3:.0f} mm from within {farthest:g} m; "
        "allow larger damages, smaller items or more distance."
    )


def _plan(
    name: str,
    sensor: Sensor,
    focal: float,
    reach: tuple[float, float],
    distance: float,
    elevation: float,
    speed: float,
) -> CameraPlan:
    near, far = reach
    focus = optics.focus_between(near, far)
    f_number = _f_number(sensor, focal, near, far, focus)
    sharp = optics.depth_of_field(focal, f_number, sensor.pitch, focus)
    remarks = []
    if sharp[0] > near or sharp[1] < far:
        remarks.append("The depth of field is too small: use a shorter lens or more distance.")
    if optics.airy_diameter(f_number) > DIFFRACTION_PX * sensor.pitch:
        remarks.append("Diffraction costs sharpness: use larger pixels or more distance.")
    nearest = optics.per_pixel(sensor.pitch, focal, near)
    return CameraPlan(
        name=name,
        sensor=sensor,
        focal=focal,
        distance=distance,
        elevation=elevation,
        azimuth=0.0,
        aim=0.0,
        field=(
            optics.field_of_view(sensor.width, focal, near),
            optics.field_of_view(sensor.height, focal, near),
        ),
        angle=optics.angle(sensor.width, focal),
        pixel_near=nearest,
        pixel_far=optics.per_pixel(sensor.pitch, focal, far),
        f_number=f_number,
        focus=focus,
        sharp_near=sharp[0],
        sharp_far=sharp[1],
        hyperfocal=optics.hyperfocal(focal, f_number, sensor.pitch),
        exposure=min(RESTING_EXPOSURE, optics.exposure_for(nearest, speed, MOTION_PX)),
        remarks=tuple(remarks),
    )


def _f_number(sensor: Sensor, focal: float, near: float, far: float, focus: float) -> float:
    """The widest opening at which nothing between near and far blurs by more than a pixel."""
    for f_number in F_NUMBERS:
        sharp = optics.depth_of_field(focal, f_number, sensor.pitch, focus)
        if sharp[0] <= near and sharp[1] >= far:
            return f_number
    return F_NUMBERS[-1]
