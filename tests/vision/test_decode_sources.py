"""Where pictures come from, and what is refused before a byte is looked at."""

import os
from pathlib import Path

import numpy as np
import pytest
from decode_helpers import encode, refusal, sane, scene

from amiss.domain.capture import View
from amiss.vision.decode import MAX_FILE_BYTES, decode


def test_path_bytes_and_array_give_the_same(tmp_path):
    path = tmp_path / "item.png"
    path.write_bytes(encode(scene()))
    views = [decode(path), decode(str(path)), decode(path.read_bytes()), decode(scene())]
    assert [view.source for view in views] == [str(path), str(path), "<bytes>", "<array>"]
    for view in views:
        sane(view)
        assert view.size == (64, 48)
        assert np.array_equal(view.rgb, scene())


def test_view_without_size_is_at_full_resolution():
    assert View(scene(), "here").size == (64, 48)


def test_array_is_copied():
    frame = scene()
    view = decode(frame)
    frame[:] = 0  # a camera reuses its buffer
    assert np.array_equal(view.rgb, scene())


def test_view_of_any_memory_order_is_read():
    assert np.array_equal(decode(scene(64, 48)[:, ::-1]).rgb, scene()[:, ::-1])


@pytest.mark.parametrize(
    "array",
    [
        scene()[..., 0],
        scene()[..., :2],
        np.zeros((32, 32, 4), np.uint8),
        np.zeros((1, 32, 32, 3), np.uint8),
        np.zeros((32, 32, 3), np.float32),
        np.zeros((32, 32, 3), np.uint16),
        np.zeros((32, 32, 3), object),
    ],
)
def test_array_of_wrong_form(array):
    assert "give height×width×3 uint8" in refusal(array)


@pytest.mark.parametrize("source", [None, 7, bytearray(b"x"), [scene()]])
def test_source_of_wrong_type(source):
    assert "not " + type(source).__name__ in refusal(source)


def test_missing_file(tmp_path):
    path = tmp_path / "no such.png"
    assert refusal(path) == f"The picture {str(path)!r} does not exist: check the path."
    (tmp_path / "file").touch()
    assert "does not exist" in refusal(tmp_path / "file" / "below.png")


def test_folder(tmp_path):
    assert "is a folder" in refusal(tmp_path)


def test_forbidden_file(tmp_path, monkeypatch):
    path = tmp_path / "item.png"
    path.write_bytes(encode(scene()))
    path.chmod(0)
    if os.geteuid() == 0:  # nothing is forbidden to root

        def forbid(*_args, **_kwargs):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", forbid)
    assert "check the path and its permissions" in refusal(path)


@pytest.mark.parametrize("path", ["zero\0byte.png", "x" * 5000])
def test_impossible_path(path):
    assert "cannot be opened" in refusal(path)


def test_name_with_a_line_break_stays_one_line():
    assert r"two\nlines" in refusal("two\nlines.png")


def test_fifo_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    assert "not a regular file" in refusal(tmp_path / "pipe.png")


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_device(device):
    assert "not a regular file" in refusal(device)


def test_empty(tmp_path):
    path = tmp_path / "empty.jpg"
    path.touch()
    assert "is empty" in refusal(path)
    assert "is empty" in refusal(b"")


def test_too_many_bytes(tmp_path):
    path = tmp_path / "large.jpg"
    with path.open("wb") as file:
        file.write(encode(scene(), "JPEG"))
        file.truncate(MAX_FILE_BYTES + 1)
    assert "more than 64 MiB" in refusal(path)
    os.truncate(path, MAX_FILE_BYTES)
    sane(decode(path))
