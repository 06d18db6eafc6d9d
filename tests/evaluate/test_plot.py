"""Drawing: everything stays inside its frame, and words are text."""

import re

import pytest

from amiss.evaluate.plot import log_odds, logarithmic, plot, shares


@pytest.mark.parametrize("axis", [shares("a"), logarithmic("a", 1e-4), log_odds("a")])
def test_an_axis_goes_from_end_to_end_and_only_upwards(axis):
    places = [axis.along(value / 1000) for value in range(1001)]
    assert places == sorted(places)
    assert (places[0], places[-1]) == pytest.approx((0, 1))
    assert all(0 <= axis.along(tick) <= 1 for tick in axis.ticks)


def test_stretched_axes_show_what_a_plain_one_cannot():
    assert logarithmic("a", 1e-4).along(0.01) == pytest.approx(0.5)
    assert logarithmic("a", 1e-4).ticks[0.001] == "0.1 %"
    assert log_odds("a").along(0.5) == pytest.approx(0.5)
    assert log_odds("a").along(0.001) + log_odds("a").along(0.999) == pytest.approx(1)


def test_the_drawing_stays_inside_its_frame():
    lines = {"a<b": [(0.0, 0.0), (0.0, 0.0), (1e-9, 0.5), (1.0, 1.0)], "c": []}
    svg = plot(logarithmic("x", 1e-3), shares("y & z"), lines, width=500, dots=True)
    assert "a&lt;b" in svg
    assert "y &amp; z" in svg
    assert svg.count("<circle") == 3  # what lies on one place is drawn once
    height = float(re.search(r'viewBox="0 0 500 ([0-9]+)"', svg)[1])
    (empty, path) = re.findall(r' d="M([^"]*)"', svg)
    assert empty == ""
    colours = re.findall(r'stroke="(#[0-9a-f]+)"', svg)
    # A name in its line's colour; the first line is drawn last and lies above the others.
    assert colours[::-1] == re.findall(r'style="fill:(#[0-9a-f]+)"', svg)
    assert len(set(colours)) == 2
    for point in path.split("L"):
        x, y = map(float, point.split())
        assert 0 <= x <= 500
        assert 0 <= y <= height
