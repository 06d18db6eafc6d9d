import re

import pytest
from booth_helpers import CAMERAS, calibrated, capture, with_rgb, with_view

from amiss.booth.checks.check import Memory, check
from amiss.booth.checks.limits import Limits
from amiss.booth.checks.reason import Fault, Reason
from amiss.booth.recipe import DEFAULT_RECIPE, Effect, admit, read_recipe
from amiss.domain.errors import InputError

TEXT = DEFAULT_RECIPE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def recipe():
    return read_recipe()


@pytest.fixture
def altered(tmp_path):
    def write(pattern, replacement):
        text, count = re.subn(pattern, replacement, TEXT, flags=re.MULTILINE)
        assert count == 1
        path = tmp_path / "recipe.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def fault(reason, camera="left"):
    return Fault(camera, reason, 1, 0)


def admitted(recipe, *faults, given=None):
    return admit(given or capture(1), faults, recipe, cameras=CAMERAS)


def test_the_default_recipe_is_read_and_has_an_effect_for_every_fault(recipe):
    assert set(recipe.effects) == set(Reason)
    assert recipe.limits == Limits()


def test_a_good_capture_is_admitted_as_it_is(recipe):
    given = capture(1)
    admission = admitted(recipe, given=given)
    assert admission.inspected
    assert admission.capture.views == given.views
    assert admission.reasons == ()


def test_a_useless_view_is_left_out_and_said_to_be(recipe):
    admission = admitted(recipe, fault(Reason.BLURRED))
    assert [view.camera for view in admission.capture.views] == ["top", "right"]
    assert admission.faults == (fault(Reason.BLURRED),)
    assert admission.reasons == (fault(Reason.BLURRED).sentence,)


def test_depth_and_empty_tray_can_be_done_without(recipe):
    calibration = calibrated()
    given = capture(1)
    for name in CAMERAS:
        given = with_view(given, name, calibration.dress)
    admission = admitted(
        recipe, fault(Reason.DEPTH_HOLES), fault(Reason.TRAY_MOVED, "right"), given=given
    )
    top, left, right = admission.capture.views
    assert (top.depth is None, top.empty_tray is None) == (False, False)
    assert (left.depth is None, left.empty_tray is None) == (True, False)
    assert (right.depth is None, right.empty_tray is None) == (False, True)


def test_a_capture_that_must_not_be_judged_says_why(recipe):
    for reason in (Reason.TRAY_EMPTY, Reason.TWO_ITEMS):
        admission = admitted(recipe, fault(reason, ""))
        assert not admission.inspected
        assert admission.capture is None
        assert admission.reasons[0] == fault(reason, "").sentence
        assert str(reason) in admission.reasons[-1]


def test_too_few_views_are_no_capture(recipe):
    two_gone = (fault(Reason.BLACK), fault(Reason.FROZEN, "right"))
    admission = admitted(recipe, *two_gone)
    assert not admission.inspected
    assert "1 of 2 views needed" in admission.reasons[-1]
    nothing = with_view(capture(1), "left", lambda _: None)
    for name in ("top", "right"):
        nothing = with_view(nothing, name, lambda _: None)
    assert not admitted(recipe, given=nothing).inspected


def test_a_required_camera_cannot_be_done_without(altered):
    recipe = read_recipe(altered(r"^required = \[\]", 'required = ["left"]'))
    assert admitted(recipe, fault(Reason.BLURRED, "top")).inspected
    admission = admitted(recipe, fault(Reason.BLURRED, "left"))
    assert not admission.inspected
    assert "usable view of left" in admission.reasons[-1]


def test_a_note_changes_nothing_but_the_record(altered):
    recipe = read_recipe(altered(r'^blurred = "without_view"', 'blurred = "note"'))
    admission = admitted(recipe, fault(Reason.BLURRED))
    assert len(admission.capture.views) == 3
    assert admission.reasons == (fault(Reason.BLURRED).sentence,)


def test_limits_of_the_recipe_are_those_of_the_checks(altered):
    recipe = read_recipe(altered(r"^\[limits\]", "[limits]\nlight_low = 0.2"))
    dim = with_rgb(capture(1), "left", lambda pixels: pixels * 0.75)
    assert check(dim, calibrated(), Memory()) != []
    assert check(dim, calibrated(), Memory(), limits=recipe.limits) == []


@pytest.mark.parametrize(
    ("pattern", "replacement", "place"),
    [
        (r"^format = 1", "format = 2", "format"),
        (r"^least_share = 0.5", "least_share = 0", "least_share"),
        (r"^least_share = 0.5", "least_shares = 0.5", "least_share"),
        (r'^frozen = "without_view"', 'frozen = "ignore"', "effects.frozen"),
        (r'^frozen = "without_view"', "", "effects lacks frozen"),
        (r'^frozen = "without_view"', 'frozen_lens = "note"', "effects.frozen_lens"),
        (r'^two_items = "refuse"', 'two_items = "without_view"', "two_items befalls the whole"),
        (r'^camera_missing = "without_view"', 'camera_missing = "note"', "missing camera"),
        (r"^\[limits\]", "[limits]\nblurr_px = 3", "limits.blurr_px"),
        (r"^\[limits\]", "[limits]\nclipped = 2", "limits.clipped"),
        (r"^format = 1", "format = ", "cannot be read"),
    ],
)
def test_a_recipe_that_is_not_right_is_refused_and_the_place_is_named(
    altered, pattern, replacement, place
):
    with pytest.raises(InputError, match=re.escape(place)):
        read_recipe(altered(pattern, replacement))


def test_a_recipe_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_recipe(tmp_path / "none.toml")


def test_every_effect_is_explained_in_the_recipe():
    assert all(f"#   {effect} " in TEXT for effect in Effect)
