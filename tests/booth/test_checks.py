from dataclasses import replace
from datetime import timedelta

import cv2
import numpy as np
import pytest
from booth_helpers import (
    CAMERAS,
    SIZE,
    calibrated,
    capture,
    empty,
    view,
    with_rgb,
    with_view,
)

from amiss.booth.checks.check import Memory, check
from amiss.booth.checks.limits import Limits
from amiss.booth.checks.reason import Fault, Reason


@pytest.fixture(scope="module")
def calibration():
    return calibrated()


def names(faults):
    return {(fault.camera, fault.reason) for fault in faults}


def moved(pixels, right, down):
    matrix = np.array([[1, 0, right], [0, 1, down]], np.float32)
    return cv2.warpAffine(pixels, matrix, (SIZE, SIZE), borderMode=cv2.BORDER_REFLECT)


def noisy(pixels):
    return pixels + 2 * np.random.default_rng(0).standard_normal(pixels.shape, np.float32)


def light(pixels, factor):
    """sRGB pixels under so many times the light (per channel), nearly: gamma 2.2."""
    return pixels * np.power(np.float32(factor), 1 / 2.2)


# What befalls the camera "left" of an otherwise good capture, and the one fault it must cause.
INJECTED = {
    "pulled plug": (lambda c: with_view(c, "left", lambda _: None), Reason.CAMERA_MISSING),
    "lens cap": (lambda c: with_rgb(c, "left", lambda p: noisy(p * 0 + 3)), Reason.BLACK),
    "lights half off": (
        lambda c: with_rgb(c, "left", lambda p: light(p, 0.4)),
        Reason.UNDER_EXPOSED,
    ),
    "shutter stuck open": (
        lambda c: with_rgb(c, "left", lambda p: light(p, 6.0)),
        Reason.OVER_EXPOSED,
    ),
    "brighter lamp": (lambda c: with_rgb(c, "left", lambda p: light(p, 1.9)), Reason.OVER_EXPOSED),
    "out of focus": (
        lambda c: with_rgb(c, "left", lambda p: noisy(cv2.GaussianBlur(p, (0, 0), 5))),
        Reason.BLURRED,
    ),
    "warm lamp": (
        lambda c: with_rgb(c, "left", lambda p: light(p, (1.25, 1.0, 0.7))),
        Reason.COLOUR_CAST,
    ),
    "tray pushed": (lambda c: with_rgb(c, "left", lambda p: moved(p, 6, -4)), Reason.TRAY_MOVED),
    "late picture": (
        lambda c: with_view(c, "left", lambda v: replace(v, trigger=v.trigger - 1)),
        Reason.OTHER_TRIGGER,
    ),
    "slow shutter": (
        lambda c: with_view(
            c, "left", lambda v: replace(v, taken=v.taken + timedelta(seconds=0.4))
        ),
        Reason.NOT_SYNCHRONOUS,
    ),
    "other resolution": (
        lambda c: with_view(
            c, "left", lambda v: replace(v, rgb=np.ascontiguousarray(v.rgb[::2, ::2]), depth=None)
        ),
        Reason.WRONG_SIZE,
    ),
    "projector off": (
        lambda c: with_view(c, "left", lambda v: replace(v, depth=v.depth * 0)),
        Reason.DEPTH_HOLES,
    ),
    "depth cable": (
        lambda c: with_view(c, "left", lambda v: replace(v, depth=None)),
        Reason.DEPTH_MISSING,
    ),
}


@pytest.mark.parametrize("fault", INJECTED)
def test_an_injected_fault_is_found_by_its_name_and_nothing_else_is(calibration, fault):
    inject, reason = INJECTED[fault]
    for seed in range(1, 4):
        assert names(check(inject(capture(seed)), calibration, Memory())) == {("left", reason)}


def test_good_captures_have_no_fault(calibration):
    memory = Memory()
    for seed in range(1, 13):
        assert check(capture(seed), calibration, memory) == []


def test_a_frozen_camera_sends_the_same_pixels_twice(calibration):
    memory = Memory()
    first, second = capture(1), capture(2)
    stuck = with_view(second, "right", lambda v: replace(v, rgb=first.views[2].rgb))
    assert check(first, calibration, memory) == []
    assert names(check(stuck, calibration, memory)) == {("right", Reason.FROZEN)}
    assert check(capture(3), calibration, memory) == []


@pytest.mark.parametrize("depth", [True, False])
def test_an_empty_tray_is_a_fault_of_the_whole_capture(calibration, depth):
    for seed in range(1, 4):
        faults = check(capture(seed, boxes=(), depth=depth), calibration, Memory())
        assert ("", Reason.TRAY_EMPTY) in names(faults)
        assert names(faults) <= {("", Reason.TRAY_EMPTY)} | {
            (name, Reason.DEPTH_MISSING) for name in CAMERAS
        }


def test_two_items_are_told_from_one(calibration):
    pair = ((50, 60, 80, 70), (190, 170, 75, 75))
    for seed in range(1, 4):
        faults = check(capture(seed, boxes=pair), calibration, Memory())
        assert names(faults) == {("", Reason.TWO_ITEMS)}
        assert 0.5 < faults[0].measured <= 1


def test_a_small_thing_beside_the_item_is_not_a_second_item(calibration):
    crumbs = ((60, 70, 120, 120), (240, 230, 34, 34))
    for seed in range(1, 4):
        assert check(capture(seed, boxes=crumbs), calibration, Memory()) == []


def test_two_colour_patches_of_one_height_are_one_item(calibration):
    """A white band in the tray's colour parts the item in two for the eye, not for depth."""

    def banded(one):
        rgb = one.rgb.copy()
        rgb[130:160] = calibration.cameras[one.camera].rgb[130:160]
        return replace(one, rgb=rgb)

    given = capture(4, boxes=((100, 80, 110, 140),))
    for name in CAMERAS:
        given = with_view(given, name, banded)
    assert check(given, calibration, Memory()) == []


def test_an_item_over_the_edge_of_the_picture_is_cut_off(calibration):
    for seed in range(1, 4):
        over = view("left", seed, boxes=((-30, 90, 110, 120),))
        faults = check(with_view(capture(seed), "left", lambda _, v=over: v), calibration, Memory())
        assert names(faults) == {("left", Reason.ITEM_CUT_OFF)}


def test_a_spill_may_run_out_of_the_picture(calibration):
    beside = ((120, 120, 110, 120), (10, -40, 60, 80))
    for seed in range(1, 4):
        given = capture(seed, boxes=beside)
        names_found = {reason for _, reason in names(check(given, calibration, Memory()))}
        assert Reason.ITEM_CUT_OFF not in names_found


def test_a_flat_card_with_two_domes_is_one_item(calibration):
    """By height it shows as two; by colour as one."""

    def domed(one):
        depth = one.depth.copy()
        depth[depth > 0] = 1.0
        depth[100:150, 110:200] = 0.96
        depth[165:205, 110:200] = 0.96
        return replace(one, depth=depth)

    given = capture(4, boxes=((100, 90, 110, 120),))
    for name in CAMERAS:
        given = with_view(given, name, domed)
    assert check(given, calibration, Memory()) == []


def test_a_camera_that_does_not_see_the_item_is_named(calibration):
    for seed in range(1, 4):
        given = with_view(capture(seed), "left", lambda _, s=seed: view("left", s, boxes=()))
        assert names(check(given, calibration, Memory())) == {("left", Reason.ITEM_UNSEEN)}


def test_an_item_nearly_in_the_tray_s_colour_is_seen_all_the_same(calibration):
    for seed in range(1, 4):
        given = capture(seed)
        assert ("", Reason.TRAY_EMPTY) not in names(check(given, calibration, Memory()))


def test_shadows_alone_are_no_item(calibration):
    def shaded(pixels):
        shade = np.ones((SIZE, SIZE), np.float32)
        cv2.circle(shade, (160, 160), 60, 0.7, -1)
        return pixels * cv2.GaussianBlur(shade, (0, 0), 12)[..., None]

    given = empty(1)
    for name in CAMERAS:
        given = with_rgb(given, name, shaded)
    assert names(check(given, calibration, Memory())) == {("", Reason.TRAY_EMPTY)}


def test_of_views_of_two_triggers_those_that_do_not_answer_the_capture_are_named(calibration):
    given = capture(5)
    for name in ("left", "top"):
        given = with_view(given, name, lambda v: replace(v, trigger=4))
    faults = check(given, calibration, Memory())
    assert names(faults) == {("left", Reason.OTHER_TRIGGER), ("top", Reason.OTHER_TRIGGER)}
    loose = replace(given, sequence=None)  # nobody counted: most views decide
    assert names(check(loose, calibration, Memory())) == {("right", Reason.OTHER_TRIGGER)}


def test_motion_blurs_edges_of_one_direction_only(calibration):
    def shaken(pixels):
        return noisy(cv2.filter2D(pixels, -1, np.ones((1, 19), np.float32) / 19))

    item = ((100, 90, 110, 120),)
    plain = view("left", 3, boxes=item)
    rgb = plain.rgb.copy()
    cv2.rectangle(rgb, (105, 95), (205, 205), (30, 30, 40), -1)  # without print: silhouette only
    given = with_view(capture(3), "left", lambda _: replace(plain, rgb=rgb))
    assert check(given, calibration, Memory()) == []
    faults = check(with_rgb(given, "left", shaken), calibration, Memory())
    assert ("left", Reason.BLURRED) in names(faults)


def test_without_calibration_gross_faults_are_found_and_the_rest_is_said_to_be_unchecked():
    lacking = {(name, Reason.NOT_CALIBRATED) for name in CAMERAS}
    gross = ["pulled plug", "lens cap", "out of focus", "late picture", "projector off"]
    for fault in gross:
        inject, reason = INJECTED[fault]
        for seed in (1, 2):
            faults = names(check(inject(capture(seed)), None, Memory(), cameras=CAMERAS))
            assert ("left", reason) in faults
            assert faults - {("left", reason)} <= lacking
    assert names(check(capture(1), None, Memory())) == lacking
    red = with_rgb(capture(1), "left", lambda p: p * (1, 0.3, 0.25))
    assert ("left", Reason.COLOUR_CAST) in names(check(red, None, Memory()))
    assert ("", Reason.TRAY_EMPTY) in names(check(plain_trays(), None, Memory()))


def plain_trays():
    """Three views of a tray without anything, not even scratches."""
    given = empty(1)
    for name in CAMERAS:
        given = with_rgb(given, name, lambda p: noisy(p * 0 + 150))
    return given


def test_a_view_that_brings_its_own_empty_tray_is_compared_with_that(calibration):
    given = capture(6)
    for name in CAMERAS:
        given = with_view(
            given, name, lambda v: replace(v, empty_tray=calibration.cameras[v.camera].rgb)
        )
    assert check(given, None, Memory()) == []
    warm = with_rgb(given, "top", lambda p: light(p, (1.3, 1, 0.7)))
    assert names(check(warm, None, Memory())) == {("top", Reason.COLOUR_CAST)}


def test_limits_are_what_decides(calibration):
    dim = with_rgb(capture(1), "left", lambda p: light(p, 0.55))
    (fault,) = check(dim, calibration, Memory())
    assert fault.measured == pytest.approx(0.55, abs=0.08)
    assert fault.limit == Limits().light_low
    assert check(dim, calibration, Memory(), limits=Limits(light_low=0.3)) == []


def test_a_capture_of_nothing_lacks_every_camera(calibration):
    faults = check(replace(capture(1), views=()), calibration, Memory())
    assert names(faults) == {(name, Reason.CAMERA_MISSING) for name in CAMERAS}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_one_sentence_that_says_what_to_do(reason):
    sentence = Fault("top", reason, 0.5, 0.25).sentence
    assert sentence.endswith(".")
    assert sentence.count(". ") == 0
    assert "{" not in sentence


def test_edges_that_look_soft_before_a_sharp_tray_are_the_item_s_own(calibration):
    """So strict a limit that every edge seems too wide."""
    strict = {"blur_px": 0.5, "blur_growth": 0.1, "motion": 50}
    focused, doubted = Limits(**strict), Limits(**strict, sharp=1.0, grain=0.3)
    for seed in range(1, 4):
        assert check(capture(seed), calibration, Memory(), limits=focused) == []
    given = with_rgb(capture(1), "left", lambda p: noisy(cv2.GaussianBlur(p, (0, 0), 1.2)))
    faults = names(check(given, calibration, Memory(), limits=doubted))
    assert ("left", Reason.BLURRED) in faults
