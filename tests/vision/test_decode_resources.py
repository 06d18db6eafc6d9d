"""The house's own resources: memory, threads, global settings."""

import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest
from decode_helpers import WHOLE, encode, outcome, png, scene, with_header
from PIL import Image, ImageFile

from amiss.vision.decode import decode


def test_nothing_global_is_touched():
    before = (list(warnings.filters), Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES)
    for data in WHOLE.values():
        decode(data)
        outcome(data[:-50])
    assert before == (
        list(warnings.filters),
        Image.MAX_IMAGE_PIXELS,
        ImageFile.LOAD_TRUNCATED_IMAGES,
    )


def test_many_threads():
    results = []

    def work():
        results.extend(decode(data).rgb for _ in range(5) for data in WHOLE.values())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4 * 5 * len(WHOLE)


PEAK = r"""
import pathlib, re, sys
from amiss.vision.decode import decode
from amiss.domain.errors import ImageError
def peak():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024
before = peak()
try:
    print(decode(sys.argv[1]).rgb.shape, end=" ")
except ImageError:
    print("refused", end=" ")
print(peak() - before)
"""


def peak(path):
    """What decoding said, and by how many MiB it raised the peak of a fresh process.

    Not by getrusage: its ru_maxrss starts at the peak of the parent, which hides the child's.
    """
    if not Path("/proc/self/status").exists():
        pytest.skip("the peak of a process is read from /proc")
    done = subprocess.run([sys.executable, "-c", PEAK, path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said, _, grown = done.stdout.rpartition(" ")
    return said, int(grown)


def test_bomb_takes_no_memory(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(with_header(encode(scene()), width=60_000, height=60_000))
    said, grown = peak(path)
    assert said == "refused"
    assert grown < 20


def test_endless_file_is_read_no_further_than_the_limit(tmp_path):
    path = tmp_path / "endless.jpg"
    path.touch()
    os.truncate(path, 2**29)  # sparse: it takes no room on disk
    said, grown = peak(path)
    assert said == "refused"
    assert grown < 80


def test_largest_png_takes_bounded_memory(tmp_path):
    path = tmp_path / "large.png"
    row = b"\0" + b"\x80" * 30_000
    path.write_bytes(png(10_000, 10_000, 8, 2, row * 10_000))
    said, grown = peak(path)
    assert said == "(1250, 1250, 3)"
    assert grown < 500  # 4 bytes a pixel


def test_largest_jpeg_takes_little_memory(tmp_path):
    path = tmp_path / "large.jpg"
    Image.new("L", (10_000, 10_000), 90).save(path)
    said, grown = peak(path)
    assert said == "(1250, 1250, 3)"
    assert grown < 60
