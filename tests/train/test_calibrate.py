"""The provisional operating point."""

import numpy as np
import pytest

from amiss.bundle.operating_point import read_operating_point
from amiss.bundle.read import open_bundle
from amiss.decide.threshold import damage_confidence, discrepancy_of
from amiss.domain.errors import InputError
from amiss.simulate.pristine import pristine_items
from amiss.simulate.render import fast
from amiss.train import calibrate
from amiss.train.calibrate import LEAST_ITEMS, operating_point, pristine_discrepancies
from amiss.vision.engine.fake import FakeEngine


@pytest.fixture(scope="module")
def bundle():
    return open_bundle()


def test_the_threshold_lies_where_one_item_in_a_hundred_is_above_it(bundle):
    found = np.random.default_rng(0).gamma(4, 0.2, 400)
    point = operating_point(bundle, found, "items", "2026-11-24")
    above = [value for value in found if damage_confidence(float(value), point) > point.threshold]
    assert len(above) == 4
    assert damage_confidence(float(np.median(found)), point) == pytest.approx(0.1, abs=1e-3)
    assert point.provisional
    assert point.bundle == bundle.id
    assert (point.calibration["count"], point.calibration["date"]) == (400, "2026-11-24")


@pytest.mark.parametrize(
    ("found", "words"),
    [([0.1, 0.2] * (LEAST_ITEMS // 2 - 1), "pristine items"), ([0.3] * LEAST_ITEMS, "all alike")],
)
def test_too_few_items_or_items_all_alike_are_refused(bundle, found, words):
    with pytest.raises(InputError, match=words):
        operating_point(bundle, found, "items", "2026-11-24")


@pytest.mark.parametrize("discrepancy", [0.0, 0.3, 1.7, 4.0])
def test_a_score_tells_its_discrepancy(bundle, discrepancy):
    point = operating_point(bundle, np.linspace(0.1, 1, 200), "items", "2026-11-24")
    score = damage_confidence(discrepancy, point)
    assert discrepancy_of(score, point) == pytest.approx(discrepancy, abs=1e-6)


class Spotted:
    """Light with a bright spot on the item's place, so that the checks see one."""

    name = "spotted"

    def render(self, scene, camera, seed):
        height, width = camera.intrinsics.height, camera.intrinsics.width
        light = np.full((height, width, 3), 0.3, np.float32)
        if scene.item is not None:
            third = slice(height // 3, 2 * height // 3)
            light[third, third] = np.random.default_rng(seed).uniform(0, 0.9, (1, 1, 3))
        return light


def test_an_item_is_as_discrepant_as_its_worst_view(bundle):
    items = list(pristine_items(2, Spotted(), 96))
    engine = FakeEngine(bundle.manifest.encoder)
    found = list(pristine_discrepancies(bundle, engine, items))
    assert 1 <= len(found) <= 2
    assert all(value >= 0 for value in found)
    assert list(pristine_discrepancies(bundle, engine, items)) == found


def test_the_default_is_calibrated_anew_and_keeps_the_limits_of_its_model(
    bundle, monkeypatch, tmp_path
):
    """Sound items are stood in for; what becomes of their discrepancies is not."""
    found = np.random.default_rng(1).gamma(4, 0.2, LEAST_ITEMS)
    written = tmp_path / "point.json"
    monkeypatch.setattr(fast, "FastBackend", lambda: None)
    monkeypatch.setattr(calibrate, "pristine_items", lambda count, _backend: range(count))
    monkeypatch.setattr(calibrate, "default_operating_point_path", lambda: written)
    monkeypatch.setattr(
        calibrate, "pristine_discrepancies", lambda _bundle, _engine, items: found[: len(items)]
    )
    before = read_operating_point(None, bundle)
    told = []
    calibrate.write_default("2026-11-30", LEAST_ITEMS, told.append)
    after = read_operating_point(written, bundle)
    assert after.model == before.model
    assert after.midpoint != before.midpoint
    assert after.midpoint >= np.sort(found)[-2]
    assert after.calibration["date"] == "2026-11-30"
    assert len(told) == LEAST_ITEMS
