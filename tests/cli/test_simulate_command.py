"""`amiss simulate`, with tiny pictures."""

import json
import subprocess
import sys

import numpy as np
import pytest

from amiss.dataset.reader import open_dataset
from amiss.domain.errors import SimulationError
from amiss.simulate.render import choose, fast_gl

TINY = ("--views", 1, "--size", 24, "--kinds", "tin", "--references", 1)


class Grey:
    name = "grey"
    note = ""

    def render(self, _scene, camera, _seed):
        shape = (camera.intrinsics.height, camera.intrinsics.width, 3)
        return np.full(shape, 0.3, np.float32)


@pytest.fixture
def asked(monkeypatch):
    """A renderer that takes no time, and what was asked for."""
    calls = []

    def opened(name, threads, variant):
        calls.append((name, threads, variant))
        return Grey()

    monkeypatch.setattr(choose, "open_backend", opened)
    return calls


def test_simulate(document, asked, tmp_path):
    out = tmp_path / "out"
    said = document("simulate", out, "--items", 3, "--seed", 7, "--twins", *TINY)
    assert asked == [("path", None, "auto")]
    assert (said["items"], said["first"], said["backend"]) == (3, 0, "grey")
    assert said["captures"] == said["drawn"] == said["frames"] == 4 + said["damaged"]
    assert said["seconds_per_frame"] == pytest.approx(said["seconds"] / said["frames"])
    data = open_dataset(out)
    records = [record for split in data.splits for record in data.split(split)]
    assert len(records) == 3 + said["damaged"]
    assert sum(bool(record.labels.damages) for record in records) == said["damaged"]
    again = document("simulate", out, "--items", 3, "--seed", 7, "--twins", *TINY)
    assert (again["captures"], again["drawn"], again["frames"]) == (said["captures"], 0, 0)
    assert again["seconds_per_frame"] is None


@pytest.mark.usefixtures("asked")
def test_parts_of_several_machines_become_one(document, tmp_path):
    parts = tmp_path / "one", tmp_path / "two"
    for first, part in enumerate(parts):
        document("simulate", part, "--items", 1, "--first", first, "--seed", 7, *TINY)
    froms = [word for part in parts for word in ("--from", part)]
    said = document("simulate", tmp_path / "all", "--items", 2, "--seed", 7, *TINY, *froms)
    assert (said["drawn"], said["taken_over"]) == (0, 3)


@pytest.mark.usefixtures("asked")
def test_people_are_told_what_stands(amiss, tmp_path):
    call = ("simulate", tmp_path / "out", "--items", 2, "--seed", 7, "--damaged", 0, *TINY)
    code, out, err = amiss(*call)
    assert (code, err) == (0, "")
    assert "2 items, 0 of them damaged" in out
    assert "3 were drawn, 3 frames" in out
    assert "Nothing was left to draw" in amiss(*call)[1]


def test_processes_share_the_cores(amiss, asked, tmp_path, monkeypatch):
    monkeypatch.setattr("amiss.vision.engine.threads.default_threads", lambda: 8)
    call = ("--items", 1, "--seed", 1, *TINY)
    assert amiss("simulate", tmp_path / "a", *call, "--processes", 3)[0] == 0
    assert amiss("simulate", tmp_path / "b", *call, "--processes", 100)[0] == 0
    assert asked == [("path", 2, "auto"), ("path", 1, "auto")]


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("options", "word"),
    [
        ((), "--items"),
        (("--items", 0, "--seed", 1), "--items"),
        (("--items", 1), "--seed"),
        (("--items", 1, "--seed", -1), "--seed"),
        (("--items", 1, "--seed", 1, "--views", 6), "--views"),
        (("--items", 1, "--seed", 1, "--size", 8), "--size"),
        (("--items", 1, "--seed", 1, "--backend", "crayon"), "--backend"),
        (("--items", 1, "--seed", 1, "--damaged", 2), "--damaged"),
        (("--items", 1, "--seed", 1, "--kinds", "tin,boat"), "'boat': choose from carton"),
        (("--items", 1, "--seed", 1, "--first", 10**9), "were asked for"),
        (("--items", 1, "--seed", 1, "--from", "nowhere"), "cannot be read"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_is_refused(refused, tmp_path, options, word):
    assert word in refused("simulate", tmp_path / "out", *options)


@pytest.mark.usefixtures("asked")
def test_a_folder_that_was_begun_otherwise_is_refused(refused, document, tmp_path):
    out = tmp_path / "out"
    document("simulate", out, "--items", 1, "--seed", 7, *TINY)
    before = sorted(out.rglob("*"))
    assert "seed 7, not 8" in refused("simulate", out, "--items", 1, "--seed", 8, *TINY)
    assert sorted(out.rglob("*")) == before
    (tmp_path / "file").touch()
    assert "cannot be written" in refused(
        "simulate", tmp_path / "file", "--items", 1, "--seed", 7, *TINY
    )
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "photo.jpg").touch()
    assert "name a new folder" in refused(
        "simulate", tmp_path / "mine", "--items", 1, "--seed", 7, *TINY
    )


@pytest.mark.parametrize(
    ("backend", "missing", "word"),
    [
        ("path", "mitsuba", "pip install 'amiss[sim]'"),
        ("path", "mitsuba_oidn", "pip install 'amiss[sim]'"),
        ("fast", "moderngl", "pip install 'amiss[sim]'"),
    ],
)
def test_a_renderer_that_is_not_installed_is_named(
    refused, tmp_path, monkeypatch, backend, missing, word
):
    monkeypatch.setitem(sys.modules, missing, None)
    call = ("--items", 1, "--seed", 1, "--backend", backend)
    assert word in refused("simulate", tmp_path / "out", *call)
    assert not (tmp_path / "out").exists()


def test_the_fast_renderer_draws_a_data_set(document, tmp_path):
    pytest.importorskip("moderngl")
    try:
        fast_gl.open_context().release()
    except SimulationError as error:
        pytest.skip(str(error))
    out = tmp_path / "out"
    said = document("simulate", out, "--items", 1, "--seed", 7, "--backend", "fast", *TINY)
    assert (said["backend"], said["note"], said["frames"]) == ("fast", "", 2)


def test_a_variant_that_there_is_not_is_refused(refused, tmp_path):
    call = ("simulate", tmp_path / "out", "--items", 1, "--seed", 1, *TINY)
    assert "Only the path tracer" in refused(*call, "--backend", "fast", "--variant", "scalar")
    assert "--variant" in refused(*call, "--variant", "metal")


WITHOUT_LLVM = """
import sys
from amiss.cli.supervisor import run
from amiss.simulate.render import llvm
llvm.find_llvm = lambda: None
sys.exit(run(sys.argv[1:]))
"""


def test_without_llvm_the_slow_tracer_draws_and_people_are_told_once(tmp_path):
    pytest.importorskip("mitsuba")
    pytest.importorskip("mitsuba_oidn")
    words = ["simulate", tmp_path / "out", "--items", 1, "--seed", 7, *TINY, "--json"]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_LLVM, *map(str, words)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["backend"] == "path (scalar)"
    assert "install LLVM 16 or newer" in said["note"]
    assert "several times as long" in said["note"]
    assert done.stderr == f"{said['note']}\n"
