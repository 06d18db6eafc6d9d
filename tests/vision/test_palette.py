import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiss.vision.palette import (
    BIN,
    LIGHTNESS_WEIGHT,
    SHAPE,
    colour_cells,
    distance_table,
    palette,
)

TRAY, CARTON, BLUE = (190, 190, 195), (180, 140, 90), (30, 60, 170)


def product():
    """A carton with a printed label, on a tray."""
    rgb = np.full((160, 192, 3), TRAY, np.uint8)
    rgb[40:120, 40:150] = CARTON
    rgb[60:90, 60:100] = (230, 225, 215)
    return rgb


def new_colour(reference, query, *, relative=True):
    """H×W ΔE from each pixel of the query to the nearest colour of the reference."""
    table = distance_table(palette(colour_cells(reference, relative=relative)))
    return table[colour_cells(query, relative=relative)]


def test_a_picture_has_no_colour_that_it_does_not_have():
    assert new_colour(product(), product()).max() == 0


@pytest.mark.parametrize("relative", [True, False])
def test_a_colour_absent_from_the_reference_is_far_and_only_where_it_is(relative):
    stained = product()
    stained[70:82, 110:122] = BLUE
    distance = new_colour(product(), stained, relative=relative)
    assert distance[72:80, 112:120].min() > 40
    assert distance[:64].max() == 0
    assert distance[:, :104].max() == 0


@pytest.mark.parametrize("gain", [(0.9, 0.9, 0.9), (1.1, 1.1, 1.1), (1.05, 1.0, 0.93)])
def test_the_light_counts_little_when_colours_are_relative_to_the_background(gain):
    lit = np.clip(product() * np.array(gain), 0, 255).astype(np.uint8)
    assert new_colour(product(), lit).max() <= 6
    if len(set(gain)) > 1:
        assert new_colour(product(), lit).max() < new_colour(product(), lit, relative=False).max()


def test_shade_counts_far_less_than_hue():
    shaded, tinted = product(), product()
    shaded[60:100, 105:145] = (140, 104, 62)  # the carton's colour with 20 less lightness
    tinted[60:100, 105:145] = (90, 160, 175)
    assert new_colour(product(), shaded).max() < 10
    assert new_colour(product(), tinted).max() > 20


def test_a_darker_black_is_hardly_another_colour():
    dark, darker = (np.full((4, 4, 3), level, np.uint8) for level in (60, 20))
    assert new_colour(dark, darker, relative=False).max() <= 4


@settings(deadline=None, max_examples=60)
@given(st.tuples(*[st.integers(0, 255)] * 3), st.tuples(*[st.integers(0, 255)] * 3))
def test_the_distance_of_two_flat_colours_is_their_weighted_delta_e(one, other):
    flat = [np.full((4, 4, 3), colour, np.uint8) for colour in (one, other)]
    found = new_colour(*flat, relative=False)[2, 2]
    lab = [
        cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[0, 0] for picture in flat
    ]
    furthest = BIN * SHAPE[1] / 2  # what lies beyond counts as the edge of the table
    lab = [np.clip(colour, [0, -furthest, -furthest], [100, furthest, furthest]) for colour in lab]
    difference = lab[1] - lab[0]
    difference[0] *= LIGHTNESS_WEIGHT
    # Cells round each of three numbers, and 8-bit Lab rounds before.
    assert found == pytest.approx(np.linalg.norm(difference), abs=BIN * np.sqrt(3) + 1.5)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_the_table_is_the_distance_to_the_nearest_known_cell(seed, count):
    rng = np.random.default_rng(seed)
    known = np.zeros(SHAPE, np.bool_)
    known[tuple(rng.integers(0, side, count) for side in SHAPE)] = True
    table = distance_table(known)
    assert table.shape == (np.prod(SHAPE),)
    assert table.dtype == np.float32
    places = np.argwhere(known)
    for flat in rng.integers(0, known.size, 40):
        cell = np.array(np.unravel_index(flat, SHAPE))
        nearest = min(np.linalg.norm(cell - place) for place in places) * BIN
        assert table[flat] == pytest.approx(nearest, rel=1e-5)


def test_a_palette_holds_the_cells_that_occur():
    cells = colour_cells(product(), relative=True)
    assert cells.shape == (160, 192)
    assert cells.dtype == np.int32
    found = palette(cells)
    assert found.shape == SHAPE
    assert set(np.flatnonzero(found)) == set(np.unique(cells))


def test_extreme_colours_have_cells_too():
    corners = np.array(list(np.ndindex(2, 2, 2)), np.uint8) * 255
    for border in corners:
        rgb = np.tile(corners, (8, 1)).reshape(8, 8, 3).copy()
        rgb[[0, -1]] = rgb[:, [0, -1]] = border
        cells = colour_cells(rgb, relative=True)
        assert cells.min() >= 0
        assert cells.max() < np.prod(SHAPE)
