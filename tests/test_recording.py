"""The recorded booth that ships with the package."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from PIL import Image

from amiss.dataset.reader import open_dataset
from amiss.dataset.runs import types_in
from amiss.domain.words import DamageType, Locus, Severity
from amiss.recordings import BOOTH
from amiss.simulate.record import LEAST_SEEN, SIZE
from amiss.simulate.seeds import RECORDED
from amiss.simulate.stories.catalogue import CATALOGUE
from amiss.simulate.stories.script import SCRIPT
from amiss.vision.decode import decode

MOST_BYTES = 20_000_000
CAMERAS = ["top", "left", "right"]
MINOR_OR_MAJOR = {
    *(DamageType.CRUSH, DamageType.TEAR, DamageType.HOLE, DamageType.SPILLAGE),
    *(DamageType.OPENED, DamageType.SUPERFICIAL),
}


@pytest.fixture(scope="module")
def split():
    return open_dataset(BOOTH).split("test")


@pytest.fixture(scope="module")
def records(split):
    return list(split)


def test_it_is_small_and_holds_nothing_but_the_data_set():
    files = [path for path in BOOTH.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES
    assert {path.suffix for path in files} == {".parquet", ".jpg", ".png"}
    assert sorted(path.name for path in BOOTH.iterdir()) == [
        *("data", "query-test.parquet", "reference-test.parquet"),
    ]


def test_it_is_what_the_script_says(records):
    assert len(records) == len(SCRIPT) >= 60
    by_sequence = sorted(records, key=lambda record: record.sequence)
    for record, entry in zip(by_sequence, SCRIPT, strict=True):
        assert record.labels.seed == RECORDED[entry.place]
        assert record.labels.story == entry.story
        assert bool(record.labels.damages) == (entry.blow is not None)
        assert set(entry.tags) <= set(record.labels.tags)


def test_every_capture_has_three_views_with_depth_and_an_empty_tray(records):
    names = Counter()
    for record in records:
        assert [view.camera for view in record.views] == CAMERAS
        for view in record.views:
            for path, side in ((view.image, SIZE), (view.empty_tray, SIZE), (view.depth, SIZE / 2)):
                with Image.open(path) as picture:
                    assert picture.size == (side, side)
                names[path] += 1
            assert view.crop == view.image
    assert set(names.values()) == {1}


def test_every_damage_is_to_be_seen_and_nothing_else_is(records):
    for record in records:
        masks = [view.load_damage_mask() for view in record.views]
        shown = {damage for mask in masks for damage in types_in(mask)}
        assert shown == {damage.type for damage in record.labels.damages}, record.id
        if record.labels.damages:
            assert max(np.count_nonzero(mask) for mask in masks) >= LEAST_SEEN, record.id


def test_sound_items_and_each_damage_are_there_often_enough(records):
    severities = defaultdict(set)
    count = Counter()
    for record in records:
        for damage in record.labels.damages:
            count[damage.type] += 1
            severities[damage.type].add(damage.severity)
    assert set(count) == set(DamageType)
    assert min(count.values()) >= 2
    for damage in DamageType:
        wanted = set(Severity) if damage in MINOR_OR_MAJOR else {Severity.MAJOR}
        assert severities[damage] == wanted, damage
    assert sum(not record.labels.damages for record in records) >= 25


def test_the_stories_are_told(records):
    tagged = defaultdict(list)
    for record in records:
        for tag in record.labels.tags:
            tagged[tag].append(record)
    sound, harmed = ([r for r in tagged["deceptive_print"] if bool(r.labels.damages) is harm]
                     for harm in (False, True))  # fmt: skip
    assert {r.id.split("-")[0] for r in sound} == {"kit", "cleaner"}
    assert {r.id.split("-")[0] for r in harmed} == {"kit", "cleaner"}
    (heap,) = (damage for record in tagged["beside"] for damage in record.labels.damages)
    assert (heap.type, heap.locus) == (DamageType.SPILLAGE, Locus.SURROUNDINGS)
    (wrong,) = tagged["wrong_item"]
    assert wrong.product != wrong.labels.product
    assert wrong.labels.damages == ()
    (smudged,) = tagged["smudged_barcode"]
    assert (smudged.barcode, smudged.product) == (None, None)
    assert smudged.labels.product is not None
    assert all(record.labels.design == "1" for record in tagged["new_design"])
    for record in tagged["tolerable"]:
        assert {(damage.severity, damage.locus) for damage in record.labels.damages} == {
            (Severity.MINOR, Locus.OUTER_PACKAGING)
        }
    days = {"dirty_tray", "other_tray", "aged_light"}
    assert {tag for tag in days if not tagged[tag]} == set()
    blades = [r.labels.damages[0].numbers for r in records
              if r.id.startswith("blades") and "razor" in r.labels.story]  # fmt: skip
    assert [numbers["units_missing"] for numbers in blades] == [1, 1]


def test_the_heap_is_whole_in_all_views_but_one(records):
    (coffee,) = (record for record in records if "beside" in record.labels.tags)
    cut = 0
    for view in coffee.views:
        mask = view.load_damage_mask() > 0
        assert not (mask & view.load_item_mask()).any()  # the bag itself is sound
        cut += mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any()
    assert cut <= 1


def test_references_show_every_product_on_both_sides_by_all_cameras(split):
    assert len(split.items) == len(CATALOGUE) >= 12
    for item in split.items:
        references = split.references(item)
        assert Counter(one.view.camera for one in references) == dict.fromkeys(CAMERAS, 2)
        assert {one.view.id.split("-")[1] for one in references} == {"side0", "side1"}
        assert all(one.view.depth is None for one in references)
        assert all(one.view.load_item_mask().any() for one in references)


def test_pictures_are_read_as_they_are(records):
    capture = records[0].load(decode)
    assert all(view.rgb.shape == (SIZE, SIZE, 3) for view in capture.views)
    depth = capture.views[0].depth
    assert depth.shape == (SIZE, SIZE)
    assert 0.3 < np.median(depth[depth > 0]) < 1.3
