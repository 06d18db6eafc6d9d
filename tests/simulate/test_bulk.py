"""Whole data sets, with a renderer that takes no time."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from even import Broken, Deadly, Even

from amiss.dataset.journal import JOURNAL
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.reader import open_dataset
from amiss.dataset.split import split_of
from amiss.dataset.writer import writing
from amiss.domain.errors import DatasetError, SimulationError
from amiss.simulate.begun import SETTINGS, begin, settings_of
from amiss.simulate.bulk import Bulk
from amiss.simulate.crew import Shares
from amiss.simulate.plan import Plan
from amiss.simulate.products.product import Kind
from amiss.simulate.studio import Outfit, Studio, Task
from amiss.vision.decode import decode

PLAN = Plan(seed=7, references=1, kinds=(Kind.POLY_BAG, Kind.TIN), twins=True)
OUTFIT = Outfit(views=2, size=32)
ITEMS = 5


def bulk(root, plan=PLAN, outfit=OUTFIT, opener=Even, processes=1):
    return Bulk(root, plan, outfit, opener(), opener, processes)


def tree(root):
    """The bytes of all files, by their paths."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A data set made in one go, and what making it said."""
    root = tmp_path_factory.mktemp("made") / "whole"
    told = []
    return root, bulk(root).make(range(ITEMS), progress=lambda *how: told.append(how)), told


@pytest.fixture(scope="module")
def whole(made):
    return tree(made[0])


def test_a_data_set_holds_items_twins_and_references(made):
    root, said, told = made
    data = open_dataset(root)
    damaged = [index for index in range(ITEMS) if PLAN.is_damaged(index)]
    assert 0 < len(damaged) < ITEMS
    captures = ITEMS + len(damaged) + 2
    assert (said.captures, said.drawn, said.taken_over) == (captures, captures, 0)
    assert told == [(done, captures) for done in range(captures + 1)]
    found = {}
    for split in data.splits:
        for record in data.split(split):
            found[record.id] = record
            assert split_of(record.item) == split == split_of(record.labels.product)
            (front,) = {len(data.split(split).references(record.item))}
            assert front == OUTFIT.views
    wanted = {PLAN.id(index) for index in range(ITEMS)}
    assert set(found) == wanted | {PLAN.twin(index) for index in damaged}
    for index in damaged:
        record, twin = found[PLAN.id(index)], found[PLAN.twin(index)]
        assert record.labels.twin == twin.id
        assert record.labels.damages
        assert twin.labels.damages == ()
        assert twin.taken == record.taken
    view = found[PLAN.id(0)].load(decode).views[0]
    assert view.rgb.shape == view.empty_tray.shape == (32, 32, 3)
    assert view.depth.shape == (32, 32)


def test_another_seed_gives_other_pictures(tmp_path, whole):
    bulk(tmp_path / "other", replace(PLAN, seed=8)).make(range(1))
    pictures = {data for name, data in whole.items() if name.endswith(".jpg")}
    others = {
        name: data for name, data in tree(tmp_path / "other").items() if name.endswith(".jpg")
    }
    assert others
    assert not pictures & set(others.values())


def test_what_is_there_is_not_drawn_again(made, whole, tmp_path):
    shutil.copytree(made[0], tmp_path / "copy")
    again = bulk(tmp_path / "copy")
    said = again.make(range(ITEMS))
    assert (said.captures, said.drawn) == (made[1].captures, 0)
    assert again.backend.rendered == 0
    assert tree(tmp_path / "copy") == whole


def test_a_data_set_may_grow_range_by_range(tmp_path, whole):
    for cut in (4, 1):
        bulk(tmp_path / "out").make(range(cut, cut + 1))
    bulk(tmp_path / "out").make(range(ITEMS))
    assert tree(tmp_path / "out") == whole


def test_parts_made_elsewhere_are_joined_without_drawing(tmp_path, whole):
    parts = [tmp_path / "one", tmp_path / "two"]
    for part, indexes in zip(parts, (range(3), range(3, ITEMS)), strict=True):
        bulk(part).make(indexes)
    joined = bulk(tmp_path / "joined")
    said = joined.make(range(ITEMS), parts)
    assert joined.backend.rendered == said.drawn == 0
    # references are counted by their views
    assert said.taken_over == said.captures - 2 + 2 * OUTFIT.views
    assert tree(tmp_path / "joined") == whole
    assert bulk(tmp_path / "joined").make(range(ITEMS), parts).taken_over == 0

    said = bulk(tmp_path / "half").make(range(ITEMS), parts[:1])  # what no part has is drawn
    assert 0 < said.drawn < said.captures
    assert tree(tmp_path / "half") == whole


def test_two_processes_make_the_same_as_one(tmp_path, whole):
    two = bulk(tmp_path / "two", processes=2)
    assert two.make(range(ITEMS)).drawn > 0
    assert two.backend.rendered == 0
    assert tree(tmp_path / "two") == whole


def test_processes_stay_in_their_booths_while_there_is_work_in_them():
    tasks = [Task(group, (), (4 * group,), ()) for group in range(25)]  # ten to a booth
    shares, hands = Shares(PLAN, tasks), (0, 1)
    taken = [(hand, shares.next(hand)) for _ in range(13) for hand in hands]
    rest = [task for task in (shares.next(hand) for hand in hands * 2) if task]
    assert rest == []
    assert sorted(task.group for _, task in taken if task) == list(range(25))
    booths = {
        hand: {PLAN.booth(task.group) for h, task in taken[:20] if h == hand} for hand in hands
    }
    assert [len(found) for found in booths.values()] == [1, 1]
    assert {hand for hand, task in taken[20:] if task} == {0, 1}  # the last booth is shared


def test_a_reference_that_was_cut_off_is_completed(tmp_path, whole):
    task = Task(group=0, references=(0,), items=(), twins=())
    (views,) = Studio(PLAN, OUTFIT, Even()).work(task)
    with writing(tmp_path / "out", OUTFIT.encoding) as writer:
        begin(tmp_path / "out", settings_of(PLAN, OUTFIT, Even.name))
        writer.place(views[1])
    bulk(tmp_path / "out").make(range(ITEMS))
    assert tree(tmp_path / "out") == whole


def test_crops_and_empty_trays_can_be_left_out(tmp_path):
    outfit = replace(OUTFIT, empty_trays=False, encoding=Encoding(crops=False))
    bulk(tmp_path / "out", outfit=outfit).make(range(1))
    kinds = {path.parent.name for path in (tmp_path / "out" / "data").rglob("*.*")}
    assert kinds == {"image", "mask", "depth"}


SERVER = """
import sys, time
from pathlib import Path
from amiss.dataset.writer import Writer
from test_bulk import ITEMS, bulk

def slowly(writer, packed, place=Writer.place):
    place(writer, packed)
    time.sleep(0.1)  # so that a kill finds it at work

if __name__ == "__main__":
    Writer.place = slowly
    bulk(Path(sys.argv[1]), processes=int(sys.argv[2])).make(range(ITEMS))
"""


def start(root, processes):
    return subprocess.Popen(
        [sys.executable, "-c", SERVER, str(root), str(processes)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)},
        start_new_session=True,
    )


def lines(root):
    journal = root / JOURNAL
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def killed_after(captures, root, processes):
    """Whether a run died by a kill, once so many captures stood."""
    child = start(root, processes)
    while child.poll() is None and lines(root) < captures:
        time.sleep(0.002)
    child.kill()
    return child.wait() == -signal.SIGKILL, child


@pytest.mark.parametrize(("processes", "captures"), [(1, 3), (2, 3)])
def test_a_kill_loses_nothing_that_stood(tmp_path, whole, processes, captures):
    root = tmp_path / "out"
    died, child = killed_after(captures, root, processes)
    assert died
    stood = lines(root)
    assert captures <= stood < sum(name.endswith(".jpg") for name in whole)
    deadline = time.monotonic() + 20
    while alive(child.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(child.pid)  # nor does anything that it started outlive it
    said = bulk(root).make(range(ITEMS))
    assert 0 < said.drawn < said.captures
    assert tree(root) == whole


def alive(session):
    """Whether a process of this session runs."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            return True
    return False


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"plan": replace(PLAN, seed=8)}, "seed 7, not 8"),
        ({"plan": replace(PLAN, damaged=0.25)}, "damaged 0.5, not 0.25"),
        ({"plan": replace(PLAN, kinds=(Kind.TIN,))}, "kinds poly_bag,tin, not tin"),
        ({"plan": replace(PLAN, twins=False)}, "twins True, not False"),
        ({"outfit": replace(OUTFIT, views=1)}, "views 2, not 1"),
        ({"outfit": replace(OUTFIT, size=48)}, "size 32, not 48"),
        ({"outfit": replace(OUTFIT, encoding=Encoding(crops=False))}, "crops True, not False"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_data_set_is_gone_on_with_as_it_was_begun(made, whole, tmp_path, change, word):
    root = made[0]
    with pytest.raises(DatasetError, match=word):
        bulk(root, **change).make(range(ITEMS))
    with pytest.raises(DatasetError, match=word):
        bulk(tmp_path / "joined", **change).make(range(ITEMS), [root])
    assert tree(root) == whole
    assert not (tmp_path / "joined").exists()


def test_another_renderer_or_version_is_other_settings(made, monkeypatch):
    monkeypatch.setattr(Even, "name", "path (scalar)")
    with pytest.raises(DatasetError, match=r"backend even, not path \(scalar\)"):
        bulk(made[0]).make(range(ITEMS))
    monkeypatch.undo()
    monkeypatch.setattr("amiss.simulate.begun.version", lambda _: "9.9")
    with pytest.raises(DatasetError, match=r"amiss .+, not 9\.9"):
        bulk(made[0]).make(range(ITEMS))


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear")
    with pytest.raises(DatasetError, match="name a new folder"):
        bulk(tmp_path).make(range(1))
    assert set(tree(tmp_path)) == {"letter.txt"}


@pytest.mark.parametrize("text", ["", "[]", "null", "{"])
def test_settings_that_cannot_be_read_are_no_settings(tmp_path, text):
    (tmp_path / SETTINGS).write_text(text)
    with pytest.raises(DatasetError, match=r"restore it|go on as it was begun"):
        bulk(tmp_path).make(range(1))


def test_a_part_must_be_there_and_finished(made, tmp_path):
    with pytest.raises(DatasetError, match="cannot be read"):
        bulk(tmp_path / "out").make(range(1), [tmp_path / "nowhere"])
    shutil.copytree(made[0], tmp_path / "part")
    (tmp_path / "part" / JOURNAL).touch()
    with pytest.raises(DatasetError, match="not finished"):
        bulk(tmp_path / "out").make(range(1), [tmp_path / "part"])


def test_a_part_that_lacks_a_file_is_named(made, tmp_path):
    shutil.copytree(made[0], tmp_path / "part")
    next((tmp_path / "part").rglob("*.jpg")).unlink()
    with pytest.raises(DatasetError, match="part"):
        bulk(tmp_path / "out").make(range(ITEMS), [tmp_path / "part"])


@pytest.mark.parametrize(
    "indexes", [range(0), range(5, 5), range(-1, 3), range(99_999_999, 10**8 + 1)]
)
def test_impossible_indexes_are_refused(tmp_path, indexes):
    with pytest.raises(SimulationError, match="were asked for"):
        bulk(tmp_path / "out").make(indexes)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_renderer_that_cannot_says_why(tmp_path, processes):
    with pytest.raises(SimulationError, match="The lamp is broken") as raised:
        bulk(tmp_path / "out", opener=Broken, processes=processes).make(range(ITEMS))
    (note, *_) = raised.value.__notes__
    assert note.startswith("That was while simulated-")


def test_a_process_that_dies_is_no_riddle(tmp_path):
    with pytest.raises(SimulationError, match="has died"):
        bulk(tmp_path / "out", opener=Deadly, processes=2).make(range(ITEMS))


def test_a_data_set_from_before_there_were_siblings_is_gone_on_with(tmp_path):
    settings = settings_of(PLAN, OUTFIT, Even.name)
    before = {name: value for name, value in settings.items() if name != "siblings"}
    begin(tmp_path, before)
    begin(tmp_path, settings)
    with pytest.raises(DatasetError, match="begun with siblings"):
        begin(tmp_path, {**settings, "siblings": 0.5})
