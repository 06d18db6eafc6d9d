"""The provisional operating point."""

import numpy as np
import pytest

from amiss.bundle.read import open_bundle
from amiss.decide.threshold import damage_confidence
from amiss.domain.errors import InputError
from amiss.train.calibrate import LEAST_ITEMS, operating_point


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
