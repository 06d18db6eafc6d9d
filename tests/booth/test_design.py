import json
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiss.booth import optics
from amiss.booth.design import SENSORS, design
from amiss.booth.drawing import draw
from amiss.domain.errors import InputError

LENS = st.sampled_from([0.006, 0.008, 0.012, 0.016, 0.025, 0.035])


@given(LENS, st.floats(0.3, 3), st.floats(0.003, 0.02))
def test_field_and_distance_are_each_other_s_inverse(focal, distance, sensor):
    field = optics.field_of_view(sensor, focal, distance)
    assert optics.distance_for(field, sensor, focal) == pytest.approx(distance)


@given(LENS, st.sampled_from([1.4, 2.8, 5.6, 11]), st.floats(0.3, 3), st.floats(2e-6, 1e-5))
def test_at_the_ends_of_the_depth_of_field_blur_is_one_circle_of_confusion(
    focal, f_number, focus, blur
):
    """By the thin lens itself: 1/f = 1/object + 1/image, and similar triangles behind the lens."""

    def circle(distance):
        image, plane = (1 / (1 / focal - 1 / d) for d in (distance, focus))
        return focal / f_number * abs(image - plane) / image

    nearest, farthest = optics.depth_of_field(focal, f_number, blur, focus)
    assert nearest < focus < farthest
    assert circle(nearest) == pytest.approx(blur, rel=1e-6)
    if math.isfinite(farthest):
        assert circle(farthest) == pytest.approx(blur, rel=1e-6)
    else:
        assert circle(1e6) < blur * 1.001


@given(LENS, st.sampled_from([2.8, 8]), st.floats(0.3, 2), st.floats(0.01, 0.5))
def test_focus_lies_such_that_both_ends_are_equally_blurred(focal, f_number, nearest, deep):
    farthest = nearest + deep
    focus = optics.focus_between(nearest, farthest)
    low, high = 1e-9, 1e-2
    for _ in range(60):  # the circle at which the nearest end is just sharp
        middle = math.sqrt(low * high)
        sharp = optics.depth_of_field(focal, f_number, middle, focus)[0] <= nearest
        low, high = (low, middle) if sharp else (middle, high)
    assert optics.depth_of_field(focal, f_number, high, focus)[1] == pytest.approx(
        farthest, rel=0.01
    )


def test_the_formulas_give_known_figures():
    # 50 mm at f/8 with c = 0.03 mm: hyperfocal 10.47 m; focused there, sharp from half of it.
    assert optics.hyperfocal(0.050, 8, 0.03e-3) == pytest.approx(10.47, abs=0.01)
    near, far = optics.depth_of_field(0.050, 8, 0.03e-3, optics.hyperfocal(0.050, 8, 0.03e-3))
    assert near == pytest.approx(10.47 / 2, rel=0.01)
    assert math.isinf(far)
    assert optics.angle(0.036, 0.050) == pytest.approx(39.6, abs=0.1)
    assert optics.airy_diameter(8) == pytest.approx(10.7e-6, rel=0.01)
    assert optics.exposure_for(0.0005, 0.5, 0.5) == pytest.approx(0.0005)
    assert math.isinf(optics.exposure_for(0.0005, 0, 0.5))
    # Sunny 16: f/16, 1/100 s at ISO 100 suits a scene in full sun, 64 000 lux at C = 250.
    assert optics.illuminance_for(16, 0.01, 100) == pytest.approx(64000)


SIDES = st.floats(0.05, 0.5)


@settings(max_examples=60)
@given(st.tuples(SIDES, SIDES, SIDES), st.floats(0.003, 0.02), st.integers(1, 5))
def test_a_design_keeps_its_promises(item, damage, views):
    try:
        plan = design(item, damage, views=views)
    except InputError:
        return
    assert len(plan.cameras) == views
    top, *sides = plan.cameras
    long, short = sorted(item[:2], reverse=True)
    assert top.field[0] >= long * 1.3 - 1e-9
    assert top.field[1] >= short * 1.3 - 1e-9
    for camera in sides:
        assert min(camera.field) >= math.hypot(*item) * 1.15 - 1e-9
        assert camera.elevation == 45
    for camera in plan.cameras:
        assert camera.distance <= 1.7
        assert 0 < camera.pixel_near <= camera.pixel_far <= damage / 5
        deep = item[2] if camera is top else math.hypot(*item)
        near = camera.distance - (deep if camera is top else deep / 2)
        if not any("depth of field" in remark for remark in camera.remarks):
            assert camera.sharp_near <= near + 1e-9
            assert camera.sharp_far >= near + deep - 1e-9
    assert plan.lux > 0
    assert plan.lights >= 4


def test_finer_damage_asks_for_more_pixels_and_speed_for_a_shorter_shutter():
    coarse, fine = (design((0.4, 0.3, 0.2), size) for size in (0.01, 0.0016))
    order = list(SENSORS)
    assert order.index(fine.cameras[0].sensor) > order.index(coarse.cameras[0].sensor)
    moving = design((0.4, 0.3, 0.2), 0.01, speed=0.5)
    assert moving.cameras[0].exposure < coarse.cameras[0].exposure / 10
    assert moving.lux > 10 * coarse.lux
    smear = 0.5 * moving.cameras[0].exposure / moving.cameras[0].pixel_near
    assert smear <= 0.5 + 1e-9


def test_what_cannot_be_built_says_what_to_give_up():
    with pytest.raises(InputError, match="allow larger damages, smaller items or more distance"):
        design((2.0, 1.5, 1.0), 0.001)
    with pytest.raises(InputError, match="must be positive"):
        design((0.4, 0.3, 0), 0.01)


def test_a_design_exports_itself():
    plan = design((0.6, 0.4, 0.4), 0.005)
    document = json.loads(json.dumps(plan.export(), allow_nan=False))
    assert document["item_max"] == [0.6, 0.4, 0.4]
    assert document["cameras"][0]["focal"] == plan.cameras[0].focal
    rows = plan.rows()
    assert [row["camera"] for row in rows] == ["top", "left", "right"]
    table = plan.to_markdown()
    assert all(str(value) in table for row in rows for value in row.values())
    assert f"{plan.lux:.0f} lux" in table


@pytest.mark.parametrize(
    ("item", "damage", "views"), [((0.6, 0.4, 0.4), 0.005, 3), ((0.1, 0.08, 0.05), 0.002, 5)]
)
def test_a_drawing_shows_all_cameras_where_the_plan_says_and_stays_on_its_sheet(
    item, damage, views
):
    plan = design(item, damage, views=views)
    svg = draw(plan.drawing())
    width, height = map(float, re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())
    for x, y in re.findall(r'<circle cx="([-\d.]+)" cy="([-\d.]+)"', svg):
        assert 0 < float(x) < width
        assert 0 < float(y) < height
    for x in re.findall(r'x[12]?="([-\d.]+)"', svg):
        assert 0 <= float(x) <= width
    for camera in plan.cameras:
        assert math.dist(camera.position, (0, 0, camera.aim)) == pytest.approx(camera.distance)
        x, y = (f"{round(side, 2) + 0:g}".replace("-", "−") for side in camera.position[:2])
        assert f"{camera.name} ({x}, {y})" in svg
    assert svg.count("<title>") == 2 * views
