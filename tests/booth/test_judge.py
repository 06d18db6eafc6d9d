"""From a capture to a result: what the checks refuse is not judged, what they find is said."""

from dataclasses import replace

import numpy as np
import pytest
from booth_helpers import CAMERAS, calibrated, capture, empty, with_rgb

from amiss.booth.judge import UNKNOWN, Judge
from amiss.bundle.operating_point import OperatingPoint
from amiss.detect.reasons import EXPECTED_UNREAD, NO_REFERENCE
from amiss.domain.words import Decision
from amiss.inspector import Inspector
from amiss.vision.engine.fake import FakeEngine


@pytest.fixture(scope="module")
def inspector(plain):
    facts = {"threshold": 0.5, "provisional": True, "midpoint": 0.7, "slope": 6.0}
    point = OperatingPoint(bundle=plain.id, calibration={}, **facts)
    return Inspector(plain, point, FakeEngine(plain.manifest.encoder))


@pytest.fixture
def judge(inspector):
    return Judge(inspector, CAMERAS, calibrated())


@pytest.fixture(scope="module")
def references(inspector):
    return [inspector.see(view.rgb, view.camera) for view in capture(1).views]


def test_a_good_capture_is_judged_as_the_inspector_would(judge, inspector, references):
    good = capture(2)
    result, alone = judge.judge(good, references), inspector.inspect(good, references=references)
    assert result.score == alone.score is not None
    assert (result.decision, result.reasons) == (alone.decision, alone.reasons)
    assert len(result.views) == 3
    assert result.elapsed_ms > 0


def test_a_fresh_capture_is_cut_to_its_item_and_a_recorded_one_is_left_alone(judge, references):
    good = capture(2)
    trays = calibrated().cameras
    dressed = replace(
        good,
        views=tuple(replace(one, empty_tray=trays[one.camera].rgb) for one in good.views),
    )
    cut = judge.judge(dressed, references).views
    assert all(
        view.rgb.shape[0] < whole.rgb.shape[0] for view, whole in zip(cut, good.views, strict=True)
    )
    recorded = Judge(judge.inspector, CAMERAS).judge(dressed, references).views
    assert [view.rgb.shape for view in recorded] == [view.rgb.shape for view in good.views]


def test_an_empty_tray_is_not_judged_and_never_passes(judge, references):
    result = judge.judge(empty(3), references)
    assert (result.decision, result.score) == (Decision.NOT_INSPECTED, None)
    assert "No camera sees an item" in result.reasons[0]
    assert "not judged" in result.reasons[1]
    assert result.export()["heatmaps"] == []
    assert result.picture().ndim == 3


def test_a_faulty_view_is_left_out_and_named(judge, references):
    black = with_rgb(capture(4), "left", lambda rgb: 0 * rgb)
    result = judge.judge(black, references)
    assert [view.camera for view in result.views] == ["top", "right"]
    assert "left is black" in result.reasons[0]
    assert result.decision is not Decision.NOT_INSPECTED


def test_frozen_cameras_are_remembered_from_capture_to_capture(judge, references):
    assert judge.judge(capture(2), references).decision is not Decision.NOT_INSPECTED
    again = judge.judge(capture(2), references)
    assert again.decision is Decision.NOT_INSPECTED
    assert sum("same picture twice" in reason for reason in again.reasons) == 3


def test_an_unknown_product_is_said_to_be_unknown(judge):
    result = judge.judge(capture(6))
    assert result.decision is Decision.NOT_INSPECTED
    assert result.reasons[:2] == (UNKNOWN, NO_REFERENCE)


def test_expected_products_are_kept_and_said_to_be_unread(judge, references):
    for one in (capture(7), empty(8)):
        assert judge.judge(one, references, ("a", "b")).export()["expected"] == ["a", "b"]
    seen = judge.judge(capture(9), references, ["a"]).evidence
    assert [one.reason for one in seen if one.detector == "identification"] == [EXPECTED_UNREAD]
    assert np.isfinite(judge.judge(capture(4), references, "b").score)
