import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from amiss.vision.frame import WORKING_SIZE, border_colour, frame_shape, median, to_frame

SIDES = st.integers(1, 5000)


@given(SIDES, SIDES, st.sampled_from([8, 14, 16, 32]))
def test_the_frame_fits_the_encoder_and_keeps_the_aspect(height, width, multiple):
    rows, columns = frame_shape(height, width, multiple)
    assert rows % multiple == 0
    assert columns % multiple == 0
    assert rows >= multiple
    assert columns >= multiple
    assert abs(max(rows, columns) - WORKING_SIZE) <= multiple / 2
    scale = WORKING_SIZE / max(height, width)
    for found, side in ((rows, height), (columns, width)):
        assert found == multiple or abs(found - side * scale) <= multiple / 2


@pytest.mark.parametrize("size", [(300, 500), (900, 600), (448, 448), (1, 3)])
def test_pictures_are_stretched_not_cropped(size):
    rgb = np.zeros((*size, 3), np.uint8)
    rgb[:, size[1] // 2 :] = 200
    frame = to_frame(rgb, 32)
    assert frame.dtype == np.uint8
    assert frame.shape == (*frame_shape(*size, 32), 3)
    middle = frame.shape[1] * (size[1] // 2) // size[1]
    assert frame[:, : max(0, middle - 90)].max(initial=0) == 0
    assert frame[:, middle + 90 :].min(initial=255) == 200


def test_a_picture_of_working_size_is_not_touched():
    rgb = np.random.default_rng(0).integers(0, 256, (448, 320, 3), np.uint8)
    assert np.array_equal(to_frame(rgb, 32), rgb)


def test_shrinking_averages_rather_than_picks():
    checks = np.indices((1792, 1792)).sum(axis=0) % 2 * 255
    frame = to_frame(np.repeat(checks[..., None], 3, axis=2).astype(np.uint8), 32)
    assert np.abs(frame.astype(float) - 127.5).max() <= 1


def test_the_border_colour_is_that_of_the_outermost_ring_alone():
    rgb = np.full((20, 30, 3), 255, np.uint8)
    rgb[[0, -1]] = rgb[:, 0] = rgb[:, -1] = (10, 20, 30)
    rgb[0] = 255  # something that covers one side
    colour = border_colour(rgb)
    assert colour.dtype == np.float32
    assert colour.tolist() == [10, 20, 30]


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2)])
def test_the_smallest_pictures_have_a_border_too(shape):
    assert border_colour(np.full((*shape, 3), 7, np.uint8)).tolist() == [7, 7, 7]


@given(
    st.sampled_from([np.uint8, np.float32]).flatmap(
        lambda kind: hnp.arrays(
            kind,
            st.tuples(st.integers(1, 40), st.integers(1, 3)),
            elements=st.integers(0, 255).map(kind),
        )
    )
)
def test_the_median_is_that_of_numpy(values):
    before = values.copy()
    found = median(values)
    assert found.dtype == np.float32
    assert np.array_equal(found, np.median(values, axis=0).astype(np.float32))
    assert np.array_equal(values, before)
