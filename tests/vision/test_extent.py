import cv2
import numpy as np
import pytest

from amiss.detect.pose import turn
from amiss.evaluate.rotate import turn as turn_and_crop
from amiss.vision.extent import disc, is_round, shown, with_plain_corners
from amiss.vision.frame import border_colour, to_frame
from amiss.vision.isolate import isolate
from amiss.vision.thumbnail import thumbnail

TRAY = (250, 251, 245)


def scene(height=354, width=512):
    """An item that runs out of the inscribed circle, on a plain tray."""
    rgb = np.full((height, width, 3), TRAY, np.uint8)
    cv2.ellipse(rgb, (width // 2, height // 2), (width // 2 - 20, 50), 0, 0, 360, (60, 160, 40), -1)
    cv2.circle(rgb, (width // 2 + 60, height // 2 - 20), 18, (200, 30, 30), -1)
    return rgb


@pytest.mark.parametrize("degrees", [0.0, 33.0, 171.0])
def test_a_picture_cropped_to_a_circle_is_round_also_reduced_and_turned(degrees):
    cropped = turn_and_crop(scene(), degrees)
    back = turn(cropped, degrees, (28, 28)).rgb
    for rgb in (cropped, back, to_frame(cropped, 16), to_frame(back, 16)):
        assert is_round(rgb)


@pytest.mark.parametrize(
    "rgb",
    [
        scene(),
        scene(400, 400),
        np.full((200, 200, 3), 127, np.uint8),
        np.random.default_rng(0).integers(0, 256, (90, 90, 3), np.uint8),
        np.zeros((16, 16, 3), np.uint8),
        np.zeros((1, 1, 3), np.uint8),
    ],
)
def test_others_are_not(rgb):
    assert not is_round(rgb)


def test_one_mark_in_a_corner_and_the_picture_is_not_round():
    cropped = turn_and_crop(scene())
    cropped[3:7, -7:-3] = 90
    assert not is_round(cropped)


def test_corners_take_the_colour_of_the_rim_and_nothing_else_changes():
    cropped = turn_and_crop(scene())
    filled = with_plain_corners(cropped)
    assert border_colour(filled) == pytest.approx(TRAY, abs=1)
    assert (filled[~disc(len(filled))] == filled[0, 0]).all()
    inner = disc(len(filled), 4)
    assert (filled[inner] == cropped[inner]).all()


def test_the_tray_of_a_round_picture_is_background_and_its_corners_are_too():
    cropped = turn_and_crop(scene())
    assert np.abs(thumbnail(cropped)[:6, 20:28]).max() < 3
    assert np.abs(thumbnail(cropped)[0, 0]).max() < 3
    silhouette = isolate(with_plain_corners(cropped))
    assert silhouette.found
    assert silhouette.mask.mean() < 0.5


def test_what_is_shown_is_a_circle_or_everything():
    assert shown(False, (3, 5)).all()
    circle = shown(True, (28, 28))
    assert not circle[0, 0]
    assert circle[14].all()
    assert shown(True, (28, 28), 1.0).sum() < circle.sum()
