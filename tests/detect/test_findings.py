import numpy as np
import pytest

from amiss.detect.findings import FINDING_HEAT, KIND, MOST_FINDINGS, findings_in
from amiss.domain.capture import View


def view(height=200, width=400, size=(0, 0)):
    return View(np.zeros((height, width, 3), np.uint8), "a", size=size)


def heat_with(*places, shape=(100, 200)):
    """Heat of 0.1 with boxes (x, y, width, height, heat)."""
    heat = np.full(shape, 0.1, np.float32)
    for x, y, width, height, value in places:
        heat[y : y + height, x : x + width] = value
    return heat


def test_a_hot_place_is_boxed_in_pixels_of_the_full_picture():
    heat = heat_with((20, 30, 10, 5, 0.9))
    (found,) = findings_in(heat, view(size=(4000, 2000)), 3, 0.8, "reference")
    assert found.box == (400, 600, 200, 100)
    assert (found.kind, found.view, found.reference) == (KIND, 3, "reference")
    assert found.score == pytest.approx(0.8)


def test_the_hottest_comes_first_and_has_the_score_of_the_view():
    heat = heat_with((10, 10, 9, 9, 0.6), (60, 60, 9, 9, 0.9), (100, 10, 9, 9, 0.75))
    found = findings_in(heat, view(), 0, 0.7, None)
    assert [one.box[:2] for one in found] == [(120, 120), (200, 20), (20, 20)]
    assert [one.score for one in found] == pytest.approx([0.7, 0.7 * 0.75 / 0.9, 0.7 * 0.6 / 0.9])


def test_faint_heat_and_specks_are_no_findings():
    assert findings_in(heat_with((10, 10, 50, 50, FINDING_HEAT - 0.01)), view(), 0, 0.3, None) == []
    assert findings_in(heat_with((10, 10, 2, 2, 0.9)), view(), 0, 0.9, None) == []
    assert len(findings_in(heat_with((10, 10, 9, 9, FINDING_HEAT)), view(), 0, 0.5, None)) == 1


def test_there_are_never_too_many_and_the_hottest_stay():
    places = [(5 + 15 * index, 5, 9, 9, 0.55 + 0.03 * index) for index in range(12)]
    found = findings_in(heat_with(*places), view(), 0, 0.9, None)
    assert len(found) == MOST_FINDINGS
    assert found[0].box[0] == 2 * (5 + 15 * 11)
    assert min(one.box[0] for one in found) == 2 * (5 + 15 * 4)


def test_a_view_that_is_hot_all_over_is_one_finding_of_its_size():
    (found,) = findings_in(np.full((50, 50), 0.9, np.float32), view(321, 123), 0, 0.9, None)
    assert found.box == (0, 0, 123, 321)


@pytest.mark.parametrize("value", [0.0, 0.1])
def test_a_view_without_heat_has_no_findings(value):
    assert findings_in(np.full((40, 40), value, np.float32), view(), 0, 0.1, None) == []
