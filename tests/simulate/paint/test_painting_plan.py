"""Which photographs there are, and what becomes of each."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from amiss.dataset.split import split_of
from amiss.domain.errors import DatasetError, ImageError, SimulationError
from amiss.domain.words import DamageType
from amiss.simulate.painting.photographs import Photograph, find
from amiss.simulate.painting.plan import Plan
from sound_photographs import photograph, save, shop

PLAN = Plan(seed=5)


def some(count, product="milk"):
    return [
        Photograph(Path(f"{n}.jpg"), f"shop/{n}.jpg", product, 16 * f"{n:04x}")
        for n in range(count)
    ]


def test_photographs_of_all_folders_come_together_by_product(tmp_path):
    told = []
    found = find(shop(tmp_path), lambda *how: told.append(how))
    assert {name: len(some) for name, some in found.products.items()} == {
        "juice": 3, "milk": 5, "tea": 1,
    }  # fmt: skip
    assert (found.doubles, found.ignored) == (0, 1)
    assert "gallery/milk/shelf/held.PNG" in [one.name for one in found.photographs]
    assert told == [(done, 9) for done in range(10)]


def test_products_of_one_name_are_one(tmp_path):
    gallery, iconic = shop(tmp_path)
    save(iconic / "milk.jpg", photograph(30))
    assert len(find([gallery, iconic]).products["milk"]) == 6


def test_a_photograph_that_is_there_twice_counts_once(tmp_path):
    gallery, iconic = shop(tmp_path)
    copy = gallery / "tea" / "copy.jpg"
    copy.parent.mkdir()
    copy.write_bytes((iconic / "tea.jpg").read_bytes())
    found = find([gallery, iconic, gallery])
    assert (len(found.photographs), found.doubles) == (9, 1)


def test_a_photograph_of_two_products_is_refused(tmp_path):
    gallery, iconic = shop(tmp_path)
    (iconic / "coffee.jpg").write_bytes((iconic / "tea.jpg").read_bytes())
    with pytest.raises(DatasetError, match="one photograph of two products"):
        find([gallery, iconic])


def test_what_cannot_be_found_or_read_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"no folder .*nowhere"):
        find([tmp_path / "nowhere"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="no photograph in"):
        find([tmp_path / "empty"])
    gallery, iconic = shop(tmp_path)
    whole = (gallery / "milk" / "1.jpg").read_bytes()
    (gallery / "milk" / "1.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ImageError, match=r"milk/1\.jpg"):
        find([gallery, iconic])


def test_no_photograph_is_a_reference_and_a_capture():
    for count in range(1, 12):
        photographs = some(count)
        references, others = PLAN.shared_out(photographs)
        assert len(references) == min(3, count // 2)
        assert sorted([*references, *others], key=photographs.index) == photographs
    assert PLAN.shared_out(some(1)) == ([], some(1))
    assert PLAN.shared_out(some(40))[0] != replace(PLAN, seed=6).shared_out(some(40))[0]


def test_fewer_references_are_a_part_of_more():
    photographs = some(20)
    few, many = (replace(PLAN, references=count).shared_out(photographs)[0] for count in (2, 5))
    assert {one.digest for one in few} < {one.digest for one in many}


@pytest.mark.parametrize(("copies", "share"), [(2, 0.5), (4, 0.25), (1, 0.3), (3, 0.5), (2, 1.0)])
def test_each_photograph_is_damaged_as_often_as_the_share_says(copies, share):
    plan = replace(PLAN, copies=copies, damaged=share)
    counts = [sum(copy.damaged for copy in plan.copies_of(one)) for one in some(400)]
    assert set(counts) <= {int(copies * share), int(np.ceil(copies * share))}
    assert np.mean(counts) == pytest.approx(copies * share, abs=0.1)


def test_every_copy_has_a_seed_and_a_name_of_its_own():
    copies = [
        copy
        for seed in (5, 6)
        for one in some(50)
        for copy in replace(PLAN, seed=seed, copies=3).copies_of(one)
    ]
    assert len({copy.seed for copy in copies}) == len({copy.id for copy in copies}) == 300
    assert {copy.damaged for copy in copies if copy.id.endswith("-0")} == {False, True}


def test_products_go_where_their_names_say_or_where_they_are_sent():
    names = [f"product {number}" for number in range(50)]
    assert [PLAN.split_of(name) for name in names] == [split_of(name) for name in names]
    assert {replace(PLAN, split="validation").split_of(name) for name in names} == {"validation"}


def test_types_are_those_that_the_families_can_paint():
    assert PLAN.kinds == tuple(DamageType)
    assert replace(PLAN, families=frozenset({2})).kinds == (
        DamageType.CRUSH,
        DamageType.SUPERFICIAL,
    )
    asked = (DamageType.TEAR, DamageType.CRUSH)
    assert replace(PLAN, types=asked).kinds == (DamageType.CRUSH, DamageType.TEAR)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"seed": -1}, "seed"),
        ({"copies": 0}, "one copy or more"),
        ({"damaged": 1.1}, "from 0 to 1"),
        ({"references": -1}, "references of 0 or more"),
        ({"size": 100}, "128 or more"),
        ({"families": frozenset({0, 3})}, "no family 3"),
        ({"types": (DamageType.TEAR,), "families": frozenset({2})}, "No recipe paints tear"),
    ],
)
def test_impossible_plans_are_refused(change, word):
    with pytest.raises(SimulationError, match=word):
        replace(PLAN, **change)
