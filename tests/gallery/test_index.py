import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from gallery_helpers import BUNDLE, digest, reopen

from amiss.gallery import index as indexing
from amiss.gallery import snapshot as snapshots
from amiss.gallery.index import ProductIndex
from amiss.gallery.snapshot import Snapshot, find_snapshot, write_snapshot
from amiss.gallery.sqlite import SqliteGallery
from amiss.gallery.store import Embedded
from amiss.vision.seen import Seen

E = 16


def unit(rng, *shape):
    found = rng.normal(size=shape).astype(np.float32)
    return found / np.linalg.norm(found, axis=-1, keepdims=True)


@pytest.fixture(scope="module")
def seen_as(make):
    """References by number that a damage model has seen."""

    def seen_as(number, vector):
        nothing = np.zeros((1, 2, 2), np.float32)
        kept = Seen(nothing, nothing, nothing, nothing[0] > 0, vector)
        return replace(make(number), seen=kept)

    return seen_as


def rows(vectors, per_product=2):
    return [
        Embedded(place + 1, f"p{place // per_product:05d}", vector)
        for place, vector in enumerate(vectors)
    ]


class Store:
    """A gallery of embeddings alone."""

    def __init__(self, there):
        self.revision, self.there = len(there), list(there)

    def embedded(self, after=0):
        return self.revision, self.there if after == 0 else []


def best(index, query, **options):
    return index.search(query[None], **options)[0]


def test_a_change_counts_at_once(folder, gallery, seen_as, tmp_path):
    vectors = unit(np.random.default_rng(0), 4, E)
    index = ProductIndex(gallery, tmp_path / "index")
    assert len(index) == 0
    assert index.search(vectors) == [[]] * 4
    gallery.add("a", seen_as(0, vectors[0]))
    gallery.add("b", seen_as(1, vectors[1]))
    assert [hit.product for hit in best(index, vectors[1])] == ["b", "a"]
    assert best(index, vectors[1])[0].likeness == pytest.approx(1, abs=1e-3)
    gallery.add("a", seen_as(2, vectors[2]))
    assert best(index, vectors[2])[0].product == "a"
    gallery.remove("a", "r2")
    assert best(index, vectors[2])[0].likeness < 0.9
    reopen(folder).undo()  # another process
    assert best(index, vectors[2])[0].likeness == pytest.approx(1, abs=1e-3)
    assert (len(index), index.revision) == (3, 5)

    index.rebuild()
    for each in (index, ProductIndex(gallery, tmp_path / "index")):
        assert (len(each), each.revision) == (3, 5)
        assert best(each, vectors[2])[0].product == "a"
    gallery.remove("a", "r2")
    assert best(index, vectors[2])[0].likeness < 0.9  # gone from the snapshot
    gallery.undo()
    assert best(index, vectors[2])[0].likeness == pytest.approx(1, abs=1e-3)
    gallery.remove("a", "r2")
    gallery.add("c", seen_as(2, vectors[2]))
    assert [hit.product for hit in best(index, vectors[2], count=1)] == ["c"]


def test_what_no_model_has_seen_is_not_searched(gallery, make, tmp_path):
    gallery.add("a", make(0))
    index = ProductIndex(gallery, tmp_path / "index")
    assert len(index) == 0
    assert best(index, np.ones(E, np.float32)) == []


def test_only_what_is_expected(gallery, seen_as, tmp_path):
    vectors = unit(np.random.default_rng(1), 6, E)
    for number in range(4):
        gallery.add(f"p{number}", seen_as(number, vectors[number]))
    index = ProductIndex(gallery, tmp_path / "index")
    for number in (4, 5):
        gallery.add(f"p{number}", seen_as(number, vectors[number]))
    gallery.remove("p2", "r2")
    expected = ["p1", "p2", "p5", "unheard of", *(f"x{number}" for number in range(10_000))]
    assert {hit.product for hit in best(index, vectors[3], among=expected)} == {"p1", "p5"}
    assert best(index, vectors[5], among=expected)[0].product == "p5"
    assert best(index, vectors[3], among=[]) == []
    assert best(index, vectors[3], among=["p2"]) == []


def test_views_of_a_product_do_not_crowd_out_others(tmp_path):
    rng = np.random.default_rng(2)
    middle = unit(rng, E)
    near = middle + 0.01 * rng.normal(size=(300, E))
    far = unit(rng, 20, E)
    vectors = np.concatenate([near / np.linalg.norm(near, axis=1, keepdims=True), far])
    there = [Embedded(1 + at, "many" if at < 300 else f"p{at}", one.astype("f4"))
             for at, one in enumerate(vectors)]  # fmt: skip
    index = ProductIndex(Store(there), tmp_path / "index")
    assert best(index, middle, count=3)[0].product == "many"


@pytest.fixture
def inverted(monkeypatch):
    """Inverted files from a size on that a test can make."""
    monkeypatch.setattr(snapshots, "EXACT", 1000)


@pytest.mark.usefixtures("inverted")
def test_an_inverted_file_finds_nearly_what_all_comparisons_find(tmp_path):
    rng = np.random.default_rng(3)
    middles = unit(rng, 3000, E)
    spread = 0.25 * rng.normal(size=(3000, 2, E))
    vectors = (middles[:, None] + spread / np.sqrt(E)).reshape(-1, E)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    index = ProductIndex(Store(rows(vectors)), tmp_path / "index")
    assert index._state.snapshot.coarse is not None
    queries = middles[:200] + 0.25 / np.sqrt(E) * rng.normal(size=(200, E))
    queries = (queries / np.linalg.norm(queries, axis=1, keepdims=True)).astype(np.float32)
    found = [hits[0] for hits in index.search(queries, count=1)]
    exact = queries @ vectors.T
    right = [f"p{place // 2:05d}" for place in exact.argmax(axis=1)]
    assert np.mean([hit.product == name for hit, name in zip(found, right, strict=True)]) > 0.97
    likeness = [hit.likeness for hit in found]
    assert np.quantile(np.abs(likeness - exact.max(axis=1)), 0.9) < 2e-3  # not of 8 bits


@pytest.mark.usefixtures("inverted")
def test_what_is_gone_hides_nothing_behind_it(tmp_path):
    rng = np.random.default_rng(4)
    near = np.eye(E, dtype=np.float32)[0] + 0.01 * unit(rng, 600, E)
    vectors = np.concatenate([near, unit(rng, 1400, E)]).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    store = Store(rows(vectors, 1))
    index = ProductIndex(store, tmp_path / "index")
    store.embedded = lambda after=0: (
        2001,
        [replace(one, vector=None) for one in store.there[1:600]] if after == 2000 else [],
    )
    hits = best(index, np.eye(E, dtype=np.float32)[0], count=3)
    assert hits[0].product == "p00000"
    assert len(hits) == 3


def test_a_stale_snapshot_is_made_anew_on_opening(tmp_path, monkeypatch):
    vectors = unit(np.random.default_rng(5), 30, E)
    store = Store(rows(vectors[:10], 1))
    ProductIndex(store, tmp_path / "index")
    grown = rows(vectors, 1)
    store.revision = 30
    store.embedded = lambda after=0: (30, grown[after:])
    assert ProductIndex(store, tmp_path / "index")._state.snapshot.revision == 10
    monkeypatch.setattr(indexing, "LEAST_STALE", 5)
    index = ProductIndex(store, tmp_path / "index")
    assert index._state.snapshot.revision == 30
    assert len(index) == 30


def test_a_broken_snapshot_is_passed_over(tmp_path):
    vectors = unit(np.random.default_rng(6), 20, E)
    folder = tmp_path / "index"
    for count in (10, 20):
        write_snapshot(folder, count, rows(vectors[:count]))
    newest = folder / f"{20:012d}"
    assert len(find_snapshot(folder, 25)) == 20
    assert len(find_snapshot(folder, 19)) == 10
    with (newest / "vectors.f16").open("r+b") as file:
        file.truncate(100)
    assert len(find_snapshot(folder, 25)) == 10
    (newest / "facts.json").write_text("{")
    assert len(find_snapshot(folder, 25)) == 10
    assert len(write_snapshot(folder, 20, rows(vectors))) == 20  # and is put right
    assert len(find_snapshot(folder, 25)) == 20


def test_old_snapshots_and_drafts_go(tmp_path):
    vectors = unit(np.random.default_rng(7), 5, E)
    folder = tmp_path / "index"
    (folder / "draft-old").mkdir(parents=True)
    (folder / "draft-new").mkdir()
    os.utime(folder / "draft-old", (0, 0))
    for count in range(1, 6):
        write_snapshot(folder, count, rows(vectors[:count]))
    left = sorted(path.name for path in folder.iterdir())
    assert left == [f"{4:012d}", f"{5:012d}", "draft-new"]


def test_an_empty_snapshot(tmp_path):
    found = write_snapshot(tmp_path / "index", 0, [])
    assert isinstance(found, Snapshot)
    assert len(found) == 0
    assert found.find("a", 1) is None


WRITER = """
import sys
from pathlib import Path
import numpy as np
from amiss.gallery.snapshot import write_snapshot
from amiss.gallery.store import Embedded

folder, revision = Path(sys.argv[1]), int(sys.argv[2])
vectors = np.random.default_rng(0).normal(size=(20_000, 64)).astype(np.float32)
there = [Embedded(at + 1, f"p{at:05d}", one) for at, one in enumerate(vectors)]
print("ready", flush=True)
while True:
    revision += 1
    write_snapshot(folder, revision, there)
    print(revision, flush=True)
"""


def test_killed_while_it_is_written_the_one_before_it_is_there(tmp_path):
    folder, written = tmp_path / "index", 0
    for round_ in range(4):
        arguments = [sys.executable, "-c", WRITER, str(folder), str(written)]
        writer = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        assert writer.stdout.readline() == "ready\n"
        time.sleep(0.15 + 0.04 * round_)
        writer.send_signal(signal.SIGKILL)
        confirmed = [int(line) for line in writer.communicate()[0].split("\n")[:-1] if line]
        written = max([written, *confirmed])
        found = find_snapshot(folder, 10**9)
        assert (found is None and written == 0) or found.revision >= written
        if found is not None:
            assert len(found) == 20_000
            assert found.find("p00007", 8) == 7


def test_a_gallery_without_a_snapshot_starts_from_what_is_there(folder, seen_as, tmp_path):
    gallery = SqliteGallery.open(folder, BUNDLE, create=True)
    vectors = unit(np.random.default_rng(8), 3, E)
    for number in range(3):
        gallery.add(f"p{number}", seen_as(number, vectors[number]))
    index = ProductIndex(gallery, tmp_path / "index")
    assert index._state.snapshot.revision == 3
    assert best(index, vectors[1], count=1)[0].product == "p1"
    assert gallery.listed("p1")[0].digest == digest(1)
