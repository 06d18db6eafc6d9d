"""Pixel figures against scikit-learn and a sweep over every threshold."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from sklearn.metrics import roc_auc_score

from amiss.evaluate.pixels import aupro, peak_hits, pixel_auroc


def swept_aupro(maps, masks, limit):
    """The definition: at every score of any pixel, recall per region and share of false alarms."""
    points = [(0.0, 0.0)]
    for threshold in np.unique(np.concatenate([m.ravel() for m in maps]))[::-1]:
        overlaps, false_alarms, good = [], 0, 0
        for map_, mask in zip(maps, masks, strict=True):
            regions, n = ndimage.label(mask, structure=np.ones((3, 3)))
            flagged = map_ >= threshold
            overlaps += [flagged[regions == i].mean() for i in range(1, n + 1)]
            false_alarms += (flagged & ~mask).sum()
            good += (~mask).sum()
        points.append((false_alarms / good, np.mean(overlaps)))
    # A fine trapezoid on the piecewise linear curve, up to the limit.
    area = 0.0
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 < limit and x1 > x0:
            end = min(x1, limit)
            y_end = y0 + (y1 - y0) * (end - x0) / (x1 - x0)
            area += (end - x0) * (y0 + y_end) / 2
    return area / limit


@st.composite
def pictures(draw):
    """One to four small maps and masks of different sizes, with a damaged and a good pixel."""
    seed, n = draw(st.integers(0, 10**6)), draw(st.integers(1, 4))
    levels = draw(st.sampled_from([2, 5, 10**6]))
    generator = np.random.default_rng(seed)
    maps, masks = [], []
    for index in range(n):
        size = generator.integers(2, 9, 2)
        mask = generator.random(size) < (0.0 if index else 0.3)
        mask |= generator.random(size) < generator.choice([0.0, 0.2])
        maps.append((generator.integers(0, levels, size) / levels).astype(np.float32))
        masks.append(mask)
    masks[0][0, 0], masks[0][1, 1] = True, False
    return maps, masks


@given(pictures())
@settings(max_examples=60)
def test_pixel_auroc_agrees_with_scikit_learn_on_all_pixels(case):
    maps, masks = case
    expected = roc_auc_score(
        np.concatenate([m.ravel() for m in masks]), np.concatenate([m.ravel() for m in maps])
    )
    assert pixel_auroc(maps, masks) == pytest.approx(expected)


@given(pictures(), st.sampled_from([0.05, 0.3, 1.0]))
@settings(max_examples=60)
def test_aupro_agrees_with_a_sweep_over_every_threshold(case, limit):
    maps, masks = case
    assert aupro(maps, masks, limit) == pytest.approx(swept_aupro(maps, masks, limit))


def test_aupro_weighs_a_small_region_as_much_as_a_large_one():
    mask = np.zeros((20, 20), dtype=bool)
    mask[2:12, 2:12] = mask[18, 18] = True
    only_large = np.where(mask, 1.0, 0.0)
    only_large[18, 18] = -1.0
    assert aupro([only_large], [mask]) == pytest.approx(0.5)


def test_aupro_takes_pixels_that_touch_at_a_corner_as_one_region():
    mask = np.zeros((8, 8), dtype=bool)
    mask[1, 1] = mask[2, 2] = mask[6, 6] = True
    found_corner = np.zeros((8, 8))
    found_corner[6, 6] = 1.0  # one of two regions, and one of three pixels
    found_corner[1, 1] = found_corner[2, 2] = -1.0
    assert aupro([found_corner], [mask]) == pytest.approx(0.5)


def test_a_perfect_map_and_a_flat_one():
    mask = np.zeros((30, 30), dtype=bool)
    mask[5:9, 5:9] = True
    good = np.zeros((10, 10), dtype=bool)
    assert aupro([mask * 1.0, good * 1.0], [mask, good]) == 1.0
    assert aupro([mask * 0.0, good * 1.0], [mask, good]) == pytest.approx(0.15)  # the diagonal
    assert pixel_auroc([mask * 0.0, good * 1.0], [mask, good]) == 0.5


def test_a_good_picture_adds_false_alarms():
    mask = np.zeros((10, 10), dtype=bool)
    mask[0, 0] = True
    alarm = np.full((10, 10), 2.0)
    assert aupro([mask * 1.0], [mask]) == 1.0
    assert aupro([mask * 1.0, alarm], [mask, np.zeros((10, 10), dtype=bool)]) == 0.0


def test_without_damaged_or_without_good_pixels_there_is_no_figure():
    map_, everything = np.ones((3, 3)), np.ones((3, 3), dtype=bool)
    for figure in (pixel_auroc, aupro):
        assert figure([], []) is None
        assert figure([map_], [~everything]) is None
        assert figure([map_], [everything]) is None
    assert peak_hits([map_], [~everything]) is None


def test_nan_in_a_map_is_refused():
    mask = np.eye(3, dtype=bool)
    for row in (0, 1):  # on damage, and beside it
        map_ = np.zeros((3, 3))
        map_[row, 0] = np.nan
        with pytest.raises(ValueError, match="NaN"):
            aupro([map_], [mask])


def test_infinite_maps_rank_below_and_above_all():
    mask = np.eye(4, dtype=bool)
    seen = np.where(mask, 1.0, 0.0)
    silent = np.where(mask, -np.inf, np.inf)
    assert pixel_auroc([seen, silent], [mask, mask]) == pytest.approx(0.25)


def test_peaks_hit_on_the_damage_and_close_beside_it():
    mask = np.zeros((30, 40), dtype=bool)  # diagonal 50: 0.02 of it is one pixel
    mask[10, 10] = True

    def peak_at(*places):
        map_ = np.zeros((30, 40))
        for place in places:
            map_[place] = 1.0
        return map_

    assert peak_hits([peak_at((10, 10))], [mask]) == 1.0
    assert peak_hits([peak_at((10, 11))], [mask]) == 1.0
    assert peak_hits([peak_at((11, 11))], [mask]) == 0.0  # √2 away
    assert peak_hits([peak_at((11, 11))], [mask], tolerance=0.03) == 1.0
    assert peak_hits([peak_at((10, 10), (0, 0))], [mask]) == 0.5  # which of the two is chance
    assert peak_hits([np.full((30, 40), np.inf)], [mask]) == 0.0
    good = np.zeros((30, 40), dtype=bool)
    assert peak_hits([peak_at((10, 10)), peak_at((0, 0))], [mask, good]) == 1.0
