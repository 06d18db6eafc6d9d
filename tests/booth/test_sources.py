import threading
from dataclasses import replace

import numpy as np
import pytest
from booth_helpers import CAMERAS, START, capture, view, with_view

from amiss.booth.booth import Booth
from amiss.booth.cameras.replay import Recording
from amiss.booth.cameras.simulated import Simulated, views_of
from amiss.booth.cameras.source import cameras_of
from amiss.booth.checks.check import Memory, check
from amiss.booth.checks.reason import Reason
from amiss.dataset.labels import Labels
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.reader import open_dataset
from amiss.dataset.writer import writing
from amiss.domain.capture import Intrinsics
from amiss.domain.errors import CameraError, SimulationError
from amiss.simulate.scene import Eyepoint
from amiss.simulate.shoot import Shot
from amiss.vision.decode import decode


def test_a_recording_is_shown_again_capture_by_capture():
    recorded = [capture(seed) for seed in (11, 12, 13)]
    with Booth(cameras_of(Recording(iter(recorded), CAMERAS))) as booth:
        shown = [booth.trigger().capture for _ in recorded]
        over = booth.trigger()
    for before, after in zip(recorded, shown, strict=True):
        for one, other in zip(before.views, after.views, strict=True):
            assert other.rgb is one.rgb
            assert other.depth is one.depth
            assert (other.camera, other.taken) == (one.camera, one.taken)
        assert {one.trigger for one in after.views} == {after.sequence}
    assert over.capture.views == ()
    assert set(over.absent) == set(CAMERAS)
    assert "is over" in over.absent["top"]


def test_a_recording_shows_its_faults_again():
    late = with_view(capture(20), "left", lambda v: replace(v, trigger=v.trigger - 1))
    gone = with_view(capture(21), "right", lambda _: None)
    with Booth(cameras_of(Recording([late, gone], CAMERAS))) as booth:
        first, second = booth.trigger(), booth.trigger()
    faults = check(first.capture, None, Memory(), cameras=CAMERAS)
    assert ("left", Reason.OTHER_TRIGGER) in {(f.camera, f.reason) for f in faults}
    assert set(second.absent) == {"right"}
    assert [one.camera for one in second.capture.views] == ["top", "left"]


def test_the_simulator_is_asked_once_per_trigger_and_in_one_thread():
    calls, threads = [], set()

    def shooter(number):
        calls.append(number)
        threads.add(threading.get_ident())
        return {name: view(name, number, trigger=0) for name in CAMERAS}

    with Booth(cameras_of(Simulated(CAMERAS, shooter)), clock=lambda: START) as booth:
        shots = [booth.trigger() for _ in range(3)]
    assert calls == [1, 2, 3]
    assert len(threads) == 1
    for number, shot in enumerate(shots, 1):
        assert len(shot.capture.views) == 3
        assert {one.trigger for one in shot.capture.views} == {number}
        assert shot.capture.views[0].rgb is view("top", number, trigger=0).rgb


def test_a_simulator_that_cannot_says_why_for_every_camera():
    def shooter(number):
        raise SimulationError(f"Scene {number} has no light; add one.")

    with Booth(cameras_of(Simulated(CAMERAS, shooter))) as booth:
        absent = booth.trigger().absent
    assert absent == dict.fromkeys(CAMERAS, "Scene 1 has no light; add one.")


def test_a_simulator_that_is_too_slow_is_told_from_one_that_cannot():
    released = threading.Event()

    def shooter(number):
        released.wait(10)
        return {"top": view("top", number)}

    camera, other = cameras_of(Simulated(("top", "left"), shooter))
    with pytest.raises(CameraError, match="longer deadline"):
        camera.grab(1, 0.05)
    released.set()
    with pytest.raises(CameraError, match="no view of camera left"):
        other.grab(2, 5)
    assert camera.grab(2, 5).camera == "top"


def test_what_the_simulator_shot_becomes_views_without_the_truth():
    lens = Intrinsics(4, 3, 5.0, 5.0, 1.5, 1.0)
    eyes = [Eyepoint(name, lens, np.eye(4) * number) for number, name in enumerate(CAMERAS, 1)]
    shots = [
        Shot(eye, np.full((3, 4, 3), 9, np.uint8), np.ones((3, 4), np.float32), truth=None)
        for eye in eyes
    ]
    with Booth(cameras_of(Simulated(CAMERAS, lambda _: views_of(shots)))) as booth:
        views = booth.trigger().capture.views
    for shot, seen in zip(shots, views, strict=True):
        assert (seen.camera, seen.trigger, seen.source) == (shot.eye.name, 1, "simulated")
        assert seen.rgb is shot.rgb
        assert seen.depth is shot.depth
        assert seen.intrinsics is lens
        assert seen.pose is shot.eye.pose


def test_a_data_set_is_replayed_as_it_was_written(tmp_path):
    taken = [capture(seed) for seed in (31, 32)]
    with writing(tmp_path, Encoding(form="png")) as writer:
        for one in taken:
            writer.add(one, Labels(product="4711"), split="test")
    records = open_dataset(tmp_path).split("test")
    shown = Recording((record.load(decode) for record in records), CAMERAS)
    with Booth(cameras_of(shown)) as booth:
        for one in taken:
            again = booth.trigger().capture
            for before, after in zip(one.views, again.views, strict=True):
                assert np.array_equal(after.rgb, before.rgb)
                assert np.abs(after.depth - before.depth).max() <= 0.0006
                assert after.taken == before.taken
                assert after.trigger == again.sequence
        assert booth.trigger().capture.views == ()
