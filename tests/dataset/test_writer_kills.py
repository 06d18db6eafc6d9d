"""Kills: whatever the moment, going on gives the very same files as a run without."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from dataset_helpers import make_capture, make_labels, make_masks, make_view, tree

from amiss.dataset.journal import JOURNAL, Entry, Journal, from_line, to_line
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.reader import open_dataset
from amiss.dataset.writer import writing
from amiss.domain.errors import DatasetError

SERVER = """
import os, random, shutil, signal, sys, time
from pathlib import Path
from dataset_helpers import tree
from test_writer_kills import write_all

base, kills, captures = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
rng = random.Random(0)

def fork(work, *arguments):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work(*arguments)
            code = 0
        finally:
            os._exit(code)
    return child

def write_and_die_at_step(root, count):
    # A step is what the disk remembers: all that a kill can come between.
    left = count
    def counted(step):
        def run(*arguments):
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*arguments)
        return run
    for name in ("fsync", "replace", "unlink", "mkdir", "rmdir"):
        setattr(os, name, counted(getattr(os, name)))
    write_all(root, captures)

def killed(root, number):
    if kills == "steps":
        return fork(write_and_die_at_step, root, number)
    child = fork(write_all, root, captures)
    time.sleep(rng.uniform(0, 0.08))
    os.kill(child, signal.SIGKILL)
    return child

whole, root = tree(base / "whole"), base / "root"
tries = 0
while kills == "steps" or tries < int(kills):
    status = os.waitpid(killed(root, tries + 1), 0)[1]
    if kills == "steps" and status == 0:  # there is no such step: all were tried
        break
    assert status in (0, signal.SIGKILL), status
    tries += 1
    assert os.waitpid(fork(write_all, root, captures), 0)[1] == 0, tries
    assert tree(root) == whole, tries
    shutil.rmtree(root)
print(tries)
"""


def write_all(root, captures):
    """What a simulation does: goes on where it stopped."""
    with writing(root, Encoding(form="png", crops=False)) as writer:
        if not writer.has_reference("front"):
            view = make_view(99, depth=False, tray=False)
            writer.add_reference("front", view, make_labels(), split="train")
        for number in range(captures):
            if f"{number:06d}" not in writer:
                capture = make_capture(number, views=1, tray=False)
                writer.add(capture, make_labels(number), make_masks(1), split="train")


def run_server(tmp_path, kills, captures):
    write_all(tmp_path / "whole", captures)
    done = subprocess.run(
        [sys.executable, "-c", SERVER, tmp_path, kills, str(captures)],
        capture_output=True,
        text=True,
        env=os.environ
        | {
            "PYTHONPATH": str(Path(__file__).parent),
            "OPENBLAS_NUM_THREADS": "1",
            "POLARS_MAX_THREADS": "1",
        },
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return int(done.stdout)


def test_a_kill_between_any_two_steps_on_the_disk_loses_nothing(tmp_path):
    assert run_server(tmp_path, "steps", captures=1) > 30


def test_kills_at_random_moments_lose_nothing(tmp_path):
    assert run_server(tmp_path, "20", captures=3) == 20


@pytest.fixture
def begun(tmp_path):
    """A data set of two captures that was cut off before its manifests."""
    with pytest.raises(DatasetError, match="already"):
        write_and_fail(tmp_path)
    return tmp_path


def write_and_fail(root):
    with writing(root) as writer:
        for number in (0, 1, 1):
            writer.add(make_capture(number, 1), make_labels(), make_masks(1), split="train")


def test_a_journal_cut_at_any_byte_stands_up_to_its_last_whole_line(begun):
    path = begun / JOURNAL
    data = path.read_bytes()
    first = data.index(b"\n") + 1
    moments = {0, 1, first - 1, first, first + 1, len(data) - 1, len(data)}
    moments.update(random.Random(0).sample(range(len(data)), 40))
    for size in sorted(moments):
        path.write_bytes(data[:size])
        entries = list(Journal(begun).read())
        assert len(entries) == (size >= first) + (size >= len(data))


def test_what_is_written_after_a_torn_line_stands(begun):
    path = begun / JOURNAL
    path.write_bytes(path.read_bytes()[:-100])
    with writing(begun) as writer:
        assert "000001" not in writer
        writer.add(make_capture(2, 1), make_labels(), make_masks(1), split="train")
    assert [record.id for record in open_dataset(begun).split("train")] == ["000000", "000002"]
    assert not path.exists()


def test_zeros_that_a_power_cut_left_are_no_entry(begun):
    path = begun / JOURNAL
    data = path.read_bytes()
    path.write_bytes(data + bytes(300) + b"\n")
    journal = Journal(begun)
    assert len(list(journal.read())) == 2
    assert journal.end == len(data)


def test_a_flipped_byte_in_the_journal_is_one_clear_error(begun):
    path = begun / JOURNAL
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)
    with pytest.raises(DatasetError, match=r"Line 1 .* is corrupt"), writing(begun):
        pass  # pragma: no cover


def test_a_manifest_that_was_made_before_the_kill_is_not_doubled(begun):
    journal = (begun / JOURNAL).read_bytes()
    with writing(begun):
        pass
    before = tree(begun)
    (begun / JOURNAL).write_bytes(journal)  # as if the kill came before its end
    with writing(begun):
        pass
    assert tree(begun) == before


def test_waste_of_a_kill_is_cleared(begun):
    staging = begun / ".unfinished"
    staging.mkdir(exist_ok=True)
    (staging / "0").write_bytes(b"half a picture")
    with writing(begun):
        assert not staging.exists()
    assert not any(name.startswith(".") for name in tree(begun))


def test_a_line_of_the_journal_comes_back():
    entry = Entry("query", "train", [{"capture": "a", "story": "é\n\u2028", "view": 0}])
    line = to_line(entry)
    assert line.count(b"\n") == 1
    assert from_line(line[:-1]) == entry
    assert json.loads(line.partition(b" ")[2])["rows"] == entry.rows
