import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from gallery_helpers import BUNDLE, names, refuses, reopen, state

from amiss.gallery import database
from amiss.gallery.reference_file import to_bytes
from amiss.gallery.sqlite import SqliteGallery

FILE = "gallery.sqlite"


def raw(folder, statement, *values):
    """A statement past the gallery."""
    with sqlite3.connect(folder / FILE) as connection:
        return connection.execute(statement, values).fetchall()


def test_opening_what_is_not_there(folder, make):
    refuses(lambda: reopen(folder), "no gallery", "create")
    assert not folder.exists()
    folder.mkdir()
    (folder / FILE).touch()  # a kill while it was made
    refuses(lambda: reopen(folder), "no gallery", "create")
    SqliteGallery.open(folder, BUNDLE, create=True).add("SKU", make(1))
    assert SqliteGallery.open(folder, BUNDLE, create=True).revision == 1


@pytest.mark.usefixtures("gallery")
def test_another_bundle_means_adding_anew(folder):
    for create in (False, True):
        refuses(
            lambda create=create: SqliteGallery.open(folder, "other@ba9876543210", create=create),
            BUNDLE,
            "other@ba9876543210",
            "re-add",
        )


@pytest.mark.usefixtures("gallery")
def test_galleries_of_other_versions_are_not_touched(folder, tmp_path):
    raw(folder, "UPDATE passport SET format = 99")
    refuses(lambda: reopen(folder), "another version")
    old = tmp_path / "old"
    old.mkdir()
    (old / "gallery.json").write_text("{}")
    for create in (False, True):
        refuses(lambda create=create: SqliteGallery.open(old, BUNDLE, create=create), "earlier")
    assert [path.name for path in old.iterdir()] == ["gallery.json"]


def test_a_damaged_file_is_an_error(folder, gallery, make):
    gallery.add("SKU", make(1))
    gallery.close()
    path = folder / FILE
    whole = path.read_bytes()
    for damaged in (b"no database" * 500, whole[:100] + bytes(4000) + whole[4100:]):
        path.write_bytes(damaged)
        refuses(lambda: state(reopen(folder)), FILE, "restore")
    path.write_bytes(whole)
    assert state(reopen(folder)) == {"SKU": ["r1"]}


def test_a_missing_or_damaged_reference_is_named_and_can_be_mended(folder, gallery, make):
    for number in range(2):
        gallery.add("SKU", make(number))
    (other,), (whole,) = (
        raw(folder, "SELECT reference FROM files ORDER BY digest = ?", make(1).digest)[place]
        for place in (0, 1)
    )
    for damage in (None, whole[:-1], other, b""):
        statement = "UPDATE files SET reference = ? WHERE digest = ?"
        if damage is None:
            raw(folder, "DELETE FROM files WHERE digest = ?", make(1).digest)
        else:
            raw(folder, statement, damage, make(1).digest)
        broken = reopen(folder)
        refuses(lambda broken=broken: broken.references("SKU"), "'r1'", "'SKU'", "remove", "re-add")
        broken.remove("SKU", "r1")
        assert names(broken, "SKU") == ["r0"]
        broken.add("SKU", make(1))
        assert names(broken, "SKU") == ["r0", "r1"]


def test_a_disk_that_is_full_is_a_gallery_error_and_changes_nothing(folder, gallery, make):
    gallery.add("SKU", make(1))
    (pages,) = gallery._database.one("PRAGMA page_count")
    gallery._database.do(f"PRAGMA max_page_count = {pages}")
    refuses(lambda: gallery.add("SKU", make(2)), "full", "check its disk")
    assert names(gallery, "SKU") == ["r1"]
    gallery._database.do("PRAGMA max_page_count = 1000000")
    assert gallery.add("SKU", make(2)) == 2
    assert names(reopen(folder), "SKU") == ["r1", "r2"]


def test_what_another_process_wrote_is_there_at_once(folder, gallery, make):
    other = reopen(folder)
    gallery.add("SKU", make(1))
    assert other.revision == 1
    assert names(other, "SKU") == ["r1"]
    gallery.remove("SKU", "r1")
    gallery.add("SKU", make(2))
    other.add("SKU", make(3))
    assert names(gallery, "SKU") == ["r2", "r3"]
    assert gallery.revision == 4


def test_many_writers_and_readers_lose_nothing(folder, gallery, make):
    galleries = [gallery, gallery, reopen(folder), reopen(folder)]

    def write(worker):
        for number in range(8):
            galleries[worker].add(f"product {worker % 2}", make(worker * 8 + number))
            revision, held = galleries[worker].held(f"product {worker % 2}")
            assert number < len(held) <= revision

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(write, worker) for worker in range(4)]:
            done.result()
    final = reopen(folder)
    assert final.revision == 32
    assert {name for found in state(final).values() for name in found} == {
        f"r{number}" for number in range(32)
    }


def test_a_lock_that_is_never_let_go_is_an_error(folder, make, monkeypatch):
    monkeypatch.setattr(database, "WAITS_SECONDS", 0.05)
    gallery = SqliteGallery.open(folder, BUNDLE, create=True)
    with sqlite3.connect(folder / FILE, isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        refuses(lambda: gallery.add("SKU", make(1)), "held", "try again")
        assert gallery.products() == []  # who reads does not wait
        holder.execute("ROLLBACK")
    assert gallery.add("SKU", make(1)) == 1


@pytest.mark.parametrize("kind", ["add", "remove", "undo"])
def test_what_is_cut_off_before_it_is_confirmed_leaves_the_old_state(
    kind, folder, gallery, make, monkeypatch
):
    """At each statement of a change, as if the process ended there."""
    gallery.add("SKU", make(0))
    gallery.add("SKU", make(1))
    gallery.remove("SKU", "r1")
    old, left = state(gallery), [0]
    do = gallery._database.do

    class Ended(BaseException):
        pass

    def counted(statement, *values):
        if statement.startswith(("INSERT", "DELETE")):
            if left[0] == 0:
                raise Ended
            left[0] -= 1
        return do(statement, *values)

    changes = {
        "add": lambda: gallery.add("SKU", make(2)),
        "remove": lambda: gallery.remove("SKU", "r0"),
        "undo": gallery.undo,
    }
    monkeypatch.setattr(gallery._database, "do", counted)
    for statements in range(9):
        left[0] = statements
        try:
            changes[kind]()
            break
        except Ended:
            assert state(gallery) == old
            assert state(reopen(folder)) == old
            assert gallery.revision == 3
    assert statements >= 3
    assert state(reopen(folder)) != old


WRITER = """
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from amiss.gallery.reference_file import from_bytes
from amiss.gallery.sqlite import SqliteGallery

folder, seen = Path(sys.argv[1]), from_bytes(Path(sys.argv[2]).read_bytes())
gallery = SqliteGallery.open(folder, sys.argv[3])
while True:
    number = gallery.revision
    name = sha256(f"{number}".encode()).hexdigest()
    gallery.add(f"product {number}", replace(seen, name=f"r{number}", digest=name))
    print(gallery.revision, flush=True)
"""


@pytest.mark.usefixtures("gallery")
def test_killed_for_real_nothing_that_was_confirmed_is_lost(folder, make, tmp_path):
    seen = tmp_path / "seen.npz"
    seen.write_bytes(to_bytes(make(0)))
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
