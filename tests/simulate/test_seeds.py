"""Whose seeds are whose."""

from amiss.simulate.plan import MOST_ITEMS, Plan
from amiss.simulate.record import Telling, shown_for_reference
from amiss.simulate.seeds import RECORDED, RETOLD, told
from amiss.simulate.stories import catalogue
from amiss.simulate.stories.script import SCRIPT


def seed_of(name):
    return int(name.rsplit("-", 1)[1])


def test_the_recording_and_planned_data_sets_share_no_seed():
    assert not set(RECORDED) & set(RETOLD)
    beyond = max(RECORDED.stop, RETOLD.stop)
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
