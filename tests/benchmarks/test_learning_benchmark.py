"""benchmarks/learning: what is ranked, and how it is told."""

import numpy as np
import pytest

from amiss.bundle.read import open_bundle
from amiss.train.cache.store import KeptItem
from amiss.train.damage.epochs import Answer
from amiss.train.damage.network import ANY, MAJOR, TYPES
from amiss.train.damage.run import Options

pytest.importorskip("benchmarks.learning", reason="run pytest where benchmarks/ is")
from benchmarks.learning import squeezed as squeezing
from benchmarks.learning.scarcity import RECIPES, _gain, ranked
from benchmarks.learning.show import curve_table, scarcity_table, squeezed_table


def answer(score, damage="", seen=1.0):
    """An item of two views, of which the second one says something."""
    told = np.full((2, TYPES + 2), -9, np.float32)
    told[1, [ANY, MAJOR]] = score / 2
    against = told.copy()
    against[1] = -told[1]
    targets = np.zeros((2, TYPES + 2), np.float32)
    targets[1, ANY] = seen if damage else 0
    damages = ((damage, "major", None),) if damage else ()
    item = KeptItem("i", "test", "p", None, None, None, (), damages, ())
    return Answer(item, told, against, targets)


def test_damage_that_a_view_shows_is_ranked_against_sound_items():
    found = ranked(
        [answer(3, "hole"), answer(1), answer(2, "tear"), answer(0), answer(9, "hole", -1.0)],
        "alone",
    )
    assert (found["items"], found["damaged"]) == (4, 2)
    assert (found["ap"], found["auroc"]) == (1.0, 1.0)
    assert ranked([answer(3, "hole"), answer(1), answer(2)], "beside")["auroc"] == 0.0


def test_what_references_must_add_depends_on_what_there_is_without():
    sides = {
        "alone": {"runs": [{"ap": 0.5}, {"ap": 0.6}]},
        "beside": {"runs": [{"ap": 0.7}, {"ap": 0.6}]},
    }
    found = _gain(sides)
    assert found["gain"] == pytest.approx([0.2, 0.0])
    assert found["asked"] == 0.1
    sides["alone"]["runs"] = [{"ap": 0.85}, {"ap": 0.85}]
    assert _gain(sides)["asked"] == pytest.approx(0.05)


def test_runs_are_told_in_a_row_each():
    names = [f"{side}_{what}" for side in ("alone", "beside")
             for what in ("any", "any_r1", "any_ap", "major", "major_r1")]  # fmt: skip
    validation = dict.fromkeys(names, 0.5)
    lines = [{"items": 1000, "epochs": 4, "seed": 0, "validation": validation}]
    assert "| 1000 | 4 | 0 | 0.500, 0.500, 0.500, 0.500 |" in curve_table(lines)
    run = {"seed": 0, "ap": 0.5, "ap_rare": 0.4, "auroc": 0.8}
    side = {"tried": dict.fromkeys(RECIPES, validation), "recipe": "as ever", "runs": [run]}
    told = scarcity_table(
        {"sides": {"alone": side, "beside": side}, "gain": [0.0], "gain_mean": 0.0, "asked": 0.1}
    )
    assert "| none | as ever | 0 | 0.500 | 0.400 | 0.800 |" in told
    assert "+0.000 AP (+0.000); 0.100 is asked" in told


def test_whole_maps_keep_every_component_and_are_trained_on_alike(monkeypatch, tmp_path):
    learnt, trained = [], []

    class Trained:
        figures = dict.fromkeys(
            [f"{side}_{what}" for side in ("alone", "beside")
             for what in ("any", "any_r1", "major", "major_r1")], 0.5) | {"items": 7.0}  # fmt: skip

    def learn(_sets, _features, view_bytes=28_000):
        learnt.append(view_bytes)
        return {}

    def build(_data, cache, *_):
        cache.mkdir(parents=True)
        size = 2048 if cache.parent.name == "whole" else 1024
        (cache / "shard-00000.npz").write_bytes(bytes(size))

    def train(folder, caches, options, _tell):
        trained.append((folder.name, [cache.name for cache in caches], options))
        return Trained()

    for name, stand_in in (("learn_squeezers", learn), ("build_cache", build), ("train", train)):
        monkeypatch.setattr(squeezing, name, stand_in)
    monkeypatch.setattr(squeezing, "_views", lambda _sets: 2)
    options = Options(epochs=1, threads=1)
    found = squeezing.squeezed(["one", "two"], tmp_path, open_bundle(), options, None, None)
    assert learnt == [28_000, squeezing.WHOLE_BYTES]
    caches = ["cache-000", "cache-001"]
    assert trained == [("squeezed", caches, options), ("whole", caches, options)]
    assert {name: one["bytes_per_view"] for name, one in found.items()} == {
        "squeezed": 1024,
        "whole": 2048,
    }
    table = squeezed_table(found)
    assert "| whole | 2.0 | 0.500, 0.500, 0.500, 0.500 |" in table
    assert "7 items" in table
