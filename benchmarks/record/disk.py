"""Fills the disk under a running record, and turns it read-only; nothing is restarted.

    sudo python -m benchmarks.record.disk

Needs the right to mount: a small file system in a file is filled and emptied; then it is shut down
as ext4 does it after an error of the disk, mounted read-only, and mounted for writing again.
"""

import argparse
import fcntl
import json
import os
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.record.writer import what

from amiss.domain.errors import RecordError
from amiss.record.examine.site import examine
from amiss.record.queries.inspections import one
from amiss.record.site import Site

MEGABYTES = 64
SHUT_DOWN = 0x8004587D
"""EXT4_IOC_SHUTDOWN: from now on every access fails, as after an error of the disk."""


@dataclass(slots=True)
class Phase:
    """What a writer met. sentences: the different refusals."""

    acknowledged: int = 0
    refused: int = 0
    sentences: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """phases: by what the disk did. lost: of what was acknowledged."""

    phases: dict[str, Phase] = field(default_factory=dict)
    lost: int = 0
    problems: list[str] = field(default_factory=list)


class Writers:
    """Threads that record in one process; `phase` is what they count under."""

    def __init__(self, site: Site, outcome: Outcome, threads: int = 2) -> None:
        self.site, self.outcome, self.phase = site, outcome, "at first"
        self.acknowledged: list[str] = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(f"t{n}",), daemon=True) for n in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def during(self, phase: str, seconds: float) -> None:
        """Lets them go on for a while."""
        self.phase = phase
        time.sleep(seconds)

    def stop(self) -> None:
        """Ends them."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, name: str) -> None:
        number = 0
        while not self._stop.is_set():
            counted = self.outcome.phases.setdefault(self.phase, Phase())
            try:
                key = f"{name} {number}"
                receipt = self.site.record(what(name, number), key=key)
            except RecordError as error:
                counted.refused += 1
                if str(error) not in counted.sentences:
                    counted.sentences.append(str(error))
                time.sleep(0.02)
                continue
            counted.acknowledged += 1
            self.acknowledged.append(receipt.id)
            number += 1


def fill_and_empty(root: Path, outcome: Outcome, seconds: float) -> None:
    """The disk fills up, stays full, and is emptied."""
    site = Site.create(root / "site")
    writers = Writers(site, outcome)
    writers.during("room", seconds)
    filler = root / "filler"
    writers.phase = "full"
    with filler.open("wb") as file:
        try:
            while True:
                file.write(os.urandom(1 << 16))
                file.flush()
        except OSError:
            pass
    writers.during("full", seconds)
    filler.unlink()
    writers.during("room again", seconds)
    writers.stop()
    _judge(site, writers, outcome)


def turn_read_only(root: Path, device: str, outcome: Outcome, seconds: float) -> None:
    """The disk fails, comes back read-only, and then can be written again."""
    site = Site.open(root / "site")
    writers = Writers(site, outcome)
    writers.during("sound", seconds)
    handle = os.open(root, os.O_RDONLY)
    fcntl.ioctl(handle, SHUT_DOWN, struct.pack("I", 0))
    os.close(handle)
    writers.during("failed", seconds)
    _run("umount", "--lazy", root)
    _run("mount", "-o", "ro", device, root)
    writers.during("read-only", seconds)
    _run("mount", "-o", "remount,rw", root)
    writers.during("sound again", seconds)
    writers.stop()
    _judge(site, writers, outcome)


def _judge(site: Site, writers: Writers, outcome: Outcome) -> None:
    for key in writers.acknowledged:
        try:
            for view in one(site.database, key).document["views"]:
                site.images.get(view["pictures"]["rgb"])
        except RecordError:
            outcome.lost += 1
    outcome.problems += [problem.says for problem in examine(site).problems]
    site.close()


def measure(seconds: float = 2.0) -> Outcome:
    """Both, one after the other, in a file system of its own."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as scratch:
        image, root = Path(scratch) / "disk", Path(scratch) / "root"
        with _mounted(image, root) as device:
            fill_and_empty(root, outcome, seconds)
            turn_read_only(root, device, outcome, seconds)
    return outcome


@contextmanager
def _mounted(image: Path, root: Path) -> Iterator[str]:
    """Yields the device."""
    with image.open("wb") as file:
        file.truncate(MEGABYTES << 20)
    root.mkdir()
    _run("mkfs.ext4", "-q", image)
    device = _run("losetup", "--find", "--show", image).strip()
    try:
        _run("mount", device, root)
        yield device
    finally:
        subprocess.run(["umount", "--lazy", str(root)], check=False)
        _run("losetup", "--detach", device)


def _run(*command: object) -> str:
    words = [str(word) for word in command]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout


def main() -> None:
    """Prints what came of it."""
    parser = argparse.ArgumentParser(description="Fills the disk under a record.")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each phase")
    print(json.dumps(asdict(measure(parser.parse_args().seconds)), indent=2))


if __name__ == "__main__":
    main()
