import threading
from dataclasses import replace

import cv2
import numpy as np
import pytest
from booth_helpers import CAMERAS, START, calibrated, capture, empty, view, with_rgb

from amiss.booth.booth import Booth
from amiss.booth.calibration import calibration_of, load, store, versions
from amiss.booth.cameras.simulated import Simulated
from amiss.booth.cameras.source import cameras_of
from amiss.booth.checks.reason import Reason
from amiss.booth.drift import DriftLimits, drift
from amiss.booth.recalibrate import recalibrate
from amiss.domain.capture import Intrinsics
from amiss.domain.errors import CameraError

LENS = Intrinsics(320, 320, 300.0, 301.0, 159.5, 160.25, (0.1, 0.0, 0.01, 0.0, 0.0))


@pytest.fixture(scope="module")
def calibration():
    return calibrated()


def test_what_is_stored_is_what_is_read(tmp_path, calibration):
    top = replace(calibration.cameras["top"], intrinsics=LENS, exposure_us=4000.0)
    given = replace(calibration, cameras={**calibration.cameras, "top": top})
    stored = store(tmp_path / "calibrations", given)
    read = load(tmp_path / "calibrations")
    assert (stored.version, read.version, read.made) == (1, 1, given.made)
    assert list(read.cameras) == list(given.cameras)
    for name, baseline in given.cameras.items():
        other = read.cameras[name]
        assert np.array_equal(other.rgb, baseline.rgb)
        assert np.abs(other.depth - baseline.depth).max() <= 0.0006
        assert other.softness == baseline.softness
    assert read.cameras["top"].intrinsics == LENS
    assert read.cameras["top"].exposure_us == 4000
    assert read.cameras["left"].exposure_us is None


def test_versions_count_up_and_old_ones_stay(tmp_path, calibration):
    for _ in range(3):
        store(tmp_path, calibration)
    assert versions(tmp_path) == (1, 2, 3)
    assert load(tmp_path).version == 3
    assert load(tmp_path, 2).version == 2
    assert versions(tmp_path / "none") == ()
    for folder, version in ((tmp_path, 4), (tmp_path / "none", None)):
        with pytest.raises(CameraError, match="no such calibration"):
            load(folder, version)


def test_two_that_store_at_once_both_get_a_version(tmp_path, calibration):
    given = replace(calibration, cameras={"top": calibration.cameras["top"]})
    got = []
    threads = [
        threading.Thread(target=lambda: got.append(store(tmp_path, given).version))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [1, 2, 3, 4, 5, 6] == list(versions(tmp_path))
    assert [path.name for path in tmp_path.iterdir() if not path.name.isdecimal()] == []


def test_what_a_kill_left_behind_is_no_version(tmp_path, calibration):
    (tmp_path / ".draft-x").mkdir()
    (tmp_path / ".draft-x" / "top.png").write_bytes(b"half")
    assert versions(tmp_path) == ()
    assert store(tmp_path, calibration).version == 1


@pytest.mark.parametrize("file", ["top.png", "left.depth.png", "calibration.json"])
def test_what_was_altered_is_refused(tmp_path, calibration, file):
    store(tmp_path, calibration)
    path = tmp_path / "000001" / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(CameraError, match="recalibrate"):
        load(tmp_path)
    path.unlink()
    with pytest.raises(CameraError, match="recalibrate"):
        load(tmp_path)


def test_a_name_that_leaves_the_folder_is_refused(tmp_path, calibration):
    given = replace(calibration, cameras={"../top": calibration.cameras["top"]})
    with pytest.raises(CameraError, match="rename it"):
        store(tmp_path, given)
    assert versions(tmp_path) == ()


def test_pictures_are_averaged_and_depth_over_what_was_measured():
    views = [view("top", seed, boxes=()) for seed in range(5)]
    stack = np.stack([one.depth for one in views])
    baseline = calibration_of(views).cameras["top"]
    noise = [np.std(np.float32(one.rgb) - cv2.blur(one.rgb, (3, 3))) for one in views]
    assert np.std(np.float32(baseline.rgb) - cv2.blur(baseline.rgb, (3, 3))) < min(noise)
    for row, column in ((3, 5), (100, 200), (250, 31)):
        known = np.sort(stack[:, row, column][stack[:, row, column] > 0])
        assert baseline.depth[row, column] == known[(len(known) - 1) // 2]
    assert (calibration_of(views[:1]).cameras["top"].depth == views[0].depth).all()
    with pytest.raises(CameraError, match="No camera showed"):
        calibration_of([])


def booth_of(shooter):
    return Booth(cameras_of(Simulated(CAMERAS, shooter)), deadline_s=20, clock=lambda: START)


def test_recalibrating_stores_the_median_of_several_shots(tmp_path):
    with booth_of(lambda n: {name: view(name, n, boxes=()) for name in CAMERAS}) as booth:
        first = recalibrate(booth, tmp_path, exposures_us={"top": 5000.0})
        second = recalibrate(booth, tmp_path, shots=3)
    assert (first.version, second.version) == (1, 2)
    assert load(tmp_path, 1).cameras["top"].exposure_us == 5000
    assert first.made == START
    assert drift(second, [empty(50)]) == []


def test_a_booth_that_is_not_at_rest_is_not_calibrated(tmp_path):
    hand = ((100, 90, 110, 120),)
    bad = {
        "moves": lambda n: view("top", n, boxes=hand if n % 3 == 0 else ()),
        "is black": lambda n: replace(view("top", n), rgb=view("top", n).rgb // 60),
        "is saturated": lambda n: replace(view("top", n), rgb=view("top", n).rgb // 60 + 251),
    }
    for word, shoot in bad.items():
        with (
            booth_of(lambda n, s=shoot: {name: s(n) for name in CAMERAS}) as booth,
            pytest.raises(CameraError, match=word),
        ):
            recalibrate(booth, tmp_path)
    lacking = booth_of(lambda n: {"top": view("top", n, boxes=())})
    with lacking, pytest.raises(CameraError, match="no view of camera left"):
        recalibrate(lacking, tmp_path)
    assert versions(tmp_path) == ()


def names(faults):
    return {(fault.camera, fault.reason) for fault in faults}


def test_a_booth_that_has_not_changed_does_not_drift(calibration):
    assert drift(calibration, [empty(40)]) == []
    assert drift(calibration, [capture(seed) for seed in range(40, 49)]) == []


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        (Reason.UNDER_EXPOSED, lambda p: p * 0.9),
        (Reason.OVER_EXPOSED, lambda p: p * 1.1),
        (Reason.COLOUR_CAST, lambda p: p * np.float32([1.02, 1, 0.96])),
        (
            Reason.TRAY_MOVED,
            lambda p: cv2.warpAffine(
                p, np.float32([[1, 0, 2], [0, 1, 0]]), (320, 320), borderMode=cv2.BORDER_REFLECT
            ),
        ),
        (Reason.BLURRED, lambda p: cv2.GaussianBlur(p, (0, 0), 1.8)),
    ],
)
def test_drift_is_found_before_the_checks_would_refuse_captures(calibration, reason, change):
    from amiss.booth.checks.check import Memory, check

    changed = [with_rgb(empty(seed), "left", change) for seed in (40, 41, 42)]
    assert names(drift(calibration, changed)) == {("left", reason)}
    at_work = with_rgb(capture(43), "left", change)
    assert check(at_work, calibration, Memory()) == []


def test_the_median_of_many_captures_counts_and_a_lost_camera_is_named(calibration):
    captures = [capture(seed) for seed in range(40, 45)]
    captures[2] = with_rgb(captures[2], "left", lambda p: p * 0.5)  # one bad shot is no drift
    assert drift(calibration, captures) == []
    only_top = [replace(one, views=one.views[:1]) for one in captures]
    assert names(drift(calibration, only_top)) == {
        ("left", Reason.CAMERA_MISSING),
        ("right", Reason.CAMERA_MISSING),
    }
    dim = [with_rgb(one, "left", lambda p: p * 0.9) for one in captures]
    assert drift(calibration, dim, DriftLimits(light=0.5)) == []
