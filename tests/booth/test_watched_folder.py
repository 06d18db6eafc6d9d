import io
import threading
import time

import numpy as np
import pytest
from booth_helpers import view
from PIL import Image

from amiss.booth.booth import Booth
from amiss.booth.cameras.folder import WatchedFolder
from amiss.booth.cameras.source import cameras_of
from amiss.dataset.pixels import encode_depth
from amiss.domain.errors import CameraError

NAMES = ("top", "left")
SETTLE = 0.1


def encoded(camera, seed, ending="JPEG"):
    buffer = io.BytesIO()
    Image.fromarray(view(camera, seed).rgb).save(buffer, ending)
    return buffer.getvalue()


def drop(folder, name, seed=1, cameras=NAMES):
    for camera in cameras:
        (folder / f"{name}_{camera}.jpg").write_bytes(encoded(camera, seed))


def watch(folder, **how):
    how = {"settle_s": SETTLE, "patience_s": 0.6} | how
    return WatchedFolder(folder, NAMES, **how)


def test_sets_that_lie_there_are_taken_in_the_order_of_their_names(tmp_path):
    for name, seed in (("0002", 2), ("0001", 1), ("0010", 10)):
        drop(tmp_path, name, seed)
    source = watch(tmp_path)
    with Booth(cameras_of(source), deadline_s=5) as booth:
        shots = [booth.trigger() for _ in range(3)]
    assert source.last == "0010"
    for shot, seed in zip(shots, (1, 2, 10), strict=True):
        assert [one.camera for one in shot.capture.views] == ["top", "left"]
        for one in shot.capture.views:
            assert np.abs(one.rgb.astype(int) - view(one.camera, seed).rgb).mean() < 6
            assert one.taken.tzinfo is not None
    again = watch(tmp_path, after="0002")
    assert set(again.take(1, 5)) == set(NAMES)
    assert again.last == "0010"


def test_a_slow_writer_is_waited_for_and_nothing_half_written_is_read(tmp_path):
    drop(tmp_path, "a", cameras=("top",))
    data = encoded("left", 7)
    done = threading.Event()

    def write():
        with (tmp_path / "a_left.jpg").open("wb") as file:
            for start in range(0, len(data), len(data) // 8 + 1):
                file.write(data[start : start + len(data) // 8 + 1])
                file.flush()
                time.sleep(SETTLE / 2)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    views = watch(tmp_path, patience_s=60).take(1, 20)
    writer.join()
    assert done.is_set()
    assert np.abs(views["left"].rgb.astype(int) - view("left", 7).rgb).mean() < 6


def test_a_writer_that_pauses_longer_than_files_settle_is_waited_for_too(tmp_path):
    drop(tmp_path, "a", cameras=("top",))
    data, path = encoded("left", 8), tmp_path / "a_left.jpg"
    path.write_bytes(data[: len(data) // 2])

    def finish():
        time.sleep(4 * SETTLE)
        path.write_bytes(data)

    writer = threading.Thread(target=finish)
    writer.start()
    views = watch(tmp_path, patience_s=60).take(1, 20)
    writer.join()
    assert np.abs(views["left"].rgb.astype(int) - view("left", 8).rgb).mean() < 6


def test_work_in_progress_and_files_of_others_are_left_alone(tmp_path):
    for name in ("b_top.jpg.tmp", ".b_top.jpg", "b_top.jpg.part", "notes.txt", "_top.jpg"):
        (tmp_path / name).write_bytes(encoded("top", 1))
    (tmp_path / "b_other.jpg").write_bytes(encoded("top", 1))
    with pytest.raises(CameraError, match="No set of pictures"):
        watch(tmp_path).take(1, 3 * SETTLE)


def test_a_set_that_stays_incomplete_is_taken_without_the_missing_camera(tmp_path):
    drop(tmp_path, "a", cameras=("top",))
    drop(tmp_path, "b")
    source = watch(tmp_path)
    first = source.take(1, 20)
    assert first["top"].camera == "top"
    assert isinstance(first["left"], CameraError)
    assert source.last == "a"  # the later set did not overtake
    assert source.take(2, 20)["left"].trigger == 2


def test_a_file_that_stays_broken_costs_its_view_only(tmp_path):
    drop(tmp_path, "a")
    (tmp_path / "a_left.jpg").write_bytes(encoded("left", 1)[:400])
    views = watch(tmp_path).take(1, 20)
    assert views["top"].camera == "top"
    assert "a_left.jpg" in str(views["left"])


def test_depth_comes_along_and_is_waited_for(tmp_path):
    drop(tmp_path, "a")
    depth = view("top", 1).depth
    done = threading.Event()

    def later():
        time.sleep(3 * SETTLE)
        (tmp_path / "a_top.depth.png").write_bytes(encode_depth(depth))
        done.set()

    threading.Thread(target=later).start()
    views = watch(tmp_path, with_depth=("top",), patience_s=60).take(1, 20)
    assert done.is_set()
    assert np.abs(views["top"].depth - depth).max() <= 0.0006
    assert views["left"].depth is None


def test_a_view_without_its_depth_is_still_a_view(tmp_path):
    drop(tmp_path, "a")
    (tmp_path / "a_top.depth.png").write_bytes(b"no picture")
    views = watch(tmp_path, with_depth=NAMES).take(1, 20)
    assert [views[name].depth for name in NAMES] == [None, None]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CameraError, match="There is no folder"):
        WatchedFolder(tmp_path / "none", NAMES)
