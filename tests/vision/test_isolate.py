import cv2
import numpy as np
import pytest
from scipy import ndimage

from amiss.vision.isolate import LOOK_SIZE, Silhouette, _filled, _tidy, isolate
from recorded_pictures import PRODUCTS, picture

GREY, RED = (190, 190, 190), (190, 20, 20)


def plain(height=300, width=400):
    return np.full((height, width, 3), GREY, np.uint8)


def overlap(name, shot):
    """Intersection over union of the silhouette and the item."""
    shown = picture(name, shot)
    silhouette = isolate(shown.rgb)
    assert silhouette.found
    large = silhouette.mask.astype(np.uint8)
    mask = cv2.resize(large, shown.item.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    return (mask & shown.item).sum() / (mask | shown.item).sum()


@pytest.mark.parametrize("name", PRODUCTS)
def test_recorded_items_are_told_from_the_tray(name):
    assert np.median([overlap(name, shot) for shot in range(3)]) >= 0.8


@pytest.mark.parametrize("size", [(300, 400), (400, 300), (60, 90), (1200, 800)])
def test_the_outline_is_where_the_item_is(size):
    height, width = size
    rgb = plain(height, width)
    rgb[height // 4 : height // 2, width // 5 : width // 2] = RED
    silhouette = isolate(rgb)
    assert silhouette.found
    assert max(silhouette.mask.shape) == LOOK_SIZE
    mask = cv2.resize(silhouette.mask.astype(np.uint8), (width, height)) > 0
    truth = (rgb == RED).all(axis=2)
    assert (mask & truth).sum() / (mask | truth).sum() > 0.9


def cross():
    rgb = plain()
    rgb[60:240] = rgb[:, 100:300] = RED
    return rgb


def noise(shape, spread):
    grey = np.random.default_rng(0).normal(127, spread, (*shape, 3))
    return np.clip(grey, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "rgb",
    [
        plain(),
        noise((300, 400), 8),
        noise((300, 400), 200),
        noise((120, 100), 90),
        cross(),
        np.full((50, 40, 3), 0, np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((2000, 10, 3), np.uint8),
    ],
    ids=["uniform", "faint noise", "noise", "small noise", "all borders", "black", "dot", "strip"],
)
def test_nothing_is_claimed_where_item_and_background_cannot_be_told_apart(rgb):
    silhouette = isolate(rgb)
    assert not silhouette.found
    assert silhouette.mask.all()
    assert silhouette.share((7, 5)) == pytest.approx(1)


def test_an_item_that_leaves_only_the_corners_free_is_not_claimed():
    rgb = plain()
    cv2.circle(rgb, (200, 150), 199, RED, -1)
    silhouette = isolate(rgb)
    assert not silhouette.found
    assert silhouette.mask.all()


def test_a_part_of_the_colour_of_the_tray_belongs_to_the_item_around_it():
    rgb = plain()
    cv2.circle(rgb, (200, 150), 90, RED, -1)
    cv2.circle(rgb, (200, 150), 60, GREY, -1)
    assert isolate(rgb).share((300, 400))[150, 200] == 1


def test_a_light_that_falls_off_is_no_item():
    ramp = np.linspace(150, 175, 400)[None, :, None]
    rgb = np.broadcast_to(ramp, (300, 400, 3)).astype(np.uint8)
    assert not isolate(rgb).found


def test_what_hardly_differs_from_the_tray_is_no_item():
    rgb = plain()
    rgb[100:200, 100:250] = (184, 184, 184)
    assert not isolate(rgb).found


def test_specks_are_dropped_and_a_second_part_is_kept():
    rgb = plain(320, 320)
    rgb[60:160, 60:160] = RED
    rgb[200:250, 200:250] = RED  # a quarter of the first
    rgb[280:284, 40:44] = RED
    mask = isolate(rgb).mask
    scale = mask.shape[0] / 320
    assert mask[round(225 * scale), round(225 * scale)]
    assert not mask[round(282 * scale), round(42 * scale)]


def test_the_share_of_each_cell_adds_up():
    mask = np.zeros((160, 120), np.bool_)
    mask[40:80, 30:65] = True
    share = Silhouette(mask, found=True).share((8, 6))
    truth = mask.reshape(8, 20, 6, 20).mean(axis=(1, 3))
    assert share.dtype == np.float32
    assert np.allclose(share, truth, atol=1e-6)


def test_holes_are_filled_as_scipy_fills_them():
    rng = np.random.default_rng(0)
    for _ in range(40):
        solid = (rng.random((23, 31)) < rng.uniform(0.3, 0.8)).astype(np.uint8)
        assert np.array_equal(_filled(solid), ndimage.binary_fill_holes(solid))


def test_parts_from_a_twentieth_of_the_largest_on_are_kept():
    mask = np.zeros((96, 128), np.bool_)
    mask[10:50, 10:60] = True  # 2000 pixels
    mask[60:70, 10:20] = True  # a twentieth
    mask[60:69, 40:50] = True  # less
    kept = mask.copy()
    kept[60:69, 40:50] = False
    assert np.array_equal(_tidy(mask), kept)
    assert not _tidy(np.zeros_like(mask)).any()
