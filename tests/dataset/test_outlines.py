"""Polygons and run-length codes, against masks made pixel by pixel."""

import numpy as np
import pytest

from amiss.dataset.outlines import draw_coco, draw_polygon
from amiss.domain.errors import DatasetError


def inside(x, y, points):
    """Whether a ray to the left crosses the outline an odd number of times."""
    odd = False
    for (x0, y0), (x1, y1) in zip(points, np.roll(points, -1, axis=0), strict=True):
        if (y0 > y) != (y1 > y) and x0 + (y - y0) / (y1 - y0) * (x1 - x0) <= x:
            odd = not odd
    return odd


def slowly(points, size):
    return np.array(
        [[inside(x + 0.5, y + 0.5, points) for x in range(size[1])] for y in range(size[0])]
    )


@pytest.mark.parametrize("seed", range(12))
def test_polygons_are_what_each_pixel_s_middle_says(seed):
    rng = np.random.default_rng(seed)
    size = (19, 27)
    points = rng.uniform(-6, 33, (rng.integers(3, 9), 2))  # also beyond the picture, and crossing
    np.testing.assert_array_equal(draw_polygon(points, size), slowly(points, size))


def test_a_square_covers_its_pixels_and_no_more():
    mask = draw_coco([[3, 2, 8, 2, 8, 6, 3, 6]], (10, 12))
    expected = np.zeros((10, 12), bool)
    expected[2:6, 3:8] = True
    np.testing.assert_array_equal(mask, expected)
    both = draw_coco([[3, 2, 8, 2, 8, 6, 3, 6], [0, 0, 1, 0, 1, 1, 0, 1]], (10, 12))
    expected[0, 0] = True
    np.testing.assert_array_equal(both, expected)


def test_a_polygon_above_or_below_draws_nothing():
    for y in (-50.0, 50.0):
        points = np.array([[1.0, y], [5.0, y], [3.0, y + 5.0]])
        assert not draw_polygon(points, (8, 8)).any()


def test_a_corner_far_away_is_cut_off_at_the_picture():
    far = np.array([[2.0, 3.0], [6.0, 3.0], [6.0, 1e30], [2.0, 1e30]])
    expected = np.zeros((8, 10), bool)
    expected[3:, 2:6] = True
    np.testing.assert_array_equal(draw_polygon(far, (8, 10)), expected)
    assert not draw_polygon(far + np.array([0.0, 1e25]), (8, 10)).any()


def runs_of(mask):
    """Lengths column by column, the first outside."""
    lengths, inside_now, length = [], False, 0
    for value in mask.T.ravel():
        if value != inside_now:
            lengths.append(length)
            inside_now, length = value, 0
        length += 1
    return [*lengths, length]


def text_of(lengths):
    """COCO's text; numbers in pieces of 5 bits with a sign."""
    text = ""
    for place, length in enumerate(lengths):
        number = length - (lengths[place - 2] if place > 2 else 0)
        more = True
        while more:
            piece, number = number & 31, number >> 5
            more = number != (-1 if piece & 16 else 0)
            text += chr(48 + piece + (32 if more else 0))
    return text


@pytest.mark.parametrize("seed", range(8))
def test_run_length_code_is_read_plain_and_as_text(seed):
    rng = np.random.default_rng(seed)
    size = (37, 53)
    mask = np.zeros(size, bool)
    for _ in range(seed):  # the first has none at all
        top, left = rng.integers(0, 30, 2)
        mask[top : top + rng.integers(1, 9), left : left + rng.integers(1, 30)] ^= True
    lengths = runs_of(mask)
    for counts in (lengths, text_of(lengths)):
        found = draw_coco({"size": list(size), "counts": counts}, size)
        np.testing.assert_array_equal(found, mask)


def test_text_as_coco_s_own_tools_write_it():
    # Made with pycocotools 2.0: a 4×5 block at row 2, column 3 of a picture of 9 rows, 12 columns.
    expected = np.zeros((9, 12), bool)
    expected[2:6, 3:8] = True
    found = draw_coco({"size": [9, 12], "counts": GOLDEN}, (9, 12))
    np.testing.assert_array_equal(found, expected)


GOLDEN = "m0450000000R1"


@pytest.mark.parametrize(
    ("segmentation", "words"),
    [
        ([[1, 2, 3, 4]], "three points"),
        ([[1, 2, 3, 4, 5]], "x and y in turn"),
        ([["a", 2, 3, 4, 5, 6]], "x and y in turn"),
        ([[1, 2, 3, float("nan"), 5, 6]], "not finite"),
        ({"size": [4, 4], "counts": [16]}, "not of"),
        ({"counts": [80]}, "not of"),
        ({"size": 80, "counts": [80]}, "not of"),
        (5, "neither polygons nor"),
        ({"size": [8, 10], "counts": [79]}, "does not fill"),
        ({"size": [8, 10], "counts": [90, -10]}, "does not fill"),
        ({"size": [8, 10], "counts": "\x00"}, "letter"),
        ({"size": [8, 10], "counts": "P"}, "ends within"),
        ({"size": [8, 10], "counts": {"a": 1}}, "no whole numbers"),
    ],
)
def test_what_is_broken_is_one_sentence(segmentation, words):
    with pytest.raises(DatasetError, match=words) as refused:
        draw_coco(segmentation, (8, 10))
    assert str(refused.value).endswith(".")
