"""benchmarks/learning: what is ranked, and how it is told."""

import numpy as np
import pytest

from amiss.train.cache.store import KeptItem
from amiss.train.damage.epochs import Answer
from amiss.train.damage.network import ANY, MAJOR, TYPES

pytest.importorskip("benchmarks.learning", reason="run pytest where benchmarks/ is")
from benchmarks.learning.scarcity import RECIPES, _gain, ranked
from benchmarks.learning.show import curve_table, scarcity_table


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
