"""Lens formulas, in metres. Thin lens throughout; real lenses differ by a few per cent.

Sources: Ray, Applied Photographic Optics (3rd ed., 2002): magnification, hyperfocal distance,
depth of field. ISO 2720 for the exposure equation. Diffraction: Airy (1835).
"""

import math

GREEN = 550e-9  # metres: wavelength that diffraction is reckoned with
INCIDENT_CONSTANT = 250.0  # lux seconds: C of ISO 2720 for a flat receptor


def field_of_view(sensor: float, focal: float, distance: float) -> float:
    """Width of the scene that a sensor of this width sees: s (d − f) / f."""
    return sensor * (distance - focal) / focal


def distance_for(field: float, sensor: float, focal: float) -> float:
    """From the lens to a plane of which `field` fills the sensor: f (1 + field / s)."""
    return focal * (1 + field / sensor)


def per_pixel(pitch: float, focal: float, distance: float) -> float:
    """Metres of the scene per pixel at a distance."""
    return field_of_view(pitch, focal, distance)


def angle(sensor: float, focal: float) -> float:
    """Angle of view in degrees, focused far away: 2 atan(s / 2f)."""
    return math.degrees(2 * math.atan(sensor / (2 * focal)))


def hyperfocal(focal: float, f_number: float, blur: float) -> float:
    """The distance to focus on so that all beyond is sharp: f² / (N c) + f.

    blur: diameter c of the circle of confusion on the sensor.
    """
    return focal**2 / (f_number * blur) + focal


def depth_of_field(focal: float, f_number: float, blur: float, focus: float) -> tuple[float, float]:
    """Nearest and farthest distance that are sharp; the farthest may be infinite."""
    reach = hyperfocal(focal, f_number, blur)
    nearest = focus * (reach - focal) / (reach + focus - 2 * focal)
    farthest = focus * (reach - focal) / (reach - focus) if focus < reach else math.inf
    return nearest, farthest


def focus_between(nearest: float, farthest: float) -> float:
    """Where to focus so that both are equally blurred: 2 n f / (n + f)."""
    return 2 * nearest * farthest / (nearest + farthest)


def airy_diameter(f_number: float) -> float:
    """Of the spot that diffraction makes of a point: 2.44 λ N."""
    return 2.44 * GREEN * f_number


def exposure_for(pixel: float, speed: float, blur_px: float) -> float:
    """Longest shutter time at which motion blurs by at most so many pixels; inf at rest."""
    return math.inf if speed == 0 else blur_px * pixel / speed


def illuminance_for(f_number: float, exposure: float, sensitivity: float) -> float:
    """Lux on the item that a medium grey is rightly exposed with: C N² / (t S)."""
    return INCIDENT_CONSTANT * f_number**2 / (exposure * sensitivity)
