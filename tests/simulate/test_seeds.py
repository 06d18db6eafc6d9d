"""Whose seeds are whose."""

import numpy as np

from amiss.simulate.plan import MOST_ITEMS, Plan
from amiss.simulate.pristine import pristine_items
from amiss.simulate.record import Telling, shown_for_reference
from amiss.simulate.seeds import CALIBRATED, RECORDED, RETOLD, told
from amiss.simulate.stories import catalogue
from amiss.simulate.stories.script import SCRIPT


def seed_of(name):
    return int(name.rsplit("-", 1)[1])


def test_recording_calibration_and_planned_data_sets_share_no_seed():
    assert not set(RECORDED) & set(CALIBRATED)
    assert not {*RECORDED, *CALIBRATED} & set(RETOLD)
    beyond = max(RECORDED.stop, CALIBRATED.stop, RETOLD.stop)
    for plan in (Plan(0), Plan(7)):
        assert min(seed_of(plan.name(0)), plan.booth(0)) >= beyond
        assert plan.item(0).seed >= beyond
        assert plan.reference(0, 0).seed > MOST_ITEMS


def test_no_two_items_of_the_recording_lie_alike():
    references = [item.seed for item in shown_for_reference()]
    seeds = [RECORDED[entry.place] for entry in SCRIPT] + references
    assert len(set(seeds)) == len(seeds)
    assert set(seeds) <= set(RECORDED)


def test_no_two_tellings_share_a_seed():
    stretches = [told(time) for time in range(12)]
    assert stretches[0] == RECORDED
    assert all(len(stretch) == len(RECORDED) for stretch in stretches)
    assert len(set().union(*stretches)) == 12 * len(RECORDED)
    assert {seed for stretch in stretches[1:] for seed in stretch} <= set(RETOLD)
    references = [item.seed for item in shown_for_reference(Telling(told(3), stories=True))]
    assert set(references) <= set(told(3))


def test_products_and_booths_of_the_recording_are_its_own():
    assert all(spec.place < len(RECORDED) for spec in catalogue.CATALOGUE.values())


class Grey:
    """Light from everywhere."""

    name = "grey"

    def render(self, _scene, camera, seed):
        shape = (camera.intrinsics.height, camera.intrinsics.width, 3)
        return np.random.default_rng(seed).uniform(0.2, 0.4, shape).astype(np.float32)


def test_pristine_items_are_others_each_with_references_on_every_side():
    items = list(pristine_items(2, Grey(), 48))
    products = [item.capture.product for item in items]
    assert all(seed_of(product) in CALIBRATED for product in products)
    assert len(set(products)) == 2
    for item in items:
        assert len(item.capture.views) == 3
        assert len(item.references) == 6
        assert all(view.empty_tray is not None for view in item.capture.views)
        assert all(view.depth is None for view in item.references)
        pictures = {view.rgb.tobytes() for view in (*item.capture.views, *item.references)}
        assert len(pictures) == 9
