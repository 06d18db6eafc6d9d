import json
from itertools import pairwise

import cv2
import numpy as np
import pytest
from PIL import Image

from amiss.domain.errors import InputError
from amiss.domain.words import DamageType
from amiss.simulate.sketched.demo import (
    CALIBRATION_SEEDS,
    DEMO_SEEDS,
    QUERIES,
    REFERENCES,
    calibration_pairs,
    write_demo,
)
from amiss.simulate.sketched.prints import ean13
from amiss.simulate.sketched.sketch import DAMAGES, KINDS, sketch

SIZE = 320
HARMED = [(kind, damage) for kind, damages in DAMAGES.items() for damage in damages]


def touches_border(mask):
    return bool(mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_works_for_ten_products(kind):
    pictures = [sketch(seed, 3 * seed, kind=kind, size=SIZE) for seed in range(10)]
    for picture in pictures:
        assert picture.rgb.shape == (SIZE, SIZE, 3)
        assert picture.rgb.dtype == np.uint8
        assert picture.item_mask.shape == picture.damage_mask.shape == (SIZE, SIZE)
        assert 0.08 < picture.item_mask.mean() < 0.6
        assert not touches_border(picture.item_mask)
        assert picture.damage is None
        assert not picture.damage_mask.any()
        assert picture.product.startswith(f"sketched-{kind}-")
    assert all((a.rgb != b.rgb).any() for a, b in pairwise(pictures))


@pytest.mark.parametrize("damage", [None, DamageType.CRUSH])
def test_same_seeds_same_pixels(damage):
    first, again = (sketch(7, 3, kind="carton", damage=damage) for _ in range(2))
    assert np.array_equal(first.rgb, again.rgb)
    assert np.array_equal(first.damage_mask, again.damage_mask)
    assert not np.array_equal(first.rgb, sketch(7, 4, kind="carton", damage=damage).rgb)


@pytest.mark.parametrize(("kind", "damage"), HARMED)
def test_damage_leaves_the_rest_of_the_intact_twin(kind, damage):
    for seed in range(2):
        intact = sketch(seed, 9, kind=kind, size=SIZE)
        harmed = sketch(seed, 9, kind=kind, damage=damage, size=SIZE)
        assert harmed.damage == damage
        assert harmed.damage_mask.sum() > 30
        assert not touches_border(harmed.damage_mask)
        # Around it the shadow on the tray changes with the outline of the item.
        margin = 2 * round(0.06 * SIZE) + 1
        near = cv2.dilate(harmed.damage_mask.astype(np.uint8), np.ones((margin, margin))) > 0
        changed = (intact.rgb != harmed.rgb).any(axis=2)
        assert not changed[~near].any()
        assert changed[harmed.damage_mask].mean() > 0.5
        assert harmed.angle_degrees == intact.angle_degrees


def test_spillage_lies_on_the_item_and_beside_it():
    spill = sketch(0, 1, damage=DamageType.SPILLAGE)
    assert (spill.damage_mask & spill.item_mask).any()
    assert (spill.damage_mask & ~spill.item_mask).any()


def test_upright_stays_upright_and_any_goes_round():
    upright = [sketch(0, seed, pose="upright", size=SIZE).angle_degrees for seed in range(8)]
    turned = [sketch(0, seed, size=SIZE).angle_degrees for seed in range(12)]
    assert all(min(angle, 360 - angle) <= 3 for angle in upright)
    assert np.ptp(turned) > 180


def centred(mask):
    offset = [round(SIZE / 2 - axis.mean()) for axis in np.nonzero(mask)]
    return np.roll(mask, offset, axis=(0, 1))


def test_the_angle_is_counter_clockwise():
    upright = sketch(3, 1, kind="bottle", pose="upright", size=SIZE)
    level = centred(upright.item_mask).astype(np.uint8)
    for seed in range(4):
        turned = sketch(3, seed, kind="bottle", size=SIZE)
        degrees = turned.angle_degrees - upright.angle_degrees
        turn = cv2.getRotationMatrix2D((SIZE / 2, SIZE / 2), degrees, 1)
        expected, found = cv2.warpAffine(level, turn, (SIZE, SIZE)) > 0, centred(turned.item_mask)
        assert (expected & found).sum() / (expected | found).sum() > 0.9


@pytest.mark.parametrize(
    ("kind", "damage"), [("sofa", None), ("tin", DamageType.MISSING_UNIT), ("toy", DamageType.TEAR)]
)
def test_what_cannot_be_sketched_is_said(kind, damage):
    with pytest.raises(InputError, match=r"sofa|only"):
        sketch(0, 0, kind=kind, damage=damage)


def test_barcodes_are_valid():
    # 5901234123457 is the worked example of the symbology's article in encyclopedias.
    modules = ean13("590123412345")
    assert len(modules) == 95
    assert modules[3:10] == "0001011"
    assert modules[-10:-3] == "1000100"


def test_demo_and_calibration_share_no_product():
    assert not set(DEMO_SEEDS) & set(CALIBRATION_SEEDS)
    assert set(QUERIES) <= set(DEMO_SEEDS)


def test_calibration_pairs_are_pristine_pictures_of_one_product():
    pairs = list(calibration_pairs(2))
    again = list(calibration_pairs(2))
    assert len(pairs) == 2
    for (references, query), (_, same) in zip(pairs, again, strict=True):
        assert len(references) == REFERENCES
        assert query.shape == references[0].shape
        assert np.array_equal(query, same)


def test_demo_is_written_with_its_truth(tmp_path):
    demo = write_demo(tmp_path)
    truth = json.loads((tmp_path / "truth.json").read_text())
    assert truth["simulated"] is True
    assert [query["file"] for query in truth["queries"]] == [q.file for q in demo.queries]
    assert len(demo.queries) == sum(map(len, QUERIES.values()))
    for query in demo.queries:
        assert len(query.references) == REFERENCES
        for file in (query.file, *query.references):
            with Image.open(tmp_path / file) as picture:
                assert picture.size == (640, 640)
    damaged = {query.damage for query in demo.queries}
    assert {None, DamageType.MISSING_UNIT, DamageType.CRUSH, DamageType.SPILLAGE} <= damaged
    assert all(
        query.damage is None for query in demo.queries if query.file.endswith("pristine.jpg")
    )
