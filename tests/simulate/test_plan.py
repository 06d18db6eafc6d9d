"""What a data set of a seed holds; products are toys where nothing depends on them."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import toys

from amiss.domain.errors import SimulationError
from amiss.domain.words import DamageType, ProcessStep, Severity
from amiss.simulate import plan as plans
from amiss.simulate.damages.make import HARMS, draw_evenly, draw_type
from amiss.simulate.plan import MOST_REFERENCES, NEW_DESIGN, PER_BOOTH, Plan
from amiss.simulate.prints.deceive import Deception
from amiss.simulate.products.make import name_of
from amiss.simulate.products.product import Kind, Sibling

MANY = 250  # groups


@pytest.fixture
def toy_products(monkeypatch):
    def made(seed, kind, design, deceptive, sibling):
        rests = (np.eye(3), np.diag([1.0, -1.0, -1.0]), np.diag([-1.0, 1.0, -1.0]))
        return replace(
            toys.box(),
            name=name_of(seed, kind, sibling),
            kind=kind,
            design=design,
            deceptive=deceptive,
            rests=rests,
        )

    monkeypatch.setattr(plans, "_made", made)


def facts(item):
    """All that can be compared of an item."""
    harms = [
        (harm.type, harm.severity, harm.locus, harm.numbers, harm.words) for harm in item.harms
    ]
    product = item.product
    lies = (item.placement.yaw, item.placement.at, item.placement.side)
    look = [patch.skin.base.tobytes() for patch in product.patches]
    said = (item.id, item.seed, item.sequence, item.step, item.barcode, item.taken_for, item.tags)
    return said, item.twin, harms, lies, (product.name, product.design, product.title), look


def test_an_item_follows_from_seed_and_index_alone():
    whole = [facts(Plan(7).item(index)) for index in range(6)]
    for index in (5, 0, 3):
        plans._made.cache_clear()
        assert facts(Plan(7).item(index)) == whole[index]
    assert facts(Plan(8).item(5)) != whole[5]


def test_a_product_is_known_by_name_before_it_is_made():
    plan = Plan(7, kinds=(Kind.BOOK, Kind.TIN))
    for index in (0, 4, 7):
        item = plan.item(index)
        assert item.product.name == plan.name(plan.group(index))
        assert (item.id, bool(item.harms)) == (plan.id(index), plan.is_damaged(index))
        assert {harm.type for harm in item.harms} <= set(HARMS[item.product.kind])
    assert [plan.item(index).product.kind for index in (0, 4, 8)] == ["book", "tin", "book"]


@pytest.mark.usefixtures("toy_products")
def test_no_two_items_references_or_data_sets_share_a_seed():
    seeds, names = [], []
    for plan in (Plan(0, damaged=0), Plan(1, damaged=0), Plan(12_345, damaged=0)):
        items = [plan.item(index) for index in [*range(60), 99_999_999]]
        shown = [plan.reference(group, n) for group in range(15) for n in range(MOST_REFERENCES)]
        last = plan.reference(plan.group(99_999_999), MOST_REFERENCES - 1)
        seeds += [item.seed for item in [*items, *shown, last]]
        names += {item.product.name for item in items}
    assert len(set(seeds)) == len(seeds)
    assert len(set(names)) == len(names)
    assert min(seeds) >= 1_000_000_000  # far from seeds that somebody types
    assert max(seeds) < 2**62


def test_neighbours_share_a_product_and_a_booth():
    plan = Plan(3)
    assert [plan.group(index) for index in (0, 3, 4, 7)] == [0, 0, 1, 1]
    booths = [plan.booth(plan.group(index)) for index in range(3 * PER_BOOTH)]
    assert sorted(Counter(booths).values()) == [PER_BOOTH] * 3
    assert booths == sorted(booths)
    more = Plan(3, per_product=8)
    assert [more.group(index) for index in (0, 7, 8)] == [0, 0, 1]
    assert sorted(Counter(more.booth(more.group(i)) for i in range(80)).values()) == [PER_BOOTH] * 2


@pytest.mark.parametrize(("share", "low", "high"), [(0, 0, 0), (0.5, 950, 1050), (1, 2000, 2000)])
def test_the_share_of_damaged_items_is_what_was_asked_for(share, low, high):
    plan = Plan(11, damaged=share)
    assert low <= sum(plan.is_damaged(index) for index in range(2000)) <= high


def test_what_is_damaged_with_a_small_share_is_so_with_a_larger_one():
    some, more = Plan(2, damaged=0.2), Plan(2, damaged=0.6)
    assert all(more.is_damaged(index) for index in range(300) if some.is_damaged(index))


@pytest.mark.usefixtures("toy_products")
def test_items_differ_as_items_in_a_booth_do():
    plan = Plan(5, damaged=0)
    items = [plan.item(index) for index in range(MANY * plan.per_product)]
    assert {item.step for item in items} == set(ProcessStep)
    unread = [item for item in items if item.barcode is None]
    assert 0.03 < len(unread) / len(items) < 0.07
    assert all(item.taken_for is None for item in unread)
    assert all(
        (item.barcode, item.taken_for) == (item.product.gtin, item.product.name)
        for item in items
        if item not in unread
    )
    pretending = {item.product.name: item.product.deceptive for item in items}
    assert 0.08 < sum(map(bool, pretending.values())) / MANY < 0.17
    assert len(set(pretending.values()) - {""}) > len(Deception) / 2
    assert {item.placement.side for item in items} == {0, 1, 2}


@pytest.mark.usefixtures("toy_products")
def test_as_many_prints_pretend_damage_as_asked_for():
    for share in (0, 0.5, 1):
        plan = Plan(5, damaged=0, deceptive=share)
        products = [plan.reference(group, 0).product for group in range(MANY)]
        assert abs(sum(bool(one.deceptive) for one in products) / MANY - share) < 0.12


@pytest.mark.usefixtures("toy_products")
def test_an_item_is_of_a_new_design_where_no_reference_shows_its_packaging():
    plan = Plan(5, damaged=0)
    redesigned, new, known = set(), 0, 0
    for group in range(MANY):
        shown = {plan.reference(group, number).product.design for number in range(2)}
        for index in range(group * 4, (group + 1) * 4):
            item = plan.item(index)
            assert (NEW_DESIGN in item.tags) == (item.product.design not in shown)
            if item.product.design:
                redesigned.add(group)
                new += NEW_DESIGN in item.tags
                known += NEW_DESIGN not in item.tags
    assert 0.08 < len(redesigned) / MANY < 0.2
    assert min(new, known) > 12
    one = Plan(5, damaged=0, references=1)
    assert {one.reference(group, 0).product.design for group in range(MANY)} == {0}


@pytest.mark.usefixtures("toy_products")
def test_references_show_another_side_each_time():
    plan = Plan(5, references=3)
    for group in range(20):
        shown = [plan.reference(group, number) for number in range(3)]
        assert {item.placement.side for item in shown} == {0, 1, 2}
        assert {item.harms for item in shown} == {()}
        assert len({item.id for item in shown}) == 3
        assert {item.product.name for item in shown} == {plan.name(group)}


@pytest.mark.usefixtures("toy_products")
def test_most_damaged_items_were_harmed_once_and_some_twice(monkeypatch):
    monkeypatch.setattr(plans, "harm", lambda _product, damage, *_, **__: toys.harm(damage))
    plan = Plan(9, damaged=1)
    items = [plan.item(index) for index in range(200)]
    counts = Counter(len(item.harms) for item in items)
    assert set(counts) == {1, 2}
    assert counts[1] > 4 * counts[2]
    assert all(len({harm.type for harm in item.harms}) == len(item.harms) for item in items)
    assert all({h.type for h in item.harms} <= set(HARMS[item.product.kind]) for item in items)


@pytest.mark.usefixtures("toy_products")
def test_a_harm_that_the_product_cannot_have_is_drawn_again(monkeypatch):
    asked = []

    def harm(_product, damage, _rng, _severity, *, rest, yaw):
        asked.append((damage, rest, yaw))
        if len(asked) < 4:
            raise SimulationError("No.")
        return toys.harm(damage)

    monkeypatch.setattr(plans, "harm", harm)
    plan = Plan(5, damaged=1)
    item = plan.item(0)
    assert [made.type for made in item.harms] == [asked[-1][0]]
    assert len(asked) == 4
    assert {(side, yaw) for _, side, yaw in asked} == {(item.placement.side, item.placement.yaw)}

    monkeypatch.setattr(
        plans, "harm", lambda *_, **__: (_ for _ in ()).throw(SimulationError("No."))
    )
    with pytest.raises(SimulationError, match="No damage was found for simulated-carton-"):
        plan.item(0)


def test_an_even_data_set_has_rare_damages_as_often_as_common_ones():
    rng = np.random.default_rng(0)
    for draw, least, most in ((draw_evenly, 0.07, 0.18), (draw_type, 0.005, 0.45)):
        drawn = Counter(draw(kind, rng) for kind in Kind for _ in range(600))
        shares = np.array([drawn[damage] for damage in DamageType]) / drawn.total()
        assert least < shares.min()
        assert shares.max() < most
    usual = Counter(draw_type(kind, rng) for kind in Kind for _ in range(600))
    assert usual[DamageType.CRUSH] > 5 * usual[DamageType.MISSING_UNIT]


def test_more_damage_is_major_in_an_even_data_set():
    plan = Plan(3, kinds=(Kind.CARTON,), damaged=1.0, even=True)
    harms = [harm for index in range(0, 96, 4) for harm in plan.item(index).harms]
    marks = [harm for harm in harms if harm.type in {DamageType.CRUSH, DamageType.TEAR}]
    assert 0.2 < np.mean([harm.severity is Severity.MAJOR for harm in marks]) < 0.9


def test_twins_are_named_where_they_are_wanted():
    plan = Plan(4, twins=True)
    named = [plan.twin(index) for index in range(40)]
    assert [name is not None for name in named] == [plan.is_damaged(index) for index in range(40)]
    assert all(name in (None, f"{plan.id(index)}-intact") for index, name in enumerate(named))
    assert {Plan(4).twin(index) for index in range(40)} == {None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"seed": -1},
        {"damaged": 1.5},
        {"kinds": ()},
        {"references": 9},
        {"references": -1},
        {"deceptive": -0.1},
        {"per_product": 0},
        {"per_product": 41},
    ],
)
def test_impossible_plans_are_refused(wrong):
    with pytest.raises(SimulationError):
        Plan(**{"seed": 1, **wrong})


def test_siblings_follow_each_other_and_share_all_but_one_thing():
    plan = Plan(9, damaged=0, siblings=0.6, kinds=(Kind.POLY_BAG, Kind.BOOK))
    pairs = [(group, plan.sibling(group + 1)) for group in range(0, 400, 2)]
    assert 0.5 < sum(what is not None for _, what in pairs) / len(pairs) < 0.7
    assert {what for _, what in pairs} == {None, *Sibling}
    assert all(plan.sibling(group) is None for group, _ in pairs)
    group, what = next(pair for pair in pairs if pair[1] is Sibling.COLOUR)
    assert plan.name(group + 1) == f"{plan.name(group)}-{what}"
    assert plan.split(group) == plan.split(group + 1)
    index = group * plan.per_product
    one, other = (plan.item(number).product for number in (index, index + plan.per_product))
    assert (one.name, other.name) == (plan.name(group), plan.name(group + 1))
    assert (one.title, one.size, one.deceptive) == (other.title, other.size, other.deceptive)
    assert one.gtin != other.gtin
    alone, neighbour = next(
        (plan.name(one), plan.name(one + 1)) for one, sibling in pairs if sibling is None
    )
    assert not neighbour.startswith(alone)


def test_a_plan_without_siblings_is_what_it_was_before_there_were_any():
    plan = Plan(7, kinds=(Kind.BOOK, Kind.TIN))
    assert [plan.name(group).split("-")[1] for group in range(4)] == ["book", "tin"] * 2
    assert all(plan.sibling(group) is None for group in range(100))
    with pytest.raises(SimulationError, match="of siblings"):
        Plan(7, siblings=1.5)
