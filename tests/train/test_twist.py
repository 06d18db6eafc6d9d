"""Another look at a view: everything that is known of it moves with its picture."""

from dataclasses import replace

import numpy as np
import pytest
from test_cache import data, features  # noqa: F401 - a fixture

from amiss.train.cache.build import build_cache
from amiss.train.cache.learn import learn_squeezers
from amiss.train.cache.see import see
from amiss.train.cache.store import read_shard, shards
from amiss.train.cache.twist import Twist
from amiss.train.damage.matches import Matched
from amiss.train.damage.run import lent_from
from amiss.vision.decode import decode

PLAIN = (1.0, 1.0, 1.0)


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_features_and_labels_move_alike(data, quarters, mirrored):  # noqa: F811
    record = data.split("train")[1]
    one = record.views[0]
    seen = see(one.load(decode), one, record.labels.lies, features)
    twist = Twist(quarters, mirrored, PLAIN)
    moved = see(one.load(decode), one, record.labels.lies, features, twist)
    for name, value in seen.features.items():  # of features that see no direction
        assert moved.features[name] == pytest.approx(twist.map(value), abs=1e-3)
    for name in ("cues", "damage", "item"):
        assert np.array_equal(getattr(moved, name), twist.map(getattr(seen, name)))
    back = np.rot90(np.flip(moved.place, 1) if mirrored else moved.place, -quarters)
    assert np.array_equal(back, seen.place, equal_nan=True)


def test_light_changes_and_stays_a_picture():
    rgb = np.full((32, 64, 3), 250, np.uint8)
    lit = Twist(1, False, (1.2, 0.5, 1.0)).picture(rgb)
    assert (lit.shape, lit.dtype) == ((64, 32, 3), np.uint8)
    assert lit[0, 0].tolist() == [255, 125, 250]


def test_a_product_is_mirrored_in_all_of_its_views_or_in_none():
    twists = {
        product: [Twist.of(1, product, f"{product}-{view}") for view in range(12)]
        for product in map(str, range(20))
    }
    assert all(len({one.mirrored for one in own}) == 1 for own in twists.values())
    assert {own[0].mirrored for own in twists.values()} == {False, True}
    assert {one.quarters for own in twists.values() for one in own} == {0, 1, 2, 3}
    assert Twist.of(1, "a", "b") == Twist.of(1, "a", "b") != Twist.of(2, "a", "b")


def test_a_look_has_a_cache_of_its_own(data, tmp_path):  # noqa: F811
    squeezers = learn_squeezers([data], features)
    for look in range(2):
        build_cache(data, tmp_path / f"look-{look}", features, squeezers, look=look)
    plain, other = (
        [read_shard(path) for path in shards(tmp_path / f"look-{look}")] for look in range(2)
    )
    ids = [[item.id for shard in some for item in shard.items] for some in (plain, other)]
    assert ids[0] == ids[1]
    views = [next(iter(some[0].items)).views[0] for some in (plain, other)]
    maps = [
        some[0].sight(one, squeezers).features["s8"]
        for some, one in zip((plain, other), views, strict=True)
    ]
    assert not np.allclose(*maps)


def test_lenders_are_counted_among_all_families():
    one = Matched((), 3, None, {})
    ((right, wrong),) = lent_from([(one, replace(one, lender=0))], 10)
    assert (right.lender, wrong.lender) == (13, 10)
