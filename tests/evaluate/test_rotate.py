"""Turned queries: every angle, every pixel, and nothing that gives the angle away."""

import numpy as np
import pytest

from amiss.evaluate.rotate import OUTSIDE, angle, turn, turn_mask


def disc(size):
    rows, columns = np.mgrid[:size, :size]
    return (rows - (size - 1) / 2) ** 2 + (columns - (size - 1) / 2) ** 2 <= (size / 2) ** 2


def scene(height, width):
    """Smooth, so that interpolation is exact to a few grey levels; a plain grey border."""
    rows, columns = np.mgrid[:height, :width] / max(height, width)
    picture = np.stack([rows, columns, (rows + columns) / 2], axis=2) * 200 + 20
    picture[[0, -1]] = picture[:, [0, -1]] = (90, 100, 110)
    return picture.astype(np.uint8)


@pytest.mark.parametrize("shape", [(40, 60), (60, 40), (41, 60), (40, 61), (33, 33)])
def test_upright_is_a_plain_crop_inside_and_grey_outside(shape):
    picture = scene(*shape)
    size = min(shape)
    top, left = (shape[0] - size) // 2, (shape[1] - size) // 2
    cropped, inside = turn(picture), disc(size)
    assert cropped.shape == (size, size, 3)
    assert cropped.dtype == np.uint8
    assert (cropped[inside] == picture[top : top + size, left : left + size][inside]).all()
    assert (cropped[~inside] == OUTSIDE).all()


@pytest.mark.parametrize(("degrees", "quarters"), [(90, 1), (180, 2), (270, 3)])
def test_quarter_turns_are_those_of_numpy(degrees, quarters):
    picture = scene(50, 50)
    expected = np.rot90(turn(picture), quarters)
    assert np.abs(turn(picture, degrees).astype(int) - expected).max() <= 1


def test_any_angle_agrees_with_reading_each_pixel_where_it_came_from():
    picture = scene(60, 80)
    size, radians = 60, np.deg2rad(33.0)
    turned = turn(picture, 33.0)
    for row, column in [(30, 30), (10, 25), (45, 20), (29, 52)]:
        x, y = column - 29.5, row - 29.5  # counter-clockwise on screen: y grows downwards
        source_x = np.cos(radians) * x - np.sin(radians) * y + 29.5 + (80 - size) // 2
        source_y = np.sin(radians) * x + np.cos(radians) * y + 29.5
        expected = picture[round(source_y), round(source_x)].astype(int)
        assert np.abs(turned[row, column] - expected).max() <= 4


def test_outside_the_circle_nothing_depends_on_the_angle():
    picture = scene(48, 64)
    outside = ~disc(48)
    corners = [turn(picture, degrees)[outside] for degrees in (0.0, 17.0, 45.0, 200.0)]
    assert all((corner == corners[0]).all() for corner in corners)


@pytest.mark.parametrize("degrees", [0.0, 30.0, 90.0, 251.0])
def test_a_mask_turns_with_its_picture(degrees):
    mask = np.zeros((60, 90), dtype=bool)
    mask[20:45, 35:50] = True
    picture = np.repeat(mask[:, :, None] * np.uint8(255), 3, axis=2)
    turned, turned_mask = turn(picture, degrees), turn_mask(mask, degrees)
    assert turned_mask.shape == (60, 60)
    assert ((turned[:, :, 0] > 127) ^ turned_mask).sum() <= 20  # half-covered pixels of the edge


def test_a_mask_is_cut_at_the_circle():
    assert (turn_mask(np.ones((30, 50), dtype=bool), 12.0) == disc(30)).all()


def test_angles_depend_on_seed_and_name_and_cover_the_circle_evenly():
    angles = np.array([angle(f"good/{i}.jpg", seed=0) for i in range(2000)])
    assert angle("good/7.jpg", seed=0) == angles[7]
    assert angle("good/7.jpg", seed=1) != angles[7] != angle("damaged/7.jpg", seed=0)
    counts, _ = np.histogram(angles, bins=8, range=(0, 360))
    assert counts.sum() == 2000
    assert counts.min() > 200
