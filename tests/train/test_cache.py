"""What training keeps of views: nearly what was seen, in few bytes, whole or not at all."""

import json
from dataclasses import replace

import numpy as np
import pytest

from amiss.dataset.labels import UNTYPED, Damage, Labels, Masks
from amiss.dataset.reader import open_dataset
from amiss.dataset.writer import writing
from amiss.detect.cues import CHANNELS, DEPTH, TRAY, cues, without
from amiss.domain.capture import Capture, Intrinsics, View
from amiss.domain.errors import DatasetError
from amiss.domain.words import DamageType, Severity
from amiss.train.cache import build
from amiss.train.cache.build import build_cache
from amiss.train.cache.learn import learn_squeezers
from amiss.train.cache.matter import Cells, cells_of, matter_of
from amiss.train.cache.place import places
from amiss.train.cache.see import see
from amiss.train.cache.sight import from_parts, to_parts
from amiss.train.cache.squeeze import Squeezer
from amiss.train.cache.store import read_shard, read_squeezers, shards
from amiss.vision.decode import decode
from amiss.vision.frame import to_frame

SIDE = 448
LENS = Intrinsics(SIDE, SIDE, 900.0, 900.0, 223.5, 223.5)
POSE = np.array([[1.0, 0, 0, 0], [0, -1, 0, 0], [0, 0, -1, 0.9], [0, 0, 0, 1]])
LIES = np.array([[0.0, -1, 0, 0.02], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
CHANNELS_OF = {"s8": 20, "s16b7": 34, "s16b10": 50}


def features(frame):
    """Some numbers that depend on the picture and vary together, as features do."""
    found = {}
    for name, channels in CHANNELS_OF.items():
        step = 8 if name.startswith("s8") else 16
        grey = (
            frame[..., 1]
            .astype(np.float32)
            .reshape(frame.shape[0] // step, step, frame.shape[1] // step, step)
        )
        parts = np.stack([grey.mean((1, 3)), grey.max((1, 3)), grey.min((1, 3)), grey.std((1, 3))])
        mixed = np.random.default_rng(0).normal(size=(channels, 4)) @ parts.reshape(4, -1)
        found[name] = mixed.reshape(channels, *parts.shape[1:]).astype(np.float32)
    return found


features.cell, features.name = 8, "made up"
features.frame = lambda rgb: to_frame(rgb, 32)


def picture(seed):
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 255, (28, 28, 3), dtype=np.uint8)
    return np.kron(small, np.ones((16, 16, 1), np.uint8))


def view(seed):
    depth = np.full((SIDE, SIDE), 0.9, np.float32)
    depth[150:300, 100:320] = 0.85
    return View(
        rgb=picture(seed),
        source="made up",
        depth=depth,
        empty_tray=np.full((SIDE, SIDE, 3), 128, np.uint8),
        camera="top",
        intrinsics=LENS,
        pose=POSE,
    )


@pytest.fixture
def data(tmp_path):
    item = np.zeros((SIDE, SIDE), np.bool_)
    item[150:300, 100:320] = True
    torn = np.zeros((SIDE, SIDE), np.uint8)
    torn[160:176, 112:136] = 1 + list(DamageType).index(DamageType.TEAR)
    with writing(tmp_path / "data") as writer:
        for number in range(6):
            product = f"product-{number // 2}"
            damages = (Damage(DamageType.TEAR, Severity.MAJOR),) if number % 2 else ()
            labels = Labels(damages=damages, product=product, design="0", lies=LIES)
            mask = torn if number % 2 else np.zeros_like(torn)
            writer.add(
                Capture((view(number), view(50 + number)), product=product, id=f"c{number}"),
                labels,
                [Masks(item, mask), Masks(item, np.zeros_like(torn))]
                if number % 2
                else [Masks(item, mask)] * 2,
                split="train",
            )
        for number in range(3):
            labels = Labels(product=f"product-{number}", design="0", lies=LIES)
            writer.add_reference(f"r{number}", view(90 + number), labels, item, split="train")
    return open_dataset(tmp_path / "data")


def test_features_come_back_nearly_as_they_were():
    rng = np.random.default_rng(1)
    mixing = rng.normal(size=(24, 6)).astype(np.float32)
    places = rng.normal(size=(4000, 6)).astype(np.float32) @ mixing.T
    squeezer = Squeezer.fit(places, step=0.25)
    seen = (mixing @ rng.normal(size=(6, 12 * 16)).astype(np.float32)).reshape(24, 12, 16)
    data = squeezer.squeeze(seen)
    back = squeezer.unsqueeze(data, (12, 16))
    assert len(data) < seen.nbytes / 10
    assert np.abs(back - seen).mean() < 0.15 * seen.std()
    with pytest.raises(DatasetError, match="broken"):
        squeezer.unsqueeze(data[:-9], (12, 16))


def test_a_cell_lies_where_depth_and_cameras_say():
    found, facing = places(view(0), LIES, (28, 28))
    on_top = found[14, 14]
    # The middle of the picture looks straight down at the booth's origin, 5 cm above the tray.
    x, y = (14.5 * 16 - 0.5 - 223.5) / 900 * 0.85, -(14.5 * 16 - 0.5 - 223.5) / 900 * 0.85
    assert on_top == pytest.approx([y, -(x - 0.02), 0.05], abs=1e-4)
    assert facing[14, 14] == pytest.approx([0, 0, 1], abs=1e-3)
    unknown, _ = places(replace(view(0), depth=None), LIES, (28, 28))
    assert np.isnan(unknown).all()


def test_what_is_not_there_says_so():
    there = cues(view(0), (56, 56))
    assert there.shape == (CHANNELS, 56, 56)
    assert (there[TRAY.stop] == 1).all()
    assert (there[DEPTH.stop] == 1).all()
    bare = cues(View(picture(0), "made up"), (56, 56))
    assert not bare.any()
    assert np.array_equal(without(there, tray=True, depth=True), bare)
    assert np.array_equal(without(there, tray=True, depth=False)[DEPTH], there[DEPTH])


def test_a_view_comes_back(data):
    record = data.split("train")[1]
    view_record = record.views[0]
    seen = see(view_record.load(decode), view_record, record.labels.lies, features)
    learnt = {
        name: Squeezer.fit(value.reshape(len(value), -1).T, 0.25)
        for name, value in seen.features.items()
    }
    back = from_parts(to_parts(seen, learnt), learnt, (56, 56), (28, 28))
    for name, value in seen.features.items():
        assert np.abs(back.features[name] - value).mean() < 0.05 * value.std()
    assert np.abs(back.cues - np.clip(seen.cues, -6, 6)).max() <= 0.5 / 20 + 1e-6
    assert np.abs(back.damage - seen.damage).max() <= 0.5 / 255 + 1e-6
    tear = list(DamageType).index(DamageType.TEAR)
    assert back.damage[tear, 20:22, 14:17].min() == 1
    assert back.damage.sum() == pytest.approx(6, abs=0.1)
    assert np.nanmax(np.abs(back.place - seen.place)) <= 0.5e-3 + 1e-6
    assert np.array_equal(np.isnan(back.place), np.isnan(seen.place))


def test_a_cache_holds_everything_and_goes_on_where_it_was(data, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "PRODUCTS_PER_SHARD", 1)
    root = tmp_path / "cache"
    squeezers = learn_squeezers([data], features)
    assert build_cache(data, root, features, squeezers) == 3
    before = {path.name: path.read_bytes() for path in shards(root)}
    next(shards(root)).unlink()
    assert build_cache(data, root, features, squeezers) == 1
    assert {path.name: path.read_bytes() for path in shards(root)} == before

    read = [read_shard(path) for path in shards(root)]
    items = [item for shard in read for item in shard.items]
    assert sorted(item.id for item in items) == [f"c{number}" for number in range(6)]
    assert {item.id: item.damages for item in items}["c1"] == (("tear", "major", None),)
    assert {item.id: item.damages for item in items}["c0"] == ()
    assert sorted(name for shard in read for name in shard.references) == [
        f"product-{number}" for number in range(3)
    ]
    shard = next(one for one in read if any(item.id == "c1" for item in one.items))
    torn = next(item for item in shard.items if item.id == "c1").views[0]
    assert torn.pixels[list(DamageType).index(DamageType.TEAR)] == 16 * 24
    sight = shard.sight(torn, read_squeezers(root))
    assert sight.damage.max() == 1
    assert sum(b - a for a, b in torn.parts.values()) < 40_000


def test_a_cache_of_something_else_and_a_broken_one_are_refused(data, tmp_path):
    root = tmp_path / "cache"
    squeezers = learn_squeezers([data], features)
    build_cache(data, root, features, squeezers)
    settings = json.loads((root / "cache.json").read_text())
    (root / "cache.json").write_text(json.dumps({**settings, "data": "other"}))
    with pytest.raises(DatasetError, match="another data set"):
        build_cache(data, root, features, squeezers)
    (root / "cache.json").write_text(json.dumps(settings))
    other = {name: replace(one, into=one.into * 2) for name, one in squeezers.items()}
    with pytest.raises(DatasetError, match="in another way"):
        build_cache(data, root, features, other)
    (root / "cache.json").write_text("{")
    with pytest.raises(DatasetError, match="another data set"):
        build_cache(data, root, features, squeezers)
    shard = next(shards(root))
    shard.write_bytes(shard.read_bytes()[:-500])
    with pytest.raises(DatasetError, match="broken"):
        read_shard(shard)


def test_squeezers_are_learnt_from_all_data_sets(data):
    both, one = learn_squeezers([data, data], features), learn_squeezers([data], features)
    assert both.keys() == one.keys()
    assert all(both[name].digest != one[name].digest for name in one)
    with pytest.raises(DatasetError, match="no view to learn from"):
        learn_squeezers([], features)


def test_features_are_squeezed_as_finely_as_the_bytes_allow(data):
    record = data.split("train")[1].views[0]
    maps = features(features.frame(record.load(decode).rgb))

    def size(view_bytes):
        learnt = learn_squeezers([data], features, view_bytes)
        return sum(len(learnt[name].squeeze(one)) for name, one in maps.items())

    assert 4_000 < size(10_000) < 16_000
    assert size(10_000) < size(20_000) < 26_000


def test_what_tells_damage_is_kept_more_faithfully():
    rng = np.random.default_rng(2)
    features = rng.normal(size=(24_000, 12)).astype(np.float32)
    shown = (features[:, 3] > 0.5).astype(np.int64)
    seen = [Cells({"s16": features[at::8]}, shown[at::8]) for at in range(8)]
    matter = matter_of(seen, {"s16": features.std(axis=0)})["s16"]
    assert np.trace(matter) == pytest.approx(12)
    assert matter[3, 3] > 4 * np.delete(np.diag(matter), 3).max()
    weighed, alike = (Squeezer.fit(features, 2.0, one) for one in (matter, None))
    maps = features.T.reshape(12, 120, 200)
    lost = [
        np.abs(one.unsqueeze(one.squeeze(maps), (120, 200)) - maps)[3].mean()
        for one in (weighed, alike)
    ]
    assert lost[0] < 0.6 * lost[1]


def test_without_known_cells_all_features_matter_alike():
    nothing = Cells({"s16": np.ones((2000, 12), np.float32)}, np.zeros(2000, np.int64))
    assert matter_of([nothing], {"s16": np.ones(12, np.float32)}) is None
    assert matter_of([], {}) is None


def test_cells_are_drawn_from_what_a_view_shows(data):
    record = data.split("train")[1]
    seen = see(record.views[0].load(decode), record.views[0], record.labels.lies, features)
    drawn = cells_of(seen, np.random.default_rng(0))
    tear = 1 + list(DamageType).index(DamageType.TEAR)
    assert set(drawn.shown.tolist()) == {0, tear}
    assert (drawn.shown == tear).sum() == (seen.damage.max(axis=0) > 0.5).sum()
    assert all(len(one) == len(drawn.shown) for one in drawn.features.values())
    widths = {
        name: one.shape[1] // len(seen.features[name]) for name, one in drawn.features.items()
    }
    assert widths == {name: 9 if name.startswith("s8") else 1 for name in widths}


def test_a_mask_that_does_not_tell_the_types_counts_none():
    class Masked:
        def __init__(self, *values):
            self.values = values

        def load_damage_mask(self):
            return np.array([self.values], np.uint8) if self.values else None

    assert build._pixels(Masked(0, 2, 2)) == (0, 2, 0, 0, 0, 0, 0, 0)
    assert build._pixels(Masked(0, 2, UNTYPED)) is None
    assert build._pixels(Masked()) is None
