import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from booth_helpers import CAMERAS, SIZE, START, calibrated, view

from amiss.booth.booth import Booth
from amiss.booth.camera import Camera
from amiss.booth.checks.check import Memory, check
from amiss.booth.checks.reason import Reason
from amiss.domain.capture import Capture, View
from amiss.domain.errors import CameraError
from amiss.domain.words import ProcessStep

SOON = 0.25


class Fake(Camera):
    """A camera that waits before it answers, or fails."""

    def __init__(self, name, *, waits=0.0, error=None):
        self.name, self.waits, self.error = name, waits, error
        self.asked, self.threads, self.closed = [], set(), 0

    def grab(self, trigger, timeout_s):  # noqa: ARG002 - part of the protocol
        self.asked.append((trigger, time.monotonic()))
        self.threads.add(threading.get_ident())
        time.sleep(self.waits)
        if self.error is not None:
            raise self.error
        return View(np.zeros((8, 8, 3), np.uint8), "fake", trigger=trigger)

    def close(self):
        self.threads.add(threading.get_ident())
        self.closed += 1


def test_all_views_of_one_trigger_make_one_capture():
    cameras = [Fake(name) for name in CAMERAS]
    with Booth(cameras, name="dock-4", clock=lambda: START) as booth:
        assert booth.cameras == CAMERAS
        first = booth.trigger(step=ProcessStep.STOW, barcode="4006381333931", product="4711")
        second = booth.trigger()
    capture = first.capture
    assert first.absent == second.absent == {}
    assert [one.camera for one in capture.views] == list(CAMERAS)
    assert {one.trigger for one in capture.views} == {1} == {capture.sequence}
    assert (capture.step, capture.barcode, capture.product) == ("stow", "4006381333931", "4711")
    assert capture.taken == START
    assert capture.id.startswith("dock-4-20260302T080000")
    assert second.capture.sequence == 2
    assert second.capture.id != capture.id


def test_cameras_are_triggered_together_and_not_one_after_the_other():
    cameras = [Fake(str(number), waits=SOON) for number in range(6)]
    with Booth(cameras) as booth:
        start = time.monotonic()
        shot = booth.trigger()
        assert time.monotonic() - start < 3 * SOON
    assert len(shot.capture.views) == 6
    asked = [camera.asked[0][1] for camera in cameras]
    assert max(asked) - min(asked) < SOON


def test_a_camera_that_hangs_is_absent_and_holds_up_nobody():
    stuck = Fake("left", waits=4 * SOON)
    with Booth([Fake("top"), stuck], deadline_s=SOON) as booth:
        start = time.monotonic()
        first, second = booth.trigger(), booth.trigger()
        assert time.monotonic() - start < 3 * SOON
        assert "did not deliver" in first.absent["left"]
        assert "still hangs" in second.absent["left"]
        assert [one.camera for one in second.capture.views] == ["top"]
        time.sleep(4 * SOON)
        stuck.waits = 0
        third = booth.trigger()
    assert third.absent == {}
    assert {one.trigger for one in third.capture.views} == {3}  # the late picture is not among them
    assert [number for number, _ in stuck.asked] == [1, 3]


def test_a_camera_that_fails_says_why():
    broken = Fake("left", error=CameraError("The lens fell off; screw it on."))
    with Booth([Fake("top"), broken]) as booth:
        shot = booth.trigger()
        assert shot.absent == {"left": "The lens fell off; screw it on."}
        broken.error = None
        assert booth.trigger().absent == {}


def test_a_fault_that_nobody_foresaw_costs_one_view_and_not_the_camera(monkeypatch):
    shown = []
    monkeypatch.setattr(threading, "excepthook", lambda fault: shown.append(fault.exc_type))
    broken = Fake("left", error=ZeroDivisionError())
    with Booth([Fake("top"), broken]) as booth:
        shot = booth.trigger()
        assert "see the log" in shot.absent["left"]
        broken.error = None
        assert booth.trigger().absent == {}
        broken.error = ZeroDivisionError()
        booth.trigger()
        deadline = time.monotonic() + 5
        while len(shown) < 2 and time.monotonic() < deadline:
            time.sleep(0.005)
    assert shown == [ZeroDivisionError] * 2  # for the log
    assert broken.closed == 1


def test_a_camera_is_used_in_one_thread_and_closed_once():
    cameras = [Fake(name) for name in CAMERAS]
    with Booth(cameras) as booth:
        for _ in range(5):
            booth.trigger()
    for camera in cameras:
        assert len(camera.threads) == 1
        assert camera.closed == 1


def test_a_capture_without_any_view_is_faulty_and_no_error():
    with Booth([Fake("top", error=CameraError("Off."))]) as booth:
        shot = booth.trigger()
    assert shot.capture.views == ()
    faults = check(shot.capture, None, Memory(), cameras=booth.cameras)
    assert [fault.reason for fault in faults] == [Reason.CAMERA_MISSING]


def test_cameras_need_names_of_their_own():
    with pytest.raises(CameraError, match="one name"):
        Booth([Fake("top"), Fake("top")])
    with pytest.raises(CameraError, match="at least one"):
        Booth([])


def test_views_get_the_empty_tray_of_their_camera():
    class Still(Fake):
        def grab(self, trigger, timeout_s):  # noqa: ARG002 - part of the protocol
            return replace(view(self.name, 1), trigger=trigger)

    calibration = calibrated()
    with Booth([Still(name) for name in CAMERAS], calibration=calibration) as booth:
        shot = booth.trigger()
    assert isinstance(shot.capture, Capture)
    for one in shot.capture.views:
        assert one.empty_tray is calibration.cameras[one.camera].rgb
        assert one.empty_tray.shape == (SIZE, SIZE, 3)


def test_a_camera_closes_at_the_end_of_its_block():
    with Fake("top") as camera:
        assert camera.grab(1, 1).trigger == 1
    assert camera.closed == 1
