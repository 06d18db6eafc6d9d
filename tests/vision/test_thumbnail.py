import numpy as np
import pytest

from amiss.vision.thumbnail import SIDE, thumbnail


@pytest.mark.parametrize("shape", [(300, 300), (200, 400), (400, 200), (20, 11), (1, 90), (1, 1)])
def test_a_thumbnail_is_square_and_background_is_zero(shape):
    small = thumbnail(np.full((*shape, 3), 140, np.uint8))
    assert small.shape == (SIDE, SIDE, 3)
    assert small.dtype == np.float32
    assert not small.any()


def test_the_picture_is_centred_and_colours_are_differences():
    rgb = np.full((200, 400, 3), 100, np.uint8)
    rgb[50:150, 100:300] = (160, 90, 100)
    small = thumbnail(rgb)
    middle = SIDE // 2
    assert small[middle, middle].tolist() == [60, -10, 0]
    rows, columns = np.nonzero(np.abs(small[..., 0]) > 30)
    assert (rows.min() + rows.max()) / 2 == pytest.approx((SIDE - 1) / 2, abs=0.5)
    assert (columns.min() + columns.max()) / 2 == pytest.approx((SIDE - 1) / 2, abs=0.5)
    assert np.ptp(columns) + 1 == pytest.approx(SIDE / 2, abs=1)
    assert np.ptp(rows) + 1 == pytest.approx(SIDE / 4, abs=1)


def test_the_colour_of_the_light_on_the_tray_does_not_count():
    rgb = np.full((96, 96, 3), 100, np.uint8)
    rgb[30:60, 30:60] = 150
    cast = rgb + np.array([12, 0, 5], np.uint8)
    assert np.allclose(thumbnail(rgb), thumbnail(cast), atol=1e-4)
