from dataclasses import replace

import numpy as np
import pytest
from booth_helpers import CAMERAS, SIZE, calibrated, capture

from amiss.booth.window import ROOM, windowed
from amiss.domain.capture import Intrinsics

LENS = Intrinsics(SIZE, SIZE, 400.0, 400.0, 159.5, 159.5)


@pytest.fixture(scope="module")
def dressed():
    """A capture as a booth delivers it: whole pictures, each with its empty tray."""
    given = capture(3, boxes=((100, 90, 110, 70),))
    views = tuple(
        replace(one, empty_tray=calibrated().cameras[one.camera].rgb, intrinsics=LENS)
        for one in given.views
    )
    return replace(given, views=views)


def test_a_view_is_cut_to_the_item_with_room_around_it(dressed):
    for before, after in zip(dressed.views, windowed(dressed).views, strict=True):
        side = after.rgb.shape[0]
        assert after.rgb.shape == after.empty_tray.shape == (side, side, 3)
        assert after.depth.shape == (side, side)
        assert after.size == (side, side)
        assert 110 * ROOM - 5 <= side <= 130 * ROOM  # its shadow counts in part
        # The pixels are the old ones, and the lens knows where they lie.
        x, y = (round(LENS.cx - after.intrinsics.cx), round(LENS.cy - after.intrinsics.cy))
        assert np.array_equal(after.rgb, before.rgb[y : y + side, x : x + side])
        assert np.array_equal(after.depth, before.depth[y : y + side, x : x + side])
        item = before.depth < 0.95
        item &= before.depth > 0
        assert item[y : y + side, x : x + side].sum() == item.sum()


def test_what_lies_beside_the_item_is_inside_and_a_crumb_is_not_worth_it():
    def side(*more):
        given = capture(3, boxes=((70, 60, 130, 120), *more))
        views = [
            replace(one, empty_tray=calibrated().cameras[one.camera].rgb) for one in given.views
        ]
        return [one.rgb.shape[0] for one in windowed(replace(given, views=tuple(views))).views]

    alone = side()
    assert all(far > near + 20 for far, near in zip(side((255, 250, 34, 34)), alone, strict=True))
    assert side((285, 285, 12, 8)) == pytest.approx(alone, abs=8)


def test_a_window_stays_inside_the_picture():
    edge = capture(5, boxes=((210, 200, 95, 95),))
    views = [replace(one, empty_tray=calibrated().cameras[one.camera].rgb) for one in edge.views]
    for one in windowed(replace(edge, views=tuple(views))).views:
        assert one.rgb.shape[0] == one.rgb.shape[1] <= SIZE


def test_a_view_that_cannot_be_cut_stays_whole(dressed):
    bare = capture(3)
    assert windowed(bare).views == bare.views
    empty = tuple(
        replace(one, rgb=calibrated().cameras[one.camera].rgb, depth=None) for one in dressed.views
    )
    same = windowed(replace(dressed, views=empty)).views
    assert [one.rgb.shape for one in same] == [(SIZE, SIZE, 3)] * len(CAMERAS)
