"""The script of the recorded booth, and the recorder on a few lines of it."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from amiss.dataset.reader import open_dataset
from amiss.domain.errors import SimulationError
from amiss.domain.words import DamageType, Locus, Severity
from amiss.simulate import record as recorder
from amiss.simulate.products.product import Kind
from amiss.simulate.rig import empty_booth
from amiss.simulate.seeds import RECORDED, told
from amiss.simulate.stories import script
from amiss.simulate.stories.booths import Day, booth_on
from amiss.simulate.stories.catalogue import CATALOGUE
from amiss.simulate.stories.script import SCRIPT, entries, item_of

SIZE = 96


class Grey:
    """Light from everywhere, with a grain that says which seed it was."""

    name = "grey"

    def render(self, _scene, camera, seed):
        shape = (camera.intrinsics.height, camera.intrinsics.width, 3)
        return np.random.default_rng(seed).uniform(0.2, 0.4, shape).astype(np.float32)


def lines(*wanted):
    """Lines of the script: the first of each product and, by its story, some other."""
    return tuple(next(entry for entry in SCRIPT if want(entry)) for want in wanted)


def test_all_kinds_come_and_lie_only_as_references_show_them():
    assert {spec.kind for spec in CATALOGUE.values()} == set(Kind)
    assert len(CATALOGUE) >= 12
    assert {entry.spec for entry in SCRIPT} == set(CATALOGUE)
    assert all(entry.side in CATALOGUE[entry.spec].sides for entry in SCRIPT)


def test_most_items_are_sound_and_all_days_come():
    assert len(SCRIPT) >= 60
    sound = [entry for entry in SCRIPT if entry.blow is None and entry.taken_for == ""]
    assert len(sound) >= 25
    assert {entry.day for entry in SCRIPT} == set(Day)


def test_days_change_tray_or_light_and_nothing_else():
    usual = booth_on(Day.USUAL, SIZE)
    for day in Day:
        booth = booth_on(day, SIZE)
        assert [eye.pose.tolist() for eye in booth.cameras] == [
            eye.pose.tolist() for eye in usual.cameras
        ]
        same_tray = np.array_equal(booth.tray.base, usual.tray.base)
        assert same_tray == (day in (Day.USUAL, Day.AGED_LIGHT))
        assert (booth.lights == usual.lights) == (day is not Day.AGED_LIGHT)
    assert len(usual.cameras) == len(empty_booth(0).cameras)


def test_a_wrong_item_a_smudged_barcode_and_a_heap_beside(monkeypatch):
    chosen = lines(
        lambda entry: entry.taken_for not in ("", None),
        lambda entry: entry.taken_for is None,
        lambda entry: "beside" in entry.tags,
    )
    monkeypatch.setattr(script, "SCRIPT", chosen)
    wrong, smudged, coffee = (
        item_of(entry, name, number, RECORDED[entry.place]) for name, number, entry in entries()
    )
    assert wrong.taken_for != wrong.product.name
    assert wrong.barcode != wrong.product.gtin
    assert "wrong_item" in wrong.labels().tags
    assert (smudged.barcode, smudged.taken_for, smudged.harms) == (None, None, ())
    (heap,) = coffee.harms
    assert (heap.type, heap.locus) == (DamageType.SPILLAGE, Locus.SURROUNDINGS)
    assert heap.field is None  # the bag itself is sound


@pytest.fixture
def short(monkeypatch):
    """Two lines of the script, and references of one product."""
    chosen = lines(
        lambda entry: entry.spec == "book" and entry.blow is None,
        lambda entry: entry.spec == "book" and entry.blow is not None,
    )
    monkeypatch.setattr(script, "SCRIPT", chosen)
    monkeypatch.setattr(recorder, "SCRIPT", chosen)
    monkeypatch.setattr(recorder, "CATALOGUE", {"book": CATALOGUE["book"]})
    monkeypatch.setattr(recorder, "SIZE", SIZE)
    monkeypatch.setattr(recorder, "LEAST_SEEN", 1)
    return chosen


def test_the_recorder_writes_a_data_set_and_goes_on_where_it_was(short, tmp_path):
    told = []
    recorder.record(tmp_path / "once", Grey(), told.append)
    assert len(told) == len(short) + 2 * recorder.PER_SIDE
    split = open_dataset(tmp_path / "once").split("test")
    sound, harmed = split
    assert (sound.id, harmed.id) == ("book-1", "book-2")
    assert sound.labels.damages == ()
    assert harmed.labels.damages
    assert [view.camera for view in sound.views] == ["top", "left", "right"]
    references = split.references(sound.item)
    assert len(references) == 6 * recorder.PER_SIDE
    assert all(one.view.depth is None for one in references)
    files = {
        path.relative_to(tmp_path / "once"): path.read_bytes()
        for path in (tmp_path / "once").rglob("*")
        if path.is_file()
    }
    recorder.record(tmp_path / "once", Grey())
    assert all((tmp_path / "once" / path).read_bytes() == data for path, data in files.items())


def test_a_damage_that_no_camera_sees_is_not_recorded(short, monkeypatch, tmp_path):
    hidden = replace(short[1], blow=lambda product, _rng, _where: _hidden(product))
    monkeypatch.setattr(script, "SCRIPT", (hidden,))
    monkeypatch.setattr(recorder, "CATALOGUE", {})
    with pytest.raises(SimulationError, match="book-1"):
        recorder.record(tmp_path, Grey())


@pytest.mark.usefixtures("short")
def test_told_anew_products_stay_and_nothing_else_does(tmp_path):
    recorder.record(tmp_path / "once", Grey())
    recorder.record(tmp_path / "anew", Grey(), telling=recorder.Telling(told(1), tries=5))
    once, anew = (open_dataset(tmp_path / name).split("test") for name in ("once", "anew"))
    assert once.items == anew.items
    for was, now in zip(once, anew, strict=True):
        assert (was.id, was.item, was.labels.story) == (now.id, now.item, now.labels.story)
        assert now.labels.seed in told(1)
        assert not np.array_equal(was.views[0].load_item_mask(), now.views[0].load_item_mask())
        assert [one.type for one in was.labels.damages] == [one.type for one in now.labels.damages]


def test_another_seed_is_tried_until_a_camera_sees_the_damage(short, monkeypatch, tmp_path):
    seen = iter([0, 0, 500])
    monkeypatch.setattr(recorder, "SCRIPT", short[1:])
    monkeypatch.setattr(script, "SCRIPT", short[1:])
    monkeypatch.setattr(recorder, "_most_seen", lambda _taken: next(seen))
    recorder.record(tmp_path, Grey(), telling=recorder.Telling(told(2), tries=5))
    (record,) = open_dataset(tmp_path).split("test")
    assert record.labels.seed == told(2)[short[1].place + 2 * 1000]


def test_stories_alone_leave_out_plain_items_and_what_is_told_of_no_product():
    whole, stories = recorder.AS_RECORDED, recorder.Telling(stories=True)
    kept = {name for name, _, _ in stories.entries()}
    assert kept < {name for name, _, _ in whole.entries()}
    assert {"kit-1", "kit-3", "bisque-3", "honey-5", "juice-3", "toy-3"} <= kept
    assert not kept & {"book-1", "book-4", "toy-1", "toy-4"}
    assert [(name, number) for name, number, _ in stories.entries()] == [
        (name, number) for name, number, _ in whole.entries() if name in kept
    ]


def test_tries_stay_apart_from_references():
    with pytest.raises(ValueError, match="6 tries"):
        recorder.Telling(tries=6)


def _hidden(_product):
    from amiss.simulate.damages.harm import Harm

    return Harm(DamageType.TEAR, Severity.MINOR, Locus.PRODUCT, {}, words="inside")


def test_each_product_of_the_recording_has_a_seed_of_its_own_among_those_of_its_kind():
    pairs = Counter((spec.kind, RECORDED[spec.place]) for spec in CATALOGUE.values())
    assert set(pairs.values()) == {1}
