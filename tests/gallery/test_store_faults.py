import logging
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest
from gallery_helpers import BUNDLE, digest, names, refuses, reopen, state

from amiss.gallery import disk
from amiss.gallery.reference_file import to_bytes
from amiss.gallery.store import Gallery


def test_opening_what_is_not_there(folder, make):
    refuses(lambda: reopen(folder), "no gallery", "create")
    Gallery.open(folder, BUNDLE, create=True).add("SKU", make(1))
    assert Gallery.open(folder, BUNDLE, create=True).revision == 1


@pytest.mark.usefixtures("gallery")
def test_another_bundle_means_adding_anew(folder):
    for create in (False, True):
        refuses(
            lambda create=create: Gallery.open(folder, "other@ba9876543210", create=create),
            BUNDLE,
            "other@ba9876543210",
            "re-add",
        )


@pytest.mark.parametrize("text", ["", "{}", '{"format": 2, "bundle": "b"}', "\0"])
@pytest.mark.usefixtures("gallery")
def test_an_unreadable_passport(folder, text):
    (folder / "gallery.json").write_text(text)
    refuses(lambda: reopen(folder), "gallery.json", "restore")


def test_a_gallery_without_its_passport_is_not_made_anew(folder, gallery, make):
    gallery.add("SKU", make(1))
    (folder / "gallery.json").unlink()
    refuses(lambda: Gallery.open(folder, BUNDLE, create=True), "lost its gallery.json")


def test_a_log_cut_at_any_byte_is_the_old_state_or_the_new(folder, gallery, make, caplog):
    gallery.add("SKU", make(1))
    gallery.remove("SKU", "r1")
    log = folder / "log.jsonl"
    old, old_size = state(gallery), log.stat().st_size
    gallery.add("SKU", make(2))
    whole = log.read_bytes()
    for size in range(old_size, len(whole) + 1):
        caplog.clear()
        log.write_bytes(whole[:size])
        cut = reopen(folder)
        assert state(cut) == ({"SKU": ["r2"]} if size == len(whole) else old)
        is_torn = size not in (old_size, len(whole))
        warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
        assert len(warnings) == is_torn
        if size % 40 == 0 and is_torn:
            assert cut.add("SKU", make(2)) == 3
            assert log.read_bytes().count(b"\n") == 3
            assert state(reopen(folder)) == {"SKU": ["r2"]}


def test_zeros_left_by_a_power_cut_are_a_torn_line(folder, gallery, make):
    gallery.add("SKU", make(1))
    log = folder / "log.jsonl"
    whole = log.read_bytes()
    for torn in (b"\0" * 50, b"\0" * 50 + b'"}\n'):
        log.write_bytes(whole + torn)
        cut = reopen(folder)
        assert cut.revision == 1
        cut.remove("SKU", "r1")
        assert reopen(folder).revision == 2


def test_a_corrupt_line_in_the_middle_is_an_error(folder, gallery, make):
    for number in range(3):
        gallery.add("SKU", make(number))
    log = folder / "log.jsonl"
    whole = log.read_bytes()
    second = whole.index(b"\n") + 1
    for position in range(second, whole.index(b"\n", second), 7):
        damaged = bytearray(whole)
        damaged[position] ^= 1
        log.write_bytes(damaged)
        refuses(lambda: reopen(folder), "Line 2", "log.jsonl", "restore")


def test_lines_that_do_not_follow_are_an_error(folder, gallery, make):
    for number in range(3):
        gallery.add("SKU", make(number))
    log = folder / "log.jsonl"
    one, two, three = log.read_bytes().splitlines(keepends=True)
    for lines in ([one, three], [one, one, two], [two]):
        log.write_bytes(b"".join(lines))
        refuses(lambda: reopen(folder), "does not follow", "restore")
    log.write_bytes(one)
    refuses(gallery.refresh, "lost lines")


def test_a_missing_or_damaged_reference_is_named_and_can_be_mended(folder, gallery, make):
    for number in range(2):
        gallery.add("SKU", make(number))
    path = folder / f"products/%53%4B%55/{digest(1)[:16]}.npz"
    other = path.with_name(f"{digest(0)[:16]}.npz").read_bytes()
    for damage in (None, path.read_bytes()[:-1], other, b""):
        path.unlink() if damage is None else path.write_bytes(damage)
        broken = reopen(folder)
        refuses(lambda broken=broken: broken.references("SKU"), "'r1'", "'SKU'", "remove", "re-add")
        broken.remove("SKU", "r1")
        assert names(broken, "SKU") == ["r0"]
        broken.add("SKU", make(1))
        assert names(broken, "SKU") == ["r0", "r1"]


def test_a_disk_that_refuses_is_a_gallery_error_and_changes_nothing(
    folder, gallery, make, monkeypatch
):
    gallery.add("SKU", make(1))
    writes = disk._write_all

    def full(file, data):
        writes(file, data[:20])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "_write_all", full)
    before = (folder / "log.jsonl").read_bytes()
    refuses(lambda: gallery.remove("SKU", "r1"), "No space left")
    assert (folder / "log.jsonl").read_bytes() == before
    monkeypatch.undo()
    assert names(gallery, "SKU") == ["r1"]
    assert gallery.remove("SKU", "r1") == 2


def test_another_process_is_seen_by_refresh(folder, gallery, make):
    other = reopen(folder)
    gallery.add("SKU", make(1))
    assert other.revision == 0
    assert other.refresh()
    assert not other.refresh()
    assert names(other, "SKU") == ["r1"]
    gallery.remove("SKU", "r1")
    gallery.add("SKU", make(2))
    other.add("SKU", make(3))  # a writer refreshes by itself
    assert names(other, "SKU") == ["r2", "r3"]
    assert other.revision == 4


def test_many_writers_lose_nothing(folder, gallery, make):
    galleries = [gallery, gallery, reopen(folder), reopen(folder)]

    def write(worker):
        for number in range(8):
            galleries[worker].add(f"product {worker % 2}", make(worker * 8 + number))
            galleries[worker].refresh()

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    final = reopen(folder)
    assert final.revision == 32
    assert {name for found in state(final).values() for name in found} == {
        f"r{number}" for number in range(32)
    }


def test_a_lock_that_is_never_let_go_is_an_error(folder, gallery, make, monkeypatch):
    monkeypatch.setattr(disk, "LOCK_SECONDS", 0.05)
    with disk.locked(folder / "lock"):
        refuses(lambda: gallery.add("SKU", make(1)), "held", "lock")
    gallery.add("SKU", make(1))


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


def kill_at(patch, step):
    """Ends the process at its step-th call to the disk; says whether it came to that."""
    calls = {"left": step, "killed": False}

    def counted(function):
        def call(*arguments, **options):
            if calls["left"] == 0:
                calls["killed"] = True
                raise Killed
            calls["left"] -= 1
            return function(*arguments, **options)

        return call

    patch.setattr(disk.os, "fsync", counted(os.fsync))
    patch.setattr(disk, "_write_all", counted(disk._write_all))
    patch.setattr(disk.Path, "replace", counted(disk.Path.replace))
    patch.setattr(disk.Path, "mkdir", counted(disk.Path.mkdir))
    return calls


def change_of(gallery, make, kind):
    """A change to do, and the state that it leads to from `{"SKU": ["r0"]}`."""
    return {
        "add": (lambda: gallery.add("SKU", make(2), b"\xff\xd8\xff"), {"SKU": ["r0", "r2"]}),
        "add again": (lambda: gallery.add("SKU", make(1)), {"SKU": ["r0", "r1"]}),
        "add first": (lambda: gallery.add("new", make(1)), {"SKU": ["r0"], "new": ["r1"]}),
        "remove": (lambda: gallery.remove("SKU", "r0"), {}),
        "undo": (gallery.undo, {"SKU": ["r0", "r1"]}),
    }[kind]


@pytest.mark.parametrize("kind", ["add", "add again", "add first", "remove", "undo"])
def test_a_kill_at_any_step_leaves_the_old_state_or_the_new(kind, make, tmp_path):
    steps, killed, seen_states = 0, True, []
    while killed:
        folder = tmp_path / str(steps)
        gallery = Gallery.open(folder, BUNDLE, create=True)
        gallery.add("SKU", make(0))
        gallery.add("SKU", make(1))
        gallery.remove("SKU", "r1")
        old = state(gallery)
        change, new = change_of(gallery, make, kind)
        with pytest.MonkeyPatch.context() as patch:
            calls = kill_at(patch, steps)
            with suppress(Killed):
                change()
        killed = calls["killed"]
        after = reopen(folder)
        assert state(after) in (old, new)
        seen_states.append(state(after))
        after.add("SKU", make(9))
        assert "r9" in names(reopen(folder), "SKU")
        steps += 1
    assert (seen_states[0], seen_states[-1]) == (old, new)


def test_a_kill_while_a_gallery_is_made_can_be_made_good(tmp_path):
    steps, killed = 0, True
    while killed:
        folder = tmp_path / str(steps)
        with pytest.MonkeyPatch.context() as patch:
            calls = kill_at(patch, steps)
            with suppress(Killed):
                Gallery.open(folder, BUNDLE, create=True)
        killed = calls["killed"]
        assert Gallery.open(folder, BUNDLE, create=True).revision == 0
        steps += 1


WRITER = """
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from amiss.gallery.reference_file import from_bytes
from amiss.gallery.store import Gallery

folder, seen = Path(sys.argv[1]), from_bytes(Path(sys.argv[2]).read_bytes())
gallery = Gallery.open(folder, sys.argv[3])
while True:
    number = gallery.revision
    name = sha256(f"{number}".encode()).hexdigest()
    gallery.add(f"product {number}", replace(seen, name=f"r{number}", digest=name))
    print(gallery.revision, flush=True)
"""


def test_killed_for_real_nothing_that_was_confirmed_is_lost(folder, gallery, make, tmp_path):
    seen = tmp_path / "seen.npz"
    seen.write_bytes(to_bytes(make(0)))
    gallery.refresh()
    for round_ in range(3):
        arguments = [sys.executable, "-c", WRITER, str(folder), str(seen), BUNDLE]
        writer = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        confirmed = int(writer.stdout.readline())
        time.sleep(0.02 + 0.013 * round_)
        writer.send_signal(signal.SIGKILL)
        rest = writer.communicate()[0].split("\n")[:-1]
        confirmed = int(rest[-1]) if rest else confirmed
        after = reopen(folder)
        assert after.revision in (confirmed, confirmed + 1)
        assert all(len(after.references(product)) == 1 for product in after.products())
