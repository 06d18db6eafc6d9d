import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiss.detect.pose import LARGEST_SHIFT, STEP_DEGREES, PoseFinder, turn
from amiss.vision.frame import border_colour
from amiss.vision.thumbnail import SIDE, thumbnail
from recorded_pictures import picture

SIZE = 320
PRODUCTS = ["kit", "mailer", "toy"]


def apart(one, other):
    """Degrees between two directions."""
    return abs((one - other + 180) % 360 - 180)


def turned(rgb, degrees, shift=(0, 0)):
    """The picture turned counter-clockwise about its centre, then moved right and down."""
    height, width = rgb.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1)
    matrix[:, 2] += shift
    return cv2.warpAffine(
        rgb,
        matrix,
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=border_colour(rgb).tolist(),
    )


@pytest.fixture(scope="module")
def pictures():
    return {name: picture(name, 0, upright=True, size=SIZE).rgb for name in PRODUCTS}


@pytest.fixture(scope="module")
def finders(pictures):
    return {name: PoseFinder(thumbnail(rgb)) for name, rgb in pictures.items()}


@pytest.mark.parametrize("name", PRODUCTS)
@pytest.mark.parametrize("shift", [(0, 0), (24, -18), (-35, 35)])
def test_a_known_turn_is_found_over_the_whole_circle(pictures, finders, name, shift):
    for degrees in range(-180, 180, 17):
        query = turned(pictures[name], degrees, shift)
        pose = finders[name].find(thumbnail(query))
        assert apart(pose.degrees, degrees) <= 4
        assert -180 <= pose.degrees <= 180
        assert pose.agreement > 0.8
        assert pose.upright.agreement <= pose.agreement


@pytest.mark.parametrize("name", PRODUCTS)
def test_another_capture_of_the_same_product_lies_as_it_was_turned(name):
    upright = picture(name, 0, upright=True, size=SIZE)
    finder = PoseFinder(thumbnail(upright.rgb))
    errors = []
    for capture in range(1, 9):
        query = picture(name, capture, size=SIZE)
        pose = finder.find(thumbnail(query.rgb))
        errors.append(apart(pose.degrees, query.degrees - upright.degrees))
    assert np.median(errors) <= 4


def test_an_item_that_lies_further_off_than_the_limit_is_not_followed():
    dot = np.zeros((SIDE, SIDE, 3), np.float32)
    dot[22:26, 22:26] = 100
    finder = PoseFinder(dot)
    for axis in (0, 1):
        for sign in (-1, 1):
            near = np.roll(dot, sign * LARGEST_SHIFT, axis)
            far = np.roll(dot, sign * (LARGEST_SHIFT + 5), axis)
            assert finder.upright(near).agreement == pytest.approx(1, abs=1e-3)
            assert finder.upright(far).agreement < 0.1


def test_agreement_is_the_normalised_correlation():
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(2, SIDE, SIDE, 3)).astype(np.float32)
    limit = range(-LARGEST_SHIFT, LARGEST_SHIFT + 1)
    best = max(
        float((np.roll(one, (down, right), (0, 1)) * other).sum())
        for down in limit
        for right in limit
    )
    truth = best / np.linalg.norm(one) / np.linalg.norm(other)
    assert PoseFinder(one).upright(other).agreement == pytest.approx(truth, abs=1e-3)


def test_every_angle_agrees_as_a_full_transform_says():
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=(2, SIDE, SIDE, 3)).astype(np.float32)
    finder = PoseFinder(one)
    centre, limit = (SIDE - 1) / 2, np.arange(-LARGEST_SHIFT, LARGEST_SHIFT + 1)
    truth = []
    for angle in range(0, 360, STEP_DEGREES):
        matrix = cv2.getRotationMatrix2D((centre, centre), angle, 1)
        ring = cv2.warpAffine(one, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
        spectra = np.conj(np.fft.fft2(ring, axes=(0, 1))) * np.fft.fft2(other, axes=(0, 1))
        surface = np.fft.ifft2(spectra.sum(axis=2)).real
        best = surface[limit[:, None], limit].max()
        truth.append(best / np.linalg.norm(ring) / np.linalg.norm(other))
    found, _ = finder._correlate(other, slice(None))
    assert found == pytest.approx(np.array(truth), abs=1e-5)


def test_other_products_agree_less(pictures, finders):
    own = finders["toy"].find(thumbnail(turned(pictures["toy"], 100))).agreement
    other = finders["toy"].find(thumbnail(pictures["mailer"])).agreement
    assert own > other + 0.2


def test_how_strong_the_light_is_does_not_change_the_pose(pictures, finders):
    query = turned(pictures["toy"], 77)
    dim = (query * 0.7).astype(np.uint8)
    bright, dark = (finders["toy"].find(thumbnail(rgb)) for rgb in (query, dim))
    assert apart(bright.degrees, dark.degrees) < 1
    assert dark.agreement == pytest.approx(bright.agreement, abs=0.02)


def test_a_picture_of_nothing_has_no_pose_and_no_trouble(finders):
    nothing = np.zeros((SIDE, SIDE, 3), np.float32)
    assert finders["toy"].find(nothing).agreement == 0
    assert PoseFinder(nothing).find(thumbnail(np.full((9, 9, 3), 5, np.uint8))).agreement == 0


@settings(deadline=None, max_examples=25)
@given(st.floats(-180, 180))
def test_turning_back_gives_the_picture_again(degrees):
    rng = np.random.default_rng(1)
    soft = cv2.GaussianBlur(rng.integers(0, 256, (120, 160, 3), np.uint8), (0, 0), 4)
    back = turn(turned(soft, degrees), degrees, soft.shape[:2]).rgb
    middle = np.zeros(soft.shape[:2], np.uint8)
    cv2.circle(middle, (80, 60), 50, 1, -1)
    assert back.shape == soft.shape
    assert np.abs(back[middle > 0].astype(int) - soft[middle > 0]).max() <= 4


@settings(deadline=None, max_examples=40)
@given(
    st.integers(30, 200),
    st.integers(30, 200),
    st.floats(-180, 180),
    st.tuples(st.integers(4, 28), st.integers(4, 28)),
)
def test_the_matrix_maps_points_of_the_turned_picture_to_the_original(
    height, width, degrees, shape
):
    down, right = np.mgrid[:height, :width].astype(np.float32)
    ramps = np.dstack([right, down, 0 * down]).astype(np.uint8)  # each pixel says where it is
    made = turn(ramps, degrees, shape)
    rows, columns = made.rgb.shape[:2]
    assert max(rows, columns) == max(height, width)
    assert rows / columns == pytest.approx(shape[0] / shape[1], abs=0.6 / min(rows, columns) * 8)
    for y, x in [(rows // 2, columns // 2), (rows // 3, columns // 3), (rows // 2, columns // 4)]:
        origin = made.matrix @ [x, y, 1]
        if 3 <= origin[0] < width - 4 and 3 <= origin[1] < height - 4:
            assert made.rgb[y, x, :2] == pytest.approx(origin, abs=1)


def test_the_middle_stays_the_middle_and_turns_the_right_way():
    rgb = np.full((101, 151, 3), 50, np.uint8)
    rgb[40:61, 130:145] = 250  # at three o'clock
    made = turn(rgb, -90, (151, 101))  # turned clockwise before, so turned back counter-clockwise
    assert made.matrix @ [50, 75, 1] == pytest.approx([75, 50])
    assert made.rgb.shape == (151, 101, 3)
    assert made.rgb[10:20, 45:56].min() > 240  # at twelve o'clock


def test_what_lies_outside_does_not_shine():
    rgb = np.full((100, 100, 3), (200, 180, 60), np.uint8)
    corner = turn(rgb, 45, (100, 100)).rgb[2, 2].astype(int)
    assert corner == pytest.approx([200, 180, 60], abs=1)


@settings(deadline=None, max_examples=25)
@given(st.floats(-180, 180), st.sampled_from([(20, 20), (28, 21), (10, 28)]))
def test_cells_that_show_the_outside_or_border_on_it_are_not_inside(degrees, grid):
    shape = (120, 160)
    made = turn(np.zeros((*shape, 3), np.uint8), degrees, grid)
    rows, columns = made.rgb.shape[:2]
    clear = np.zeros(grid, np.bool_)  # every corner is well inside
    cut = np.zeros(grid, np.bool_)  # some corner is well outside
    for row, column in np.ndindex(grid):
        depths = []
        for down, right in [(0, 0), (0, 1), (1, 0), (1, 1)]:
            y = (row + down) * rows / grid[0] - 0.5
            x = (column + right) * columns / grid[1] - 0.5
            from_x, from_y = made.matrix @ [x, y, 1]
            depths += [from_x, from_y, shape[1] - 1 - from_x, shape[0] - 1 - from_y]
        clear[row, column] = min(depths) > 1
        cut[row, column] = min(depths) < -2
    kernel = np.ones((3, 3), np.uint8)
    inside = made.inside(shape, grid)
    assert inside.shape == grid
    assert not inside[cv2.dilate(cut.astype(np.uint8), kernel) > 0].any()
    padded = np.pad(clear, 1, mode="edge").astype(np.uint8)
    assert inside[cv2.erode(padded, kernel)[1:-1, 1:-1] > 0].all()
