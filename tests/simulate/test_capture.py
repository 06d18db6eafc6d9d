"""From an item to what the data set's writer takes, and back from the disk."""

from dataclasses import replace

import numpy as np
import pytest
import toys
from even import Even

from amiss.dataset.labels import Defects
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.reader import open_dataset
from amiss.dataset.words import DefectType
from amiss.dataset.writer import writing
from amiss.domain.words import DamageType, Locus, ProcessStep, Severity
from amiss.simulate.capture import refer, take
from amiss.simulate.item import MATERIAL, Item
from amiss.simulate.products.product import Kind
from amiss.simulate.rig import empty_booth
from amiss.simulate.shoot import look_at_empty
from amiss.vision.decode import decode

SIZE = 64


@pytest.fixture(scope="module")
def booth():
    return empty_booth(3, 2, SIZE)


@pytest.fixture(scope="module")
def empty(booth):
    return look_at_empty(booth, Even(), 3)


def hole_above():
    harm = toys.harm(DamageType.HOLE, field=toys.Dent(hole=0.03), numbers={"through_mm": 60.0})
    return replace(harm, words="a hole in the top")


def item(**how):
    how = {"id": "one", "seed": 5, "product": toys.box(), "sequence": 7, **how}
    return Item(**how)


def lying_on(side):
    product = toys.box()
    return replace(product, rests=(product.rests[side],))


def test_a_capture_has_all_that_a_booth_would_say(booth, empty):
    taken = take(
        item(step=ProcessStep.STOW, barcode="4006381333931", taken_for="simulated-carton-0"),
        booth,
        Even(),
        empty,
    )
    capture = taken.capture
    assert (capture.id, capture.sequence, capture.step) == ("one", 7, ProcessStep.STOW)
    assert (capture.barcode, capture.product) == ("4006381333931", "simulated-carton-0")
    for view, camera, masks in zip(capture.views, booth.cameras, taken.masks, strict=True):
        assert (view.camera, view.trigger, view.source) == (camera.name, 7, "simulated")
        assert view.rgb.shape == view.empty_tray.shape == (SIZE, SIZE, 3)
        assert view.depth.shape == masks.item.shape == masks.damage.shape == (SIZE, SIZE)
        assert view.intrinsics.fx > camera.intrinsics.fx  # the window around the item
        assert np.array_equal(view.pose, camera.pose)
        assert 0 <= (view.taken - capture.taken).total_seconds() < 0.005
        assert masks.item.any()
        assert not masks.damage.any()


def test_the_same_item_gives_the_same_capture_and_another_seed_another(booth, empty):
    one, same, other = (take(item(seed=seed), booth, Even(), empty).capture for seed in (5, 5, 6))
    for before, again, apart in zip(one.views, same.views, other.views, strict=True):
        assert np.array_equal(before.rgb, again.rgb)
        assert np.array_equal(before.depth, again.depth)
        assert np.array_equal(before.empty_tray, again.empty_tray)
        assert before.taken == again.taken != apart.taken
        assert not np.array_equal(before.rgb, apart.rgb)


def test_time_goes_on_from_item_to_item():
    times = [item(seed=number % 3, sequence=number).taken for number in range(40)]
    assert times == sorted(times)
    assert len(set(times)) == 40


def test_without_an_empty_tray_views_come_without(booth):
    views = take(item(), booth, Even(), None).capture.views
    assert [view.empty_tray for view in views] == [None, None]


def test_a_damage_that_no_view_shows_is_true_all_the_same(booth):
    seen = {}
    for side in (0, 1):  # the hole up, and down on the tray
        taken = take(item(product=lying_on(side), harms=(hole_above(),)), booth, Even(), None)
        (damage,) = taken.labels.damages
        assert damage.type is DamageType.HOLE
        assert damage.severity is Severity.MAJOR
        assert damage.locus is Locus.OUTER_PACKAGING
        assert damage.numbers == {"through_mm": 60.0}
        assert damage.words == "a hole in the top"
        seen[side] = max(np.count_nonzero(masks.damage) for masks in taken.masks)
    assert seen[0] > 30
    assert seen[1] == 0


def test_the_twin_is_the_same_moment_unharmed(booth):
    harmed = item(harms=(hole_above(),), product=lying_on(0), twin="one-intact", story="dropped")
    intact = harmed.intact()
    assert (intact.id, intact.harms, intact.twin, intact.story) == ("one-intact", (), None, "")
    one, other = (take(one, booth, Even(), None) for one in (harmed, intact))
    assert one.labels.twin == other.capture.id
    assert other.labels.damages == ()
    assert one.capture.taken == other.capture.taken
    for before, after in zip(one.capture.views, other.capture.views, strict=True):
        assert before.intrinsics == after.intrinsics
    with pytest.raises(ValueError, match="names no twin"):
        intact.intact()


def test_tags_that_follow_from_the_item_need_not_be_said():
    deceptive = replace(toys.box(), deceptive="splash")
    assert item().labels().tags == ()
    assert item(taken_for=toys.box().name).labels().tags == ()
    wrong = item(product=deceptive, taken_for="another", tags=("new_design", "wrong_item"))
    assert wrong.labels().tags == ("deceptive_print", "wrong_item", "new_design")


def test_every_kind_is_of_a_material():
    assert set(MATERIAL) == set(Kind)


def test_references_are_the_views_of_a_pristine_item(booth, empty):
    found = refer(item(id="pristine-0"), booth, Even(), empty)
    assert [one.name for one in found] == ["pristine-0-0", "pristine-0-1"]
    for one in found:
        assert one.mask.any()
        assert one.labels.product == "simulated-carton-0"
        assert one.view.empty_tray is not None
    with pytest.raises(ValueError, match="harmed"):
        refer(item(harms=(hole_above(),)), booth, Even(), empty)


def test_what_is_taken_can_be_written_and_read(booth, empty, tmp_path):
    harmed = item(product=lying_on(0), harms=(hole_above(),), taken_for="other")
    taken = take(harmed, booth, Even(), empty)
    with writing(tmp_path, Encoding(form="png")) as writer:
        writer.add(taken.capture, taken.labels, taken.masks, split="test")
        for one in refer(item(id="r", taken_for="other"), booth, Even(), empty):
            writer.add_reference(one.name, one.view, one.labels, one.mask, split="test")
    data = open_dataset(tmp_path).split("test")
    (record,) = data
    assert record.item == "other"
    assert record.labels == taken.labels
    assert record.defects == Defects(True, True, (DefectType.PENETRATION,))
    assert len(data.references("simulated-carton-0")) == 2
    read = record.load(decode)
    assert read.taken == taken.capture.taken
    for view, before in zip(read.views, taken.capture.views, strict=True):
        assert np.array_equal(view.rgb, before.rgb)
        assert np.array_equal(view.empty_tray, before.empty_tray)
        assert np.abs(view.depth - before.depth).max() <= 0.0006
