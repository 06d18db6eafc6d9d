import numpy as np
import pytest

from amiss.vision.beside_tray import CHANNELS, beside_tray

GRID = (8, 12)
TRAY = np.full((64, 96, 3), (120, 125, 130), np.uint8)


def test_the_same_picture_differs_nowhere():
    assert not beside_tray(TRAY, TRAY, GRID).any()


def test_drift_of_the_light_is_no_difference():
    found = beside_tray((TRAY * 1.08).astype(np.uint8), TRAY, GRID)
    assert found.shape == (CHANNELS, *GRID)
    assert np.abs(found).max() < 0.02


def test_a_dark_heap_shows_where_it_lies():
    view = TRAY.copy()
    view[32:40, 48:56] = (60, 40, 20)
    light, chroma, whole = beside_tray(view, TRAY, GRID)
    assert light[4, 6] < -0.4
    assert chroma[4, 6] > 0.3
    assert whole[4, 6] == pytest.approx(1.0)
    light[4, 6] = chroma[4, 6] = whole[4, 6] = 0
    assert np.abs([light, chroma, whole]).max() < 1e-6


def test_a_speck_in_a_cell_is_not_averaged_away():
    view = TRAY.copy()
    view[32:36, 48:52] = (60, 40, 20)
    light, _, whole = beside_tray(view, TRAY, GRID)
    assert whole[4, 6] == pytest.approx(1.0)
    assert light[4, 6] == pytest.approx(beside_tray(view, TRAY, (16, 24))[0, 8, 12] / 4, rel=0.01)


def test_the_tray_may_be_of_another_size():
    assert np.abs(beside_tray(TRAY, TRAY[::2, ::2], GRID)).max() < 1e-6
