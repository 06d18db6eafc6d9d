import os
import time

import pytest
from booth_helpers import CAMERAS, capture

from amiss.booth.booth import Booth
from amiss.booth.cameras.replay import Recording
from amiss.booth.cameras.source import cameras_of
from amiss.booth.scanner import LineScanner, Scanner
from amiss.domain.errors import CameraError


def test_a_capture_gets_the_code_that_was_scanned_since_the_one_before():
    scanner = Scanner()
    recorded = [capture(seed) for seed in range(1, 6)]
    with Booth(cameras_of(Recording(recorded, CAMERAS)), scanner=scanner) as booth:
        scanner.scanned("4006381333931\n")
        first = booth.trigger()
        second = booth.trigger()  # nothing was scanned
        scanner.scanned("one")
        scanner.scanned(" one ")  # the same box, scanned twice
        third = booth.trigger()
        scanner.scanned("one")
        scanner.scanned("other")
        fourth = booth.trigger()
        scanner.scanned("one")
        fifth = booth.trigger(barcode="named by hand")
    shots = (first, second, third, fourth, fifth)
    codes = [shot.capture.barcode for shot in shots]
    assert codes == ["4006381333931", None, "one", None, "named by hand"]
    assert [shot.scanned for shot in shots][1:4] == [(), ("one",), ("one", "other")]


def test_lines_of_a_serial_device_are_codes(tmp_path):
    device = tmp_path / "scanner"
    os.mkfifo(device)
    with LineScanner(device) as scanner, device.open("w") as line:
        line.write("4006381333931\r\n\n  \n")
        line.flush()
        codes, until = (), time.monotonic() + 5
        while not codes and time.monotonic() < until:
            time.sleep(0.01)
            codes = scanner.take()
    assert codes == ("4006381333931",)


def test_a_scanner_that_is_not_there_is_named(tmp_path):
    (tmp_path / "file").write_text("4006381333931\n")
    for name in ("none", "file"):
        with pytest.raises(CameraError, match=f"no barcode scanner at .*{name}"):
            LineScanner(tmp_path / name)
