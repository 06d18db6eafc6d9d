"""Reduced maps and masks: bounded, aligned, and no damage lost."""

import numpy as np
import pytest

from amiss.evaluate.localise import fit_mask, localise, pixel_figures


def test_large_maps_are_averaged_and_small_ones_kept():
    heatmap = np.random.default_rng(0).random((512, 1024), dtype=np.float32)
    reduced = localise(heatmap, None)
    assert reduced.map.shape == reduced.mask.shape == (128, 256)
    blocks = heatmap.reshape(128, 4, 256, 4).mean(axis=(1, 3))
    assert np.allclose(reduced.map, blocks, atol=1e-5)
    assert not reduced.mask.any()
    small = heatmap[:100, :200]
    assert (localise(small, None).map == small).all()


def test_a_thin_scratch_survives_reduction_in_its_place():
    mask = np.zeros((1024, 1024), dtype=bool)
    mask[101, 40:900] = True
    reduced = localise(np.zeros((1024, 1024), np.float32), mask).mask
    expected = mask.reshape(256, 4, 256, 4).any(axis=(1, 3))
    assert (reduced == expected).all()


@pytest.mark.parametrize("mask_shape", [(30, 40), (60, 80), (240, 320)])
def test_a_mask_of_another_size_is_brought_to_the_map(mask_shape):
    mask = np.zeros(mask_shape, dtype=bool)
    mask[: mask_shape[0] // 2, : mask_shape[1] // 4] = True
    reduced = localise(np.zeros((60, 80), np.float32), mask).mask
    expected = np.zeros((60, 80), dtype=bool)
    expected[:30, :20] = True
    assert (reduced == expected).all()


def test_enlarging_a_mask_repeats_its_pixels():
    mask = np.array([[True, False], [False, False]])
    assert (fit_mask(mask, (6, 4)) == np.repeat(np.repeat(mask, 3, 0), 2, 1)).all()


def test_a_missing_map_counts_against_amiss():
    mask = np.zeros((40, 40), dtype=bool)
    mask[5:9, 5:9] = True
    found = localise(mask.astype(np.float32), mask)
    good = localise(np.zeros((40, 40), np.float32), None)
    assert pixel_figures([found, good]).pixel_auroc == 1.0

    silent_damaged, silent_good = localise(None, mask), localise(None, None)
    with_damaged = pixel_figures([found, good, silent_damaged])
    assert with_damaged.peak_hit_rate == 0.5
    assert with_damaged.n_masked == 2
    assert with_damaged.pixel_auroc < 0.51
    assert pixel_figures([found, good, silent_good]).pixel_auroc < 0.05
    nothing = pixel_figures([silent_damaged, silent_good])
    assert (nothing.pixel_auroc, nothing.aupro, nothing.peak_hit_rate) == (0.0, 0.0, 0.0)
