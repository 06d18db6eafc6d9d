from dataclasses import replace

import cv2
import numpy as np
import pytest

from amiss.detect.outline import shortfall
from amiss.detect.pose import Lie
from amiss.vision.look import Look

GRID = (24, 32)
HERE = Lie(1.0, (0.0, 0.0))
EVERYWHERE = np.ones(GRID, np.bool_)


def look(mask, *, isolated=True, is_round=False):
    height, width = mask.shape
    grid = (24, width * 24 // height)
    return Look(
        patches={},
        grid=grid,
        item=np.ones(grid, np.float32),
        isolated=isolated,
        silhouette=mask,
        round=is_round,
        colours=np.zeros((1, 1), np.int32),
    )


def body(arm=30, shift=(0, 0)):
    """A block of 40×50 outline pixels with an arm, 96×128."""
    mask = np.zeros((96, 128), np.uint8)
    mask[28:68, 20:70] = 1
    mask[40:50, 70 : 70 + arm] = 1
    return np.roll(mask, shift, (0, 1)) > 0


def size(mask):
    return float(np.sqrt(mask.sum()))


def test_the_same_outline_falls_short_of_nothing():
    found = shortfall(look(body()), look(body()), HERE, EVERYWHERE)
    assert found.deepest == 0
    assert not found.map.any()


@pytest.mark.parametrize("gone", [8, 15, 30])
def test_a_shorter_arm_falls_short_by_what_is_gone_at_its_end(gone):
    found = shortfall(look(body(30 - gone)), look(body()), HERE, EVERYWHERE)
    assert found.deepest == pytest.approx(gone / size(body()), abs=0.03)
    row, column = np.unravel_index(found.map.argmax(), found.map.shape)
    assert 40 <= row < 50
    assert column >= 95


@pytest.mark.parametrize("shift", [(0, 0), (9, -14), (-20, 12)])
def test_an_item_elsewhere_is_compared_where_it_lies(shift):
    moved = Lie(1.0, (shift[0] / 128, shift[1] / 128))
    whole = shortfall(look(body(30, shift)), look(body()), moved, EVERYWHERE)
    gone = shortfall(look(body(12, shift)), look(body()), moved, EVERYWHERE)
    assert whole.deepest == 0
    assert gone.deepest == pytest.approx(18 / size(body()), abs=0.03)


def test_an_arm_that_is_bent_counts_less_than_one_that_is_gone():
    bent = body(0)
    bent[52:62, 70:100] = True
    gone = shortfall(look(body(0)), look(body()), HERE, EVERYWHERE)
    lies_otherwise = shortfall(look(bent), look(body()), HERE, EVERYWHERE)
    assert lies_otherwise.deepest < gone.deepest / 2


def test_what_lies_outside_either_picture_is_not_missed():
    inside = EVERYWHERE.copy()
    inside[:, 17:] = False  # the arm's columns
    assert shortfall(look(body(0)), look(body()), HERE, inside).deepest == 0
    far = Lie(1.0, (0.0, 40 / 128))
    assert shortfall(look(body(28, (0, 40))), look(body(58)), far, EVERYWHERE).deepest == 0


def test_a_circle_cuts_off_what_is_not_missed():
    whole = np.zeros((96, 96), np.uint8)
    cv2.rectangle(whole, (0, 40), (95, 55), 1, -1)
    shorter = whole.copy()
    shorter[:, :3] = 0
    pair = look(shorter > 0, is_round=True), look(whole > 0, is_round=True)
    assert shortfall(*pair, HERE, np.ones((24, 24), np.bool_)).deepest == 0


@pytest.mark.parametrize("which", [0, 1])
def test_where_an_item_could_not_be_told_from_its_tray_nothing_is_said(which):
    pair = [look(body(0)), look(body())]
    pair[which] = replace(pair[which], isolated=False)
    assert shortfall(*pair, HERE, EVERYWHERE) is None
