"""The painter's one call: what it refuses, what it draws, what leaves no trace."""

from collections import Counter

import cv2
import numpy as np
import pytest
from drawn import carton

from amiss.domain.errors import ImageError, SimulationError
from amiss.domain.words import DamageType, Severity
from amiss.simulate.paint import paint as module
from amiss.simulate.paint import recipes
from amiss.simulate.paint.finish import finished
from amiss.simulate.paint.law import LEAST_PX, severity, share
from amiss.simulate.paint.outline import held
from amiss.simulate.paint.paint import paint, paste, untouched
from amiss.simulate.paint.painted import Painted
from amiss.simulate.paint.photo import LEAST_ITEM_PX, Photo
from amiss.simulate.paint.recipe import Recipe, UnfitError


def rng(*seeds):
    return np.random.default_rng(seeds)


def test_every_type_has_families_that_share_no_recipe():
    assert len({recipe.name for recipe in recipes.RECIPES}) == len(recipes.RECIPES)
    assert len({(r.damage, r.family) for r in recipes.RECIPES}) == len(recipes.RECIPES)
    for damage in DamageType:
        names = [{r.name for r in recipes.of(damage, {family})} for family in (0, 1)]
        assert names[0]
        assert names[1]
        assert not names[0] & names[1]


@pytest.mark.parametrize("family", [0, 1, 2])
def test_only_the_families_asked_for_are_painted(family):
    picture, mask = carton()
    for seed in range(5):
        assert paint(picture, rng(seed), item=mask, families={family}).family == family


def spots(damage):
    """A recipe that paints nothing but a dark spot, quickly."""

    def spot(photo, _rng, _share):
        photo.light[20:50, 20:50] *= 0.2
        photo.marked[20:50, 20:50] = True
        return {}

    return Recipe(damage, 0, f"spot {damage}", spot)


def test_types_are_drawn_evenly(monkeypatch):
    monkeypatch.setattr(recipes, "RECIPES", tuple(spots(damage) for damage in DamageType))
    picture, mask = np.full((72, 72, 3), 180, np.uint8), np.ones((72, 72), bool)
    counted = Counter(paint(picture, rng(5, k), item=mask).damage for k in range(400))
    assert set(counted) == set(DamageType)
    assert min(counted.values()) > 25  # of 50 each


def test_where_nothing_fits_it_says_so(monkeypatch):
    def unfit(_photo, _rng, _share):
        raise UnfitError

    monkeypatch.setattr(recipes, "RECIPES", (Recipe(DamageType.HOLE, 0, "unfit", unfit),))
    picture, mask = carton()
    with pytest.raises(SimulationError, match="take another type"):
        paint(picture, rng(1), item=mask)


def test_what_cannot_be_seen_is_no_damage(monkeypatch):
    def faint(photo, _rng, _share):
        photo.light[100:140, 120:160] *= 0.99
        photo.marked[100:140, 120:160] = True
        return {}

    monkeypatch.setattr(recipes, "RECIPES", (Recipe(DamageType.HOLE, 0, "faint", faint),))
    picture, mask = carton()
    with pytest.raises(SimulationError, match="No damage"):
        paint(picture, rng(1), item=mask)


def test_families_that_do_not_exist_are_refused():
    picture, mask = carton()
    with pytest.raises(SimulationError, match="families"):
        paint(picture, rng(1), item=mask, families={9})
    with pytest.raises(SimulationError, match="in the families 2"):
        paint(picture, rng(1), item=mask, families={2}, damage=DamageType.TEAR)


def test_an_item_too_small_is_refused():
    picture, mask = carton()
    small = np.zeros_like(mask)
    small[100:150, 100:150] = True
    assert small.sum() < LEAST_ITEM_PX
    for call in (paint, paste, untouched):
        with pytest.raises(SimulationError, match="too few to paint"):
            call(picture, rng(1), item=small)


def test_a_picture_without_an_item_is_refused():
    picture, mask = carton()
    plain = np.full_like(picture, 128)
    for call in (paint, paste, untouched):
        with pytest.raises(ImageError, match="hand in its mask"):
            call(plain, rng(1))
        with pytest.raises(SimulationError, match="shows no item"):
            call(picture, rng(1), item=np.zeros_like(mask))
    with pytest.raises(ImageError, match="hand in a mask"):
        held(plain)


def test_wrong_forms_are_refused():
    picture, mask = carton()
    with pytest.raises(ImageError, match="uint8"):
        paint(picture.astype(np.float32), rng(1), item=mask)
    with pytest.raises(ImageError, match="uint8"):
        paint(picture[..., 0], rng(1), item=mask)
    with pytest.raises(SimulationError, match="mask"):
        paint(picture, rng(1), item=mask[:-1])
    with pytest.raises(SimulationError, match="bool"):
        paint(picture, rng(1), item=mask.astype(np.uint8))


def test_the_item_is_found_on_a_plain_ground():
    picture, mask = carton()
    found = untouched(picture, rng(1)).item
    assert (found & mask).sum() / (found | mask).sum() > 0.85


def test_what_is_held_before_the_camera_is_found():
    clutter = np.random.default_rng(1).integers(0, 255, (12, 12, 3)).astype(np.uint8) // 3
    picture = cv2.resize(clutter, (340, 360), interpolation=cv2.INTER_NEAREST)
    drawn, mask = carton()
    picture[mask] = drawn[mask]
    found = held(picture)
    assert (found & mask).sum() / (found | mask).sum() > 0.8


def test_looking_for_what_is_held_leaves_other_chance_alone():
    def drawn(between):
        cv2.setRNGSeed(3)
        between()
        return cv2.randu(np.zeros(8, np.float32), 0, 1).tolist()

    picture, mask = carton()
    picture[~mask] //= 3
    assert drawn(lambda: held(picture)) == drawn(lambda: None)


def test_a_damage_that_the_last_step_moves_out_of_the_picture_is_drawn_anew(monkeypatch):
    picture, mask = carton()
    before = untouched(picture, rng(5), item=mask)
    steps = []

    def leaving(photo, last):
        rgb, marked, item = finished(photo, last)
        steps.append(marked.any())
        return rgb, marked & (len(steps) > 1), item

    monkeypatch.setattr(module, "finished", leaving)
    one = paint(picture, rng(5), item=mask)
    assert steps == [True, True]
    assert one.mask.any()
    np.testing.assert_array_equal(one.item, before.item)  # still its twin


def test_no_damage_without_a_mask_and_no_mask_without_damage():
    picture, mask = carton()
    none = np.zeros_like(mask)
    for one in (untouched(picture, rng(1), item=mask), paste(picture, rng(1), item=mask)):
        assert one.damage is None
        assert one.severity is None
        assert one.family == -1
        assert not one.mask.any()
    assert paste(picture, rng(1), item=mask).worked.any()
    with pytest.raises(ValueError, match="mask"):
        Painted(picture, none, mask, none, DamageType.HOLE)
    with pytest.raises(ValueError, match="mask"):
        Painted(picture, mask, mask, mask)


def fine(picture):
    """What is finer than 1.2 pixels."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return grey - cv2.GaussianBlur(grey, (0, 0), 1.2)


@pytest.mark.parametrize("noise", [1.5, 4.0])
def test_a_patch_pasted_onto_itself_has_the_noise_of_its_surroundings(noise):
    plain = np.full((220, 220, 3), 120.0)
    ratios = []
    for seed in range(12):
        own = noise * np.random.default_rng([9, seed]).standard_normal(plain.shape)
        picture = np.clip(np.rint(plain + own), 0, 255).astype(np.uint8)
        pasted = paste(picture, rng(seed), item=np.ones((220, 220), bool))
        if pasted.worked.sum() > 500:
            grain = fine(pasted.picture)
            ratios.append(grain[pasted.worked].std() / grain[~pasted.worked].std())
    assert len(ratios) >= 4
    assert 0.85 < np.mean(ratios) < 1.15


def test_a_paste_moves_nothing():
    """Against its twin, which went through the same last step, hardly anything changes."""
    picture, mask = carton()
    pasted, twin = (call(picture, rng(3), item=mask) for call in (paste, untouched))
    apart = np.abs(
        cv2.GaussianBlur(pasted.picture.astype(np.float32), (0, 0), 2)
        - cv2.GaussianBlur(twin.picture.astype(np.float32), (0, 0), 2)
    )
    assert 0 < apart.max() < 20  # half a pixel across the sharpest edge of the print


def test_sharpness_and_noise_are_read_from_the_picture():
    picture, mask = carton(noise=1.0)
    soft = np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.6), np.uint8)
    assert Photo(soft, mask).sharp > Photo(picture, mask).sharp + 0.4
    assert Photo(picture, mask).sun[1] < 0  # light comes from above
    levels = [Photo(carton(noise=sigma)[0], mask).noise for sigma in (1.0, 3.0)]
    assert levels[1] > 2 * levels[0]


def test_little_items_are_not_damaged_invisibly():
    assert share(DamageType.HOLE, 1e-5, 5000) * 5000 == LEAST_PX
    assert share(DamageType.HOLE, 0.02, 50000) == 0.02


def test_severity_follows_the_numbers():
    assert severity(DamageType.CRUSH, {"depth_share": 0.02}) is Severity.MINOR
    assert severity(DamageType.CRUSH, {"depth_share": 0.09}) is Severity.MAJOR
    assert severity(DamageType.SUPERFICIAL, {"area_share": 0.059}) is Severity.MINOR
    assert severity(DamageType.SUPERFICIAL, {"area_share": 0.06}) is Severity.MAJOR
    assert severity(DamageType.MISSING_UNIT, {}) is Severity.MAJOR
