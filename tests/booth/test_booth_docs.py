"""The booth's documents say what the code does."""

import itertools
import math
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from amiss.booth import optics
from amiss.booth.accept.demands import Demands
from amiss.booth.accept.plan import Plan, Step
from amiss.booth.checks.limits import Limits
from amiss.booth.checks.reason import Reason
from amiss.booth.drift import DriftLimits
from amiss.booth.recipe import Effect, read_recipe
from amiss.simulate.rig import FIELD_OF_VIEW, MOUNTS, STRIPS, look_at, pinhole, project
from amiss.simulate.scene import Eyepoint

DOCS = Path(__file__).parents[2] / "docs" / "booth"
README = (DOCS / "README.md").read_text(encoding="utf-8")
CHECKS = (DOCS / "checks.md").read_text(encoding="utf-8")


def rows(text):
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in text.splitlines()]


@pytest.mark.parametrize("name", ["booth.svg", "figure.svg", "chessboard.svg"])
def test_a_drawing_is_what_the_rig_and_the_charts_say(name):
    made = runpy.run_path(str(DOCS / "draw.py"))["PICTURES"][name]()
    assert made == (DOCS / name).read_text(encoding="utf-8"), "run docs/booth/draw.py"


@pytest.mark.parametrize("mount", MOUNTS, ids=lambda mount: mount.name)
def test_every_camera_stands_where_the_table_says(mount):
    distance = math.dist(mount.position, mount.target)
    above = math.degrees(math.asin((mount.position[2] - mount.target[2]) / distance))
    row = [
        mount.name,
        *(f"{value:g}" for value in mount.position),
        ", ".join(f"{value:g}" for value in mount.target),
        f"{distance:.2f}",
        f"{above:.0f}",
    ]
    assert row in rows(README)


def test_every_light_hangs_where_the_table_says():
    for number, strip in enumerate(STRIPS, 1):
        place = [f"{value:g}" for value in strip.centre]
        size = f"{strip.size[0]:g} × {strip.size[1]:g}"
        assert [f"strip {number}", *place, size] in rows(README)


def test_the_field_is_that_of_the_rig():
    width = 2 * MOUNTS[0].position[2] * math.tan(math.radians(FIELD_OF_VIEW) / 2)
    assert f"{FIELD_OF_VIEW:g}° wide across a square picture: {width:.2f} m" in README


def test_what_lies_in_the_marked_square_is_seen_whole_by_every_camera():
    side, high = 0.4, 0.3
    assert f"{side:g} × {side:g} m" in README
    assert f"up to a height of {high:g} m" in README
    half = side / 2
    corners = np.array(list(itertools.product((-half, half), (-half, half), (0, high))))
    lens = pinhole(1000)
    for mount in MOUNTS:
        pose = look_at(*(np.array(vector) for vector in (mount.position, mount.target, mount.up)))
        pixels = project(Eyepoint(mount.name, lens, pose), corners)[:, :2]
        assert pixels.min() >= 0, mount.name
        assert pixels.max() <= 999, mount.name


def test_the_table_of_lenses_follows_from_the_formulas():
    table = {row[0]: row[1:] for row in rows(README) if len(row) == 4}
    sensors = [re.search(r"([\d.]+) µm, (\d+) × ", cell).groups() for cell in table["sensor"]]
    for column, (micrometres, pixels) in enumerate(sensors):
        pitch = float(micrometres) * 1e-6
        side = int(pixels) * pitch
        focal = float(table["lens"][column].removesuffix(" mm")) / 1000
        f_number = float(table["opening"][column].removeprefix("f/"))
        near, far = 0.75, 1.05
        focus = optics.focus_between(near, far)
        sharp = optics.depth_of_field(focal, f_number, pitch, focus)
        expected = {
            "angle across the square": f"{optics.angle(side, focal):.1f}°",
            "field on the tray, 1.05 m away": f"{optics.field_of_view(side, focal, far):.2f} m",
            "millimetres per pixel on the tray": f"{optics.per_pixel(pitch, focal, far) * 1e3:.2f}",
            "the same on an item 0.3 m high": f"{optics.per_pixel(pitch, focal, near) * 1e3:.2f}",
            "sharp within a circle of one pixel, focused at 0.88 m": (
                f"{sharp[0]:.2f} to {sharp[1]:.2f} m"
            ),
            "light for 10 ms": f"{optics.illuminance_for(f_number, 0.01, 200):.0f} lux",
        }
        assert focus == pytest.approx(0.875)
        assert {name: table[name][column] for name in expected} == expected
        assert optics.angle(side, focal) >= FIELD_OF_VIEW


def test_the_bill_adds_up():
    table = README.split("## Bill of materials")[1].split("\n## ")[0]
    parts = [row for row in rows(table) if len(row) == 4]
    for column in (1, 2, 3):
        prices = []
        for row in parts:
            found = re.findall(r"([\d,]+)-([\d,]+) €", row[column])
            prices += [[int(value.replace(",", "")) for value in pair] for pair in found]
        *single, total = prices
        for end in (0, 1):
            summed = sum(pair[end] for pair in single)
            assert total[end] == pytest.approx(summed, abs=120), (column, end, summed)


def test_every_fault_and_effect_is_explained():
    named = {row[0].strip("`") for row in rows(CHECKS)}
    assert set(Reason) <= named
    assert all(f"`{effect}`" in CHECKS for effect in Effect)


def test_figures_in_the_documents_are_the_defaults():
    limits, slow, asked = Limits(), DriftLimits(), Demands()
    cells = {row[0].strip("`"): row for row in rows(CHECKS)}
    expected = {
        "not_synchronous": f"{limits.spread_ms:g}",
        "black": f"{limits.black:g} of 255",
        "under_exposed": f"{limits.light_low:g} ({limits.bright_low:g})",
        "over_exposed": f"{limits.clipped:.2f}; {limits.light_high:g}",
        "blurred": (
            f"{limits.blur_px:g} or twice the calibration; {limits.motion:g} times that; "
            f"{limits.grain:g}"
        ),
        "colour_cast": f"{limits.cast:g} ({limits.cast_bare:g})",
        "tray_moved": f"{limits.moved:g}",
        "tray_empty": f"{limits.item:g}",
        "two_items": (f"{limits.second:g} in one view (without depth: in most); {limits.beyond:g}"),
        "item_cut_off": f"{limits.cut:g}",
        "depth_holes": f"{limits.depth:g}",
    }
    assert {name: cells[name][2] for name in expected} == expected
    assert limits.blur_growth == 2
    assert f"({limits.sharp:g} of its contrast)" in CHECKS
    assert f"light by {slow.light:.0%}".replace("%", " %") in CHECKS
    assert f"colour by {slow.cast:.0%}".replace("%", " %") in CHECKS
    assert f"edges {slow.softer:g} times wider" in CHECKS
    assert f"grain fainter by {1 - slow.grain:.0%}".replace("%", " %") in CHECKS
    plan = Plan()
    for demanded in (
        f"brightest part ≥ {asked.evenness:g}",
        f"MTF50 ≥ {asked.mtf50:g}",
        f"channels within {asked.cast:.0%}, linear light {asked.grey_least:.2f}-",
        f"-{asked.grey_most:.2f}",
        f"held in {plan.boards - 1} tilts",
        f"fit ≤ {asked.lens_px:g} pixels",
        f"at least {plan.captures} captures",
        f"views within {asked.spread_ms:g} ms",
        f"{plan.items} items, laid down {plan.placements} times each",
        f"cause ≤ {asked.placements:.0%} of",
        f"≤ {asked.flips:.0%} of decisions flip",
        f"≤ {asked.no_opinion:.1%} have no opinion",
        f"{plan.judged} items, some of them damaged",
        f"effectiveness ≥ {asked.effectiveness:.0%}",
        f"misses ≤ {asked.misses:.0%}",
        f"false alarms ≤ {asked.false_alarms:.0%}",
        f"kappa ≥ {asked.kappa:g} against each person",
        f"at most {asked.faulty:.0%} may have a fault",
    ):
        assert demanded.replace("%", " %") in README, demanded
    assert set(Step) <= {row[0] for row in rows(README)}


def test_what_follows_by_default_is_what_the_recipe_says():
    words = {
        Effect.NOTE: "noted",
        Effect.WITHOUT_DEPTH: "without depth",
        Effect.WITHOUT_EMPTY_TRAY: "without the empty tray",
        Effect.WITHOUT_VIEW: "without the view",
        Effect.REFUSE: "not judged",
    }
    recipe = read_recipe()
    cells = {row[0].strip("`"): row for row in rows(CHECKS)}
    for reason in Reason:
        assert cells[reason][3].endswith(words[recipe.effects[reason]]), reason
