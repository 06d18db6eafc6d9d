"""Every recipe: the mask says where the picture changed, and only there did it change."""

import cv2
import numpy as np
import pytest
from drawn import carton

from amiss.domain.words import DamageType, Locus, Severity
from amiss.simulate.paint.paint import paint, untouched
from amiss.simulate.paint.recipes import RECIPES

SEEDS = (1, 2)
LEAST_IOU = 0.5  # of a mask with where the picture differs from its twin; gaps are damage too
BEYOND = 5  # levels: JPEG's blocks carry a change a little further
ids = [str(recipe) for recipe in RECIPES]


def painted_and_twin(recipe, seed, picture, mask):
    wanted = {"item": mask, "damage": recipe.damage, "families": {recipe.family}}
    painted = paint(picture, np.random.default_rng([3, seed]), **wanted)
    return painted, untouched(picture, np.random.default_rng([3, seed]), item=mask)


def wider(mask, pixels):
    kernel = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    return cv2.dilate(mask.astype(np.uint8), kernel) > 0


def differs(painted, twin):
    """Where the two differ beyond their noise, without the pinholes between."""
    change = np.abs(painted.picture.astype(float) - twin.picture).max(axis=-1)
    there = (cv2.medianBlur(change.astype(np.float32), 3) > 9).astype(np.uint8)
    closed = cv2.morphologyEx(there, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    edges, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(closed, edges, -1, 1, cv2.FILLED)
    return closed > 0


@pytest.mark.parametrize("recipe", RECIPES, ids=ids)
def test_the_mask_is_where_the_picture_changed(recipe):
    overlaps = []
    for seed in SEEDS:
        painted, twin = painted_and_twin(recipe, seed, *carton(seed))
        assert painted.mask.any()
        assert painted.damage is recipe.damage
        assert painted.recipe == str(recipe)
        assert painted.family == recipe.family
        shown = differs(painted, twin)
        overlaps.append((shown & painted.mask).sum() / (shown | painted.mask).sum())
        far = ~wider(painted.mask, 24)
        assert far.mean() > 0.3
        change = np.abs(painted.picture.astype(float) - twin.picture).mean(axis=-1)
        assert change[far].mean() < 1.0
    assert np.mean(overlaps) >= LEAST_IOU, overlaps


@pytest.mark.parametrize("recipe", RECIPES[::3], ids=ids[::3])
def test_the_same_seed_paints_the_same_pixels(recipe):
    picture, mask = carton()
    kept = picture.copy()
    one, other = (painted_and_twin(recipe, 4, picture, mask)[0] for _ in range(2))
    assert np.array_equal(one.picture, other.picture)
    assert np.array_equal(one.mask, other.mask)
    assert one.numbers == other.numbers
    assert np.array_equal(picture, kept)


def test_other_seeds_paint_other_damage():
    picture, mask = carton()
    one, other = (
        paint(picture, np.random.default_rng(seed), item=mask, damage=DamageType.HOLE)
        for seed in (1, 2)
    )
    assert not np.array_equal(one.mask, other.mask)


def test_lost_parts_are_major_and_of_the_product():
    for name in ("end_gone", "empty_seat", "snapped"):
        (recipe,) = (recipe for recipe in RECIPES if recipe.name == name)
        painted, _ = painted_and_twin(recipe, 1, *carton())
        assert painted.severity is Severity.MAJOR
        assert painted.locus is Locus.PRODUCT


def test_what_lies_beside_the_item_is_on_the_ground():
    picture, mask = carton()
    beside = []
    for seed in range(8):
        painted = paint(picture, np.random.default_rng(seed), item=mask, damage=DamageType.SPILLAGE)
        if painted.locus is Locus.SURROUNDINGS:
            beside.append((painted.mask & painted.item).sum() / painted.mask.sum())
        else:
            assert (painted.mask & ~painted.item).sum() < 0.1 * painted.mask.sum()
    assert 1 <= len(beside) <= 7
    assert max(beside) < 0.1
